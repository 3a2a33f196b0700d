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


def test_the_lines_are_the_text(tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="a: {b: [1, {c: 2}]}", t="{{ toYaml .Values }}\n\nx: {{ .Values.a }}\n")
    trace, _, _ = recorded(tmp_path / "web")
    text = "\n".join(line.text for line in lines_of(trace, "web/templates/t.yaml"))
    assert text.startswith("a:\n  b:\n  - 1\n  - c: 2") and text.endswith("x: map[b:[1 map[c:2]]]\n")


def test_what_is_not_yaml_has_no_keys() -> None:
    assert keys_of_lines("a: [") is None
    assert keys_of_lines("") == {}
