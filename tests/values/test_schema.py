"""values.schema.json: what is refused, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from steersman.values.schema import problem_of
from steersman.values.schemas.documents import Dialect
from steersman.values.schemas.metaschemas import URLS
from steersman.values.schemas.quick import looks_valid
from steersman.values.schemas.validate import Validation
from steersman.values.schemas.validator import Metaschemas
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


def test_a_schema_that_refers_to_itself_ends() -> None:
    problem = "- at '': both /$ref and  resolve to \"file:///values.schema.json#\" causing reference cycle\n"
    assert problem_of(b'{"$ref": "#"}', {}) == problem


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
    '{"properties":{"a":{"$ref":"urn:x:y"}}}',
    '{"properties":{"a":{"$ref":"urn:x:y#/a"}}}',
    '{"properties":{"a":{"$ref":"ftp://x/y"}}}',
    '{"properties":{"a":{"$ref":"#q"}}}',
    '{"properties":{"a":{"$ref":"#/$defs/~2"}}}',
    '{"properties":{"a":{"$ref":"http://[::1/"}}}',
    '{"properties":{"a":{"$ref":"%zz"}}}',
    '{"properties":{"a":{"$ref":"#%zz"}}}',
    '{"properties":{"a":{"$id":"%zz"}}}',
    '{"$id":"x","properties":{"a":{"$id":"x"}}}',
    '{"$schema":"foo"}',
    '{"$schema":"values.schema.json"}',
    '{"$schema":"file:///values.schema.json"}',
    '{"$schema":"%zz"}',
    '{"properties":{"a":{"$ref":"https://json-schema.org/draft/2020-12/schema#/nope"}}}',
    '{"properties":{"a":{"$ref":"https://json-schema.org/draft/2020-12/schema"}}}',
    '{"properties":{"a":{"$ref":"#/foo"}},"foo":{"type":"nope"}}',
    '{"properties":{"a":{"$ref":"#/foo"}},"foo":5}',
    '{"properties":{"a":{"$id":"http://x/y","$schema":"http://json-schema.org/draft-04/schema#","exclusiveMinimum":5}}}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema#foo","properties":{"a":{"type":"string"}}}',
    '{"$schema":5}',
    '{"$ref":"#"}',
    '{"properties":{"a":{"$vocabulary":{"x":1}}}}',
    '{"properties":{"a":{"$id":"#x"}}}',
    '{"properties":{"a":{"$id":"x#"}}}',
    '{"$schema":"http://json-schema.org/draft-04/schema","patternProperties":{"(":{}}}',
    '{"$schema":"http://json-schema.org/draft-06/schema","properties":{"a":{"$id":"::"}}}',
    '{"$schema":"https://json-schema.org/draft/2019-09/schema","properties":{"a":{"$anchor":"_x"}}}',
    '{"properties":{"a":{"$anchor":"a:x"}}}',
    '{"$schema":"http://json-schema.org/draft-07/schema","properties":{"a":{"$ref":"#/definitions/s","const":1}},"definitions":{"s":{}}}',
    '{"$id":"urn:x:y","properties":{"a":{"$ref":"#/$defs/z"}},"$defs":{"z":{"type":"number"}}}',
    '{"$id":"http://h/a/b.json?q","properties":{"a":{"$ref":"../c"}},"$defs":{"z":{"$id":"/c","type":"number"}}}',
    '{"properties":{"a":{"$ref":"a b"}}}',
    '{"properties":{"a":{"$ref":"//h"}}}',
    '{"properties":{"a":{"$ref":"é"}}}',
    '{"properties":{"a":{"$ref":"#/$defs/%C3%A9 x"}}}',
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
            node = Metaschemas().node_of(Dialect(draft))
            assert Validation().failures(node, tree) == ()


@pytest.mark.helm
@pytest.mark.parametrize("command", [("template", "r", "c"), ("lint", "c"), ("lint", "c", "c/charts/d")])
def test_an_urn_is_warned_of_once(tmp_path: Path, steer: Run, helm: Run, command: tuple[str, ...]) -> None:
    for folder, name in ((tmp_path / "c", "c"), (tmp_path / "c" / "charts" / "d", "d")):
        (folder / "templates").mkdir(parents=True)
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
        (folder / "values.yaml").write_text("a: x\n")
        (folder / "values.schema.json").write_text('{"properties": {"a": {"$ref": "urn:x:y"}}}')
    ours, theirs = (run(*command) for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


ORDERED = (
    '{"if": {"properties": {"a": true}}, "then": {"required": ["q", "w"]}, "not": {"required": ["a"]}, '
    '"oneOf": [{"required": ["a"]}, {"minProperties": 1}], "anyOf": [{"required": ["k"]}, {"maxProperties": 0}], '
    '"dependentRequired": {"a": ["u"]}, "propertyNames": {"maxLength": 0}, "unevaluatedProperties": false}'
)


@pytest.mark.helm
@pytest.mark.parametrize("schema", [ORDERED, "\ufeff{}", '\ufeff{"type": "array"}', "", "{"])
@pytest.mark.parametrize("command", [("template", "r", "c"), ("lint", "c")])
def test_keywords_come_in_helms_order_and_marks_are_kept(
    tmp_path: Path, steer: Run, helm: Run, schema: str, command: tuple[str, ...]
) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "values.yaml").write_text("a: x\n")
    (chart / "values.schema.json").write_bytes(schema.encode())
    ours, theirs = (run(*command) for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_a_schema_is_read_once_for_many_values() -> None:
    from steersman.values.schema import problem_of
    from steersman.values.schema_access import SchemaAccess

    access = SchemaAccess()
    schema = b'{"properties": {"a": {"type": "string"}}}'
    assert problem_of(schema, {"a": "x"}, access) == ""
    assert "got number, want string" in problem_of(schema, {"a": 1.0}, access)
    assert problem_of(schema, {"a": "y"}, access) == ""
    assert list(access.known) == [schema]
