"""The origins of rendered lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.engine.trace import Trace
from steersman.insight.lines import Line, Lines
from steersman.insight.reads import Reads
from steersman.insight.trees import keys_of_lines
from tests.insight.charts import recorded, write_chart

HELPERS = """\
{{- define "labels" }}
app: {{ .Chart.Name }}
size: {{ .Values.size }}
{{- end }}
{{- define "deep" }}
{{- include "labels" . }}
more: {{ .Values.more | quote }}
{{- end }}
"""


def lines(folder: Path, template: str, values: str = "", given: str = "") -> list[Line]:
    write_chart(folder, values=values, t=template, _helpers=HELPERS)
    trace, _, _ = recorded(folder, given)
    return lines_of(trace, f"{folder.name}/templates/t.yaml")


def lines_of(trace: Trace, name: str) -> list[Line]:
    return Lines(trace, Reads(trace)).of(name)


def shown(line: Line) -> str:
    """Return a line with its places and values, as the tests write them."""
    places = " <- ".join(f"{place.template.rpartition('/')[2]}:{place.line}" for place in line.chain)
    values = " ".join(".".join(map(str, path[1:])) for path in line.values if path[0] == "Values")
    return f"{line.text.strip()} | {places} | {values}".rstrip(" |")


# template, values, the first lines with their origins
CASES = [
    ("a: {{ .Values.x }}\nb: 1\n", "x: 5", ["a: 5 | t.yaml:1 | x", "b: 1 | t.yaml:2"]),
    ("{{- $v := .Values.x }}\na: {{ $v }}", "x: 5", ["", "a: 5 | t.yaml:2 | x"]),
    ("a:\n{{- range .Values.l }}\n- {{ . }}\n{{- end }}", "l: [x, y]", ["a: | t.yaml:1", "- x | t.yaml:3 | l.0"]),
    (
        "{{- range $k, $v := .Values.m }}\n{{ $k }}: {{ $v }}\n{{- end }}",
        "m: {a: 1, b: 2}",
        ["", "a: 1 | t.yaml:2 | m.a", "b: 2 | t.yaml:2 | m.b"],
    ),
    ("{{- with .Values.x }}\na: {{ . }}{{ end }}", "x: 5", ["", "a: 5 | t.yaml:2 | x"]),
    (
        "m:\n  {{- toYaml .Values.m | nindent 2 }}\n",
        "m: {a: 1, l: [{c: 2}]}",
        ["m: | t.yaml:1", "a: 1 | t.yaml:2 | m.a", "l: | t.yaml:2 | m.l", "- c: 2 | t.yaml:2 | m.l.0.c"],
    ),
    (
        'l:\n  {{- include "labels" . | nindent 2 }}\n',
        "size: 3",
        ["l: | t.yaml:1", "", "app: web | t.yaml:2 <- _helpers.tpl:2", "size: 3 | t.yaml:2 <- _helpers.tpl:3 | size"],
    ),
    (
        '{{- include "deep" . }}\n',
        "{size: 3, more: x}",
        [
            "",
            "app: web | t.yaml:1 <- _helpers.tpl:6 <- _helpers.tpl:2",
            "size: 3 | t.yaml:1 <- _helpers.tpl:6 <- _helpers.tpl:3 | size",
            'more: "x" | t.yaml:1 <- _helpers.tpl:7 | more',
        ],
    ),
    ('{{ template "labels" . }}', "size: 3", ["", "app: web | t.yaml:1 <- _helpers.tpl:2"]),
    ("a: {{ tpl .Values.t . }}", "{t: 'x{{ .Values.w }}', w: 1}", ["a: x1 | t.yaml:1 <- web:1 | t w"]),
    ('a: {{ index .Values.m "k.l" }}', "m: {k.l: 1}", ["a: 1 | t.yaml:1 | m m.k.l"]),
]


@pytest.mark.parametrize(("template", "values", "expected"), CASES, ids=[row[0] for row in CASES])
def test_lines_know_their_places_and_values(tmp_path: Path, template: str, values: str, expected: list[str]) -> None:
    found = [shown(line) for line in lines(tmp_path / "web", template, values)]
    found = [text.replace("gotpl:", "web:") if "tpl .Values" in template else text for text in found]
    assert [text.partition(" | ")[0] and text for text in found[: len(expected)]] == expected


def test_the_conditions_around_a_line_are_known(tmp_path: Path) -> None:
    template = "{{- if .Values.a }}\n{{- if eq .Values.b 1.0 }}\nx: 1\n{{- else }}\ny: 1\n{{- end }}\n{{- end }}\nz: 1"
    row = {line.text: line for line in lines(tmp_path / "web", template, "{a: true, b: 2}")}
    assert row["y: 1"].because == (("Values", "a"), ("Values", "b"))
    assert [(one.place.line, one.is_body) for one in row["y: 1"].conditions] == [(1, True), (2, False)]
    assert row["z: 1"].because == ()


def test_a_variable_that_a_branch_sets_knows_what_decided(tmp_path: Path) -> None:
    template = "{{- $v := 1 }}{{ if .Values.a }}{{ $v = .Values.b }}{{ end }}\nx: {{ $v }}"
    found = lines(tmp_path / "web", template, "{a: true, b: 2}")[-1]
    assert found.values == (("Values", "b"),)
    assert found.because == (("Values", "a"),)


def test_values_of_an_include_that_cannot_be_told_apart_are_not_exact(tmp_path: Path) -> None:
    found = lines(tmp_path / "web", 'sum: {{ include "deep" . | sha256sum }}', "{size: 3, more: x}")[0]
    assert {path[-1] for path in found.values} == {"Name", "size", "more"}
    assert not found.segments[-1].is_exact


BUILT = """\
{{- define "two" }}
a: {{ .a }}
b: {{ .b }}
c: c
{{- end }}
{{- define "name" }}{{ default (include "chart" .) .Values.name }}{{ end }}
{{- define "chart" }}{{ .Chart.Name }}{{ end }}
{{- define "wanted" }}{{ if eq .Values.kind "all" }}true{{ end }}{{ end }}
"""


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        # what an include gets in a map that the template makes
        (
            '{{- include "two" (dict "a" .Values.x "b" .Values.w) }}',
            "{x: 1, w: 2}",
            {"a: 1": {"x"}, "b: 2": {"w"}, "c: c": set()},
        ),
        # a list that grows, element by element
        (
            "{{- $l := list .Values.x }}{{ $l = append $l (print .Values.w) }}{{ $l = prepend $l .Values.z }}"
            "{{ range concat $l .Values.more }}\n- {{ . }}{{ end }}",
            "{x: 1, w: 2, z: 3, more: [4]}",
            {"- 3": {"z"}, "- 1": {"x"}, "- 2": {"w"}, "- 4": {"more.0"}},
        ),
        # a map that is put together and printed
        (
            '{{- $m := dict "x" .Values.x }}{{ $_ := set $m "w" .Values.w }}'
            '{{ toYaml (merge $m (dict "z" .Values.z)) }}',
            "{x: 1, w: 2, z: {deep: 3}}",
            {"x: 1": {"x"}, "w: 2": {"w"}, "deep: 3": {"z.deep"}},
        ),
        # the map that a merge took a value from
        (
            "{{ toYaml (merge .Values.a .Values.b) }}",
            "{a: {k: 1}, b: {k: 2, l: 3}}",
            {"k: 1": {"a.k"}, "l: 3": {"b.l"}},
        ),
        # a line that appears twice in what an include writes
        (
            '{{ define "same" }}{{ range .Values.l }}\n- a\n- {{ . }}{{ end }}{{ end }}{{ include "same" . | indent 2 }}',
            "{l: [x, w]}",
            {"- x": {"l.0"}, "- w": {"l.1"}},
        ),
        # what stands next to an include
        ('a: {{ include "name" . }}', "name: x", {"a: x": {"name"}}),
        ('a: {{ include "name" . }}', 'name: ""', {"a: web": {"name"}}),
        # a value that is empty
        ("a: web-{{ .Values.x }}", 'x: ""', {"a: web-": {"x"}}),
        # text of a value that is a template
        ("{{ tpl (toYaml .Values.m) . }}", "{m: {a: '{{ .Values.x }}', b: 2}, x: 1}", {"b: 2": {"m.b"}}),
        # a text over several lines in a tree
        ("{{ toYaml .Values.m }}", '{m: {a: "x\\ny\\n", b: 1}}', {"y": {"m.a"}, "b: 1": {"m.b"}}),
        # the place in a list does not depend on a value
        ("{{ range $i, $e := .Values.l }}\nn{{ $i }}:{{ end }}", "{l: [x, y]}", {"n1:": set()}),
    ],
)
def test_values_are_told_apart(tmp_path: Path, template: str, values: str, expected: dict[str, set[str]]) -> None:
    write_chart(tmp_path / "web", values=values, t=template, _helpers=BUILT)
    trace, _, _ = recorded(tmp_path / "web", "")
    found = {line.text.strip(): line for line in lines_of(trace, "web/templates/t.yaml")}
    for text, names in expected.items():
        assert {".".join(map(str, path[1:])) for path in found[text].values if path[0] == "Values"} == names, text
        assert all(segment.is_exact for segment in found[text].segments), text


@pytest.mark.parametrize(
    ("template", "values", "because"),
    [
        # a branch that was not taken would have set the variable
        ("{{- $v := 1 }}{{ if .Values.a }}{{ $v = 2 }}{{ end }}\nx: {{ $v }}", "a: false", {"a"}),
        # what an include looked at decides, if its text does
        ('{{- if eq (include "wanted" .) "true" }}\nx: 1{{ end }}', "kind: all", {"kind"}),
        # an include that is empty, so that something else is printed
        ('x: {{ default .Values.a (include "wanted" .) }}', "{a: b, kind: none}", {"kind"}),
        # a list that the template has made
        ("{{- $l := list }}{{ if .Values.a }}{{ $l = append $l .Values.b }}{{ end }}{{ if $l }}\nx: 1{{ end }}",
         "{a: true, b: 2}", {"a", "b"}),
        # the key of a loop is there because its element is
        ("{{- range $k, $v := .Values.m }}\nx: 1{{ end }}", "m: {k: 1}", {"m"}),
    ],
)  # fmt: skip
def test_what_decided_about_a_line_is_known(tmp_path: Path, template: str, values: str, because: set[str]) -> None:
    write_chart(tmp_path / "web", values=values, t=template, _helpers=BUILT)
    trace, _, _ = recorded(tmp_path / "web", "")
    found = next(line for line in lines_of(trace, "web/templates/t.yaml") if line.text.startswith("x:"))
    assert {".".join(map(str, path[1:])) for path in found.because if path[0] == "Values"} == because


def test_lines_of_a_subchart_know_its_condition(tmp_path: Path) -> None:
    chart = tmp_path / "web"
    write_chart(chart, values="db: {use: true}\ntags: {all: true}")
    (chart / "Chart.yaml").write_text(
        "apiVersion: v2\nname: web\nversion: 1.0.0\n"
        "dependencies: [{name: db, version: 1.0.0, condition: 'db.use,db.other', tags: [all]}]\n"
    )
    write_chart(chart / "charts" / "db", t="a: 1\n")
    trace, _, _ = recorded(chart, "")
    found = lines_of(trace, "web/charts/db/templates/t.yaml")[0]
    assert found.because == (("Values", "db", "use"), ("Values", "tags", "all"))


def test_the_lines_are_the_text(tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="a: {b: [1, {c: 2}]}", t="{{ toYaml .Values }}\n\nx: {{ .Values.a }}\n")
    trace, _, _ = recorded(tmp_path / "web")
    text = "\n".join(line.text for line in lines_of(trace, "web/templates/t.yaml"))
    assert text.startswith("a:\n  b:\n  - 1\n  - c: 2") and text.endswith("x: map[b:[1 map[c:2]]]\n")


def test_what_is_not_yaml_has_no_keys() -> None:
    assert keys_of_lines("a: [") is None
    assert keys_of_lines("") == {}


def test_a_value_that_is_not_set_is_shown_as_it_is_rendered(tmp_path: Path) -> None:
    first, second = lines(tmp_path / "web", "a: {{ .Values.x }}\nb: {{ .Values.x }}-{{ .Values.z }}\n", "z: 1")[:2]
    assert (shown(first), shown(second)) == ("a: | t.yaml:1 | x", "b: -1 | t.yaml:2 | x z")
    assert [one.text for one in second.segments] == ["b: ", "", "-", "1"]
