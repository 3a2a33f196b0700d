"""Go's regular expressions: pattern to a tree, then to Python's ``re`` or to a linear matcher.

The two engines agree on which match is meant (leftmost, first alternative), so Python's runs most
patterns. One that could take Python exponential or worse than quadratic time is run by ``pike``
instead, whose time is linear in the text. Answers to Go's ``regexp/syntax``.
"""

from __future__ import annotations

from functools import lru_cache

from steersman.go.regexp.parse import Parser
from steersman.go.regexp.pike import PikeMatcher
from steersman.go.regexp.python import to_python
from steersman.go.regexp.risk import FEW, STEPS, ends_in_loop, looped, ways
from steersman.go.regexp.tree import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    Span = tuple[int, int]

    class Matcher(Protocol):
        """Finds the leftmost match from a position on: the spans of the match and its groups."""

        def search(self, text: str, position: int) -> list[Span | None] | None: ...


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
    parser = Parser(pattern)
    tree = parser.parse()
    return Regexp(pattern, _make_matcher(tree, parser.count), parser.names)


def _make_matcher(tree: Node, count: int) -> Matcher:
    found = ways(tree)
    if found is None:
        return PikeMatcher(tree, count)
    choices, loops = found
    # what a loop at the end takes cannot fail, so that there is no way back into it
    loops -= ends_in_loop(tree)
    if not loops and choices <= FEW:
        return PythonMatcher(tree)
    return _WaryMatcher(tree, count, choices, loops)


class PythonMatcher:
    """Runs a pattern with ``re``."""

    def __init__(self, tree: Node) -> None:
        import re

        self._search = re.compile(to_python(tree)).search

    def search(self, text: str, position: int) -> list[Span | None] | None:
        found = self._search(text, position)
        if found is None:
            return None
        return [s if s[0] >= 0 else None for s in found.regs]


class _WaryMatcher:
    """Runs a pattern with ``re`` on texts where that cannot take long, and with the linear matcher on others.

    From each position of a text there are at most ``choices`` ways through the pattern times one for each end that
    each of its ``loops`` may have, and a loop goes no further than the characters that it takes.
    """

    def __init__(self, tree: Node, count: int, choices: float, loops: int) -> None:
        import re

        self._python = PythonMatcher(tree)
        self._tree, self._count = tree, count
        self._choices, self._loops = choices, loops
        self._runs = re.compile(f"(?:{to_python(looped(tree))})+").finditer
        self._chosen: Matcher = self._python
        self._text = ""

    def search(self, text: str, position: int) -> list[Span | None] | None:
        if text is not self._text:
            self._text, self._chosen = text, self._for(text)
        return self._chosen.search(text, position)

    def _for(self, text: str) -> Matcher:
        cost = (len(text) + 1) * self._choices
        if cost * (len(text) + 1) ** self._loops <= STEPS:
            return self._python
        longest = max((found.end() - found.start() for found in self._runs(text)), default=0)
        return self._python if cost * (longest + 1) ** self._loops <= STEPS else PikeMatcher(self._tree, self._count)
