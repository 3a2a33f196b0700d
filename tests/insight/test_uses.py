"""Uses of values in all branches of templates, followed through includes, variables, loops and functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.chart.loader import load_chart
from steersman.insight.use import FIELD
from steersman.insight.uses import Uses, find_uses
from steersman.values.coalesce import coalesce_values
from tests.insight.charts import write_chart


def uses_of(folder: Path, text: str, values: str = "", helper: str = "") -> Uses:
    chart = load_chart(str(write_chart(folder / "web", values=values, map=text, _x=helper)))
    return find_uses(chart, coalesce_values(chart, {}, lambda _text: None))


def read(uses: Uses) -> set[str]:
    """Return the paths of the fields that are read, with dots."""
    return {".".join([*use.path, name]) for use in uses.found if use.how == FIELD for name in use.constants}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("{{ .Values.a.b }}", {"a", "a.b"}),
        ("{{ if false }}{{ $.Values.a }}{{ else }}{{ .Values.b }}{{ end }}", {"a", "b"}),
        ("{{ with .Values.a }}{{ .b }}{{ end }}", {"a", "a.b"}),
        ("{{ range .Values.a }}{{ .b }}{{ end }}", {"a", "a.*.b"}),
        ("{{ range $k, $v := .Values.a }}{{ $v.b }}{{ end }}", {"a", "a.*.b"}),
        ("{{ $x := .Values.a }}{{ if .Values.c }}{{ $x = .Values.b }}{{ end }}{{ $x.d }}", {"a", "b", "c", "a.d", "b.d"}),
        ("{{ (default .Values.a .Values.b).c }}", {"a", "b", "a.c", "b.c"}),
        ('{{ index .Values "a" "b-c" }}', {"a", "a.b-c"}),
        ('{{ get (.Values.a | deepCopy) "b" }}', {"a", "a.b"}),
        ('{{ dig "a" "b" "" .Values.c }}', {"c", "c.a", "c.a.b"}),
        ('{{ (merge (dict "x" 1) .Values.a).b }}', {"a", "a.b"}),
        ("{{ (first .Values.a).b }}", {"a", "a.*.b"}),
        ('{{ include "x" (dict "v" .Values.a "top" $) }}', {"a", "a.helped", "b"}),
        ('{{ template "x" (dict "v" .Values.a "top" .) }}', {"a", "a.helped", "b"}),
        ('{{ include (printf "%s" "x") (dict "v" .Values.a "top" $) }}', {"a", "a.helped", "b"}),
        ('{{ tpl "{{ .Values.a }}" . }}', {"a"}),
        ("{{ tpl .Values.text . }}", {"text", "in_text"}),
        ('{{ $d := dict }}{{ $_ := set $d "k" .Values.a }}{{ $d.k.b }}', {"a", "a.b"}),
    ],
)  # fmt: skip
def test_fields_that_are_read(tmp_path: Path, text: str, paths: set[str]) -> None:
    helper = '{{ define "x" }}{{ .v.helped }}{{ .top.Values.b }}{{ end }}'
    assert read(uses_of(tmp_path, text, 'text: "{{ .Values.in_text }}"\n', helper)) == paths


def test_a_subchart_reads_below_its_name_and_what_its_parent_hands_it(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", map='{{ include "db.x" .Subcharts.db }}')
    write_chart(chart / "charts" / "db", own="{{ .Values.size }}", _x='{{ define "db.x" }}{{ .Values.port }}{{ end }}')
    loaded = load_chart(str(chart))
    assert read(find_uses(loaded, coalesce_values(loaded, {}, lambda _text: None))) == {"db.size", "db.port"}


def test_conditions_around_a_use(tmp_path: Path) -> None:
    text = '{{ if and .Values.a (eq .Values.b "x") (not .Values.c) }}{{ .Values.d }}{{ end }}'
    (use,) = [use for use in uses_of(tmp_path, text).found if use.constants == ("d",)]
    assert [(guard.paths[0][-1], guard.wanted, guard.constant) for guard in use.guards] == [
        ("a", True, None),
        ("b", None, "x"),
        ("c", False, None),
    ]


def test_names_and_files(tmp_path: Path) -> None:
    text = '{{ include "gone" . }}{{ .Files.Get "a.txt" }}{{ if .Values.x }}{{ template "x" . }}{{ end }}'
    uses = uses_of(tmp_path, text, helper='{{ define "x" }}{{ end }}')
    assert [one.name for one in uses.unknown] == ["gone"]
    assert uses.used == {"gone", "x"}
    assert uses.files == {("web", "a.txt")}
    assert not (uses.is_dynamic or uses.is_cut_short or uses.any_file)


def test_a_map_that_is_in_itself_ends(tmp_path: Path) -> None:
    text = '{{ $d := dict "a" .Values.a }}{{ $_ := set $d "d" $d }}{{ toYaml $d }}{{ include "x" $d }}'
    uses = uses_of(tmp_path, text, helper='{{ define "x" }}{{ .d.d.a.b }}{{ end }}')
    assert "a.b" in read(uses)
    assert ("whole", ("a",)) in {(use.how, use.path) for use in uses.found}


def test_maps_that_are_in_themselves_are_one_or_the_other(tmp_path: Path) -> None:
    text = """{{ $a := dict }}{{ $_ := set $a "x" $a }}{{ $b := dict }}{{ $_ := set $b "x" $b }}
{{ $c := ternary $a $b .Values.y }}{{ $d := merge $a $b }}{{ include "x" $c }}"""
    assert "y" in read(uses_of(tmp_path, text, helper='{{ define "x" }}{{ .x.x.x }}{{ end }}'))


def test_calls_without_arguments_are_left_to_the_render(tmp_path: Path) -> None:
    from steersman.engine.functions import function_table

    text = "".join(f"{{{{ if .Values.x }}}}{{{{ {name} }}}}{{{{ end }}}}\n" for name in sorted(function_table()))
    assert "x" in read(uses_of(tmp_path, text))


def test_a_template_that_includes_itself_ends(tmp_path: Path) -> None:
    helper = """{{ define "x" }}{{ range $k, $v := . }}{{ include "x" $v }}{{ include "x" (dict "again" $v) }}{{ end }}{{ end }}"""
    uses = uses_of(tmp_path, '{{ include "x" .Values.tree }}', "tree: {a: {b: {c: 1}}}\n", helper)
    assert ("tree",) in {use.path for use in uses.found}


def test_a_variable_that_grows_in_nested_loops_is_followed(tmp_path: Path) -> None:
    text = (
        "{{ $x := .Values.a }}{{ range .Values.l }}{{ range .m }}{{ $x.k }}{{ $y := $x }}{{ $x = .b }}{{ $y.n }}"
        "{{ end }}{{ end }}{{ $x.end }}"
    )
    found = read(uses_of(tmp_path, text))
    assert found == {
        *("a", "l", "l.*.m", "l.*.m.*.b"),
        *("a.k", "l.*.m.*.b.k", "a.n", "l.*.m.*.b.n", "a.end", "l.*.m.*.b.end"),
    }


def test_a_template_that_goes_through_a_tree_ends_soon(tmp_path: Path) -> None:
    helper = (
        '{{ define "x" }}{{ range $k, $v := .a }}{{ if kindIs "map" $v }}'
        '{{ include "x" (dict "a" $v "b" (index $.b $k)) }}{{ $v.name }}{{ end }}{{ end }}{{ end }}'
    )
    found = uses_of(tmp_path, '{{ include "x" (dict "a" .Values.one "b" .Values.two) }}', "", helper)
    assert {"one.*.name", "one.*.*.name", "one.*.*.*.name"} <= read(found)
    assert max(len(use.path) for use in found.found) <= 6
    assert not found.is_cut_short
