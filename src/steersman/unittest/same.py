"""Equality and types of values as Go has them: an integer equals neither a float nor a boolean."""

from __future__ import annotations

from steersman.yamlio.version3 import GeneralMap, Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def same(a: Any, b: Any) -> bool:
    """Return whether Go's ``reflect.DeepEqual`` holds."""
    if isinstance(a, dict):
        if not isinstance(b, dict) or len(a) != len(b) or isinstance(a, GeneralMap) != isinstance(b, GeneralMap):
            return False
        return all(key in b and same(item, b[key]) for key, item in a.items())
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return go_type(a) == go_type(b) and bool(a == b)


def go_type(value: Any) -> str:
    """Return the name of a value's type in Go, ``""`` for null."""
    if isinstance(value, Timestamp):
        return "time.Time"
    if isinstance(value, str):
        return "string"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if value < 1 << 63 else "uint64"
    if isinstance(value, float):
        return "float64"
    if isinstance(value, list):
        return "[]interface {}"
    return "map[interface {}]interface {}" if isinstance(value, GeneralMap) else "map[string]interface {}"


def is_subset(actual: dict[str, Any], content: dict[str, Any]) -> bool:
    """Return whether each field of ``content`` is the same in ``actual``; what is missing there is null."""
    return all(same(actual.get(key), item) for key, item in content.items())
