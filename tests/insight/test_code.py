"""The points of a chart's templates, and those that a render came to; in both ways to run templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.chart.loader import load_chart
from steersman.engine.capabilities import DEFAULT_CAPABILITIES
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.render import render
from steersman.engine.trace import Trace
from steersman.errors import SteerError
from steersman.gotemplate.definition import COMPILED, INTERPRETED, Way
from steersman.insight.code import Code
from steersman.rendering import take_part
from steersman.values.coalesce import coalesce_values
from steersman.values.files import load_values
from tests.insight.charts import IMPURE, write_chart


class Run:
    """A chart of one template (and helpers), rendered with values."""

    def __init__(self, folder: Path, template: str, given: str, way: Way, **files: str) -> None:
        chart = load_chart(str(write_chart(folder, t=template, values=files.pop("values", ""), **files)))
        source = take_part(chart, load_values(given.encode()), IMPURE.log)
        whole = coalesce_values(source.chart, source.values, lambda _text: None)
        trace = Trace()
        facts = Facts("rel", "default")
        self.error = ""
        try:
            render(source.chart, whole, facts, DEFAULT_CAPABILITIES, IMPURE, compiled=Compiled(None, way), trace=trace)
        except SteerError as error:
            self.error = str(error)
        self.code = Code(chart)
        covered = self.code.covered(trace)
        self.points, self.values = covered.points, covered.values

    def lines(self, name: str = "t.yaml") -> dict[int, bool]:
        """Return the lines with statements, and whether they ran."""
        file = self.code.files[f"{self.code.name}/templates/{name}"]
        return {line: any(self.points >> point & 1 for point in points) for line, points in file.lines.items()}

    def ran(self, name: str = "t.yaml") -> list[int]:
        return [line for line, is_covered in self.lines(name).items() if is_covered]

    def sides(self, name: str = "t.yaml") -> dict[str, bool]:
        """Return the sides as kind, line and number."""
        file = self.code.files[f"{self.code.name}/templates/{name}"]
        return {f"{side.kind} {side.line}.{side.number}": bool(self.points >> side.point & 1) for side in file.sides}

    def taken(self, name: str = "t.yaml") -> list[str]:
        return [side for side, is_taken in self.sides(name).items() if is_taken]


@pytest.fixture(params=[INTERPRETED, COMPILED], ids=["interpreted", "compiled"])
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.param
    return found


def test_lines_that_have_statements_count(tmp_path: Path, way: Way) -> None:
    template = "a: 1\n\n{{/* a\ncomment */}}\n{{- $x := 1 }}\nb: {{ $x }}\n{{ if $x }}\nc: 1\n{{ end }}\n"
    run = Run(tmp_path / "web", template, "", way)
    assert list(run.lines()) == [1, 5, 6, 7, 8]
    assert run.ran() == [1, 5, 6, 7, 8]


def test_a_branch_that_is_not_taken(tmp_path: Path, way: Way) -> None:
    template = "{{- if .Values.up }}\na: 1\n{{- else }}\nb: 1\n{{- end }}\nc: 1\n"
    run = Run(tmp_path / "web", template, "up: true", way)
    assert list(run.lines()) == [1, 2, 4, 6]
    assert run.ran() == [1, 2, 6]
    assert run.sides() == {"if 1.0": True, "if 1.1": False}


def test_an_else_that_is_not_there_is_taken_all_the_same(tmp_path: Path, way: Way) -> None:
    run = Run(tmp_path / "web", "{{- if .Values.up }}\na: 1\n{{- end }}\n", "", way)
    assert run.ran() == [1]
    assert run.sides() == {"if 1.0": False, "if 1.1": True}


@pytest.mark.parametrize(
    ("given", "taken", "ran"),
    [
        ("a: true", ["if 1.0"], [1, 2]),
        ("b: true", ["if 1.1", "if 3.0"], [1, 3, 4]),
        ("c: true", ["if 1.1", "if 3.1", "if 5.0"], [1, 3, 5, 6]),
        ("", ["if 1.1", "if 3.1", "if 5.1"], [1, 3, 5, 8]),
    ],
)
def test_every_condition_of_a_chain_is_a_choice(
    tmp_path: Path, way: Way, given: str, taken: list[str], ran: list[int]
) -> None:
    template = (
        "{{- if .Values.a }}\na: 1\n{{- else if .Values.b }}\nb: 1\n"
        "{{- else if .Values.c }}\nc: 1\n{{- else }}\nd: 1\n{{- end }}\n"
    )
    run = Run(tmp_path / "web", template, given, way)
    assert run.taken() == taken
    assert run.ran() == ran


@pytest.mark.parametrize(
    ("given", "taken"),
    [("l: [1, 2]", ["range 1.0", "if 2.0", "if 2.1"]), ("l: [1]", ["range 1.0", "if 2.0"]), ("", ["range 1.1"])],
)
def test_the_sides_of_a_loop(tmp_path: Path, way: Way, given: str, taken: list[str]) -> None:
    template = "{{- range .Values.l }}\n{{- if eq . 1.0 }}\na: 1\n{{- end }}\n{{- else }}\nnone: 1\n{{- end }}\n"
    assert Run(tmp_path / "web", template, given, way).taken() == taken


def test_what_is_behind_a_break_has_not_run(tmp_path: Path, way: Way) -> None:
    template = "{{- range .Values.l }}\na: 1\n{{- if . }}\n{{- break }}\n{{- end }}\nb: 1\n{{- end }}\nc: 1\n"
    run = Run(tmp_path / "web", template, "l: [1]", way)
    assert run.ran() == [1, 2, 3, 8]


def test_what_is_behind_an_error_has_not_run(tmp_path: Path, way: Way) -> None:
    template = 'a: 1\n{{ if .Values.up }}\nb: 1\nc: {{ fail "no" }}\nd: 1\n{{ end }}\ne: 1\n'
    run = Run(tmp_path / "web", template, "up: true", way)
    assert "no" in run.error
    assert run.ran() == [1, 2, 3, 4]


def test_an_error_inside_an_include(tmp_path: Path, way: Way) -> None:
    helpers = '{{- define "x" }}\na: 1\n{{ required "no" .Values.n }}\nb: 1\n{{- end }}\n'
    run = Run(tmp_path / "web", 'a: 1\n{{ include "x" . }}\nb: 1\n', "", way, _h=helpers)
    assert run.ran() == [1, 2]
    assert run.ran("_h.tpl") == [2, 3]


@pytest.mark.parametrize(
    ("expression", "given", "taken"),
    [
        ("and .Values.a .Values.b .Values.c", "{}", ["and 1.0"]),
        ("and .Values.a .Values.b .Values.c", "{a: 1, b: 1}", ["and 1.2"]),
        ("or .Values.a (and .Values.b .Values.c)", "{b: 1}", ["or 1.1", "and 1.1"]),
        ("or .Values.a (and .Values.b .Values.c)", "{a: 1}", ["or 1.0"]),
        (".Values.b | or .Values.a", "{a: 1}", ["or 1.0"]),
        ('.Values.a | default "x"', "{a: 1}", ["default 1.0"]),
        ('.Values.a | default "x"', "{}", ["default 1.1"]),
        ('default (include "x" .) .Values.a', "{}", ["default 1.1"]),
        ("ternary 1 2 (not .Values.a)", "{}", ["ternary 1.0"]),
        ("if and .Values.a .Values.b }}{{ end", "{a: 1}", ["if 1.1", "and 1.1"]),
        ("if or .Values.a .Values.b }}{{ end", "{a: 1}", ["if 1.0", "or 1.0"]),
        ("with default .Values.a .Values.b }}{{ end", "{a: 1}", ["with 1.0", "default 1.1"]),
        ("not .Values.a | ternary 1 2", "{a: 1}", ["ternary 1.1"]),
    ],
)
def test_functions_that_choose(tmp_path: Path, way: Way, expression: str, given: str, taken: list[str]) -> None:
    helpers = '{{- define "x" }}a{{ end }}'
    run = Run(tmp_path / "web", f"a: {{{{ {expression} }}}}\n", given, way, _h=helpers)
    assert run.error == ""
    assert run.taken() == taken


def test_a_choice_in_a_loop_can_go_both_ways(tmp_path: Path, way: Way) -> None:
    template = "{{- range .Values.l }}\na: {{ or . 1 }}\n{{- end }}\n"
    run = Run(tmp_path / "web", template, "l: [0, 1, 0]", way)
    assert run.taken() == ["range 1.0", "or 2.0", "or 2.1"]


def test_definitions_count_by_their_files(tmp_path: Path, way: Way) -> None:
    helpers = 'not: counted\n{{- define "used" }}\na: 1\n{{- end }}\n{{- define "unused" }}\nb: 1\n{{- end }}\n'
    run = Run(tmp_path / "web", '{{ template "used" . }}\n', "", way, _h=helpers)
    file = run.code.files["web/templates/_h.tpl"]
    assert {define.name: bool(run.points >> define.point & 1) for define in file.defines} == {
        "used": True,
        "unused": False,
    }
    assert run.lines("_h.tpl") == {3: True, 6: False}


def test_the_text_of_a_value_is_no_code_of_the_chart(tmp_path: Path, way: Way) -> None:
    run = Run(tmp_path / "web", "a: {{ tpl .Values.text . }}\n", "text: 'x{{ if .Values.up }}y{{ end }}'", way)
    assert run.sides() == {}
    assert run.ran() == [1]


def test_values_that_are_read(tmp_path: Path, way: Way) -> None:
    values = "a: 1\nb: {c: 1, d: {}}\nl: [1, 2]\n"
    run = Run(tmp_path / "web", "a: {{ .Values.a }}\n{{ toYaml .Values.b.d }}\n", "", way, values=values)
    read = {".".join(map(str, path)): bool(run.values >> at & 1) for at, path in enumerate(run.code.values)}
    assert read == {"a": True, "l": False, "b.c": False, "b.d": True}


def test_the_values_of_a_dependency_are_its_own(tmp_path: Path) -> None:
    folder = write_chart(
        tmp_path / "web",
        values="a: 1\ndb: {b: 1}\nother: {c: 1}\n",
        dependencies="dependencies: [{name: x, alias: db, version: '1'}, {name: other, version: '1'}]\n",
        t="a: 1\n",
    )
    assert Code(load_chart(str(folder))).values == (("a",),)
