"""Coverage: counts, what is missing and the values that would take it, reports, the commands, pytest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from steersman.action.coverage import cases_of, coverage_of_values, hints
from steersman.chart.loader import load_chart
from steersman.coverage.cobertura import cobertura
from steersman.coverage.html import set_text
from steersman.coverage.lcov import lcov
from steersman.coverage.model import Count, Coverage
from steersman.coverage.text import coverage_lines, percent
from steersman.insight.guesses import Setting, as_values
from steersman.insight.matching import texts_matching
from steersman.record import replace
from steersman.rendering import World
from steersman.unittest.run import MADE_UP_FACTS, made_up_capabilities
from steersman.values.schema_access import SchemaAccess
from tests.conftest import Run
from tests.insight.charts import IMPURE, write_chart

WORLD = World(IMPURE)
HPA = """\
{{- if .Values.autoscaling.enabled }}
kind: HPA
{{- else }}
kind: None
{{- end }}
"""
HELPERS = '{{- define "used" }}x{{ end }}\n{{- define "unused" }}\na: 1\n{{ end }}\n'
VALUES = "autoscaling: {enabled: false}\nname: ''\nnever: 1\n"


def chart_in(folder: Path, **files: str) -> Path:
    templates = {"hpa": HPA, "web": 'name: {{ .Values.name | default (include "used" .) }}\n', "_helpers": HELPERS}
    return write_chart(folder / "web", values=VALUES, **(files or templates))


def covered(folder: Path, *values: dict[str, Any]) -> Coverage:
    cases = [(f"case {at}", one) for at, one in enumerate(values)]
    coverage, failed = coverage_of_values(load_chart(str(folder)), cases, WORLD)
    assert failed == []
    return coverage


def test_a_setting_below_another_leaves_the_value_of_both_as_it_is() -> None:
    value = {"name": "x"}
    settings = (Setting(("probe",), value), Setting(("probe", "httpGet"), value))
    assert as_values(settings) == {"probe": {"name": "x", "httpGet": {"name": "x"}}}
    assert value == {"name": "x"}


def test_counts(tmp_path: Path) -> None:
    coverage = covered(chart_in(tmp_path), {})
    counts = {file.file.name: (file.lines, file.branches, file.includes) for file in coverage.files}
    assert counts == {
        "web/templates/_helpers.tpl": (Count(1, 2), Count(0, 0), Count(1, 2)),
        "web/templates/hpa.yaml": (Count(2, 3), Count(1, 2), Count(0, 0)),
        "web/templates/web.yaml": (Count(1, 1), Count(1, 2), Count(0, 0)),
    }
    assert (coverage.lines, coverage.branches, coverage.values) == (Count(4, 6), Count(2, 4), Count(2, 3))
    assert coverage.percent == 60
    assert coverage.unread == [("never",)]


def test_runs_add_up_and_are_named(tmp_path: Path) -> None:
    coverage = covered(chart_in(tmp_path), {}, {"autoscaling": {"enabled": True}})
    body, otherwise = coverage.code.files["web/templates/hpa.yaml"].sides
    assert (coverage.runs_of(body.point), coverage.runs_of(otherwise.point)) == (["case 1"], ["case 0"])
    assert coverage.hits([body.point, otherwise.point]) == 2
    assert [side.label for side in coverage.untaken] == ["`default` with a value"]


def test_nothing_to_cover_is_covered() -> None:
    assert Count(0, 0).percent == 100


@pytest.mark.parametrize(("number", "text"), [(100, "100"), (99.99, "99.9"), (50, "50"), (33.333, "33.3"), (0, "0")])
def test_a_percentage_is_a_hundred_only_where_nothing_is_missing(number: float, text: str) -> None:
    assert percent(number) == text


def shown_hints(folder: Path, *values: dict[str, Any]) -> dict[str, str]:
    coverage = covered(folder, *(values or ({},)))
    found = hints(load_chart(str(folder)), coverage, replace(WORLD, schemas=SchemaAccess()))
    return {
        f"{side.template.rpartition('/')[2]}:{side.line} {side.label}": " and ".join(map(str, found[side.point]))
        if side.point in found
        else "?"
        for side in coverage.untaken
    }


def test_what_is_missing_is_said_with_values_that_take_it(tmp_path: Path) -> None:
    assert shown_hints(chart_in(tmp_path)) == {
        "hpa.yaml:1 body of `if`": "autoscaling.enabled=true",
        "web.yaml:1 `default` with a value": "name=x",
    }


@pytest.mark.parametrize(
    ("template", "values", "hint"),
    [
        ("{{ if .Values.a }}x: 1{{ end }}", "a: 5", "a=0"),
        ("{{ if .Values.a }}x: 1{{ end }}", "a: text", 'a=""'),
        ("{{ if .Values.a }}x: 1{{ end }}", "a: [1]", "a=[]"),
        ("{{ if .Values.a }}x: 1{{ end }}", "a: {b: 1}", "a=null"),
        ("{{ if not .Values.a }}x: 1{{ end }}", "a: true", "a=false"),
        ("{{ range .Values.a }}x: {{ . }}{{ end }}", "", 'a=["x"]'),
        ("{{ with .Values.a }}x: {{ .name }}{{ end }}", "", 'a={"name": "x"}'),
        ('{{ if eq .Values.a "b" }}x: 1{{ end }}', "a: c", "a=b"),
        ("{{ if and .Values.a (not .Values.b) }}x: 1{{ end }}", "b: true", "a=true and b=false"),
        ("{{ if .Values.a }}{{ if .Values.b }}x: 1{{ end }}{{ end }}", "a: true", "b=true"),
        ('{{ if hasKey .Values "a" }}x: 1{{ end }}', "", "a=true"),
        ('x: {{ ternary "a" "b" .Values.a }}', "a: true", "a=false"),
    ],
)
def test_values_are_of_the_kind_that_is_wanted(tmp_path: Path, template: str, values: str, hint: str) -> None:
    folder = write_chart(tmp_path / "web", values=values, t=template)
    assert hint in shown_hints(folder).values()


CONDITIONS = [
    ("if .Release.IsUpgrade", "release.upgrade: true"),
    ("if not .Release.IsInstall", "release.upgrade: true"),
    ("if gt .Release.Revision 3", "release.revision: 4"),
    ("if le 2 .Release.Revision", "release.revision: 2"),
    ('if eq .Release.Namespace "kube-system"', 'release.namespace: "kube-system"'),
    ('if .Capabilities.APIVersions.Has "policy/v1"', 'capabilities.apiVersions: ["policy/v1"]'),
    ('if has "policy/v1" .Capabilities.APIVersions', 'capabilities.apiVersions: ["policy/v1"]'),
    ('if semverCompare ">=1.25-0" .Capabilities.KubeVersion.Version', "capabilities.minorVersion: 25"),
    ('if semverCompare "<1.19" .Capabilities.KubeVersion.GitVersion', "capabilities.minorVersion: 18"),
    ('if semverCompare ">=1.25-0" (.Values.version | default .Capabilities.KubeVersion.Version)', "capabilities.minorVersion: 25"),
    ('if include "newer" .', "capabilities.minorVersion: 30"),
    (
        'if and .Values.off (.Capabilities.APIVersions.Has "a/v1") .Release.IsUpgrade',
        'off=true and capabilities.apiVersions: ["a/v1"] and release.upgrade: true',
    ),
    ("if gt (len .Values.list) 1", 'list=["x", "x"]'),
    ("if eq (.Values.name | len) 2", "name=xx"),
    ('if hasPrefix "v" .Values.name', "name=v"),
    ('if hasSuffix "-x" .Values.name', 'name="-x"'),
    ('if .Values.name | contains "qq"', "name=qq"),
    ('if and (hasPrefix "v" .Values.name) (hasSuffix "z" .Values.name)', "name=vz"),
    ('if regexMatch "^[0-9]+$" .Values.name', 'name="1"'),
    ('if regexMatch "^(db|cache)$" .Values.name', "name=db"),
    ('if not (regexMatch "^web" .Values.name)', "name=x"),
    ('if has "z" .Values.list', 'list=["z"]'),
    ('if ne .Values.name "web"', "name=x"),
    ('if not (eq .Values.name "web")', "name=x"),
    ("if gt (int .Values.size) 5", "size=6"),
    ("if eq (.Values.size | int) 7", "size=7"),
    ("if empty .Values.name", 'name=""'),
    ('if eq (len .Values.list) "2"', "?"),  # fails, for the types differ
    ("if .Capabilities.APIVersions", 'capabilities.apiVersions: ["x/v1"]'),
    ('if eq .Capabilities.KubeVersion.Version "v1.22.0"', "capabilities.minorVersion: 22"),
]  # fmt: skip
DECIDED = "version: ''\noff: false\nlist: []\nname: web\nsize: 1\n"
NEWER = (
    '{{ define "newer" }}{{ if semverCompare ">=1.30-0" .Capabilities.KubeVersion.GitVersion }}true{{ end }}{{ end }}\n'
)


def suite_hints(folder: Path, coverage: Coverage) -> dict[int, tuple[Setting, ...]]:
    return hints(load_chart(str(folder)), coverage, replace(WORLD, capabilities=made_up_capabilities), MADE_UP_FACTS)


@pytest.mark.parametrize(("condition", "hint"), CONDITIONS)
def test_conditions_about_the_release_the_cluster_and_texts_have_hints(
    tmp_path: Path, condition: str, hint: str
) -> None:
    template = f"{{{{ {condition} }}}}\nx: 1\n{{{{ end }}}}\n"
    folder = write_chart(tmp_path / "web", values=DECIDED, t=template, _h=NEWER)
    world = replace(WORLD, capabilities=made_up_capabilities)
    coverage = coverage_of_values(load_chart(str(folder)), [("defaults", {})], world)[0]
    found = suite_hints(folder, coverage)
    (body,) = [side for side in coverage.untaken if side.label == "body of `if`" and side.template.endswith("t.yaml")]
    assert (" and ".join(map(str, found[body.point])) if body.point in found else "?") == hint


def test_the_tests_that_hints_make_take_what_they_are_for(own: Run, tmp_path: Path) -> None:
    sound = [condition for condition, hint in CONDITIONS if hint != "?"]
    template = "".join(f"{{{{ {condition} }}}}\nx{at}: 1\n{{{{ end }}}}\n" for at, condition in enumerate(sound))
    folder = write_chart(tmp_path / "web", values=DECIDED, t=template, _h=NEWER)
    world = replace(WORLD, capabilities=made_up_capabilities)
    coverage = coverage_of_values(load_chart(str(folder)), [("defaults", {})], world)[0]
    found = suite_hints(folder, coverage)
    assert len(found) > len(CONDITIONS)
    tests = "".join(
        f"- it: takes {point}\n{textwrap.indent(set_text(settings), '  ')}  asserts: [{{notFailedTemplate: {{}}}}]\n"
        for point, settings in found.items()
    )
    suite = "suite: hints\ntemplates: [t.yaml]\ntests:\n- {it: has defaults, asserts: [{hasDocuments: {count: 0}}]}\n"
    with_suite(folder, suite + tests)
    done = own("unittest", "web", "--coverage", "--show-all")
    assert done.returncode == 0, done.stdout
    left = {side.point for side in coverage.untaken} - found.keys()
    assert done.stdout.count("never taken") == len(left)


def test_the_text_of_settings_for_a_test() -> None:
    settings = (
        Setting(("a", "b"), 1),
        Setting(("upgrade",), True, "release"),
        Setting(("apiVersions",), ["a/v1"], "capabilities"),
        Setting(("minorVersion",), 25, "capabilities"),
    )
    assert set_text(settings) == (
        'release:\n  upgrade: true\ncapabilities:\n  apiVersions: ["a/v1"]\n  minorVersion: 25\nset:\n  a.b: 1\n'
    )
    assert set_text(settings[1:2]) == "release:\n  upgrade: true\n"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("{{ if .Values.a }}x: {{ .Values.b.c }}{{ end }}", ""),
        ('{{ if .Values.a }}{{ fail "never" }}{{ end }}', "a: false"),
        ("{{ if .Values.a }}x: {{ .Values.a.b.c }}{{ end }}", ""),
        ('{{ if .Release.IsUpgrade }}{{ required "no size" .Values.size }}{{ end }}', ""),
    ],
)
def test_values_with_which_the_chart_does_not_render_are_no_hint(tmp_path: Path, template: str, values: str) -> None:
    folder = write_chart(tmp_path / "web", values=values, t=template)
    assert shown_hints(folder)["t.yaml:1 body of `if`"] == "?"


def schema_of(**properties: Any) -> str:
    return json.dumps({"properties": properties})


IF = "kind: A\n{{ if .Values.a }}x: 1{{ end }}\n"
SCHEMAS: list[tuple[str, str, dict[str, Any], str]] = [
    (IF, "a: ''", {"type": "string", "pattern": "^$|^sha256:"}, 'a="sha256:"'),
    (IF, "a: ''", {"type": "string", "pattern": "^(|[0-9]+(Mi|Gi))$"}, 'a="1Mi"'),
    (IF, "a: ''", {"type": "string", "enum": ["", "one", "two"]}, "a=one"),
    (IF, "a: ''", {"enum": ["", "x y"]}, 'a="x y"'),
    (IF, "a: ''", {"anyOf": [{"const": ""}, {"type": "string", "minLength": 3}]}, "a=xxx"),
    (IF, "a: ''", {"type": "string", "enum": [""]}, "?"),
    (IF, "a: ''", {"type": "string", "pattern": "^$|^x(?=y)"}, "?"),  # Go refuses the pattern
    (IF, "a: 0", {"oneOf": [{"const": 0}, {"type": "integer", "minimum": 1024}]}, "a=1024"),
    (IF, "a: 0", {"type": "integer", "multipleOf": 8}, "a=8"),
    (IF, "a: null", {"type": ["integer", "null"], "exclusiveMinimum": 4}, "a=5"),
    (IF, "a: []", {"type": "array", "items": {"type": "object", "required": ["host"]}}, 'a=[{"host": "x"}]'),
    (IF, "", {"type": "array", "items": {"type": "integer"}, "minItems": 2}, "a=[1, 1]"),
    (IF, "", {"type": "array", "items": {"enum": [5, 6, 7]}, "minItems": 2, "uniqueItems": True}, "a=[5, 6]"),
    (
        IF, "a: {}",
        {"anyOf": [{"maxProperties": 0}, {"required": ["b"], "properties": {"b": {"examples": ["y"]}}}]},
        'a={"b": "y"}',
    ),
    (IF, "a: {}", {"type": "object", "additionalProperties": False, "properties": {"on": {"type": "boolean"}}}, 'a={"on": true}'),
    ('kind: A\n{{ if ne .Values.a "b" }}x: 1{{ end }}\n', "a: b", {"enum": ["b", "c"]}, "a=c"),
    ("kind: A\n{{ if gt (int .Values.a) 5 }}x: 1{{ end }}\n", "a: 5", {"minimum": 5, "multipleOf": 5}, "a=10"),
]  # fmt: skip


@pytest.mark.parametrize(("template", "values", "schema", "hint"), SCHEMAS)
def test_values_are_such_as_the_schema_allows(
    own: Run, tmp_path: Path, template: str, values: str, schema: dict[str, Any], hint: str
) -> None:
    folder = write_chart(tmp_path / "web", values=values, t=template)
    (folder / "values.schema.json").write_text(schema_of(a=schema))
    assert shown_hints(folder)["t.yaml:2 body of `if`"] == hint
    if hint != "?":
        done = own("template", "web", "--set-json", json_setting(hint))
        assert (done.returncode, done.stderr) == (0, "")
        assert "x: 1" in done.stdout


def json_setting(hint: str) -> str:
    path, _, value = hint.partition("=")
    return f"{path}={value}" if value[0] in '[{"' or value.isdigit() or value == "true" else f'{path}="{value}"'


def test_values_are_such_as_the_schema_of_a_subchart_allows(tmp_path: Path) -> None:
    dependencies = "dependencies: [{name: db, version: 1.0.0, alias: store}]\n"
    template = "kind: A\n{{ if .Values.store.mode }}x: 1{{ end }}\n"
    folder = write_chart(tmp_path / "web", dependencies=dependencies, t=template)
    inner = write_chart(folder / "charts" / "db", values="mode: ''\n")
    (inner / "values.schema.json").write_text(
        '{"properties": {"mode": {"$ref": "#/$defs/m"}}, "$defs": {"m": {"enum": ["", "fast"]}}}'
    )
    assert shown_hints(folder) == {"t.yaml:2 body of `if`": "store.mode=fast"}


@pytest.mark.parametrize(
    "schema",
    [
        {"minProperties": 1},
        {"anyOf": [{"minProperties": 1}]},
        {"additionalProperties": False, "properties": {"a": {}}},
        {"maxProperties": 0},
    ],
)
def test_a_schema_that_refuses_the_values_as_a_whole(tmp_path: Path, schema: dict[str, Any]) -> None:
    folder = write_chart(tmp_path / "web", values="" if "maxProperties" not in schema else "b: 1\n", t=IF)
    (folder / "values.schema.json").write_text(json.dumps(schema))
    hints = shown_hints(folder, {"a": False, "c": 1})
    assert hints["t.yaml:2 body of `if`"] in ("?", "a=true")


def test_sides_are_reported_at_lines_that_are_counted(tmp_path: Path) -> None:
    template = 'kind: A\n{{- if or .Values.a\n   (and .Values.b\n     .Values.c) }}\nx: 1\n{{- end }}\ny: {{ .Values.a |\n  default "2" }}\n'
    coverage = covered(write_chart(tmp_path / "web", t=template), {})
    trace, report = lcov([("web", coverage)]), cobertura([("web", coverage)])
    lines = set(re.findall(r"^DA:(\d+),", trace, re.MULTILINE))
    assert set(re.findall(r"^BRDA:(\d+),", trace, re.MULTILINE)) <= lines
    assert len(re.findall("^BRDA:", trace, re.MULTILINE)) == coverage.branches.total
    assert f'lines-valid="{len(lines)}"' in report
    assert re.findall(r'<line number="(\d+)"', report) == sorted(lines, key=int)


def test_a_template_that_does_not_parse_and_that_no_suite_selects(own: Run, tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "web", t="kind: A\n", broken="{{ if .Values.a }}\n")
    (folder / "tests").mkdir()
    (folder / "tests" / "a_test.yaml").write_text(
        "templates: [t.yaml]\ntests: [{it: is, asserts: [{isKind: {of: A}}]}]\n"
    )
    assert own("unittest", "web").returncode == 0
    done = own("unittest", "web", "--coverage")
    assert done.returncode == 0
    assert "coverage leaves web/templates/broken.yaml out: " in done.stdout
    assert "unexpected EOF" in done.stdout


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ({"required": ["host"]}, "a=true and host=x"),
        ({"required": ["host"], "properties": {"host": {"enum": ["here"]}}}, "a=true and host=here"),
        ({"required": ["size"], "properties": {"size": {"type": "integer", "minimum": 3}}}, "a=true and size=3"),
        ({"properties": {"db": {"required": ["b/c"]}}}, "a=true and db.b/c=x"),
        ({"properties": {"mode": {"enum": ["fast"]}}}, "a=true and mode=fast"),
        ({"required": ["host", "port"]}, "a=true and host=x and port=x"),
        ({"required": ["a", "host"], "properties": {"host": {"const": 1, "type": "string"}}}, "?"),
        ({"properties": {"list": {"items": {"required": ["b"]}}}}, "?"),
        (False, "?"),
    ],
)
def test_values_come_with_others_that_the_schema_wants_then(
    own: Run, tmp_path: Path, wanted: dict[str, Any] | bool, hint: str
) -> None:
    folder = write_chart(tmp_path / "web", values="a: false\nmode: slow\ndb: {}\nlist: [{c: 1}]\n", t=IF)
    schema = {"if": {"properties": {"a": {"const": True}}}, "then": wanted}
    (folder / "values.schema.json").write_text(json.dumps(schema))
    assert shown_hints(folder) == {"t.yaml:2 body of `if`": hint}
    if hint != "?":
        done = own(
            "template", "web", *(part for one in hint.split(" and ") for part in ("--set-json", json_setting(one)))
        )
        assert done.returncode == 0
        assert "x: 1" in done.stdout


def test_the_command_refuses_values_that_the_schema_refuses(own: Run, tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "web", values="a: ''\n", t=IF)
    (folder / "values.schema.json").write_text(schema_of(a={"type": "string"}))
    (tmp_path / "v.yaml").write_text("a: 1\n")
    done = own("coverage", "web", "-f", "v.yaml")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: v.yaml: values don't meet the specifications of the schema(s)")
    assert "templates/t.yaml         0/2     0 %" in done.stdout


OBJECTS = """\
{{ range .Values.extra }}
---
{{ toYaml . }}
{{ end }}
"""
LABELS = """\
kind: A
labels:
  name: y
  {{- with .Values.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
"""


@pytest.mark.parametrize(
    ("template", "values", "hint"),
    [
        (OBJECTS, "extra: []", 'extra=[{"name": "x"}]'),
        (OBJECTS, "", 'extra=[{"name": "x"}]'),
        (OBJECTS.replace("toYaml .", "toYaml . | quote"), "extra: []", "?"),
        (LABELS, "labels: {}", 'labels={"example": "x"}'),
        ("{{ if .Values.a }}\na: b: c\n{{ end }}\n", "", "?"),
        ("{{ if .Values.a }}\n- a\n{{ end }}\n", "", "?"),
    ],
)
def test_what_hints_render_to_are_objects(own: Run, tmp_path: Path, template: str, values: str, hint: str) -> None:
    folder = write_chart(tmp_path / "web", values=values, t=template)
    (found,) = {one for name, one in shown_hints(folder).items() if "body" in name}
    assert found == hint
    if hint != "?":
        path, _, value = hint.partition("=")
        suite = f"suite: s\ntests:\n- it: t\n  set: {{{path}: {value}}}\n  asserts: [{{notFailedTemplate: {{}}}}]\n"
        with_suite(folder, suite)
        done = own("unittest", "web")
        assert done.returncode == 0, done.stdout
        assert own("template", "web", "--set-json", hint).returncode == 0


def test_a_template_that_is_broken_anyway_takes_no_hints_away(tmp_path: Path) -> None:
    folder = write_chart(tmp_path / "web", t=IF, broken="a: b: c\n")
    assert shown_hints(folder) == {"t.yaml:2 body of `if`": "a=true"}


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("^$|^sha256:", ["", "sha256:"]),
        ("^[a-z]+(-[a-z]+)*$", ["x-x", "a-x", "x-a", "x"]),
        (r"^\d{3}$", ["111"]),
        ("^(a|b)?c$", ["ac", "bc", "c"]),
        ("[^x]y", ["1y", "ay"]),
        ("^a$b", []),
        ("(", []),
    ],
)
def test_texts_that_a_pattern_matches(pattern: str, texts: list[str]) -> None:
    assert list(texts_matching(pattern)) == texts


def test_values_that_a_side_does_without_are_left_out(tmp_path: Path) -> None:
    helpers = '{{- define "x" }}{{ if .Values.b }}b: 1{{ end }}{{ end }}\n'
    template = '{{ if .Values.a }}{{ include "x" . }}{{ end }}\nc: {{ include "x" . | len }}\n'
    folder = write_chart(tmp_path / "web", values="a: false\nb: false\n", t=template, _h=helpers)
    assert shown_hints(folder)["_h.tpl:1 body of `if`"] == "b=true"


def test_a_side_without_a_guess_of_its_own_gets_values_that_were_tried(tmp_path: Path) -> None:
    template = "{{ if .Values.a }}{{ range list 1 }}{{ if eq . 2 }}x: 1{{ else }}y: 1{{ end }}{{ end }}{{ end }}\n"
    folder = write_chart(tmp_path / "web", values="a: false\n", t=template)
    assert shown_hints(folder)["t.yaml:1 `else` of `if`"] == "a=true"


def test_a_side_that_an_include_decides_gets_the_values_for_the_include(tmp_path: Path) -> None:
    helpers = '{{- define "on" }}{{ if eq .Values.a "secret" }}true{{ end }}{{ end }}\n'
    template = '{{ if include "on" . }}x: 1{{ end }}'
    folder = write_chart(tmp_path / "web", values="a: b\n", t=template, _h=helpers)
    assert shown_hints(folder) == {"_h.tpl:1 body of `if`": "a=secret", "t.yaml:1 body of `if`": "a=secret"}


def test_a_guess_that_does_not_take_the_side_is_not_shown(tmp_path: Path) -> None:
    template = "{{ if and .Values.a (eq (add 1 (len .Values.a)) 0) }}x: 1{{ end }}\n"
    folder = write_chart(tmp_path / "web", values="a: b\n", t=template)
    assert shown_hints(folder)["t.yaml:1 body of `if`"] == "?"


def test_settings_as_values() -> None:
    settings = (Setting(("a", "b"), 1), Setting(("a", "c.d"), "x"), Setting(("l",), ["x"]))
    assert as_values(settings) == {"a": {"b": 1, "c.d": "x"}, "l": ["x"]}
    assert list(map(str, settings)) == ["a.b=1", "a.c\\.d=x", 'l=["x"]']
    texts = ("true", "5", "null", " ", "a b", "x\n\x1b[31m", "1.2", "v1.2", "nginx/web")
    shown = [str(Setting(("a",), text)).partition("=")[2] for text in texts]
    assert shown == [*(json.dumps(text) for text in texts[:7]), "v1.2", "nginx/web"]


def test_a_render_that_fails_counts_as_far_as_it_gets(tmp_path: Path) -> None:
    folder = chart_in(tmp_path, t='a: 1\nb: {{ required "no name" .Values.name }}\nc: 1\n')
    coverage, failed = coverage_of_values(load_chart(str(folder)), [("case", {})], WORLD)
    assert [str(one).startswith("case: ") and "no name" in str(one) for one in failed] == [True]
    assert coverage.lines == Count(2, 3)


def test_the_defaults_and_ci_values_are_rendered(tmp_path: Path) -> None:
    folder = chart_in(tmp_path)
    (folder / "ci").mkdir()
    (folder / "ci" / "hpa-values.yaml").write_text("autoscaling: {enabled: true}\n")
    names = [name for name, _ in cases_of(str(folder), load_chart(str(folder)))]
    assert names == ["the defaults", "ci/hpa-values.yaml"]


def test_the_table_as_text(tmp_path: Path) -> None:
    coverage = covered(chart_in(tmp_path), {})
    hint = {coverage.untaken[0].point: (Setting(("autoscaling", "enabled"), True),)}
    assert "\n".join(coverage_lines(coverage, hint)) == (
        "Coverage of web                      lines            branches            includes\n"
        "templates/_helpers.tpl         1/2    50 %                   -         1/2    50 %\n"
        "templates/hpa.yaml             2/3  66.7 %         1/2    50 %                   -\n"
        "templates/web.yaml             1/1   100 %         1/2    50 %                   -\n"
        "total                          4/6  66.7 %         2/4    50 %         1/2    50 %\n"
        "\n"
        "Lines and branches: 60 %\n"
        "Values read: 2 of 3; not never\n"
        "\n"
        "Not tested\n"
        "  templates/hpa.yaml:1: body of `if` never taken; a test with autoscaling.enabled=true would\n"
        "  templates/web.yaml:1: `default` with a value never taken\n"
        '  templates/_helpers.tpl:2: definition "unused" never included'
    )


def test_gaps_of_one_kind_on_a_line_are_told_apart(tmp_path: Path) -> None:
    template = 'a: {{ .Values.a | default "x" }} {{ .Values.b | default "y" }}\nb: {{ default (default "p" .Values.a) .Values.b }}\n'
    coverage = covered(chart_in(tmp_path, t=template), {"b": "given"})
    lines = [line.strip() for line in coverage_lines(coverage, {}) if line.endswith("never taken")]
    assert lines == [
        'templates/t.yaml:1: `default` with a value in {{ .Values.a | default "x" }} (column 19) never taken',
        'templates/t.yaml:1: `default` without a value in {{ .Values.b | default "y" }} (column 49) never taken',
        'templates/t.yaml:2: `default` without a value in {{ default (default "p" .Values.a) .Values.b }} (column 7) never taken',
        'templates/t.yaml:2: `default` with a value in {{ default (default "p" .Values.a) .Values.b }} (column 16) never taken',
    ]


def test_definitions_that_nothing_includes_are_named(tmp_path: Path) -> None:
    helpers = "".join(f'{{{{ define "d{number}" }}}}x{{{{ end }}}}\n' for number in range(30))
    coverage = covered(chart_in(tmp_path, t="a: 1\n", _h=helpers), {})
    short, long = (list(coverage_lines(coverage, {}, shows_all=shows_all)) for shows_all in (False, True))
    assert short[-2:] == [
        '  templates/_h.tpl:20: definition "d19" never included',
        "  and 10 more; --show-all lists them",
    ]
    assert long[-1] == '  templates/_h.tpl:30: definition "d29" never included'


def test_long_lists_are_cut_unless_all_is_wanted(tmp_path: Path) -> None:
    template = "".join(f"{{{{ if .Values.v{number} }}}}x{{{{ end }}}}\n" for number in range(30))
    coverage = covered(chart_in(tmp_path, t=template), {})
    short, long = (list(coverage_lines(coverage, {}, shows_all=shows_all)) for shows_all in (False, True))
    assert short[-1] == "  and 10 more; --show-all lists them"
    assert len(long) == len(short) + 9


def test_lcov(tmp_path: Path) -> None:
    coverage = covered(chart_in(tmp_path), {}, {"name": "n"})
    records = lcov([("charts/web", coverage)]).split("end_of_record\n")
    assert records[1].splitlines() == [
        "TN:",
        "SF:charts/web/templates/hpa.yaml",
        *("FNF:0", "FNH:0", "BRDA:1,0,0,0", "BRDA:1,0,1,2", "BRF:2", "BRH:1"),
        *("DA:1,2", "DA:2,0", "DA:4,2", "LF:3", "LH:2"),
    ]
    assert "FN:1,used\nFN:2,unused\nFNDA:2,used\nFNDA:0,unused\nFNF:2\nFNH:1\n" in records[0]


def test_a_definition_stands_where_it_begins(tmp_path: Path) -> None:
    helpers = '# {{ define "a" }}{{ end }}\n{{- define "b" -}}\n{{/* what\n it is */}}\n\n{{ .Values.x }}\n{{- end }}\n'
    code = covered(chart_in(tmp_path, _h=helpers + '{{/* {{ define "\\q" }} */}}'), {}).code
    assert [(one.name, one.line) for one in code.files["web/templates/_h.tpl"].defines] == [("a", 1), ("b", 2)]


# The commands


def test_the_command_covers_each_values_file_on_its_own(own: Run, tmp_path: Path) -> None:
    chart_in(tmp_path)
    (tmp_path / "a.yaml").write_text("autoscaling: {enabled: true}\nname: n\n")
    (tmp_path / "b.yaml").write_text("{}\n")
    both = own("coverage", "web", "-f", "a.yaml", "-f", "b.yaml")
    assert (both.returncode, both.stderr) == (0, "")
    assert "templates/hpa.yaml             3/3   100 %         2/2   100 %" in both.stdout
    one = own("coverage", "web", "-f", "b.yaml")
    assert "a test with autoscaling.enabled=true would" in one.stdout


def test_less_than_the_minimum_is_a_failure(own: Run, tmp_path: Path) -> None:
    chart_in(tmp_path)
    enough, short = own("coverage", "web", "--min", "60"), own("coverage", "web", "--min", "60.5")
    assert (enough.returncode, enough.stderr) == (0, "")
    assert (short.returncode, short.stderr) == (1, "Error: coverage of web: 60 %, less than 60.5 %\n")


def test_a_minimum_for_branches_alone(own: Run, tmp_path: Path) -> None:
    lines = "".join(f"line{number}: constant\n" for number in range(500))
    chart_in(tmp_path, hpa=HPA, constant=lines)
    done = own("coverage", "web", "--min", "95", "--min-branches", "50")
    assert (done.returncode, done.stderr) == (0, "")
    done = own("coverage", "web", "--min", "95", "--min-branches", "50.5")
    assert (done.returncode, done.stderr) == (1, "Error: coverage of web: 50 % of branches, less than 50.5 %\n")
    done = own("coverage", "web", "--min", "99.9", "--min-branches", "99")
    assert done.stderr.count("Error: coverage of web: ") == 2
    assert own("coverage", "web", "--min-branches", "-1").returncode == 1


def test_files_by_their_ending(own: Run, tmp_path: Path) -> None:
    chart_in(tmp_path)
    done = own("coverage", "web", "--coverage-output", "out/c.info", "--coverage-output", "c.xml")
    assert done.returncode == 0
    assert "SF:web/templates/hpa.yaml\n" in (tmp_path / "out" / "c.info").read_text()
    root = ElementTree.parse(tmp_path / "c.xml").getroot()
    assert (root.get("lines-covered"), root.get("lines-valid"), root.get("branch-rate")) == ("4", "6", "0.5000")
    hpa = next(one for one in root.iter("class") if one.get("filename") == "web/templates/hpa.yaml")
    lines = [(line.get("number"), line.get("hits"), line.get("condition-coverage")) for line in hpa.iter("line")]
    assert lines == [("1", "1", "50% (1/2)"), ("2", "0", None), ("4", "1", None)]
    wrong = own("coverage", "web", "--coverage-output", "c.txt")
    assert wrong.returncode == 1 and wrong.stdout == ""
    assert (
        wrong.stderr == "Error: c.txt: the name must end in .info for lcov, .xml for Cobertura, or .html for a page\n"
    )


def test_values_that_do_not_render_fail(own: Run, tmp_path: Path) -> None:
    chart_in(tmp_path, t='{{ required "no size" .Values.size }}\n')
    done = own("coverage", "web")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the defaults: ") and "no size" in done.stderr


SUITE = """\
suite: hpa
templates: [hpa.yaml]
tests:
- it: is off
  asserts: [{equal: {path: kind, value: None}}]
- it: is on
  set: {autoscaling.enabled: true}
  asserts: [{equal: {path: kind, value: HPA}}]
"""
FAILING = """\
suite: t
templates: [t.yaml]
tests:
- it: fails
  asserts: [{failedTemplate: {errorMessage: no size}}]
"""


def with_suite(folder: Path, suite: str) -> Path:
    (folder / "tests").mkdir()
    (folder / "tests" / "x_test.yaml").write_text(suite)
    return folder


def test_a_unittest_run_has_coverage(own: Run, tmp_path: Path) -> None:
    with_suite(chart_in(tmp_path), SUITE)
    done = own("unittest", "web", "--coverage", "--coverage-output", "c.info", "--min", "50")
    assert (done.returncode, done.stderr) == (0, "")
    assert "templates/hpa.yaml             3/3   100 %         2/2   100 %" in done.stdout
    assert "templates/web.yaml             0/1     0 %         0/2     0 %" in done.stdout
    assert "Tests:       2 passed, 2 total" in done.stdout
    assert "BRDA:1,0,0,1\nBRDA:1,0,1,1\n" in (tmp_path / "c.info").read_text()
    assert own("unittest", "web", "--coverage", "--min", "90").returncode == 1


CONSTANT = "kind: A\nspec:\n\n  a: 1\n---\nkind: B\n"
MIXED = "a: 1\n{{ if .Values.on }}\nb: 2\n{{ else }}\nc: 3\n{{ end }}\nd: 4\n"


def test_constant_lines_are_covered_by_the_tests_that_render_them(own: Run, tmp_path: Path) -> None:
    suite = "suite: s\ntemplates: [mixed.yaml, once.yaml]\ntests: [{it: t, template: mixed.yaml, asserts: [{exists: {path: a}}]}]\n"
    helpers = 'text outside\n{{ define "x" }}\nin it\n{{ end }}\n'
    with_suite(chart_in(tmp_path, mixed=MIXED, once=CONSTANT, never=CONSTANT, _h=helpers), suite)
    done = own("unittest", "web", "--coverage", "--coverage-output", "c.info")
    assert done.returncode == 0
    hits = {}
    for record in (tmp_path / "c.info").read_text().split("end_of_record\n"):
        name = record.partition("SF:web/templates/")[2].partition("\n")[0]
        hits[name] = [line[3:] for line in record.splitlines() if line.startswith("DA:")]
    # blank lines, comments of templates and the ends of blocks do not count
    assert hits["never.yaml"] == ["1,0", "2,0", "4,0", "5,0", "6,0"]
    assert hits["once.yaml"] == ["1,1", "2,1", "4,1", "5,1", "6,1"]
    assert hits["mixed.yaml"] == ["1,1", "2,1", "3,0", "5,1", "7,1"]
    assert hits["_h.tpl"] == ["3,0"]  # the text of such a file outside of its definitions goes nowhere


def test_tests_of_one_name_count_each(own: Run, tmp_path: Path) -> None:
    with_suite(chart_in(tmp_path), SUITE.replace("is off", "is on"))
    done = own("unittest", "web", "--coverage", "--coverage-output", "c.info")
    assert done.returncode == 0
    assert "DA:1,2\n" in (tmp_path / "c.info").read_text()


def test_a_test_of_a_failure_covers_what_ran_before_it(own: Run, tmp_path: Path) -> None:
    chart = chart_in(tmp_path, t='a: 1\nb: {{ required "no size" .Values.size }}\nc: 1\n')
    with_suite(chart, FAILING)
    done = own("unittest", "web", "--coverage")
    assert done.returncode == 0
    assert "templates/t.yaml" in done.stdout and "2/3  66.7 %" in done.stdout


def test_a_minimum_without_coverage_is_refused(own: Run, tmp_path: Path) -> None:
    with_suite(chart_in(tmp_path), SUITE)
    done = own("unittest", "web", "--min", "50")
    assert (done.returncode, done.stderr) == (1, "Error: --min, --min-branches and --coverage-output need --coverage\n")


@pytest.mark.parametrize("least", ["nan", "-1", "101"])
def test_a_minimum_is_a_percentage(own: Run, tmp_path: Path, least: str) -> None:
    with_suite(chart_in(tmp_path), SUITE)
    for arguments in (("coverage", "web"), ("unittest", "web", "--coverage")):
        done = own(*arguments, "--min", least)
        assert (done.returncode, done.stdout) == (1, "")
        assert "the least coverage must be a number from 0 to 100" in done.stderr


def test_values_are_tried_on_the_cluster_that_a_test_has(own: Run, tmp_path: Path) -> None:
    newer = '{{ if semverCompare ">=1.21-0" .Capabilities.KubeVersion.GitVersion }}x: 1{{ else }}x: 2{{ end }}\n'
    with_suite(chart_in(tmp_path, t=newer), SUITE.partition("- it: is on")[0].replace("hpa.yaml", "t.yaml"))
    done = own("unittest", "web", "--coverage")
    hint = "a test with capabilities.minorVersion: 21 would"
    assert f"templates/t.yaml:1: body of `if` never taken; {hint}\n" in done.stdout


PYTEST = """\
import pytest

def test_on(render):
    assert render({"autoscaling": {"enabled": True}})

def test_fails(render):
    with pytest.raises(Exception, match="no name"):
        render({"name": "none"})
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_pytest_has_coverage_of_suites_and_renders(tmp_path: Path, environment: dict[str, str], workers: str) -> None:
    failing = '{{ if eq .Values.name "none" }}\n{{ fail "no name" }}\nx: 1\n{{ end }}'
    chart = chart_in(tmp_path, hpa=HPA, failing=failing)
    with_suite(chart, SUITE.partition("- it: is on")[0])
    (chart / "tests" / "test_web.py").write_text(PYTEST)
    outputs = [f"--chart-coverage-output={name}" for name in ("c.info", "c.html")]
    arguments = ["-p", "no:cacheprovider", "-n", workers, "--chart-coverage", *outputs]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "pytest", "web", *arguments, *more]
        return subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)

    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    table = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.startswith("templates/")}
    assert table["templates/hpa.yaml"][:3] == ["3/3", "100", "%"]
    assert table["templates/failing.yaml"][:3] == ["2/3", "66.7", "%"]
    assert "BRDA:1,0,0,1\nBRDA:1,0,1,2\n" in (tmp_path / "c.info").read_text()
    assert "<title>Coverage of web</title>" in (tmp_path / "c.html").read_text()
    short = run("--chart-coverage-min", "99")
    assert short.returncode == 1 and "less than 99 %" in short.stdout
    short = run("--chart-coverage-min-branches", "98", "-k", "off")
    assert short.returncode == 1 and "% of branches, less than 98 %" in short.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--chart-coverage-min", "99"], "--chart-coverage-min and --chart-coverage-output need --chart-coverage"),
        (["--chart-coverage", "--chart-coverage-output", "c.txt"], "c.txt: the name must end in .info"),
        (["--chart-coverage", "--chart-coverage-min", "101"], "the least coverage must be a number from 0 to 100"),
    ],
)
def test_pytest_refuses_options_that_make_no_sense(
    tmp_path: Path, environment: dict[str, str], arguments: list[str], message: str
) -> None:
    chart_in(tmp_path)
    line = [sys.executable, "-m", "pytest", "web", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {message}" in done.stderr and "Traceback" not in done.stderr


def test_names_of_tests_and_files_are_escaped(tmp_path: Path) -> None:
    from steersman.coverage.cobertura import cobertura

    folder = chart_in(tmp_path, **{'a"<&b': "x: {{ .Values.a }}\n"})
    text = cobertura([("web", covered(folder, {}))])
    assert [one.get("name") for one in ElementTree.fromstring(text).iter("class")] == ['templates/a"<&b.yaml']


def test_both_formats_have_the_same_lines(tmp_path: Path) -> None:
    """Each line that lcov has is one of Cobertura's, with the same hits."""
    from steersman.coverage.cobertura import cobertura

    coverage = covered(chart_in(tmp_path), {}, {"autoscaling": {"enabled": True}})
    ours = {}
    for record in lcov([("web", coverage)]).split("end_of_record\n"):
        name = record.partition("SF:")[2].partition("\n")[0]
        ours.update({(name, *line[3:].split(",")): True for line in record.splitlines() if line.startswith("DA:")})
    theirs = {
        (str(one.get("filename")), str(line.get("number")), str(line.get("hits")))
        for one in ElementTree.fromstring(cobertura([("web", coverage)])).iter("class")
        for line in one.iter("line")
    }
    assert set(ours) == theirs and len(theirs) == 6
