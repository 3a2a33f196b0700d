"""values.schema.json: what is refused, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from steersman.chart.model import Chart, Metadata
from steersman.values.jsonschema import Validator
from steersman.values.metaschema import URLS, looks_valid, metaschema
from steersman.values.schema import SchemaViolation, check, problem_of
from tests.conftest import Run

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
    chart = Chart(metadata=Metadata(name="c"), schema=b'{"$ref": "https://example.com/s.json"}')
    with pytest.raises(SchemaViolation) as caught:
        check(chart, {})
    assert caught.value.hint == "--skip-schema-validation goes on without schemas."


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert "refers to itself" in problem_of(b'{"$ref": "#"}', {})


BROKEN = [
    "{}", "true", "false", "5", "[]", '"x"', "null", '{"type": 5}', '{"type": "strin"}', '{"type": []}', '{"type": ["string", "string"]}',
    '{"properties": 5}', '{"properties": {"a": 5}}', '{"properties": {"a": {"properties": {"b": {"type": "x"}}}}}', '{"required": "a"}',
    '{"required": ["a", "a"]}', '{"minLength": -1}', '{"maxItems": 1.5}', '{"enum": "x"}', '{"items": [{"type": "string"}]}', '{"allOf": []}',
    '{"multipleOf": 0}', '{"$ref": 5}', '{"pattern": "("}', '{"patternProperties": {"(": {}}}', '{"propertyNames": {"pattern": "^z"}}',
    '{"title": 5, "type": "x"}', '{"dependentRequired": {"a": 5}}', '{"$defs": {"x": {"type": "q"}}}', '{"$anchor": "1"}', '{"readOnly": "x"}',
    '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"pattern": "("}}}',
    '{"$schema": "https://json-schema.org/draft-07/schema#", "items": [{"type": "x"}]}',
    '{"$schema": "http://json-schema.org/draft-07/schema#", "required": true}',
    '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"minLength": "x"}}}',
    '{"$schema": "http://json-schema.org/draft-06/schema#", "minimum": "1"}',
    '{"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMaximum": 5}',
    '{"$schema": "http://json-schema.org/draft-04/schema#", "maximum": 5, "exclusiveMaximum": true}',
    '{"$schema": "http://json-schema.org/draft-04/schema#", "required": []}',
    '{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": true}}',
    '{"$schema": "https://json-schema.org/draft/2019-09/schema", "items": [{"type": "x"}]}',
    '{"properties": {"a": {"$ref": "other.json"}}}', '{"properties": {"a": {"$ref": "file:///"}}}',
]  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("schema", BROKEN)
def test_a_schema_is_held_against_its_metaschema(tmp_path: Path, steer: Run, helm: Run, schema: str) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "values.yaml").write_text("a: x\n")
    (chart / "values.schema.json").write_text(schema)
    ours, theirs = (run("template", "r", "c") for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_a_schema_of_an_unknown_kind_is_not_fetched() -> None:
    problem = problem_of(b'{"$schema": "http://example.com/x"}', {})
    assert problem == 'failing loading "http://example.com/x": schemas are not fetched over the network'


def test_a_schema_may_refer_to_a_local_file(tmp_path: Path) -> None:
    (tmp_path / "number.json").write_text('{"type": "number"}')
    schema = b'{"properties": {"a": {"$ref": "file://%s"}}}' % str(tmp_path / "number.json").encode()
    assert problem_of(schema, {"a": 1.0}) == ""
    assert problem_of(schema, {"a": "x"}) == "- at '/a': got string, want number\n"


@pytest.mark.parametrize("schema", BROKEN)
def test_the_quick_look_never_passes_what_the_metaschema_refuses(schema: str) -> None:
    tree = json.loads(schema)
    for draft in URLS:
        if looks_valid(tree, draft):
            assert Validator(metaschema(draft), 7).validate(tree) == []
