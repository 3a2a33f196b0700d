"""Values made from a schema, and the mistakes that they bring out."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from steersman.action.generate import generate
from steersman.chart.loader import load_chart
from steersman.checking.generated import paths_of
from steersman.checking.schema_values import values_of
from steersman.checking.subject import Subject
from steersman.checking.value_types import UNTYPED, value_types
from steersman.record import replace
from steersman.rendering import World
from tests.conftest import Run
from tests.insight.charts import IMPURE, write_chart
from tests.services.terminal import on_terminal

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n"


def found(folder: Path, template: str, schema: Any = None, values: str = "", count: int = 60) -> list[tuple[str, Any]]:
    """Return the rules and the smallest values of the mistakes of a chart with one template."""
    write_chart(folder / "web", values=values, t=template)
    if schema is not None:
        (folder / "web" / "values.schema.json").write_text(json.dumps({"properties": schema}))
    chart = load_chart(str(folder / "web"))
    made = generate(str(folder / "web"), chart, World(IMPURE), count, 0)
    return [(mistake.finding.rule, mistake.values) for mistake in made.mistakes]


def test_a_number_that_is_not_quoted(tmp_path: Path) -> None:
    template = CONFIG + "  size: {{ .Values.size }}\n"
    schema = {"size": {"type": "integer", "minimum": 3}, "other": {"type": "boolean"}}
    assert ("wrong-type", {"size": 3}) in found(tmp_path, template, schema)


def test_a_field_of_nothing(tmp_path: Path) -> None:
    template = CONFIG + '  a: {{ if .Values.up }}{{ .Values.db.host.name | quote }}{{ else }}"b"{{ end }}\n'
    assert found(tmp_path, template, {"up": {"type": "boolean"}}) == [("not-rendered", {"up": True})]


def test_text_that_is_not_yaml(tmp_path: Path) -> None:
    template = CONFIG + "  a: x{{ if .Values.up }}: y: z{{ end }}\n"
    assert found(tmp_path, template, values="up: false\n") == [("not-rendered", {"up": True})]


def test_a_value_of_the_schema_that_nothing_reads(tmp_path: Path) -> None:
    schema = {"size": {"type": "string"}, "sise": {"type": "integer"}}
    template = CONFIG + "  size: {{ .Values.size | quote }}\n"
    assert found(tmp_path, template, schema) == [("unused-value", {"sise": 0})]


def test_a_value_that_others_of_a_values_file_stand_for_is_not_unread(tmp_path: Path) -> None:
    (tmp_path / "web" / "ci").mkdir(parents=True)
    (tmp_path / "web" / "ci" / "a-values.yaml").write_text("x-common: &common\n  size: a\nimage: *common\n")
    inner = {"type": "object", "properties": {"size": {"type": "string"}}}
    schema = {"image": inner, "x-common": inner, "other": inner}
    template = CONFIG + "  size: {{ .Values.image.size | quote }}\n"
    rules = found(tmp_path, template, schema, values="image: {}\n")
    assert [(rule, list(values)) for rule, values in rules] == [("unused-value", ["other"])]


def test_the_same_values_give_the_same_manifests(tmp_path: Path) -> None:
    template = CONFIG + '  a: {{ (lookup "v1" "Secret" "a" "b").count | quote }}\n  b: {{ .Values.up | quote }}\n'
    write_chart(tmp_path / "web", values="up: true\n", t=template)
    numbers = itertools.count()
    world = World(replace(IMPURE, lookup=lambda *_words: {"count": next(numbers)}))
    made = generate(str(tmp_path / "web"), load_chart(str(tmp_path / "web")), world, 5, 0)
    (mistake,) = made.mistakes
    assert (mistake.finding.rule, mistake.finding.file) == ("not-idempotent", "web/templates/t.yaml")
    assert mistake.finding.message.startswith('two renders with the same values differ: the text "a: \\"')


def test_random_text_keys_and_the_clock_are_seeded(tmp_path: Path) -> None:
    template = CONFIG + (
        "  a: {{ randAlphaNum 9 | quote }}\n  b: {{ now | quote }}\n  c: {{ uuidv4 }}\n  d: {{ .Values.up | quote }}\n"
        '  e: {{ (genSelfSignedCert "a" nil nil 9).Key | quote }}\n'
    )
    assert found(tmp_path, template, values="up: true\n", count=10) == []


def test_progress_is_shown_on_a_terminal(own: Run, environment: dict[str, str], tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="up: true\n", t=CONFIG + "  d: {{ .Values.up | quote }}\n")
    own("version")
    program = str(tmp_path / "bin" / "steer")
    code, shown = on_terminal([program, "unittest", "web", "--generate", "5"], environment, tmp_path)
    assert code == 0 and b"\r\x1b[Kweb: 1 renders with generated values \xe2\x80\xa6\r" in shown
    assert shown.rindex(b"\r\x1b[K\r\n") > shown.rindex(b"renders with generated")


def test_a_default_that_nothing_reads_is_no_mistake_of_made_up_values(tmp_path: Path) -> None:
    template = CONFIG + "  size: {{ .Values.size | quote }}\n"
    assert found(tmp_path, template, values="size: a\nsise: 1\n") == []


@pytest.mark.parametrize(
    "template",
    [
        '  a: {{ required "no size" .Values.size | quote }}\n',
        '  a: "{{ if .Values.up }}{{ fail "not both" }}{{ end }}"\n',
        "  a: {{ .Values.size | quote }}\n  b: {{ .Values.up | quote }}\n",
    ],
)
def test_a_message_of_the_chart_and_a_sound_render_are_no_mistakes(tmp_path: Path, template: str) -> None:
    schema = {"size": {"type": "string"}, "up": {"type": "boolean"}}
    wrong = [one for one in found(tmp_path, CONFIG + template, schema) if one[0] != "unused-value"]
    assert wrong == []


def test_the_mistakes_of_the_defaults_do_not_count(tmp_path: Path) -> None:
    template = CONFIG + "  size: {{ .Values.size }}\n  b: {{ .Values.up | quote }}\n"
    assert found(tmp_path, template, values="size: 1\nup: true\n") == []


def test_values_that_the_schema_refuses_together_are_left_out(tmp_path: Path) -> None:
    write_chart(tmp_path / "web", t=CONFIG + "  a: {{ .Values.a }}\n  b: {{ .Values.b | quote }}\n")
    schema = {
        "properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}},
        "dependentRequired": {"a": ["b"]},
        "if": {"required": ["a", "b"]},
        "then": False,
    }
    (tmp_path / "web" / "values.schema.json").write_text(json.dumps(schema))
    chart = load_chart(str(tmp_path / "web"))
    assert generate(str(tmp_path / "web"), chart, World(IMPURE), 60, 0).mistakes == ()


@pytest.mark.parametrize(
    ("schema", "holds"),
    [
        ({"type": "integer", "minimum": 5, "maximum": 7}, lambda value: 5 <= value <= 7),
        ({"type": "integer", "multipleOf": 4}, lambda value: value % 4 == 0),
        ({"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 3}, lambda value: value == 2),
        ({"type": "string", "pattern": "^v[0-9]+$"}, lambda value: re.search("^v[0-9]+$", value)),
        ({"type": "string", "minLength": 9, "maxLength": 10}, lambda value: 9 <= len(value) <= 10),
        ({"type": "string", "format": "ipv4"}, lambda value: value.count(".") == 3),
        ({"enum": ["a", 1]}, lambda value: value in ("a", 1)),
        ({"const": None}, lambda value: value is None),
        ({"type": ["boolean", "null"]}, lambda value: isinstance(value, bool)),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 1}, lambda value: len(value) in (1, 2)),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, lambda value: len(value) <= 2),
        (
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}, "required": ["a"]},
            lambda value: isinstance(value["a"], int),
        ),
        ({"type": "object"}, lambda value: value == {}),
        ({"type": "array"}, lambda value: value == []),
        ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, lambda value: isinstance(value, int)),
        ({"allOf": [{"type": "integer"}, {"minimum": 9}]}, lambda value: value >= 9),
        ({"$ref": "#/$defs/port"}, lambda value: isinstance(value, int)),
        ({"$ref": "#/$defs/around"}, lambda value: isinstance(value, dict)),
        ({"type": "string", "pattern": "(["}, lambda value: isinstance(value, str)),
        (True, lambda value: isinstance(value, str)),
    ],
)
def test_values_of_a_schema(schema: Any, holds: Any) -> None:
    around = {"type": "object", "properties": {"inner": {"$ref": "#/$defs/around"}}}
    root = {"$defs": {"port": {"type": "integer"}, "around": around}}

    @hypothesis.settings(max_examples=30, database=None)
    @hypothesis.given(values_of(schema, root))
    def look(value: Any) -> None:
        assert holds(value)

    look()


def test_paths_of_a_schema() -> None:
    schema = {
        "properties": {
            "a": {"$ref": "#/definitions/a"},
            "b": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "definitions": {"a": {"properties": {"c": {"type": "integer"}}}},
    }
    assert sorted(paths_of(schema)) == [("a", "c"), ("b",)]


READS = """\
a: {{ .Values.flag | quote }}{{ .Values.text | quote }}{{ .Values.size }}{{ .Values.names }}
b: {{ range .Values.hosts }}{{ .name }}{{ .port | int }}{{ end }}{{ range $key, $value := .Values.env }}{{ $value }}{{ end }}
c: {{ if .Values.extra }}{{ .Values.label | upper }}{{ end }}{{ toYaml .Values.whole }}{{ .Values.none.a }}
d: {{ if .Values.db }}{{ .Values.db.host }}{{ add .Values.db.port 1 }}{{ end }}
e: {{ if eq .Values.kind "Job" }}{{ end }}{{ if eq .Values.mode "x" "y" }}{{ end }}{{ .Values.unset }}{{ .Values.ci.a }}
"""
DEFAULTS = """\
flag: true
text: ""
size: 1.5
names: [a]
whole: {}
none: {}
hosts: []
kind: Deployment
unread: 1
"""


def test_the_types_of_values_that_templates_read(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values=DEFAULTS, t=READS)
    found = value_types(Subject(load_chart(str(chart))), [{"ci": {"a": 5}}])
    item = {
        "type": "object",
        "properties": {"name": UNTYPED, "port": {"type": "integer"}},
        "required": ["name", "port"],
    }
    db = {"type": "object", "properties": {"host": UNTYPED, "port": {"type": "integer"}}, "required": ["host", "port"]}
    assert {".".join(path): schema for path, schema in found.items()} == {
        "flag": {"type": "boolean"},
        "text": UNTYPED,
        "size": {"type": "number"},
        "names": {"type": "array", "items": {"type": "string"}},
        "hosts": {"type": "array", "items": item},
        "env": {"type": "object", "additionalProperties": UNTYPED},
        "extra": {"type": "boolean"},
        "label": {"type": "string"},
        "none.a": UNTYPED,
        "db": db,
        "kind": {"anyOf": [{"enum": ["Job", "Deployment"]}, {"type": "string"}]},
        "mode": {"anyOf": [{"enum": ["y", "x"]}, {"type": "string"}]},
        "unset": UNTYPED,
        "unread": {"type": "number"},
        "ci": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]},
    }


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        # values that values.yaml does not mention
        ("{{ if .Values.up }}{{ .Values.db.host }}{{ end }}x", "a: 1\n", {"up": True}),
        ('{{ if eq .Values.kind "Job" }}{{ .Values.db.host }}{{ end }}x', "kind: Pod\n", {"kind": "Job"}),
        (
            "{{ range .Values.hosts }}{{ .name }}{{ $.Values.db.host }}{{ end }}x",
            "hosts: []\n",
            {"hosts": [{"name": "a00"}]},
        ),
    ],
)
def test_values_are_made_of_what_templates_read(
    tmp_path: Path, template: str, values: str, expected: dict[str, Any]
) -> None:
    assert found(tmp_path, CONFIG + f"  a: {template}\n", values=values) == [("not-rendered", expected)]


def test_a_value_whose_kind_is_not_known_is_not_of_the_wrong_type(tmp_path: Path) -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: "
    assert found(tmp_path, service + "{{ .Values.port | default 80 }}\n") == []
    schema = {"port": {"type": "string"}}
    assert found(tmp_path / "typed", service + "{{ .Values.port | default 80 }}\n", schema) == [
        ("wrong-type", {"port": "a00"})
    ]


@pytest.mark.parametrize("values", ["", "global: {}\n"])
def test_globals_are_not_unread(tmp_path: Path, values: str) -> None:
    schema = {
        "global": {"properties": {"registry": {"type": "string"}}},
        "size": {"type": "string"},
    }
    wrong = found(tmp_path, CONFIG + "  size: {{ .Values.size | quote }}\n", schema, values)
    assert wrong == []


def test_values_that_a_mistake_does_without_are_left_out(tmp_path: Path) -> None:
    template = CONFIG + "  a: {{ .Values.b.a | quote }}\n  b: {{ .Values.b.b }}\n  c: {{ .Values.c | quote }}\n"
    schema = {"b": {"properties": {"a": {"type": "boolean"}, "b": {"type": "integer"}}}, "c": {"type": "string"}}
    values = "b: {a: false, b: x}\nc: x\n"
    assert found(tmp_path, template, schema, values) == [("wrong-type", {"b": {"b": 0}})]


def test_a_chart_that_never_renders_has_that_mistake(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="n: 1\n", t=CONFIG + "  a: {{ .Values.b.c }}\n")
    done = own("unittest", "web", "--generate", "20")
    assert done.returncode == 1
    assert "FAIL  generated values\tweb, 1 render\n" in done.stdout
    assert "not-rendered" in done.stdout and "with the default values" in done.stdout


def test_a_chart_that_asks_for_values_that_were_not_made_is_skipped(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="n: 1\n", t=CONFIG + '  a: {{ fail "no size" }}\n')
    done = own("unittest", "web", "--generate", "20", "--output-type", "JUnit", "--output-file", "r.xml")
    assert done.returncode == 0
    assert "SKIP  generated values\tweb, 21 renders\n  no made-up values render; the chart says: " in done.stdout
    assert "no size" in done.stdout
    assert "1 skipped" in done.stdout
    case = ElementTree.parse(tmp_path / "r.xml").getroot().find(".//testcase")
    assert case is not None and case.find("skipped") is not None


@pytest.mark.parametrize(
    "field",
    [
        "hostNetwork: {{ .Values.a | default false }}",
        '{{ if hasKey .Values "a" }}hostUsers: {{ .Values.a }}{{ end }}',
        "{{ with .Values.a }}hostPID: {{ . }}{{ end }}",
        "{{ with .Values.a }}volumes: [{name: a, emptyDir: {sizeLimit: {{ . | quote }}}}]{{ end }}",
    ],
)
def test_a_value_that_is_only_right_as_a_switch_or_a_quantity_is_no_mistake(tmp_path: Path, field: str) -> None:
    assert found(tmp_path, POD + f"  {field}\n") == []


def test_a_text_that_is_not_encoded_is_a_mistake(tmp_path: Path) -> None:
    template = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: {{ .Values.a | quote }}\n"
    assert [rule for rule, _ in found(tmp_path, template, {"a": {"type": "string"}})] == ["wrong-format"]


def test_the_command_prints_a_test_that_fails_until_the_chart_is_mended(own: Run, tmp_path: Path) -> None:
    template = CONFIG + '  a: "{{ if (index .Values "a.b").up }}{{ .Values.db.host }}{{ end }}"\n'
    chart = write_chart(tmp_path / "web", values="a.b: {}\n", t=template)
    schema = {"properties": {"a.b": {"properties": {"up": {"type": "boolean"}}}}}
    (chart / "values.schema.json").write_text(json.dumps(schema))
    done = own("unittest", "web", "--generate", "20")
    assert done.returncode == 1
    test = done.stdout.partition("a test with these values:\n")[2].partition("\n\n")[0]
    (chart / "tests").mkdir()
    (chart / "tests" / "made_test.yaml").write_text(f"suite: made\ntemplates: [t.yaml]\ntests:\n{test}\n")
    assert own("unittest", "web").returncode == 1
    (chart / "templates" / "t.yaml").write_text(template.replace(".Values.db.host", "(.Values.db).host"))
    assert own("unittest", "web", "--generate", "20").returncode == 0


def test_a_mistake_that_a_suite_cannot_see_comes_with_its_values(own: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="sizes: {a: x}\n", t=CONFIG + "  size: {{ .Values.sizes.a }}\n")
    schema = {"properties": {"sizes": {"properties": {"a": {"type": "integer"}}}}}
    (chart / "values.schema.json").write_text(json.dumps(schema))
    done = own("unittest", "web", "--generate", "20", "--skip-schema-validation")
    assert "    with these values:\n      sizes:\n        a: 0\n" in done.stdout


SOUND = CONFIG + "  a: {{ .Values.up | quote }}\n"
BROKEN = SOUND + "  b: {{ if .Values.up }}{{ .Values.db.host }}{{ end }}x\n"
WITH_TEST = "suite: own\ntests: [{it: t, template: t.yaml, asserts: [{isKind: {of: ConfigMap}}]}]\n"


@pytest.mark.parametrize("report", ["JUnit", "NUnit", "XUnit", "Sonar"])
def test_mistakes_are_failed_cases_of_reports(own: Run, tmp_path: Path, report: str) -> None:
    chart = write_chart(tmp_path / "web", values="up: false\n", t=BROKEN)
    (chart / "tests").mkdir()
    (chart / "tests" / "own_test.yaml").write_text(WITH_TEST)
    done = own("unittest", "web", "--generate", "10", "-t", report, "-o", "report.xml")
    assert done.returncode == 1
    assert "Charts:      1 failed, 0 passed, 1 total\nTest Suites: 1 failed, 1 passed, 2 total\n" in done.stdout
    assert "Tests:       1 failed, 1 passed, 2 total\n" in done.stdout
    text = (tmp_path / "report.xml").read_text()
    cases = [
        one for one in ElementTree.fromstring(text).iter() if one.tag in ("testcase", "test-case", "test", "testCase")
    ]
    assert [one.get("name") for one in cases] == ["t", "not-rendered: web/templates/t.yaml:7"]
    shown = "".join(cases[1].itertext())
    assert "nil pointer evaluating interface {}.host\na test with these values:\n  - it: renders with" in shown
    assert "      up: true\n" in shown
    assert {"JUnit": "web: generated values", "Sonar": "web/values.yaml"}.get(report, "web: generated values") in text


def test_without_a_mistake_a_report_has_a_case_that_passed(own: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="up: false\n", t=SOUND)
    (chart / "values.schema.json").write_text('{"properties": {"up": {"type": "boolean"}}}')
    done = own("unittest", "web", "--generate", "10", "-t", "JUnit", "-o", "report.xml")
    assert done.returncode == 0
    (case,) = ElementTree.parse(tmp_path / "report.xml").iter("testcase")
    assert (case.get("name"), len(case)) == ("renders with generated values", 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--generate", "-1"), 'invalid argument "-1" for "--generate" flag: must be 0 or more'),
        (("--jobs=-1",), 'invalid argument "-1" for "--jobs" flag: must be 0 or more'),
        (("--generate", "0", "--generate-seed", "3"), "--generate-seed needs --generate"),
        (("--generate-seed", "3"), "--generate-seed needs --generate"),
    ],
)
def test_numbers_that_make_no_sense(own: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    write_chart(tmp_path / "web", t=CONFIG)
    done = own("unittest", "web", *arguments)
    assert (done.returncode, done.stdout, done.stderr.splitlines()[-1]) == (1, "", f"Error: {message}")


@pytest.mark.parametrize("schema", ['{"properties": {"a": {"type": "integer", "minimum": 5, "not": {}}}}'])
def test_a_schema_without_values_is_reported_in_words(own: Run, tmp_path: Path, schema: str) -> None:
    chart = write_chart(tmp_path / "web", t=CONFIG + "  a: b\n")
    (chart / "values.schema.json").write_text(schema)
    done = own("unittest", "web", "--generate", "5", "-t", "junit", "-o", "report.xml")
    assert (done.returncode, done.stderr) == (1, "")
    assert "FAIL  generated values\tweb\n  no values were found that the schema of web allows\n" in done.stdout
    (suite,) = ElementTree.parse(tmp_path / "report.xml").iter("testsuite")
    assert suite.get("errors") == "1" and "no values were found" in (suite.findtext("system-err") or "")


def test_a_schema_that_is_not_json_is_reported(own: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", t=CONFIG)
    (chart / "values.schema.json").write_text("{")
    done = own("unittest", "web", "--generate", "5")
    assert done.returncode == 1 and "the schema of web cannot be used to make values" in done.stdout


def test_items_that_are_only_printed_may_be_objects() -> None:
    from steersman.checking.value_types import UNTYPED, others_of

    volumes = {"type": "array", "items": UNTYPED}
    first = [[1, 1], [True, 1], [{"name": "x"}, 1]]
    second = [["a00", "x"], ["a00", True], ["a00", {"name": "x"}]]
    one_by_one, together = first + second, [[1, 1], [True, True], [{"name": "x"}, {"name": "x"}]]
    assert list(others_of(["a00", 1], volumes)) == one_by_one + together
    assert list(others_of(["a00"], {"type": "array", "items": {"type": "string"}})) == []
    assert list(others_of({"v": ["a"]}, {"properties": {"v": volumes}})) == [
        {"v": [1]},
        {"v": [True]},
        {"v": [{"name": "x"}]},
    ]


POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: a\n"


@pytest.mark.parametrize("items", [{}, True, {"description": "variables"}])
def test_items_that_a_schema_leaves_open_are_of_the_kind_that_kubernetes_takes(tmp_path: Path, items: Any) -> None:
    template = POD + "      env: {{ toYaml .Values.env | nindent 8 }}\n      tty: {{ .Values.tty }}\n"
    schema = {"env": {"type": "array", "items": items}, "tty": {"type": "string"}}
    mistakes = found(tmp_path, template, schema, values="env: []\ntty: true\n")
    assert [(rule, list(values)) for rule, values in mistakes] == [("wrong-type", ["tty"])]
