"""Look-ups by dotted path in a tree of values; answers to ``Values`` of Helm's ``pkg/chart/common``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class NoTable(LookupError):
    """There is no map under a name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f'"{self.name}" is not a table'


class NoValue(LookupError):
    """There is no value (or a map) under a name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f'"{self.name}" is not a value'


def table(values: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the map at the dotted ``path``.

    Raises:
        NoTable: where there is none.
    """
    for name in path.split("."):
        inner = values.get(name)
        if not isinstance(inner, dict):
            raise NoTable(name)
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
    except NoTable:
        raise NoValue(name) from None
    if name not in holder or isinstance(holder[name], dict):
        raise NoValue(name)
    return holder[name]
