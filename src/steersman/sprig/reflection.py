"""Types, kinds, deep equality and deep copies."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.values import GoStruct, is_nil, kind_name, type_name
from steersman.gotemplate.values_map import ValuesMap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def type_of(value: Any) -> str:
    """Return the Go type of a value."""
    return type_name(value)


def type_is(name: str, value: Any) -> bool:
    """Return whether a value has a type."""
    return type_name(value) == name


def type_is_like(name: str, value: Any) -> bool:
    """Return whether a value has a type, or is a pointer to it."""
    return type_name(value) in (name, "*" + name)


def kind_of(value: Any) -> str:
    """Return the Go kind of a value."""
    return kind_name(value)


def kind_is(name: str, value: Any) -> bool:
    """Return whether a value has a kind."""
    return kind_name(value) == name


def deep_equal(left: Any, right: Any) -> bool:
    """Return whether two values are equal in type and all the way down."""
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is str or kind is int or kind is float or kind is bool:
        return bool(left == right)
    if isinstance(left, dict):
        if is_nil(left) != is_nil(right) or len(left) != len(right):
            return False
        for key, value in left.items():  # noqa: SIM110 - a generator would nest calls in C
            if key not in right or not deep_equal(value, right[key]):
                return False
        return True
    if isinstance(left, list):
        if is_nil(left) != is_nil(right) or len(left) != len(right):
            return False
        for a, b in zip(left, right):  # noqa: SIM110 - as above
            if not deep_equal(a, b):
                return False
        return True
    return bool(left == right)


def likeness(value: Any) -> int:
    """Return a number that is the same for values that are deeply equal."""
    if isinstance(value, dict):
        total = 0
        for key, item in value.items():
            total ^= hash((key, likeness(item)))
        return hash((dict, len(value), total))
    if isinstance(value, list):
        total = len(value)
        for item in value:
            total = hash((total, likeness(item)))
        return total
    try:
        return hash((type(value), value))
    except TypeError:
        return hash(type(value))


def copy_value(value: Any) -> Any:
    """Copy a value all the way down; nil is refused, as copystructure does."""
    if value is None:
        raise go_errors.CallError("reflect: call of reflect.Value.Type on zero Value")
    return deep_copy(value)


def deep_copy(value: Any) -> Any:
    """Copy maps, lists and structs all the way down."""
    if isinstance(value, dict):
        copied = {key: deep_copy(item) for key, item in value.items()}
        if type(value) is ValuesMap:
            return ValuesMap.over(copied, value.views)
        return copied if type(value) is dict else type(value)(copied)
    if isinstance(value, list):
        items = [deep_copy(item) for item in value]
        return items if type(value) is list else type(value)(items)
    if isinstance(value, GoStruct):
        return value.go_copy(deep_copy)
    return value
