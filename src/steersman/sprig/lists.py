"""Lists: first and last, adding and leaving out, searching, cutting.

Functions never change the list they are given. Answers to Sprig's ``list.go``; its ``must`` twins
differ only in how Go reports errors, and not in what a template sees.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.values import NilList, TypedList, Uint8, kind_name
from steersman.sprig.reflection import deep_equal, likeness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_MANY = 16  # values from which on comparing each with each takes longer than sorting them into groups
NIL_DEREFERENCE = "runtime error: invalid memory address or nil pointer dereference"


class ListList(TypedList):
    """``[][]interface{}``."""

    __slots__ = ()
    go_type = "[][]interface {}"
    go_elem = "[]interface {}"


def _elements(value: Any, complaint: str) -> list[Any]:
    """The elements of a list; what is not a list is refused with ``complaint`` and its kind."""
    if isinstance(value, list):
        return value
    if isinstance(value, bytes):
        return [Uint8(b) for b in value]
    raise go_errors.CallError(NIL_DEREFERENCE if value is None else f"{complaint} {kind_name(value)}")


def make_list(*values: Any) -> list[Any]:
    """Make a list."""
    return list(values)


def push(items: Any, value: Any) -> list[Any]:
    """Add at the end."""
    return [*_elements(items, "Cannot push on type"), value]


def prepend(items: Any, value: Any) -> list[Any]:
    """Add at the front."""
    return [value, *_elements(items, "Cannot prepend on type")]


def first(items: Any) -> Any:
    """Return the first element, or nil."""
    elements = _elements(items, "Cannot find first on type")
    return elements[0] if elements else None


def last(items: Any) -> Any:
    """Return the last element, or nil."""
    elements = _elements(items, "Cannot find last on type")
    return elements[-1] if elements else None


def rest(items: Any) -> list[Any]:
    """Return all but the first."""
    elements = _elements(items, "Cannot find rest on type")
    return list(elements[1:]) if elements else NilList()


def initial(items: Any) -> list[Any]:
    """Return all but the last."""
    elements = _elements(items, "Cannot find initial on type")
    return list(elements[:-1]) if elements else NilList()


def reverse(items: Any) -> list[Any]:
    """Return the elements in reverse."""
    return list(_elements(items, "Cannot find reverse on type")[::-1])


def compact(items: Any) -> list[Any]:
    """Leave out empty elements."""
    return [v for v in _elements(items, "Cannot compact on type") if v]


def _contains(items: Sequence[Any], value: Any) -> bool:
    if type(value) is str:
        return any(type(v) is str and v == value for v in items)
    return any(deep_equal(value, v) for v in items)


def uniq(items: Any) -> list[Any]:
    """Leave out repetitions."""
    elements = _elements(items, "Cannot find uniq on type")
    if all(type(v) is str for v in elements):
        return list(dict.fromkeys(elements))
    found: list[Any] = []
    alike: dict[int, list[Any]] = {}
    for value in elements:
        before = alike.setdefault(likeness(value), [])
        if not _contains(before, value):
            before.append(value)
            found.append(value)
    return found


def without(items: Any, *left_out: Any) -> list[Any]:
    """Leave out the given values."""
    elements = _elements(items, "Cannot find without on type")
    if len(left_out) < _MANY:
        return [v for v in elements if not _contains(left_out, v)]
    alike: dict[int, list[Any]] = {}
    for value in left_out:
        alike.setdefault(likeness(value), []).append(value)
    return [v for v in elements if not _contains(alike.get(likeness(v), ()), v)]


def has(value: Any, items: Any) -> bool:
    """Return whether a list has a value."""
    if items is None:
        return False
    return _contains(_elements(items, "Cannot find has on type"), value)


def slice_list(items: Any, *bounds: Any) -> Any:
    """Return the elements between two positions."""
    if not isinstance(items, (list, bytes)):
        _elements(items, "list should be type of slice or array but")
    if not items:
        return None
    from steersman.sprig.numbers import cast_int

    start = cast_int(bounds[0]) if bounds else 0
    end = cast_int(bounds[1]) if len(bounds) > 1 else len(items)
    if not 0 <= start <= end <= len(items):
        raise go_errors.CallError("reflect.Value.Slice: slice index out of bounds")
    part = items[start:end]
    return part if type(items) in (list, bytes) else type(items)(part)


def concat(*lists: Any) -> list[Any]:
    """Join lists."""
    joined: list[Any] = []
    for items in lists:
        if not isinstance(items, (list, bytes)):
            kind = kind_name(items)
            raise go_errors.CallError(NIL_DEREFERENCE if items is None else f"Cannot concat type {kind} as list")
        joined += _elements(items, "")
    return joined or NilList()


def chunk(size: int, items: Any) -> ListList:
    """Cut into lists of at most ``size`` elements."""
    elements = _elements(items, "Cannot chunk type")
    if size <= 0:
        return ListList(_odd_chunks(elements, size))
    return ListList([list(elements[at : at + size]) for at in range(0, len(elements), size)])


def _odd_chunks(elements: list[Any], size: int) -> list[list[Any]]:
    """Return the chunks of a size that is not a length.

    sprig: counts the chunks in floats, so a negative size makes one, none, or a length that cannot be
    (tests/engine/expressions.txt)
    """
    import math

    count = math.floor((len(elements) - 1) / size) + 1 if size else -1
    if count not in (0, 1) or (count and len(elements) % size == 0):
        raise go_errors.CallError("runtime error: makeslice: len out of range")
    return [list(elements)] * count
