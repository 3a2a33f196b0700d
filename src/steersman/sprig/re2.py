"""Go's regular expressions: pattern to a tree, then to Python's ``re`` or to a linear matcher.

The two engines agree on which match is meant (leftmost, first alternative), so Python's runs most
patterns. One that could take Python exponential or worse than quadratic time is run by ``pike``
instead, whose time is linear in the text. Answers to Go's ``regexp/syntax``.
"""

from __future__ import annotations

from functools import lru_cache

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    Span = tuple[int, int]

    class Matcher(Protocol):
        """Finds the leftmost match from a position on: the spans of the match and its groups."""

        def search(self, text: str, position: int) -> list[Span | None] | None: ...


MAX_RUNE = 0x10FFFF


class RegexpError(ValueError):
    """A pattern Go refuses; the message is Go's."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {code}: `{part}`")


class Node(Record):
    """A piece of a pattern.

    ``kind`` is one of ``set`` (``ranges``, ``folds``), ``cat``, ``alt``, ``repeat`` (``low``, ``high`` or -1,
    ``is_greedy``), ``group`` (``number``) and the assertions ``line_start``, ``line_end``,
    ``text_start``, ``text_end``, ``boundary``, ``no_boundary``.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    folds: bool = False
    low: int = 0
    high: int = -1
    is_greedy: bool = True
    number: int = 0


class Regexp:
    """A compiled pattern."""

    def __init__(self, pattern: str, matcher: Matcher, names: list[tuple[int, str]]) -> None:
        self.pattern = pattern
        self.names = names
        self._matcher = matcher

    def search(self, text: str, position: int) -> list[Any] | None:
        """Return the spans of the leftmost match from ``position`` on and of its groups, or None."""
        return self._matcher.search(text, position)


@lru_cache(maxsize=256)
def compile_regexp(pattern: str) -> Regexp:
    """Compile a pattern.

    Raises:
        RegexpError: when Go would refuse it.
    """
    from steersman.sprig.re2_parser import Parser

    parser = Parser(pattern)
    tree = parser.parse()
    return Regexp(pattern, _make_matcher(tree, parser.count), parser.names)


def _make_matcher(tree: Node, count: int) -> Matcher:
    if is_risky(tree):
        from steersman.sprig.pike import PikeMatcher

        return PikeMatcher(tree, count)
    return _PythonMatcher(tree)


class _PythonMatcher:
    """Runs a pattern with ``re``."""

    def __init__(self, tree: Node) -> None:
        import re

        self._search = re.compile(to_python(tree)).search

    def search(self, text: str, position: int) -> list[Span | None] | None:
        found = self._search(text, position)
        if found is None:
            return None
        return [s if s[0] >= 0 else None for s in found.regs]


# Risk


def is_risky(node: Node) -> bool:
    """Return whether backtracking could take a pattern far beyond linear time."""
    return _has_nested_loop(node, inside=False) or _count_loops(node) > 3


def _is_loop(node: Node) -> bool:
    return node.kind == "repeat" and (node.high < 0 or node.high > 16)


def _has_nested_loop(node: Node, *, inside: bool) -> bool:
    if node.kind == "repeat" and (_is_loop(node) or node.low != node.high):
        if inside:
            return True
        return any(_has_nested_loop(p, inside=_is_loop(node)) for p in node.parts)
    if node.kind == "alt" and inside:
        return True
    return any(_has_nested_loop(p, inside=inside) for p in node.parts)


def _count_loops(node: Node) -> int:
    return _is_loop(node) + sum(map(_count_loops, node.parts))


# To Python


def to_python(node: Node) -> str:
    """Write a tree as a pattern for ``re``."""
    if node.kind == "set":
        return _python_set(node)
    if node.kind == "cat":
        return "".join(map(to_python, node.parts))
    if node.kind == "alt":
        return f"(?:{'|'.join(map(to_python, node.parts))})"
    if node.kind == "group":
        return f"({to_python(node.parts[0])})"
    if node.kind == "repeat":
        return _python_repeat(node)
    return {
        "line_start": "(?m:^)",
        "line_end": "(?m:$)",
        "text_start": r"\A",
        "text_end": r"\Z",
        "boundary": r"(?a:\b)",
        "no_boundary": r"(?!(?a:\b))",
    }[node.kind]


def _python_repeat(node: Node) -> str:
    body = f"(?:{to_python(node.parts[0])})"
    counts = {(0, -1): "*", (1, -1): "+", (0, 1): "?"}
    count = counts.get((node.low, node.high))
    if count is None:
        count = f"{{{node.low},{'' if node.high < 0 else node.high}}}"
    return body + count + ("" if node.is_greedy else "?")


def _python_set(node: Node) -> str:
    if not node.ranges:
        return "(?!)"
    if node.ranges == ((0, MAX_RUNE),):
        return "(?s:.)"
    if len(node.ranges) == 1 and node.ranges[0][0] == node.ranges[0][1]:
        text = _python_char(node.ranges[0][0])
    else:
        outside = _outside(node.ranges) if not node.folds else ()
        # Python takes milliseconds to read a class that has nearly everything, and none to read what it has not
        kept, mark = (outside, "^") if outside else (node.ranges, "")
        text = f"[{mark}" + "".join(_python_range(low, high) for low, high in kept) + "]"
    return f"(?i:{text})" if node.folds else text


def _outside(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return what a class does not have, where that is a few characters of Latin-1; else nothing."""
    found = []
    at = 0
    for low, high in sorted(ranges):
        if low > at:
            found.append((at, low - 1))
        at = max(at, high + 1)
    return tuple(found) if at > MAX_RUNE and found and found[-1][1] <= 0xFF else ()


def _python_char(code: int) -> str:
    char = chr(code)
    return char if char.isalnum() else f"\\U{code:08x}"


def _python_range(low: int, high: int) -> str:
    first = f"\\U{low:08x}"
    # A byte that is not UTF-8 counts as U+FFFD in Go; here it is a lone surrogate, inside the range.
    return first if low == high else f"{first}-\\U{high:08x}"
