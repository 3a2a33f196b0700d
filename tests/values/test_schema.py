"""values.schema.json: what is refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from steersman.values.schema import problem_of

CASES: list[tuple[Any, Any, str]] = [
    ({"type": "object"}, {}, ""),
    ({"properties": {"a": {"type": "string"}}}, {"a": 1.0}, "- at '/a': got number, want string\n"),
    ({"properties": {"a": {"type": ["string", "null"]}}}, {"a": 1.0}, "- at '/a': got number, want null or string\n"),
    ({"properties": {"p": {"maximum": 65535}}}, {"p": 70000.0}, "- at '/p': maximum: got 70,000, want 65,535\n"),
    ({"required": ["a", "b"]}, {}, "- at '': missing properties 'a', 'b'\n"),
    ({"additionalProperties": False}, {"x": 1.0}, "- at '': additional properties 'x' not allowed\n"),
    ({"properties": {"a": {"pattern": "^x$"}}}, {"a": "y"}, "- at '/a': 'y' does not match pattern '^x$'\n"),
    ({"properties": {"a": {"enum": ["x", 1]}}}, {"a": "y"}, "- at '/a': value must be one of 'x', 1\n"),
    ({"$defs": {"s": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/s"}}}, {"a": 1.0}, "- at '/a': got number, want string\n"),
    ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {},
     "- at '': 'anyOf' failed\n  - at '': missing property 'a'\n  - at '': missing property 'b'\n"),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1.0}, "- at '': missing property 'b'\n"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "values", "problem"), CASES)
def test_problem_is_helms(schema: Any, values: Any, problem: str) -> None:
    assert problem_of(json.dumps(schema).encode(), values) == problem


def test_a_remote_reference_asks_no_network() -> None:
    problem = problem_of(b'{"$ref": "https://example.com/s.json"}', {})
    assert problem.startswith('failing loading "https://example.com/s.json"')


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert "refers to itself" in problem_of(b'{"$ref": "#"}', {})
