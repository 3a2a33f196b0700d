"""Suites: which templates they render, with which values, and what is an error."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from steersman.action.unittest import UnittestOptions
from steersman.errors import ValuesError
from steersman.unittest.failures import template_and_message
from steersman.unittest.run import RunOptions
from steersman.unittest.set_path import tree_of
from steersman.unittest.templates import full_name
from tests.unittest.charts import make_chart, real_verdicts, results_of, run, verdicts, write_suite

FEATURES = """\
suite: features
values: [values/base.yaml]
set: {replicas: 3}
templates: [deployment.yaml, services.yaml, lookup.yaml]
release: {name: mine, namespace: shop, revision: 7}
chart: {appVersion: 1.10}
capabilities: {majorVersion: 1, minorVersion: 30, apiVersions: [a/v1]}
tests:
- it: the suite's values
  template: deployment.yaml
  asserts:
  - {equal: {path: spec.replicas, value: 3}}
  - {equal: {path: metadata.name, value: mine-web}}
  - {equal: {path: 'metadata.labels["app.kubernetes.io/version"]', value: "1.10"}}
- it: the test's values
  template: templates/deployment.yaml
  values: [values/more.yaml]
  set: {secret: set}
  release: {name: yours}
  chart: {appVersion: 9}
  asserts:
  - {equal: {path: spec.replicas, value: 3}}
  - {equal: {path: metadata.name, value: yours-web}}
  - {equal: {path: 'metadata.labels["app.kubernetes.io/version"]', value: "9"}}
  - {equal: {path: spec.secret, value: set, decodeBase64: true}}
- it: a list in set
  template: services.yaml
  set: {"services[1]": second, "services[0]": gone}
  asserts:
  - {hasDocuments: {count: 1}}
- it: capabilities
  template: lookup.yaml
  capabilities: {minorVersion: 31, apiVersions: [b/v1]}
  asserts:
  - {equal: {path: kube, value: v1.31.0/31}}
  - {equal: {path: apis, value: [b/v1, a/v1]}}
- it: null drops the suite's versions
  template: lookup.yaml
  capabilities: {apiVersions: null}
  asserts:
  - {isNullOrEmpty: {path: apis}}
- it: an upgrade
  template: lookup.yaml
  release: {upgrade: true}
  asserts:
  - {matchRegex: {path: release, pattern: '"IsInstall":false,"IsUpgrade":true,"Name":"mine","Namespace":"shop","Revision":7'}}
- it: a cluster
  template: lookup.yaml
  kubernetesProvider:
    scheme: {"v1/Secret": {gvr: {version: v1, resource: secrets}, namespaced: true}}
    objects:
    - {apiVersion: v1, kind: Secret, metadata: {name: pass, namespace: shop}, data: {a: b}}
    - {apiVersion: v1, kind: Secret, metadata: {name: other, namespace: else}}
  asserts:
  - {equal: {path: secret, value: {a: b}}}
  - {equal: {path: names, value: [pass]}}
- it: no cluster
  template: lookup.yaml
  asserts:
  - {isNull: {path: secret.a}}
- it: the second document
  template: services.yaml
  documentIndex: 1
  asserts:
  - {equal: {path: metadata.name, value: two}}
  - {hasDocuments: {count: 2}}
  - {hasDocuments: {count: 1, filterAware: true}}
- it: an index beyond the last
  template: services.yaml
  asserts:
  - {isKind: {of: Pod}, documentIndex: 2, not: true}
- it: a selected document
  template: services.yaml
  documentSelector: {path: metadata.name, value: two}
  asserts:
  - {equal: {path: 'spec.ports[0].port', value: 81}}
- it: two documents are selected
  template: services.yaml
  documentSelector: {path: kind, value: Service}
  asserts:
  - {isKind: {of: Service}}
- it: many may be selected
  template: services.yaml
  documentSelector: {path: kind, value: Service, matchMany: true}
  asserts:
  - {isKind: {of: Service}}
- it: none is selected
  template: services.yaml
  documentSelector: {path: kind, value: Pod}
  asserts:
  - {isKind: {of: Pod}, not: true}
- it: templates without such a document are passed over
  documentSelector: {path: kind, value: Deployment, skipEmptyTemplates: true}
  asserts:
  - {isKind: {of: Deployment}}
- it: nothing is left
  documentSelector: {path: kind, value: Pod, skipEmptyTemplates: true}
  asserts:
  - {isKind: {of: Pod}}
- it: not rendered
  template: failing.yaml
  asserts:
  - {hasDocuments: {count: 0}}
- it: left out
  skip: {reason: not yet}
  asserts:
  - {isKind: {of: Pod}}
- it: a file that is not there
  values: [gone.yaml]
  asserts:
  - {isKind: {of: Pod}}
- it: a path that is not one
  set: {"a{b": 1}
  asserts:
  - {isKind: {of: Pod}}
- it: a release's name that is not one
  release: {name: No_Name}
  asserts:
  - {isKind: {of: Pod}}
- it: a map that JSON cannot have
  set: {a: {1: x}}
  asserts:
  - {isKind: {of: Pod}}
---
suite: all templates
excludeTemplates: [fail*.yaml, data.json]
includeCrds: true
tests:
- it: everything is rendered
  asserts:
  - {isKind: {of: Db}, template: charts/db/templates/db.yaml}
  - {isKind: {of: CustomResourceDefinition}, template: crds/things.yaml}
  - {matchRegexRaw: {pattern: Thanks}, template: NOTES.txt}
  - {exists: {path: kind}, documentSelector: {path: kind, value: Db, skipEmptyTemplates: true}}
- it: versions of subcharts
  chart: {version: 7.0.0}
  set: {db.size: 5}
  template: charts/db/templates/db.yaml
  asserts:
  - {equal: {path: version, value: 7.0.0}}
  - {equal: {path: size, value: 5}}
- it: the subchart is off
  set: {db.enabled: false}
  template: charts/db/templates/db.yaml
  asserts:
  - {isKind: {of: Db}}
---
suite: failing
templates: [failing.yaml]
tests:
- it: an error of Go's
  set: {size: nil}
  asserts:
  - {failedTemplate: {errorPattern: nil pointer evaluating}}
- it: the rest of a message of several lines
  set: {size: two}
  asserts:
  - {failedTemplate: {errorMessage: second}}
- it: not YAML
  set: {size: text}
  asserts:
  - {hasDocuments: {count: 0}}
- it: a key twice
  set: {size: twice}
  asserts:
  - {exists: {path: a}}
"""
EXPECTED = {
    "an index beyond the last": "fail",
    "two documents are selected": "fail",
    "none is selected": "fail",
    "nothing is left": "skip",
    "not rendered": "fail",
    "left out": "skip",
    "a file that is not there": "error",
    "a path that is not one": "error",
    "a release's name that is not one": "error",
    "a map that JSON cannot have": "error",
    "the subchart is off": "fail",
    "not YAML": "error",
    "a key twice": "error",
}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return make_chart(tmp_path)


def with_features(chart: Path) -> Path:
    write_suite(chart, FEATURES)
    (chart / "tests" / "values").mkdir()
    (chart / "tests" / "values" / "base.yaml").write_text("replicas: 9\nsecret: base\n")
    (chart / "tests" / "values" / "more.yaml").write_text("secret: more\n")
    return chart


def test_the_features_of_suites(chart: Path) -> None:
    found = results_of(run(with_features(chart)))
    assert len(found) == FEATURES.count("- it: ")
    assert {t.name: t.verdict for t in found} == {t.name: EXPECTED.get(t.name, "pass") for t in found}


def test_the_features_are_helm_unittests(chart: Path) -> None:
    assert verdicts(run(with_features(chart))) == real_verdicts(chart)


BROKEN = {
    "no tests found": "suite: x\n",
    "no asserts found": "tests: [{it: x}]",
    "tests: must be a list, not a map": "tests: {}",
    "templates: must be a list, not a string": "templates: a.yaml\ntests: [{asserts: [{isKind: {of: A}}]}]",
    "Assertion type `isAKind` is invalid": "tests: [{asserts: [{isAKind: {of: A}}]}]",
    "no assertion type defined": "tests: [{asserts: [{template: a}]}]",
    "declared duplicately": "tests: [{asserts: [{isKind: {of: A}, exists: {path: a}}]}]",
    "of: must be a string, not a number": "tests: [{asserts: [{isKind: {of: 1}}]}]",
    "must be a map, not a string": "tests: [{asserts: [{isKind: A}]}]",
    "count: must be a whole number": "tests: [{asserts: [{hasDocuments: {count: one}}]}]",
    "empty 'documentSelector.path'": "tests: [{asserts: [{isKind: {of: A}, documentSelector: {value: 1}}]}]",
    "already defined": "suite: a\nsuite: b\ntests: [{asserts: [{isKind: {of: A}}]}]",
    "must be a map, not a list": "- suite\n",
    "did not find": "a: [",
}


@pytest.mark.parametrize("problem", BROKEN)
def test_a_file_that_is_not_a_suite_ends_the_run_of_the_chart(problem: str, chart: Path) -> None:
    write_suite(chart, "tests: [{asserts: [{isKind: {of: Deployment}}]}]")
    write_suite(chart, BROKEN[problem], "b_test.yaml")
    result = run(chart)
    assert result.suites == ()
    assert problem in (result.error or "")
    assert "b_test.yaml" in (result.error or "")


def test_unknown_keys_are_errors_where_strict(chart: Path) -> None:
    write_suite(
        chart,
        "tmplates: [a]\ntests: [{it: x, template: deployment.yaml, oops: 1, asserts: [{isKind: {of: Deployment}}]}]",
    )
    assert verdicts(run(chart)) == {"x": "pass"}
    assert "tmplates: unknown key" in (run(chart, UnittestOptions(strict=True, workers=1)).error or "")


@pytest.mark.parametrize("before", ["", "suite: s\n", "suite: s\n\n\n"])
def test_backslashes_in_double_quotes(before: str, chart: Path) -> None:
    suite = (
        'tests: [{it: x, template: deployment.yaml, asserts: [{matchRegex: {path: spec.weight, pattern: "1\\.5"}}]}]'
    )
    write_suite(chart, before + suite.replace("spec.weight", "metadata.name").replace("1\\.5", "E\\-web"))
    assert verdicts(run(chart)) == {"x": "pass"}


def test_a_broken_suite_of_a_subchart_leaves_the_others(chart: Path) -> None:
    write_suite(chart, "tests: [{it: x, template: deployment.yaml, asserts: [{isKind: {of: Deployment}}]}]")
    write_suite(chart / "charts" / "db", "tests: []")
    result = run(chart)
    assert verdicts(result) == {"x": "pass"}
    assert "no tests found" in result.notes[0]
    assert result.passed


def test_suites_of_subcharts_that_are_off(chart: Path) -> None:
    write_suite(
        chart / "charts" / "db", "tests: [{it: db, set: {size: 4}, asserts: [{equal: {path: size, value: 4}}]}]"
    )
    assert verdicts(run(chart)) == {"db": "pass"}
    assert verdicts(run(chart, UnittestOptions(with_subcharts=False, workers=1))) == {}
    values = chart / "values.yaml"
    values.write_text(values.read_text().replace("db: {enabled: true}", "db: {enabled: false}"))
    assert verdicts(run(chart)) == {}


def test_the_first_failure_can_end_a_chart(chart: Path) -> None:
    failing = "tests: [{it: NAME 1, template: deployment.yaml, asserts: [{isKind: {of: A}}]}, {it: NAME 2, asserts: [{isKind: {of: A}}]}]"
    for name in ("a", "b"):
        write_suite(chart, failing.replace("NAME", name), f"{name}_test.yaml")
    assert verdicts(run(chart, UnittestOptions(run=RunOptions(fail_fast=True)))) == {"a 1": "fail"}


def test_several_processes_give_the_same_results(chart: Path) -> None:
    with_features(chart)
    for number in range(5):
        write_suite(chart, FEATURES.replace("suite: ", f"suite: {number} "), f"b{number}_test.yaml")
    one, four = run(chart), run(chart, UnittestOptions(workers=4))
    assert [(s.name, s.file, [(t.name, t.verdict) for t in s.tests]) for s in four.suites] == [
        (s.name, s.file, [(t.name, t.verdict) for t in s.tests]) for s in one.suites
    ]
    assert len(four.suites) == 18


def test_a_post_renderer_changes_what_is_asserted(chart: Path) -> None:
    script = chart.parent / "upper.py"
    script.write_text("import sys; sys.stdout.write(sys.stdin.read().replace('Deployment', 'Changed'))")
    write_suite(
        chart,
        f"templates: [deployment.yaml]\npostRenderer: {{cmd: {sys.executable}, args: [{script}]}}\n"
        "tests: [{it: x, asserts: [{isKind: {of: Changed}}]}]",
    )
    assert verdicts(run(chart)) == {"x": "pass"}
    script.write_text("print('kind: Whole')")
    write_suite(
        chart,
        f"templates: [deployment.yaml]\npostRenderer: {{cmd: {sys.executable}, args: [{script}]}}\n"
        "tests: [{it: x, asserts: [{isKind: {of: Whole}}]}]",
    )
    assert verdicts(run(chart)) == {"x": "pass"}


def test_suites_that_templates_make(chart: Path) -> None:
    made = chart / "tests-chart"
    (made / "templates").mkdir(parents=True)
    (made / "Chart.yaml").write_text("apiVersion: v2\nname: made\nversion: 1.0.0\n")
    (made / ".helmignore").write_text("*.snap\n")
    (made / "templates" / "a.yaml").write_text(
        "{{ range list 2 3 }}\n---\nsuite: of {{ . }}\ntemplates: [deployment.yaml]\ntests:\n"
        "- it: has {{ . }}\n  set: {replicas: {{ . }}}\n  asserts:\n  - {equal: {path: spec.replicas, value: {{ . }}}}\n"
        "  - {matchSnapshot: {path: kind}}\n{{ end }}\n"
    )
    result = run(chart, UnittestOptions(chart_tests_path="tests-chart", workers=1))
    assert verdicts(result) == {"has 2": "pass", "has 3": "pass"}
    assert sorted(p.name for p in made.rglob("*.snap")) == ["a.yaml_0.snap", "a.yaml_1.snap"]
    (made / "templates" / "b.yaml").write_text("{{/* nothing */}}")
    assert "did not render" in (run(chart, UnittestOptions(chart_tests_path="tests-chart", workers=1)).error or "")


@pytest.mark.parametrize(
    ("path", "tree"),
    [
        ("a.b", {"a": {"b": 1}}),
        ("a[1].b", {"a": [None, {"b": 1}]}),
        ("a.[b.c/d]", {"a": {"b.c/d": 1}}),
        ("a.[b]", {"a": {"b": 1}}),
        ("a[0][1]", {"a": [[None, 1]]}),
    ],
)
def test_paths_of_set(path: str, tree: object) -> None:
    assert tree_of(path, 1) == tree


@pytest.mark.parametrize(
    "path", ["", "a.", "a,b", "a{", "a]", "a[b]", "a[0", "a[0]]", "a[-1]", "a[99999999]", "a.[b[", "a=1"]
)
def test_paths_of_set_that_are_refused(path: str) -> None:
    with pytest.raises(ValuesError):
        tree_of(path, 1)


def test_names_of_templates() -> None:
    assert full_name("web", "a.yaml") == "web/templates/a.yaml"
    assert full_name("web", "templates/a.yaml") == "web/templates/a.yaml"
    assert full_name("web/charts/db", "charts/x/templates/a.yaml") == "web/charts/db/charts/x/templates/a.yaml"
    assert full_name("web", "crds/a.yaml") == "web/crds/a.yaml"
    assert full_name("web", "**") == "web/**"


def test_messages_of_failed_templates() -> None:
    assert template_and_message("execution error at (web/templates/a.yaml:3:4): x: y") == (
        "web/templates/a.yaml",
        "x: y",
    )
    whole = 'template: web/templates/a.yaml:5:6: executing "a" at <b>: error calling c: d'
    assert template_and_message(whole) == ("web/templates/a.yaml", "error calling c: d")
    # go: with a column of two digits the nearest ": " is another one
    assert template_and_message(whole.replace(":6:", ":16:")) == (
        "web/templates/a.yaml", 'executing "a" at <b>: error calling c: d',
    )  # fmt: skip
    assert template_and_message("values don't fit") is None
