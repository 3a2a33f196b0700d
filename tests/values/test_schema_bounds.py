"""Schemas and values that are made to take long: the work grows with their size, or a limit ends it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from steersman.runtime.deep import with_deep_calls
from steersman.values.schema import problem_of
from steersman.values.schemas import patterns as patterns_module
from steersman.values.schemas import validate
from steersman.values.schemas.patterns import MAX_STATES, Patterns


def _calls(work: Callable[[], object]) -> int:
    """Return how many functions and lines of Python some work takes."""
    count = 0

    def trace(_frame: object, _event: str, _argument: object) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with_deep_calls(work)  # in this thread: another one would not be traced
    finally:
        sys.settrace(before)
    return count


def _unique(size: int) -> tuple[bytes, dict[str, Any]]:
    return b'{"properties": {"a": {"uniqueItems": true}}}', {"a": [f"s{i}" for i in range(size)]}


def _unique_objects(size: int) -> tuple[bytes, dict[str, Any]]:
    return b'{"properties": {"a": {"uniqueItems": true}}}', {"a": [{"x": [float(i)]} for i in range(size)]}


def _many_patterns(size: int) -> tuple[bytes, dict[str, Any]]:
    patterns = ",".join(f'"^k{i}[a-z]*$": {{"type": "number"}}' for i in range(20))
    return b'{"patternProperties": {%s}}' % patterns.encode(), {f"k{i}": 1.0 for i in range(size)}


def _nested_stars(size: int) -> tuple[bytes, dict[str, Any]]:
    return b'{"properties": {"a": {"pattern": "^((a*)*)*b$"}}}', {"a": "a" * size}


def _conditions(size: int) -> tuple[bytes, dict[str, Any]]:
    return b'{"if":' * size + b"{}" + b',"then":{}}' * size, {}


def _conditions_held_to_a_metaschema(size: int) -> tuple[bytes, dict[str, Any]]:
    schema, values = _conditions(size)
    return b'{"$anchor": "x", "not": {"not": %s}}' % schema, values


def _chain(size: int) -> tuple[bytes, dict[str, Any]]:
    links = ",".join(f'"a{i}": {{"$ref": "#/$defs/a{i + 1}"}}' for i in range(size))
    return b'{"$ref": "#/$defs/a0", "$defs": {%s, "a%d": {}}}' % (links.encode(), size), {}


def _choices(size: int) -> tuple[bytes, dict[str, Any]]:
    choices = ",".join(f'"x{i}"' for i in range(size))
    return b'{"additionalProperties": {"enum": [1, %s]}}' % choices.encode(), {f"k{i}": "x1" for i in range(size)}


def _unevaluated(size: int) -> tuple[bytes, dict[str, Any]]:
    branches = ",".join(f'{{"contains": {{"const": {i}}}}}' for i in range(50))
    schema = f'{{"properties": {{"a": {{"anyOf": [{branches}], "unevaluatedItems": false}}}}}}'
    return schema.encode(), {"a": [float(i % 50) for i in range(size)]}


@pytest.mark.parametrize(
    "make",
    [
        _unique,
        _unique_objects,
        _many_patterns,
        _nested_stars,
        _conditions,
        _conditions_held_to_a_metaschema,
        _chain,
        _choices,
        _unevaluated,
    ],
)
def test_twice_the_size_takes_twice_the_work(make: Callable[[int], tuple[bytes, dict[str, Any]]]) -> None:
    cases = [make(size) for size in (200, 400)]
    few, many = (_calls(partial(problem_of, *case)) for case in cases)
    assert many < 2.1 * few


@pytest.mark.parametrize("size", [500, 4000])
def test_schemas_may_nest_deeply(size: int) -> None:
    for make in (_conditions, _chain):
        assert problem_of(*make(size)) == ""


def test_references_that_multiply_end_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "MAX_CHECKS", 20_000)
    two = '"a{0}": {{"allOf": [{{"$ref": "#/$defs/a{1}"}}, {{"$ref": "#/$defs/a{1}"}}]}}'
    links = ",".join(two.format(i, i + 1) for i in range(40))
    problem = problem_of(b'{"$ref": "#/$defs/a0", "$defs": {%s, "a40": {"type": "object"}}}' % links.encode(), {})
    assert problem == "the schema needs more than 20,000 checks of these values"


def test_the_states_of_a_pattern_are_bounded() -> None:
    patterns = Patterns(["[ab]*a[ab]{16}c"])  # has 2^16 states
    text = "".join("ab"[bin(i).count("1") % 2] for i in range(20_000))
    assert patterns.found_in(text) == 0
    assert len(patterns._states) <= MAX_STATES


def test_patterns_that_take_too_long_end_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns_module, "MAX_WORK", 10_000)
    problem = problem_of(b'{"properties": {"a": {"pattern": "[ab]*a[ab]{300}c"}}}', {"a": "abba" * 400})
    assert problem == "the patterns of a schema take too long on these values"


@pytest.mark.parametrize(
    ("patterns", "text", "found"),
    [
        (["^a", "b$", "x"], "ab", 0b011),
        (["", "a"], "", 0b01),
        (["^$", "\\b", "\\B"], "", 0b101),
        (["\\bfoo\\b"], "a foo b", 1),
        (["\\bfoo\\b"], "a_foo b", 0),
        (["(?m)^b$"], "a\nb\nc", 1),
        (["^b$"], "a\nb\nc", 0),
        (["(?i)É"], "é", 1),
        (["a{2,3}$", "^a{2}$", "a{4}"], "aaa", 0b001),
        (["(a|b)*c", "[^a]"], "abac", 0b11),
        (["a.c", "(?s)a.c"], "a\nc", 0b10),
        ([f"^k{i}$" for i in range(100)], "k99", 1 << 99),
    ],
)
def test_several_patterns_are_found_in_one_pass(patterns: list[str], text: str, found: int) -> None:
    assert Patterns(patterns).found_in(text) == found
