"""The recording of a render: what is in it, and that it changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from steersman.errors import TemplateError
from steersman.gotemplate import TemplateSet, trace
from steersman.gotemplate.definition import COMPILED, INTERPRETED, Way
from steersman.gotemplate.trace import RecordingFull, Trace
from steersman.sprig import FUNCTIONS


@pytest.fixture(params=[INTERPRETED, COMPILED], ids=["interpreted", "compiled"])
def way(request: pytest.FixtureRequest) -> Any:
    return request.param


def record(text: str, data: Any, way: Way) -> tuple[str, Trace]:
    templates = TemplateSet(FUNCTIONS, way=way, is_traced=True)
    templates.trace = made = Trace()
    templates.parse("t", text)
    return templates.execute("t", data), made


def kinds(made: Trace) -> list[Any]:
    return [event[0] for event in made.roots[0].events]


def test_a_piece_of_output_knows_its_position(way: Way) -> None:
    text, made = record("a: {{ .x }}\n", {"x": 1.0}, way)
    assert text == "a: 1\n"
    assert made.roots[0].events[0] == ("a: ", 0)
    assert [event for event in made.roots[0].events if type(event[0]) is str][1] == ("1", 6, 1.0)


def test_a_read_knows_its_base_and_its_fields(way: Way) -> None:
    data = {"a": {"b": "x"}}
    _, made = record("{{ .a.b }}", data, way)
    names, base, local = made.roots[0].events[0]
    assert names == ("a", "b") and base is data and local in ("", "dot")


def test_branches_are_recorded_taken_or_not(way: Way) -> None:
    _, made = record("{{ if .a }}x{{ else }}y{{ end }}{{ if .a }}z{{ end }}", {"a": False}, way)
    branches = [event for event in made.roots[0].events if event[0] == trace.BRANCH]
    ends = [event for event in made.roots[0].events if event[0] == trace.END]
    assert [event[3] for event in branches] == [False]
    assert len(ends) == 2


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("{{ and .yes .no .yes }}", [0, 1]),
        ("{{ or .no .no .yes }}", [0, 1, 2]),
        ("{{ .yes | and .yes }}", [0, 1]),
        ("{{ .yes | or .yes }}", [0]),
        ('{{ default "d" .yes }}', [0]),
        ("{{ .no | default (print 1) }}", [0, 1]),
        ("{{ .yes | ternary 1 2 }}", [0]),
        ("{{ ternary .yes (print 2) .no }}", [1]),
    ],
)
def test_the_sides_of_a_choice_are_recorded(way: Way, text: str, sides: list[int]) -> None:
    _, made = record(text, {"yes": True, "no": False}, way)
    choices = [event for event in made.roots[0].events if event[0] == trace.CHOICE]
    assert [event[2] for event in choices] == sides
    assert {text[event[1] :].split()[0] for event in choices} <= {"and", "or", "default", "ternary"}


def test_every_element_of_a_loop_is_recorded(way: Way) -> None:
    _, made = record("{{ range $i, $e := .l }}{{ $e }}{{ end }}", {"l": ["a", "b"]}, way)
    assert kinds(made).count(trace.EACH) == 2
    assert kinds(made).count(trace.USE) == 2


def test_a_function_that_reads_whole_is_given_the_container_itself(way: Way) -> None:
    data = {"m": {"a": 1.0}}
    _, made = record("{{ toJson .m }}", data, way)
    given = next(event for event in made.roots[0].events if event[0] == trace.GIVEN)
    assert given[1] == "toJson" and given[2] is data["m"]


def test_a_call_of_a_template_stands_between_two_events(way: Way) -> None:
    _, made = record('{{ define "x" }}{{ .a }}{{ end }}{{ template "x" . }}', {"a": "1"}, way)
    assert [kind for kind in kinds(made) if kind in (trace.ENTER, trace.LEAVE)] == [trace.ENTER, trace.LEAVE]


def test_a_failed_render_keeps_its_recording(way: Way) -> None:
    templates = TemplateSet(FUNCTIONS, way=way, is_traced=True)
    templates.trace = made = Trace()
    templates.parse("t", "before {{ .a.b.c }} after")
    with pytest.raises(TemplateError):
        templates.execute("t", {"a": {}})
    assert made.roots[0].events[0][0] == "before "
    assert not made.roots[0].is_done


def test_deep_recursion_is_recorded_once(way: Way) -> None:
    text = '{{ define "d" }}{{ if gt (len .) 0 }}{{ template "d" (rest .) }}{{ end }}{{ end }}{{ template "d" .l }}'
    _, made = record(text, {"l": ["x"] * 700}, way)
    assert len(made.roots) == 1
    assert kinds(made).count(trace.ENTER) == 701


def test_statements_that_nest_too_deeply_for_python_are_recorded(way: Way) -> None:
    deep = "{{ range (list 1) }}" * 30 + "{{ $.a }}" + "{{ end }}" * 30
    text, made = record(deep, {"a": "x"}, way)
    assert text == "x"
    assert kinds(made).count(trace.EACH) == 30


def test_a_recording_has_a_limit_if_asked(way: Way) -> None:
    templates = TemplateSet(FUNCTIONS, way=way, is_traced=True)
    templates.trace = made = Trace(100)
    templates.parse("t", "{{ range until 1000 }}x{{ end }}")
    with pytest.raises(RecordingFull):
        templates.execute("t", {})
    assert len(made.roots[0].events) == 99
