"""The language: what templates write, and what Go says of those that are wrong.

``cases.jsonl`` holds templates with the text they write or the error they end in, as a real Helm
4.3.1 gives them (errors in Go's form, before Helm rearranges them).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from steersman.go.values import GoStruct, Int64, StringMap
from steersman.gotemplate import ExecError, ParseError, TemplateSet
from steersman.gotemplate.definition import ADAPTIVE, COMPILED, INTERPRETED, Way
from steersman.gotemplate.trace import Trace
from steersman.gotemplate.values_map import ValuesMap
from steersman.sprig import FUNCTIONS

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()]
VALUES: dict[str, Any] = {
    "s": "hello",
    "e": "",
    "i": Int64(5),
    "num": 42.0,
    "neg": -7.0,
    "z": 0.0,
    "f": 3.14,
    "big": 12345678901.0,
    "t": True,
    "fl": False,
    "nil": None,
    "l": [1.0, "two", 3.5, True, None],
    "li": [3.0, 1.0, 2.0],
    "ls": ["b", "a", "c", "a"],
    "m": {"b": 2.0, "a": 1.0, "c": {"d": "deep"}},
    "lm": [{"name": "x", "v": 1.0}, {"name": True, "v": 2.0}],
    "emptyl": [],
    "emptym": {},
    "html": "<a href='x'>&\"</a>",
    "uni": "héllo ✓ 日本",
}


def render(
    text: str, data: Any = None, *, missing_key: str = "zero", way: Way = ADAPTIVE, is_traced: bool = False
) -> str:
    templates = TemplateSet(FUNCTIONS, missing_key, way=way, is_traced=is_traced)
    templates.trace = Trace() if is_traced else None
    templates.parse("t", text)
    return templates.execute("t", {"Values": VALUES} if data is None else data)


@pytest.mark.parametrize(
    ("way", "is_traced"),
    [(INTERPRETED, False), (COMPILED, False), (COMPILED, True)],
    ids=["interpreted", "compiled", "traced"],
)
@pytest.mark.parametrize("case", CASES, ids=[case["template"] for case in CASES])
def test_template_does_as_in_helm(case: dict[str, str], way: Way, is_traced: bool) -> None:
    if "writes" in case:
        assert render(case["template"], way=way, is_traced=is_traced) == case["writes"]
        return
    with pytest.raises((ExecError, ParseError)) as caught:
        render(case["template"], way=way, is_traced=is_traced)
    assert str(caught.value) == case["error"]


def test_strict_sets_refuse_missing_keys() -> None:
    assert render("{{ .a }}", {"a": 1}, missing_key="error") == "1"
    with pytest.raises(ExecError, match='map has no entry for key "b"'):
        render("{{ .b }}", {"a": 1}, missing_key="error")


def test_nil_cursor_has_no_fields_and_does_not_complain() -> None:
    text = (
        '{{ define "x" }}[{{ .a.b }}{{ $.c }}{{ if .d }}y{{ end }}]{{ end }}{{ template "x" }}{{ template "x" .nope }}'
    )
    assert render(text) == "[<no value><no value>][<no value><no value>]"


def test_large_branch_sees_variables_from_outside() -> None:
    many = "{{ $x }}{{ .v }}" * 10
    text = "{{ $x := 1 }}{{ $y := 2 }}{{ if .v }}" + many + "{{ $y }}{{ end }}{{ $x }}"
    assert render(text, {"v": 3}) == "13" * 10 + "2" + "1"


def test_large_branch_may_assign_outside() -> None:
    text = "{{ $x := 1 }}{{ if true }}" + "{{ $x }}" * 10 + "{{ $x = 2 }}{{ end }}{{ $x }}"
    assert render(text) == "1" * 10 + "2"


def test_redeclared_root_reaches_large_branches() -> None:
    text = "{{ $ := .inner }}{{ if true }}" + "{{ $.a }}" * 10 + "{{ end }}"
    assert render(text, {"inner": {"a": "x"}}) == "x" * 10


def test_error_in_a_large_branch_names_its_place() -> None:
    with pytest.raises(ExecError) as caught:
        render("{{ if true }}\n" + "{{ .Values.s }}" * 10 + "\n  {{ .Values.s.foo.bar }}{{ end }}")
    error = caught.value
    assert (error.template, error.line, error.column, error.executing) == ("t", 3, 12, "t")
    assert error.context == ".Values.s.foo.bar"


def test_variable_of_one_branch_is_unknown_in_the_other() -> None:
    text = '{{ $v := "out" }}{{ if .no }}{{ $v := "in" }}{{ $v }}{{ else }}{{ $v }}{{ end }}{{ $v }}'
    assert render(text) == "outout"


def test_piped_value_is_there_before_arguments_are_looked_at() -> None:
    data = {"d": {"a": "old"}}
    assert render('{{ (set .d "a" "new").a | printf "%s-%s" (get .d "a") }}', data) == "new-new"


def test_template_may_call_itself_a_hundred_thousand_times_and_no_more() -> None:
    with pytest.raises(ExecError, match=r"exceeded maximum template depth \(100000\)"):
        render('{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}')


def test_value_that_contains_itself_is_an_error() -> None:
    data: dict[str, Any] = {"m": {}}
    with pytest.raises(ExecError, match="value nests too deeply"):
        render('{{ $_ := set .m "self" .m }}{{ .m }}', data)
    with pytest.raises(ExecError, match="value nests too deeply"):
        render("{{ deepCopy .m }}", data)


def nested(opening: str, levels: int, inner: str) -> str:
    return opening * levels + inner + "{{ end }}" * levels


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ 1" + " | add 1" * 300 + " }}", "301"),
        ("{{ " + "(add 1 " * 150 + "1" + ")" * 150 + " }}", "151"),
        (nested("{{ range 1 }}", 40, "x{{ $.Values.s }}"), "xhello"),
        (nested("{{ if true }}", 150, "x"), "x"),
        (
            nested("{{ with .Values }}{{ with $ }}", 70, "x{{ .Values.s }}").replace("{{ end }}", "{{ end }}" * 2),
            "xhello",
        ),
        ("{{ if false }}a" + "{{ else if false }}b" * 500 + "{{ else }}c{{ end }}", "c"),
    ],
    ids=["pipeline", "parentheses", "range", "if", "with", "else if"],
)
def test_deep_nesting(text: str, expected: str) -> None:
    assert render(text) == expected


class Place(GoStruct):
    """A pointer to a struct with an embedded one."""

    go_type = "maps.Place"
    go_pointer = True
    go_embedded = ("Point",)
    go_methods = {  # noqa: RUF012 - the class is the test's own
        "Shift": (lambda place, by: place.fields["Name"] + str(by), "int -> string"),
        "Label": (lambda place: "label of " + place.fields["Name"], "-> string"),
    }


class Point(GoStruct):
    go_type = "maps.Point"


def place() -> dict[str, Any]:
    return {"p": Place({"Name": "home", "Point": Point({"X": 1})}), "m": StringMap(a="b")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ .p.Name }}", "home"),
        ("{{ .p.X }}", "1"),
        ("{{ .p.Label }}", "label of home"),
        ("{{ .p.Shift 3 }}", "home3"),
        ("{{ 4 | .p.Shift }}", "home4"),
        ("{{ .p }}", "{home {1}}"),
        ('{{ printf "%v %+v" .p .p.Point }}', "&{home {1}} {X:1}"),
        ("{{ .m.a }}[{{ .m.nope }}]", "b[]"),
        ("{{ kindOf .p }} {{ typeOf .p }} {{ typeOf .m }}", "ptr *maps.Place map[string]string"),
    ],
)
def test_struct_shows_fields_and_methods(text: str, expected: str) -> None:
    assert render(text, place()) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ .p.Nope }}", "can't evaluate field Nope in type interface {}"),
        ("{{ $p := .p }}{{ $p.Nope }}", "can't evaluate field Nope in type *maps.Place"),
        ("{{ .p.Shift }}", "wrong number of args for Shift: want 1 got 0"),
        ('{{ .p.Shift "x" }}', 'expected integer; found "x"'),
        ("{{ .p.Shift .m }}", "wrong type for value; expected int; got map[string]string"),
        ("{{ .p.Name 1 }}", "Name has arguments but cannot be invoked as function"),
        ("{{ .m.a 1 }}", "a is not a method but has arguments"),
    ],
)
def test_struct_refuses(text: str, message: str) -> None:
    with pytest.raises(ExecError) as caught:
        render(text, place())
    assert caught.value.message == message


def test_values_answer_to_their_methods() -> None:
    values = ValuesMap.over({"a": {"b": 1.0}}, {})
    text = '{{ .Values.AsMap.a.b }} {{ (.Values.Table "a").b }} {{ .Values.PathValue "a.b" }}'
    assert render(text, {"Values": values}) == "1 1 1"
