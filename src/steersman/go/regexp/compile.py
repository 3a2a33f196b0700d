"""Go's regular expressions: pattern to a tree, then to Python's ``re`` or to a linear matcher.

The two engines agree on which match is meant (leftmost, first alternative), so Python's runs most
patterns. One that could take Python long on a text is run by ``linear`` instead, whose time grows
linearly with the text. Answers to Go's ``regexp/syntax``.
"""

from __future__ import annotations

from steersman.runtime import patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from typing import Any, Protocol

    from steersman.go.regexp.tree import Node

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


STEPS = 1e6  # steps of Python's matcher: about ten milliseconds
_MANY_LOOPS = 30  # as many over two characters are more steps than that; more would be no number of a float
_FEW = 16  # ways from one position that are tried in no time
_MOST_KEPT = 256

_compiled: dict[str, Regexp] = {}


def compile_regexp(pattern: str) -> Regexp:
    """Compile a pattern.

    Raises:
        RegexpError: when Go would refuse it.
    """
    found = _compiled.get(pattern)
    if found is None:
        kept = patterns.regexp(pattern)
        found = _from_tree(pattern) if kept is None else _from_image(pattern, kept)
        if len(_compiled) >= _MOST_KEPT:
            _compiled.clear()
        _compiled[pattern] = found
    return found


def _from_tree(pattern: str) -> Regexp:
    tree, _count, names = _parse(pattern)
    plan = _plan(tree)
    if plan is None:
        return Regexp(pattern, _linear(pattern), names)
    choices, loops, text, runs = plan
    import re

    matcher: Matcher = PythonMatcher(re.compile(text))
    if runs:
        matcher = _WaryMatcher(matcher, re.compile(runs), choices, loops, lambda: _linear(pattern))
    return Regexp(pattern, matcher, names)


def _from_image(pattern: str, kept: patterns.KeptRegexp) -> Regexp:
    names, choices, loops, code, runs = kept
    if code is None:
        return Regexp(pattern, _linear(pattern), names)
    matcher: Matcher = PythonMatcher(patterns.from_code(code))
    if runs is not None:
        matcher = _WaryMatcher(matcher, patterns.from_code(runs), choices, loops, lambda: _linear(pattern))
    return Regexp(pattern, matcher, names)


def kept_form(pattern: str) -> patterns.KeptRegexp:
    """Return what the image holds of a pattern; one that only the linear matcher runs has no code."""
    tree, _count, names = _parse(pattern)
    plan = _plan(tree)
    if plan is None:
        return names, 0.0, 0, None, None
    choices, loops, text, runs = plan
    return names, choices, loops, patterns.code_of(text, 0), patterns.code_of(runs, 0) if runs else None


def _parse(pattern: str) -> tuple[Node, int, list[tuple[int, str]]]:
    from steersman.go.regexp.parse import Parser

    parser = Parser(pattern)
    tree = parser.parse()
    return tree, parser.count, parser.names


def _linear(pattern: str) -> Matcher:
    from steersman.go.regexp.linear import LinearMatcher

    tree, count, _names = _parse(pattern)
    return LinearMatcher(tree, count)


def _plan(tree: Node) -> tuple[float, int, str, str] | None:
    """Return the ways through a pattern, its loops, and it and its runs as Python's patterns.

    There are no runs where Python takes it on any text, and nothing at all where only the linear matcher does.
    """
    from steersman.go.regexp.python import to_python
    from steersman.go.regexp.risk import ends_in_loop, looped, ways

    found = ways(tree, STEPS)
    if found is None:
        return None
    choices, loops = found
    # what a loop at the end takes cannot fail, so that there is no way back into it
    loops -= ends_in_loop(tree)
    is_cheap = not loops and choices <= _FEW
    return choices, loops, to_python(tree), "" if is_cheap else f"(?:{to_python(looped(tree))})+"


class PythonMatcher:
    """Runs a pattern with Python's matcher."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._search = pattern.search

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

    def __init__(
        self, python: Matcher, runs: re.Pattern[str], choices: float, loops: int, linear: Callable[[], Matcher]
    ) -> None:
        self._python = python
        self._choices, self._loops = choices, min(loops, _MANY_LOOPS)
        self._runs = runs.finditer
        self._make_linear = linear
        self._linear: Matcher | None = None
        self._chosen: tuple[str, Matcher] = "", python

    def search(self, text: str, position: int) -> list[Span | None] | None:
        known, matcher = self._chosen
        if text is not known:
            matcher = self._for(text)
            self._chosen = text, matcher
        return matcher.search(text, position)

    def _for(self, text: str) -> Matcher:
        cost = (len(text) + 1) * self._choices
        if cost * (len(text) + 1) ** self._loops <= STEPS:
            return self._python
        longest = max((found.end() - found.start() for found in self._runs(text)), default=0)
        if cost * (longest + 1) ** self._loops <= STEPS:
            return self._python
        if self._linear is None:
            self._linear = self._make_linear()
        return self._linear
