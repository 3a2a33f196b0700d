"""Methods of ``common.Values``, the type of ``.Values``: tables in tables by dotted paths."""

from __future__ import annotations

from steersman.goquote import quote
from steersman.gotemplate.errors import CallError
from steersman.gotemplate.values import ValuesMap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def as_map(values: ValuesMap) -> dict[str, Any]:
    """Return the values as a plain map."""
    return dict(values)


def table(values: ValuesMap, path: str) -> ValuesMap:
    """Return the table at a dotted path."""
    found: dict[str, Any] = values
    for name in path.split("."):
        inner = found.get(name)
        if type(inner) not in (dict, ValuesMap):
            raise CallError(f"{quote(name)} is not a table")
        found = inner  # type: ignore[assignment]
    return found if isinstance(found, ValuesMap) else ValuesMap(found)


def path_value(values: ValuesMap, path: str) -> Any:
    """Return the value, not a table, at a dotted path."""
    if not path:
        raise CallError("YAML path cannot be empty")
    parent, _, name = path.rpartition(".")
    try:
        holder = table(values, parent) if parent else values
    except CallError as err:
        raise CallError(f"{quote(name)} is not a value") from err
    if name not in holder or type(holder[name]) is dict:
        raise CallError(f"{quote(name)} is not a value")
    return holder[name]


def to_yaml(values: ValuesMap) -> str:
    """Return the values as YAML."""
    from steersman.yamlio import dump

    return dump(values)
