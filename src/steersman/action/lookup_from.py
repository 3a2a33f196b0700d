"""Objects for ``lookup`` from files: a folder of manifests, a file of them, or what ``kubectl get -o yaml`` printed."""

from __future__ import annotations

import os

from steersman.errors import ClusterError, SteerError, UsageError
from steersman.go.errno import read_error
from steersman.kube.offline import flattened, lookup_among
from steersman.recording.document import is_recording
from steersman.values.coalesce import copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from steersman.engine.impure import Lookup

_SUFFIXES = (".yaml", ".yml", ".json")
_MOST_BYTES = 64 * 1024 * 1024  # of all files
_MOST_FILES = 20_000
_MOST_TOLD = 5  # objects that are there twice


class UnreadableObjects(UsageError):
    """Objects for ``lookup`` that cannot be read."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"cannot read objects for lookup: {problem}")


def lookup_from(path: str, namespace: str, log: Callable[..., None] | None = None) -> Lookup:
    """Return the function ``lookup`` of a cluster that has the objects in a folder or a file.

    Args:
        path: a folder, whose ``.yaml``, ``.yml`` and ``.json`` files at any depth are read; a file; or a recording.
        namespace: of objects that name none.
        log: called as ``log("WARN", message)`` for objects that are there twice, of which the last one counts.

    Raises:
        UnreadableObjects: when something in it cannot be read or is not an object, naming the file and the document.
        BadRecording: when a recording is damaged.
    """
    if os.path.isdir(path):
        found = list(_objects_below(path))
    else:
        data = _read(path, _MOST_BYTES)
        trees = _documents(path, data)
        if trees and is_recording(trees[0]):
            return _recorded(data, path, namespace)
        found = [(path, item) for item in _objects(path, trees)]
    same: list[str] = []

    def on_same(name: str, first: int, second: int) -> None:
        files = dict.fromkeys((found[first][0], found[second][0]))
        same.append(f"{name} is twice in the objects for lookup ({', '.join(files)}); the last one counts")

    lookup = lookup_among((item for _, item in found), namespace, on_same)
    if log is not None:
        for message in same[:_MOST_TOLD]:
            log("WARN", message)
        if len(same) > _MOST_TOLD:
            log("WARN", f"{len(same) - _MOST_TOLD} more objects are twice in the objects for lookup")
    return lookup


def _recorded(data: bytes, path: str, namespace: str) -> Lookup:
    """Return the look-ups of a recording: its answers, and for other questions the objects in them."""
    from steersman.recording.reading import BadRecording, from_text

    try:
        answers = from_text(data.decode("utf-8", "replace")).facts.lookups
    except BadRecording as error:
        raise BadRecording(f"{path}: {error}") from error
    trees = (answer.value for answer in answers.values() if answer.value)
    others = lookup_among(_objects(path, trees), namespace)

    def lookup(api_version: str, kind: str, inside: str, name: str) -> dict[str, Any]:
        answer = answers.get((api_version, kind, inside, name))
        if answer is None:
            return others(api_version, kind, inside, name)
        if answer.error is not None:
            raise ClusterError(answer.error)
        found: dict[str, Any] = copy_tree(answer.value)
        return found

    return lookup


def _objects(path: str, trees: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for number, tree in enumerate(trees, 1):
        if tree is None:
            continue
        try:
            yield from flattened(tree)
        except ValueError as error:
            raise UnreadableObjects(f"{path}: document {number} is not a Kubernetes object: {error}") from error


def _objects_below(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a folder with their files."""
    left = _MOST_BYTES
    for file in _files(path):
        data = _read(file, left)
        left -= len(data)
        for item in _objects(file, _documents(file, data)):
            yield file, item


def _files(path: str) -> list[str]:
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
