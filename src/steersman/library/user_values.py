"""Values that a program gives: mappings, files, or several of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from steersman.errors import UsageError, ValuesError, Violation
from steersman.go.errno import read_error
from steersman.values.files import load_values, merge_maps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    from steersman.insight.origins import GivenValues

    One: TypeAlias = "Mapping[str, Any] | str | os.PathLike[str]"
    Values: TypeAlias = "One | Sequence[One] | None"


_LEAST_EXPONENT = 1e21  # go: encoding/json writes numbers from this one on with an exponent


def given_values(values: Values) -> dict[str, Any]:
    """Return the tree that ``values`` means: a copy, with dicts and lists only.

    Args:
        values: a mapping, the path of a YAML file, or a sequence of both, later ones over earlier ones.

    Raises:
        ValuesError: for a file that cannot be read, and for what has no form in YAML, naming its path.
    """
    if values is None:
        return {}
    if isinstance(values, (Mapping, str, os.PathLike)):
        return _one(values)
    if not isinstance(values, (list, tuple)):
        raise UsageError(f"values={values!r}: it is a mapping, the path of a file, or a list of them")
    tree: dict[str, Any] = {}
    for value in values:
        tree = merge_maps(tree, _one(value))
    return tree


def layers(values: Values) -> list[tuple[str, dict[str, Any]]]:
    """Return the trees that ``values`` are made of, each with its name: a file's path, or ``values`` and its place.

    Raises:
        ValuesError: as ``given_values`` does.
    """
    if values is None:
        return []
    if isinstance(values, (Mapping, str, os.PathLike)):
        return [(_name(values, ""), _one(values))]
    return [(_name(value, f"[{at}]"), _one(value)) for at, value in enumerate(values)]


def _name(value: One, place: str) -> str:
    return f"values{place}" if isinstance(value, Mapping) else os.fspath(value)


def files_of(values: Values) -> GivenValues:
    """Return the files among ``values`` with their bytes, for what says where a value was set."""
    from steersman.insight.origins import GivenValues
    from steersman.values.sources import Sources

    if values is None or isinstance(values, (Mapping, str, os.PathLike)):
        values = [] if values is None else [values]
    texts = {}
    for value in values:
        if not isinstance(value, Mapping):
            with suppress(OSError), open(value, "rb") as file:
                texts[os.fspath(value)] = file.read()
    return GivenValues(Sources(files=tuple(texts)), texts)


def _one(value: One) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {_key(key, "", ""): _plain(item, str(key), f"/{_token(key)}") for key, item in value.items()}
    if not isinstance(value, (str, os.PathLike)):
        raise UsageError(f"{value!r} among the values: they are mappings and paths of files")
    path = os.fspath(value)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise _refusal("", read_error(path, error), path) from error
    try:
        return load_values(data)
    except ValuesError as error:
        raise _refusal("", f"failed to parse {path}: {error}", path) from error


def _refusal(pointer: str, message: str, origin: str) -> ValuesError:
    error = ValuesError(message)
    error.violations = (Violation("", pointer, message, origin),)
    return error


def _plain(value: Any, path: str, pointer: str) -> Any:
    if value is None or isinstance(value, (bool, str, float)):
        return value
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise _refusal(pointer, f"{path}: {value} does not fit in 64 bits", "values")
        return value
    if isinstance(value, Mapping):
        return {
            _key(key, path, pointer): _plain(item, f"{path}.{key}", f"{pointer}/{_token(key)}")
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{path}[{at}]", f"{pointer}/{at}") for at, item in enumerate(value)]
    raise _refusal(pointer, f"{path}: a value of type {type(value).__name__} has no form in YAML", "values")


def _key(key: object, path: str, pointer: str) -> str:
    if not isinstance(key, str):
        raise _refusal(pointer, f"{path or 'the values'}: the key {key!r} is not a string", "values")
    return key


def _token(key: object) -> str:
    """Return a key as JSON pointers have it."""
    return str(key).replace("~", "~0").replace("/", "~1")


def with_integers(tree: Any) -> Any:
    """Return a copy of values with integers in place of whole numbers, which Helm reads as floats.

    Its JSON and its templates write them without a fraction, up to the size from which they have an exponent.
    """
    if isinstance(tree, dict):
        return {key: with_integers(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [with_integers(value) for value in tree]
    if type(tree) is float and tree.is_integer() and abs(tree) < _LEAST_EXPONENT:
        return int(tree)
    return tree
