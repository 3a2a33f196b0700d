"""Patterns: both matchers find the same, and none takes long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.services.growth import LINEAR, growth

from steersman.go.regexp.compile import STEPS, PythonMatcher, compile_regexp
from steersman.go.regexp.linear import LinearMatcher
from steersman.go.regexp.parse import Parser
from steersman.go.regexp.python import to_python
from steersman.go.regexp.risk import ways

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
    if ways(tree, STEPS) is None:
        return
    fast, linear = PythonMatcher(re.compile(to_python(tree))), LinearMatcher(tree, parser.count)
    for position in range(len(text) + 1):
        left, right = fast.search(text, position), linear.search(text, position)
        assert (left and left[0]) == (right and right[0]), (pattern, text, position)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"])
def test_patterns_made_to_hang_do_not(pattern: str) -> None:
    def search(size: int) -> None:
        assert compile_regexp(pattern).search("a" * size + "!" + "x" * size, 0) is None

    assert growth(search, 300) < LINEAR
