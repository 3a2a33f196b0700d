"""Paths on values: what a path finds in a document, in the document's order as go-yaml writes it."""

from __future__ import annotations

import re
from functools import lru_cache

from steersman.unittest.path_syntax import (
    BOOL,
    NULL,
    NUMBER,
    OTHER,
    REGEX,
    STRING,
    Always,
    Both,
    Compare,
    Descend,
    Either,
    Every,
    Exists,
    Filter,
    Indices,
    Literal,
    Names,
    Not,
    parse_path,
)
from steersman.yamlio.version3 import GeneralMap, Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from steersman.unittest.path_syntax import Condition, Operand, Step

    # A kind of path_syntax and a text.
    Typed: TypeAlias = tuple[str, str]
    Keys: TypeAlias = tuple[Any, ...]

_MOST_FOUND = 1_000_000  # values: a bound on what paths like "..*..*" ask for


_PLAIN_NAME = re.compile(r"[A-Za-z_][\w/-]*")


class TooMany(ValueError):
    """A path that finds more than memory should hold."""


@lru_cache(maxsize=4096)
def compiled_path(text: str) -> tuple[Step, ...]:
    """Return the steps of a path, read once.

    Raises:
        PathError: see ``parse_path``.
    """
    return parse_path(text)


def find(value: Any, path: str) -> list[Any]:
    """Return what ``path`` finds in ``value``.

    Raises:
        PathError: for a path that cannot be read.
        TooMany: for one that finds too much.
    """
    return _find(compiled_path(path), value, value)


def keys_of(value: Any, path: str, nth: int = 0) -> tuple[Keys, bool]:
    """Return the keys of one of the things that ``path`` finds, and whether it finds it; if not, as far as it leads.

    Raises:
        PathError: for a path that cannot be read.
        TooMany: for one that finds too much.

    >>> keys_of({"a": [{"n": 1}, {"n": 2}]}, "a[?(@.n == 2)].n")
    (('a', 1, 'n'), True)
    >>> keys_of({"a": [{"n": 1}, {"n": 2}]}, "a[*].n", 1)
    (('a', 1, 'n'), True)
    >>> keys_of({"a": {}}, "a.b.c")
    (('a',), False)
    """
    found: list[tuple[Keys, Any]] = [((), value)]
    for step in compiled_path(path):
        before = found
        found = [((*keys, *more), item) for keys, at in before for more, item in _step(step, at, value)]
        if len(found) > _MOST_FOUND:
            raise TooMany(f"more than {_MOST_FOUND} values")
        if not found:
            return before[0][0], False
    return (found[nth][0], True) if nth < len(found) else (found[0][0], False)


def path_of(value: Any, keys: Keys) -> str:
    """Return the path that finds what is, or would be, at some keys of a value.

    >>> path_of({"spec": {"hosts": [{}]}}, ("spec", "hosts", 0, "labels", "a.b"))
    'spec.hosts[0].labels["a.b"]'
    """
    path = ""
    for key in keys:
        name = text_of(key)[1]
        if isinstance(value, list):
            path += f"[{key}]"
        elif _PLAIN_NAME.fullmatch(name):
            path += f".{name}" if path else name
        else:
            quoted = name.replace("\\", "\\\\").replace('"', '\\"')
            path += f'["{quoted}"]'
        try:
            value = value[key]
        except (LookupError, TypeError):
            value = None
    return path


def _find(steps: Sequence[Step], start: Any, root: Any) -> list[Any]:
    found = [start]
    for step in steps:
        found = [item for value in found for _, item in _step(step, value, root)]
        if len(found) > _MOST_FOUND:
            raise TooMany(f"more than {_MOST_FOUND} values")
        if not found:
            break
    return found


def _step(step: Step, value: Any, root: Any) -> Iterator[tuple[Keys, Any]]:
    """Yield what a step finds in a value, with its keys there; a name of a map has those of its value."""
    if isinstance(step, Names):
        yield from _named(step, value)
    elif isinstance(step, Indices):
        if isinstance(value, list):
            for part in step.parts:
                yield from (((at,), value[at]) for at in positions(*part, len(value)))
    elif isinstance(step, Every):
        yield from _every(step, value)
    elif isinstance(step, Descend):
        yield from _descended(value)
    elif isinstance(value, list) and not step.is_whole:
        yield from (((at,), item) for at, item in enumerate(value) if holds(step.condition, item, root))
    elif holds(step.condition, value, root):
        yield (), value


def _named(step: Names, value: Any) -> Iterator[tuple[Keys, Any]]:
    if not isinstance(value, dict):
        return
    for name in step.names:
        if isinstance(value, GeneralMap):
            found = [(key, item) for key, item in value.items() if text_of(key)[1] == name]
            yield from (((key,), key if step.of_keys else item) for key, item in found)
        elif name in value:
            yield (name,), name if step.of_keys else value[name]


def _every(step: Every, value: Any) -> Iterator[tuple[Keys, Any]]:
    if isinstance(value, dict):
        yield from (((key,), key if step.of_keys else value[key]) for key in _sorted_keys(value))
    elif isinstance(value, list) and not step.of_keys:
        yield from (((at,), item) for at, item in enumerate(value))


def _sorted_keys(value: dict[Any, Any]) -> list[Any]:
    from steersman.yamlio.emit import ordered

    by_text = {text_of(key)[1]: key for key in value}
    return [by_text[text] for text in ordered(list(by_text), v3=True)]


def _descended(value: Any) -> Iterator[tuple[Keys, Any]]:
    """Yield a value and all in it, names of maps among them, as they stand in the document."""
    stack: list[tuple[Keys, Any]] = [((), value)]
    while stack:
        keys, one = stack.pop()
        yield keys, one
        if isinstance(one, list):
            stack += [((*keys, at), item) for at, item in reversed(list(enumerate(one)))]
        elif isinstance(one, dict):
            for key in reversed(_sorted_keys(one)):
                stack += (((*keys, key), one[key]), ((*keys, key), key))


def positions(start: int | None, end: int | None, step: int | None, length: int) -> Iterator[int]:
    """Yield the positions of a slice of a list of ``length`` items; without ``step``, of the one at ``start``.

    go: the bounds of yaml-jsonpath, which differ from Python's where a slice goes backwards from beyond the end
    (test_slices)
    """
    if step is None:
        at = start if start is not None and start >= 0 else (start or 0) + length
        if 0 <= at < length:
            yield at
        return
    if start is None:
        start = 0 if step > 0 else length - 1
    elif start < 0:
        start += length
    if end is None:
        end = length if step > 0 else -1
    elif end < 0:
        end += length
    if step > 0:
        yield from (at for at in range(max(start, 0), min(end, length), step) if at < length)
    else:
        yield from (at for at in range(min(start, length), max(end, -1), step) if 0 <= at < length)


# Filters


def holds(condition: Condition, value: Any, root: Any) -> bool:
    """Return whether a condition holds for ``value``."""
    if isinstance(condition, Exists):
        return bool(_operand_values(condition, value, root))
    if isinstance(condition, Compare):
        return _compares(condition, value, root)
    if isinstance(condition, Not):
        return not holds(condition.condition, value, root)
    if isinstance(condition, Both):
        return holds(condition.left, value, root) and holds(condition.right, value, root)
    if isinstance(condition, Either):
        return holds(condition.left, value, root) or holds(condition.right, value, root)
    return condition.holds


def _compares(condition: Compare, value: Any, root: Any) -> bool:
    """Return whether all pairs of both sides' values stand in the relation, and whether there are any."""
    right = _typed(condition.right, value, root)
    is_met = False
    for a in _typed(condition.left, value, root):
        for b in right:
            if not _relates(a, condition.operator, b):
                return False
            is_met = True
    return is_met


def _typed(operand: Operand | None, value: Any, root: Any) -> list[Typed]:
    if isinstance(operand, Literal):
        return [(operand.kind, operand.text)]
    return [] if operand is None else [text_of(found) for found in _operand_values(operand, value, root)]


def _operand_values(operand: Exists, value: Any, root: Any) -> list[Any]:
    start = root if operand.from_root else value
    return _find(operand.steps, start, start)


def _relates(a: Typed, operator: str, b: Typed) -> bool:
    if operator == "=~":
        return a[0] == STRING and b[0] == REGEX and _matches(b[1], a[1])
    order = _order(a, b)
    if operator == "==":
        return order == 0
    if operator == "!=":
        return order != 0
    if order is None:
        return False
    return {">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0}[operator]


def _order(a: Typed, b: Typed) -> int | None:
    """Return -1, 0 or 1, or None where two values cannot be compared or are only known to differ."""
    if a[0] != b[0] or a[0] == OTHER:
        return None
    if a[0] == NUMBER:
        x, y = float(a[1]), float(b[1])
        return (x > y) - (x < y)
    if a[0] == NULL:
        return 0
    same = a[1].lower() == b[1].lower() if a[0] == BOOL else a[1] == b[1]
    return 0 if same else None


def _matches(pattern: str, text: str) -> bool:
    from steersman.go.regexp.compile import compile_regexp

    return compile_regexp(pattern).search(text, 0) is not None


def text_of(value: Any) -> Typed:
    """Return a value's kind in filters, and its text."""
    if isinstance(value, Timestamp):
        return OTHER, str(value)
    if isinstance(value, str):
        return STRING, value
    if isinstance(value, bool):
        return BOOL, "true" if value else "false"
    if isinstance(value, (int, float)):
        return NUMBER, repr(value)
    return (NULL, "null") if value is None else (OTHER, "")


__all__ = ["Always", "Filter", "find", "holds", "positions", "text_of"]
