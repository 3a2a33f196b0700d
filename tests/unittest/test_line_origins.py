"""Failing assertions name the template line behind them, and the values in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.unittest.differences import differences
from steersman.unittest.line_origins import LineOrigin
from steersman.unittest.path import find, keys_of, path_of
from steersman.unittest.results import TestResult
from steersman.unittest.show import test_text
from steersman.yamlio.version3 import GeneralMap
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


@pytest.mark.parametrize(
    ("suite", "test", "origin"),
    [
        ("values: [v.yaml]", "", ("size = 7", "tests/v.yaml:2")),
        ("", "values: [v.yaml]", ("size = 7", "tests/v.yaml:2")),
        ("values: [v.yaml]", "values: [../w.yaml]", ("size = 8", "w.yaml:1")),
        ("values: [v.yaml]", "set: {size: 9}", ("size = 9", "the suite")),
        ("set: {size: 9}", "values: [v.yaml]", ("size = 9", "the suite")),
        ("values: [v.yaml]", "set: {name: n}", ("size = 7", "tests/v.yaml:2")),
    ],
)
def test_a_value_of_a_values_file_is_shown_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suite: str, test: str, origin: tuple[str, str]
) -> None:
    chart = write_chart(tmp_path / "web", values=VALUES, t=TEMPLATE, _helpers=HELPERS)
    (chart / "tests").mkdir()
    (chart / "tests" / "v.yaml").write_text("# mine\nsize: 7\n")
    (chart / "w.yaml").write_text("size: 8\n")
    (chart / "tests" / "s_test.yaml").write_text(
        f"suite: s\ntemplates: [t.yaml]\n{suite}\ntests:\n- it: t\n  {test}\n  documentIndex: 0\n"
        "  asserts: [{equal: {path: data.size, value: '2'}}]\n"
    )
    monkeypatch.chdir(chart)
    (result,) = run(chart, path=".").suites[0].tests[0].assertions
    found = result.failures[0].origin
    assert found is not None and found.values == (origin, ("enabled = true", "web/values.yaml:1"))


def test_a_value_of_a_values_file_of_a_suite_of_a_subchart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = write_chart(tmp_path / "web", dependencies="dependencies: [{name: db, version: 1.0.0}]\n")
    inner = write_chart(chart / "charts" / "db", values="a: 1\n", t="a: {{ .Values.a }}\nb: {{ .Values.global.b }}\n")
    (inner / "tests").mkdir()
    (inner / "tests" / "v.yaml").write_text("a: 2\nglobal:\n  b: 3\n")
    (inner / "tests" / "s_test.yaml").write_text(
        "suite: s\ntemplates: [t.yaml]\nvalues: [v.yaml]\ntests:\n- it: t\n"
        "  asserts: [{equal: {path: a, value: 9}}, {equal: {path: b, value: 9}}]\n"
    )
    monkeypatch.chdir(chart)
    results = run(chart, path=".").suites[0].tests[0].assertions
    found = [one.failures[0].origin for one in results]
    assert [one.values for one in found if one is not None] == [
        (("db.a = 2", "charts/db/tests/v.yaml:1"),),
        (("db.global.b = 3", "charts/db/tests/v.yaml:3"),),
    ]


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


TREES = """\
kind: Deployment
metadata:
  name: {{ include "name" . }}
  labels:
    version: {{ .Chart.Version }}
    {{- toYaml .Values.labels | nindent 4 }}
spec:
  containers:
  - name: main
    image: {{ .Values.image }}
    args: {{ toYaml .Values.args | nindent 4 }}
  - name: side
    image: {{ .Values.side }}
"""
TREE_VALUES = "name: web\nlabels: {team: a, tier: b}\nimage: nginx\nside: envoy\nargs: [v, w]\n"
SNAPSHOT = """\
t:
  1: |
    kind: Deployment
    metadata:
      labels:
        team: a
        tier: b
        version: 0.9.0
      name: web-x
    spec:
      containers:
        - args:
            - v
          image: nginx
          name: main
        - image: envoy
          name: side
"""


def result_of(folder: Path, assertion: str, *, given: str = "{}", notes: str = "", snapshot: str = "") -> TestResult:
    chart = write_chart(folder / "web", values=TREE_VALUES, t=TREES, _helpers=HELPERS)
    (chart / "templates" / "NOTES.txt").write_text(notes)
    (chart / "tests" / "__snapshot__").mkdir(parents=True)
    template = "NOTES.txt" if notes else "t.yaml"
    (chart / "tests" / "s_test.yaml").write_text(
        f"suite: s\ntemplates: [{template}]\ntests:\n- it: t\n  set: {given}\n  asserts: [{assertion}]\n"
    )
    if snapshot:
        (chart / "tests" / "__snapshot__" / "s_test.yaml.snap").write_text(snapshot)
    (test,) = run(chart).suites[0].tests
    assert not test.passed
    return test


def shown_places(test: TestResult) -> list[tuple[str, str, str]]:
    """Return each place of a failure: its path, what is wrong, and the last line and the values behind it."""
    found = []
    for failure in (failure for result in test.assertions for failure in result.failures):
        for place in failure.places:
            origin = place.origin
            line = places(origin)[-1].partition(" ")[0] if origin is not None else ""
            values = ", ".join(value for value, _ in origin.values) if origin is not None else ""
            found.append((place.path, place.problem, f"{line} {values}".strip()))
    return found


MAIN = "{name: main, image: nginx, args: [v, w]}"


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        (
            f"equal: {{path: spec.containers, value: [{MAIN}, {{name: side, image: other}}]}}",
            [("spec.containers[1].image", '"envoy", not "other"', 't.yaml:13 side = "envoy"')],
        ),
        # an item that is new leaves those behind it as they were
        (
            "equal: {path: spec.containers, value: [{name: side, image: envoy}]}",
            [
                ("spec.containers[0].name", '"main", not expected', "t.yaml:9"),
                ("spec.containers[0].image", '"nginx", not expected', 't.yaml:10 image = "nginx"'),
                ("spec.containers[0].args[0]", '"v", not expected', 't.yaml:11 args[0] = "v"'),
                ("spec.containers[0].args[1]", '"w", not expected', 't.yaml:11 args[1] = "w"'),
            ],
        ),
        (
            "equal: {path: metadata, value: {name: y, labels: {version: 1.0.0, team: a, tier: b}, more: 1}}",
            [
                ("metadata.name", '"web-x", not "y"', '_helpers.tpl:2 name = "web"'),
                ("metadata.more", "missing, expected 1", "t.yaml:2"),
            ],
        ),
        (
            'equal: {path: "spec.containers[0].args", value: [v, w, z]}',
            [("spec.containers[0].args", 'an item is missing: "z"', "t.yaml:11")],
        ),
        ("equal: {path: spec.containers, value: x}", [("spec.containers", 'a list, not "x"', "t.yaml:8")]),
        (
            "notEqual: {path: metadata.labels, value: {version: 1.0.0, team: a, tier: b}}",
            [
                ("metadata.labels.version", '"1.0.0"', 't.yaml:5 .Chart.Version = "1.0.0"'),
                ("metadata.labels.team", '"a"', 't.yaml:6 labels.team = "a"'),
                ("metadata.labels.tier", '"b"', 't.yaml:6 labels.tier = "b"'),
            ],
        ),
        # a list without the item: how the item that is most like it differs
        (
            "contains: {path: spec.containers, content: {name: side, image: x}}",
            [("spec.containers[1].image", '"envoy", not "x"', 't.yaml:13 side = "envoy"')],
        ),
        (
            "contains: {path: spec.containers, content: {name: main, image: x}, any: true}",
            [("spec.containers[0].image", '"nginx", not "x"', 't.yaml:10 image = "nginx"')],
        ),
        (
            'contains: {path: "spec.containers[0].args", content: z}',
            [
                ("spec.containers[0].args[0]", '"v"', 't.yaml:11 args[0] = "v"'),
                ("spec.containers[0].args[1]", '"w"', 't.yaml:11 args[1] = "w"'),
            ],
        ),
        (
            'notContains: {path: "spec.containers[0].args", content: w}',
            [("spec.containers[0].args[1]", '"w"', 't.yaml:11 args[1] = "w"')],
        ),
        (
            "notContains: {path: spec.containers, content: {name: side}, any: true}",
            [
                ("spec.containers[1].name", '"side"', "t.yaml:12"),
                ("spec.containers[1].image", '"envoy"', 't.yaml:13 side = "envoy"'),
            ],
        ),
        (
            "isSubset: {path: metadata.labels, content: {team: z, tier: b, more: [1]}}",
            [
                ("metadata.labels.team", '"a", not "z"', 't.yaml:6 labels.team = "a"'),
                ("metadata.labels.more", "missing, expected a list", "t.yaml:4"),
            ],
        ),
        (
            "isNotSubset: {path: metadata.labels, content: {tier: b}}",
            [("metadata.labels.tier", '"b"', 't.yaml:6 labels.tier = "b"')],
        ),
        (
            'isNull: {path: "spec.containers[0].args"}',
            [
                ("spec.containers[0].args[0]", '"v"', 't.yaml:11 args[0] = "v"'),
                ("spec.containers[0].args[1]", '"w"', 't.yaml:11 args[1] = "w"'),
            ],
        ),
        (
            "isEmpty: {path: metadata.labels}",
            [
                ("metadata.labels.version", '"1.0.0"', 't.yaml:5 .Chart.Version = "1.0.0"'),
                ("metadata.labels.team", '"a"', 't.yaml:6 labels.team = "a"'),
                ("metadata.labels.tier", '"b"', 't.yaml:6 labels.tier = "b"'),
            ],
        ),
    ],
)
def test_the_places_in_maps_and_lists_that_differ(
    tmp_path: Path, assertion: str, expected: list[tuple[str, str, str]]
) -> None:
    assert shown_places(result_of(tmp_path, assertion)) == expected


def test_the_places_of_a_snapshot_of_a_whole_document(tmp_path: Path) -> None:
    test = result_of(tmp_path, "matchSnapshot: {}", given="{labels.team: c}", snapshot=SNAPSHOT)
    assert shown_places(test) == [
        ("metadata.labels.team", '"c", not "a"', 't.yaml:6 labels.team = "c"'),
        ("metadata.labels.version", '"1.0.0", not "0.9.0"', 't.yaml:5 .Chart.Version = "1.0.0"'),
        ("spec.containers[0].args[1]", '"w", not expected', 't.yaml:11 args[1] = "w"'),
    ]
    text = test_text(test)
    assert "  snapshot 1 differs\n" in text  # what it says first is as for a scalar
    assert (
        '  metadata.labels.team: "c", not "a"\n'
        "    written by\n"
        "      web/templates/t.yaml:6  {{- toYaml .Values.labels | nindent 4 }}\n"
        "    from\n"
        '      labels.team = "c"  the suite\n'
    ) in text


def test_of_many_places_the_first_are_shown(tmp_path: Path) -> None:
    labels = ", ".join(f"l{number}: x" for number in range(9))
    test = result_of(tmp_path, "equal: {path: metadata.labels, value: {}}", given=f"{{labels: {{{labels}}}}}")
    assert len(shown_places(test)) == 5
    assert test_text(test).endswith("\n  and 7 other places")


def test_a_subset_shows_only_what_is_wrong(tmp_path: Path) -> None:
    text = test_text(result_of(tmp_path, "isSubset: {path: metadata.labels, content: {team: z, tier: b}}"))
    assert "  -team: z\n  +team: a\n" in text
    assert "tier" not in text and "version" not in text


@pytest.mark.parametrize(
    ("assertion", "snapshot"),
    [
        (r'equalRaw: {value: "Thanks\nfor x\n"}', ""),
        ("matchSnapshotRaw: {}", "t:\n  1: |\n    |\n      Thanks\n      for x\n"),
    ],
)
def test_the_first_line_of_notes_that_differs(tmp_path: Path, assertion: str, snapshot: str) -> None:
    test = result_of(tmp_path, assertion, notes="\nThanks\nfor {{ .Values.image }}\n", snapshot=snapshot)
    (failure,) = test.assertions[0].failures
    assert places(failure.origin) == ["NOTES.txt:3 for {{ .Values.image }}"]
    assert failure.origin is not None and failure.origin.values == (('image = "nginx"', "web/values.yaml:3"),)


def test_each_value_that_a_path_finds_has_its_own_line(tmp_path: Path) -> None:
    test = result_of(tmp_path, 'equal: {path: "spec.containers[*].image", value: x}')
    assert [places(failure.origin)[0] for failure in test.assertions[0].failures] == [
        "t.yaml:10 image: {{ .Values.image }}",
        "t.yaml:13 image: {{ .Values.side }}",
    ]


def test_the_version_that_a_suite_gives_the_chart_is_of_the_suite(tmp_path: Path) -> None:
    test = result_of(
        tmp_path, "equal: {path: metadata.labels.version, value: x}", given="{}\n  chart: {version: 7.0.0}"
    )
    (failure,) = test.assertions[0].failures
    assert failure.origin is not None and failure.origin.values == (('.Chart.Version = "7.0.0"', "the suite"),)


@pytest.mark.parametrize(
    ("expected", "actual", "problems"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": "1"}, ['a: "1", not 1']),
        ({"a": 1.0}, {"a": 1}, ["a: 1, not 1.0"]),
        ({"a": "x\ny"}, {"a": "x\nz"}, ["a: the texts differ"]),
        ({"a": {}}, {"a": []}, ["a: [], not {}"]),
        ({"a": None}, {}, ["a: missing, expected null"]),
        ({"a": {}}, {"a": {"b": {"c": 1}}}, ["a.b.c: 1, not expected"]),
        ({"a": [1, 2, 3]}, {"a": [1, 3]}, ["a: an item is missing: 2"]),
        ([1, 2], [2], [": an item is missing: 1"]),
        ("x", "y", []),
    ],
)
def test_differences_of_values(expected: object, actual: object, problems: list[str]) -> None:
    assert [f"{path_of(actual, one.keys)}: {one.problem}" for one in differences(expected, actual)] == problems


@pytest.mark.parametrize("keys", [("a", 0, "b"), ("x.y", "z z"), ('q"\\', "1"), ("n", 8080), ("m", "a/b-c")])
def test_a_path_finds_what_it_was_made_for(keys: tuple[object, ...]) -> None:
    tree = {"a": [{"b": 7}], "x.y": {"z z": 7}, 'q"\\': {"1": 7}, "n": GeneralMap({8080: 7}), "m": {"a/b-c": 7}}
    assert find(tree, path_of(tree, keys)) == [7]
