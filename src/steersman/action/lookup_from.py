"""Objects for ``lookup`` from files: a folder of manifests, a file of them, or what ``kubectl get -o yaml`` printed."""

from __future__ import annotations

import os

from steersman.errors import SteerError, UsageError
from steersman.go.errno import read_error
from steersman.kube.offline import flattened, lookup_among

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.engine.impure import Lookup

_SUFFIXES = (".yaml", ".yml", ".json")
_MOST_BYTES = 64 * 1024 * 1024  # of all files
_MOST_FILES = 20_000


class UnreadableObjects(UsageError):
    """Objects for ``lookup`` that cannot be read."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"cannot read objects for lookup: {problem}")


def lookup_from(path: str, namespace: str) -> Lookup:
    """Return the function ``lookup`` of a cluster that has the objects in a folder or a file.

    Args:
        path: a folder, whose ``.yaml``, ``.yml`` and ``.json`` files at any depth are read; or a file.
        namespace: of objects that name none.

    Raises:
        UnreadableObjects: when something in it cannot be read or is not an object, naming the file and the document.
    """
    return lookup_among(_objects(path), namespace)


def _objects(path: str) -> Iterator[dict[str, Any]]:
    left = _MOST_BYTES
    for file in _files(path):
        data = _read(file, left)
        left -= len(data)
        for number, tree in enumerate(_documents(file, data), 1):
            if tree is None:
                continue
            try:
                yield from flattened(tree)
            except ValueError as error:
                raise UnreadableObjects(f"{file}: document {number} is not a Kubernetes object: {error}") from error


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    found: list[str] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        chosen = (name for name in names if name.endswith(_SUFFIXES) and not name.startswith("."))
        paths = (os.path.join(folder, name) for name in sorted(chosen))
        found += [path for path in paths if os.path.isfile(path)]
        if len(found) > _MOST_FILES:
            raise UnreadableObjects(f"{path} has more than {_MOST_FILES} files")
    if not found:
        raise UnreadableObjects(f"{path} has no .yaml, .yml or .json file")
    return found


def _read(path: str, most: int) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise UnreadableObjects(read_error(path, error)) from error
    if len(data) > most:
        raise UnreadableObjects(f"there is more than {_MOST_BYTES >> 20} MiB")
    return data


def _documents(path: str, data: bytes) -> list[Any]:
    text = data.decode("utf-8", "replace")
    if text.lstrip()[:1] == "{":
        import json

        try:
            return [json.loads(text)]
        except RecursionError:
            raise UnreadableObjects(f"{path} nests too deeply") from None
        except ValueError as error:
            # what begins with a brace may be YAML
            if path.endswith(".json"):
                raise UnreadableObjects(f"{path} is not JSON: {error}") from error
    from steersman.yamlio import load_all

    try:
        return load_all(data, integers=True)
    except SteerError as error:
        raise UnreadableObjects(f"{path}: {error}") from error
