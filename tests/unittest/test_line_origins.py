"""Failing assertions name the template line behind them, and the values in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.unittest.line_origins import LineOrigin
from steersman.unittest.path import keys_of
from tests.insight.charts import write_chart
from tests.unittest.charts import run

TEMPLATE = """\
{{- if .Values.enabled }}
kind: ConfigMap
metadata:
  name: {{ include "name" . }}
data:
  size: {{ .Values.size | quote }}
  items:
  - name: a
    port: {{ .Values.ports.a }}
  - name: b
    port: {{ .Values.ports.b }}
---
kind: Secret
data:
  key: {{ .Values.secret }}
{{- end }}
"""
HELPERS = '{{- define "name" -}}\n{{ .Values.name }}-x\n{{- end }}\n'
VALUES = "enabled: true\nsize: 1\nports: {a: 1, b: 2}\nname: web\nsecret: s\n"


def origin_of(folder: Path, assertion: str, *, given: str = "{}", index: int = 0) -> LineOrigin | None:
    chart = write_chart(folder / "web", values=VALUES, t=TEMPLATE, _helpers=HELPERS)
    (chart / "tests").mkdir()
    suite = f"suite: s\ntemplates: [t.yaml]\ntests:\n- it: t\n  set: {given}\n  documentIndex: {index}\n  asserts: [{assertion}]\n"
    (chart / "tests" / "s_test.yaml").write_text(suite)
    (test,) = run(chart).suites[0].tests
    (result,) = test.assertions
    return result.failures[0].origin


def places(origin: LineOrigin | None) -> list[str]:
    assert origin is not None
    return [f"{place.rpartition('/')[2]} {text}" for place, text in origin.places]


def test_the_line_of_a_value_and_what_set_it(tmp_path: Path) -> None:
    origin = origin_of(tmp_path, "equal: {path: data.size, value: '2'}", given="{size: 3}")
    assert places(origin) == ["t.yaml:6 size: {{ .Values.size | quote }}"]
    assert origin is not None and origin.is_exact
    assert origin.values == (("size = 3", "the suite"), ("enabled = true", "web/values.yaml:1"))


def test_the_chain_of_includes(tmp_path: Path) -> None:
    origin = origin_of(tmp_path, "equal: {path: metadata.name, value: y}")
    assert places(origin) == ['t.yaml:4 name: {{ include "name" . }}', "_helpers.tpl:2 {{ .Values.name }}-x"]


def test_an_item_that_a_filter_finds(tmp_path: Path) -> None:
    origin = origin_of(tmp_path, "equal: {path: 'data.items[?(@.name == \"b\")].port', value: 3}")
    assert places(origin) == ["t.yaml:11 port: {{ .Values.ports.b }}"]


def test_a_later_document(tmp_path: Path) -> None:
    assert places(origin_of(tmp_path, "equal: {path: data.key, value: t}", index=1)) == [
        "t.yaml:15 key: {{ .Values.secret }}"
    ]


def test_a_path_that_leads_nowhere_is_followed_as_far_as_it_leads(tmp_path: Path) -> None:
    origin = origin_of(tmp_path, "exists: {path: data.sizes.max}")
    assert places(origin) == ["t.yaml:5 data:"]
    assert origin is not None and not origin.is_exact


def test_a_path_with_no_line_has_no_origin(tmp_path: Path) -> None:
    assert origin_of(tmp_path, "exists: {path: other}") is None


@pytest.mark.parametrize(
    ("path", "keys", "is_whole"),
    [
        ("a", ("a",), True),
        ("a[1].b", ("a", 1, "b"), True),
        ("a[*].b", ("a", 0, "b"), True),
        ('["x.y"]', ("x.y",), True),
        ("a[7].b", ("a",), False),
        ("n.o.p", (), False),
        ("x.y", (), False),
    ],
)
def test_keys_of_a_path(path: str, keys: tuple[object, ...], is_whole: bool) -> None:
    tree = {"a": [{"b": 1}, {"b": 1}], "x.y": 1}
    assert keys_of(tree, path) == (keys, is_whole)


SCRIPTS = """\
kind: ConfigMap
data:
  script: |
    one
    two {{ .Values.name }}

    three {{ .Values.size }}
  folded: >-
    some
    {{ .Values.name }}
  items:
  - |
    {{ .Values.secret }}
    end
  plain: "|"
  other: 1
"""


def script_origin(folder: Path, assertion: str) -> tuple[list[str], list[str]]:
    chart = write_chart(folder / "web", values=VALUES, t=SCRIPTS)
    (chart / "tests").mkdir()
    (chart / "tests" / "s_test.yaml").write_text(
        f"suite: s\ntemplates: [t.yaml]\ntests:\n- it: t\n  asserts: [{assertion}]\n"
    )
    (test,) = run(chart).suites[0].tests
    origin = test.assertions[0].failures[0].origin
    assert origin is not None and origin.is_exact
    return places(origin), [value for value, _ in origin.values]


@pytest.mark.parametrize(
    ("assertion", "lines", "values"),
    [
        # the first line that differs
        (r'equal: {path: data.script, value: "one\ntwo x\n\nthree 1\n"}', ["5 two {{ .Values.name }}"], ['name = "web"']),
        (r'equal: {path: data.script, value: "one\ntwo web\n\nthree 2\n"}', ["7 three {{ .Values.size }}"], ["size = 1"]),
        (r'equal: {path: data.script, value: "0\ntwo x\n"}', ["4 one"], []),
        (r'equal: {path: "data.items[0]", value: "t\nend\n"}', ["13 {{ .Values.secret }}"], ['secret = "s"']),
        # where no line can be said to differ, the first and those with values
        (
            "matchRegex: {path: data.script, pattern: ^a}",
            ["3 script: |", "5 two {{ .Values.name }}", "7 three {{ .Values.size }}"],
            ['name = "web"', "size = 1"],
        ),
        ("equal: {path: data.script, value: 5}", ["3 script: |", "5 two {{ .Values.name }}", "7 three {{ .Values.size }}"],
         ['name = "web"', "size = 1"]),
        ("equal: {path: data.folded, value: some}", ["8 folded: >-", "10 {{ .Values.name }}"], ['name = "web"']),
        ("equal: {path: data.plain, value: a}", ['15 plain: "|"'], []),
    ],
)  # fmt: skip
def test_the_line_of_a_text_of_several_lines(
    tmp_path: Path, assertion: str, lines: list[str], values: list[str]
) -> None:
    found, read = script_origin(tmp_path, assertion)
    assert found == [f"t.yaml:{line}" for line in lines]
    assert read == values
