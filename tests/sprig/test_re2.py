"""Patterns: both matchers find the same, and none takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steersman.sprig.pike import PikeMatcher
from steersman.sprig.re2 import _PythonMatcher, compile_regexp, is_risky
from steersman.sprig.re2_parser import Parser

PIECES = ["a", "b", "[ab]", "[^a]", ".", "^", "$", r"\b", "(a|b)", "(?:ab)", "(a)", "x"]
COUNTS = ["", "", "", "*", "+", "?", "*?", "{1,2}", "+?"]


@given(
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(COUNTS)), min_size=1, max_size=5),
    st.text("abx \n", max_size=12),
)
@settings(max_examples=300, deadline=None)
def test_both_matchers_agree(pieces: list[tuple[str, str]], text: str) -> None:
    pattern = "".join(piece + count for piece, count in pieces)
    parser = Parser(pattern)
    tree = parser.parse()
    if is_risky(tree):
        return
    fast, linear = _PythonMatcher(tree), PikeMatcher(tree, parser.count)
    for position in range(len(text) + 1):
        left, right = fast.search(text, position), linear.search(text, position)
        assert (left and left[0]) == (right and right[0]), (pattern, text, position)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"])
def test_patterns_made_to_hang_do_not(pattern: str) -> None:
    started = time.perf_counter()
    assert compile_regexp(pattern).search("a" * 300 + "!" + "x" * 60, 0) is None
    assert time.perf_counter() - started < 5
