"""Look-ups by dotted path in a tree of values; answers to ``Values`` of Helm's ``pkg/chart/common``."""

from __future__ import annotations

from steersman.values import errors as values_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def table(values: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the map at the dotted ``path``.

    Raises:
        NoTable: where there is none.
    """
    for name in path.split("."):
        inner = values.get(name)
        if not isinstance(inner, dict):
            raise values_errors.NoTable(name)
        values = inner
    return values


def path_value(values: dict[str, Any], path: str) -> Any:
    """Return the value at the dotted ``path``, which must not be a map.

    Raises:
        NoValue: where there is none.
    """
    parent, _, name = path.rpartition(".")
    try:
        holder = table(values, parent) if parent else values
    except values_errors.NoTable:
        raise values_errors.NoValue(name) from None
    if name not in holder or isinstance(holder[name], dict):
        raise values_errors.NoValue(name)
    return holder[name]
