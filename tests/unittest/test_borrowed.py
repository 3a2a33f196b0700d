"""Behaviour of helm-unittest that its suites depend on, one test for each note in the source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unittest.charts import make_chart, real_verdicts, run, verdicts, write_suite


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return make_chart(tmp_path)


def verdict(chart: Path, test: str, suite: str = "") -> str:
    """Return the verdict of one test, which the real tool's must be where there is one."""
    write_suite(chart, f"{suite}\ntests:\n- it: x\n  {test}\n")
    found = verdicts(run(chart))
    if os.environ.get("HELM_UNITTEST"):
        assert found == real_verdicts(chart)
    return found["x"]


def of(chart: Path, assertion: str, template: str = "deployment.yaml") -> str:
    return verdict(chart, f"template: {template}\n  asserts: [{{{assertion}}}]")


def make_template(chart: Path, text: str) -> None:
    (chart / "templates" / "made.yaml").write_text(text)


def test_a_block_before_a_separator(chart: Path) -> None:
    make_template(chart, "a: |\n  text\n---\nb: 1\n")
    assert of(chart, 'equal: {path: a, value: "text\\n"}, documentIndex: 0', "made.yaml") == "pass"


def test_a_document_without_a_kind(chart: Path) -> None:
    make_template(chart, "metadata: {name: x}\n")
    assert of(chart, "containsDocument: {kind: Any, apiVersion: v9, name: x}", "made.yaml") == "pass"


def test_a_pattern_that_is_none(chart: Path) -> None:
    make_template(chart, "# nothing\n")
    assert of(chart, "notMatchRegex: {path: a, pattern: '('}", "made.yaml") == "pass"
    assert of(chart, "notMatchRegex: {path: a, pattern: '('}") == "fail"


def test_a_pattern_where_nothing_failed(chart: Path) -> None:
    assert of(chart, "failedTemplate: {errorPattern: x}") == "fail"
    assert of(chart, "notFailedTemplate: {errorPattern: x}") == "pass"


def test_a_skipped_assertion_behind_a_failed_one(chart: Path) -> None:
    selector = "documentSelector: {path: kind, value: Pod, skipEmptyTemplates: true}"
    first = "{isKind: {of: Pod}, documentSelector: {path: kind, value: Deployment}}"
    assert (
        verdict(chart, f"template: deployment.yaml\n  {selector}\n  asserts: [{first}, {{isKind: {{of: Pod}}}}]")
        == "pass"
    )


def test_a_template_is_searched_for(chart: Path) -> None:
    (chart / "templates" / "deployment.yaml.more.yaml").write_text("kind: More\n")
    asserts = "asserts: [{isKind: {of: More}, template: deployment.yaml.more.yaml}]"
    assert verdict(chart, asserts, "templates: [deployment.yaml]") == "pass"


def test_a_whole_float_is_found_as_an_integer(chart: Path) -> None:
    make_template(chart, "small: 100000.0\nlarge: 1000000.0\nlist: [1.0, 1.5]\n")
    assert of(chart, "isType: {path: small, type: int}", "made.yaml") == "pass"
    assert of(chart, "isType: {path: large, type: float64}", "made.yaml") == "pass"
    assert of(chart, "equal: {path: list, value: [1, 1.5]}", "made.yaml") == "pass"
    assert of(chart, "equal: {value: {small: 100000.0, large: 1e6, list: [1.0, 1.5]}}", "made.yaml") == "pass"


def test_base64_with_line_breaks(chart: Path) -> None:
    make_template(chart, "a: |\n  aGlk\n  ZGVu\n")
    assert of(chart, "equal: {path: a, value: hidden, decodeBase64: true}", "made.yaml") == "pass"


def test_lists_of_several_paths(chart: Path) -> None:
    make_template(chart, "a: [1]\nb: [1, 2]\nc: [3]\n")
    assert of(chart, "lengthEqual: {paths: [a, b]}", "made.yaml") == "fail"
    assert of(chart, "notLengthEqual: {paths: [a, b]}", "made.yaml") == "pass"
    assert of(chart, "notLengthEqual: {paths: [a, b, c]}", "made.yaml") == "fail"


def test_lookup_without_a_namespace(chart: Path) -> None:
    make_template(chart, 'found: x{{ (lookup "v1" "Secret" "" "pass").kind }}x\n')
    provider = (
        'kubernetesProvider: {scheme: {"v1/Secret": {gvr: {version: v1, resource: secrets}, namespaced: true}}, '
        "objects: [{apiVersion: v1, kind: Secret, metadata: {name: pass, namespace: shop}}]}"
    )
    asserts = "asserts: [{equal: {path: found, value: xx}}]"
    assert verdict(chart, f"template: made.yaml\n  {provider}\n  {asserts}", "templates: [made.yaml]") == "pass"


def test_not_greater_or_equal_always_holds(chart: Path) -> None:
    assert of(chart, "notGreaterOrEqual: {path: spec.replicas, value: 1}") == "pass"
    assert of(chart, "notGreaterOrEqual: {path: spec.replicas, value: 9}") == "pass"


def test_null_drops_the_suites_versions(chart: Path) -> None:
    suite = "templates: [lookup.yaml]\ncapabilities: {apiVersions: [a/v1]}"
    asserts = "asserts: [{contains: {path: apis, content: a/v1}}]"
    assert verdict(chart, asserts, suite) == "pass"
    assert verdict(chart, f"capabilities: {{apiVersions: null}}\n  {asserts}", suite) == "fail"
    assert verdict(chart, f"capabilities: {{apiVersions: []}}\n  {asserts}", suite) == "pass"


def test_raw_assertions_on_yaml(chart: Path) -> None:
    assert of(chart, "matchRegexRaw: {pattern: ^<nil>$}") == "pass"


def test_the_length_of_what_is_not_a_list(chart: Path) -> None:
    assert of(chart, "lengthEqual: {path: kind, count: 0}") == "pass"
    assert of(chart, "lengthEqual: {paths: [kind]}") == "fail"


def test_types_that_differ_later(chart: Path) -> None:
    make_template(chart, "up: [5, x]\ndown: [x, 5]\n")
    assert of(chart, "greaterOrEqual: {path: 'up[*]', value: 3}", "made.yaml") == "pass"
    assert of(chart, "greaterOrEqual: {path: 'down[*]', value: 3}", "made.yaml") == "fail"


def test_yes_is_a_boolean_in_a_typed_field(chart: Path) -> None:
    test = "release: {upgrade: yes}\n  asserts: [{matchRegex: {path: release, pattern: IsUpgrade.:true}}]"
    assert verdict(chart, test, "templates: [lookup.yaml]") == "pass"


@pytest.mark.parametrize("name", ["/deployment.yaml", "//deployment.yaml", "./deployment.yaml"])
def test_a_template_with_a_slash_in_front(chart: Path, name: str) -> None:
    kind = "asserts: [{isKind: {of: Deployment}}]"
    assert verdict(chart, f"template: {name}\n  {kind}", "templates: [deployment.yaml]") == "pass"
    assert verdict(chart, kind, f"templates: [{name}]") == "pass"
    assert verdict(chart, "asserts: [{isKind: {of: Pod}}]", f"templates: [{name}]") == "fail"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("[~, {isKind: {of: Deployment}}]", "fail"),
        ("[{isKind: {of: Deployment}}, ~]", "pass"),
        ("[{isKind: {of: Deployment}}, ~, {isKind: {of: Deployment}}]", "pass"),
        ("[{isKind: {of: Pod}}, ~]", "fail"),
        ("[~]", "fail"),
    ],
)
def test_empty_assertions(chart: Path, items: str, expected: str) -> None:
    assert verdict(chart, f"asserts: {items}", "templates: [deployment.yaml]") == expected


def test_the_reason_of_a_test_that_begins_with_an_empty_assertion(chart: Path) -> None:
    write_suite(
        chart,
        "templates: [deployment.yaml]\ntests:\n"
        "- it: a\n  asserts: [~, {isKind: {of: Deployment}}]\n"
        "- it: b\n  asserts: [~, {isKind: {of: Pod}}]\n",
    )
    first, second = run(chart).suites[0].tests
    assert (first.reason, second.reason) == ("asserts[0] is empty, which fails the test", "")
    assert [(one.index, one.passed) for one in second.assertions] == [(1, False)]


@pytest.mark.parametrize(
    ("assertion", "expected"),
    [
        ("isKind: {of: Deployment}", "fail"),
        ("hasDocuments: {count: 0}", "pass"),
        ("notExists: {path: kind}", "pass"),
    ],
)
@pytest.mark.parametrize("program", ['{cmd: "true"}', '{cmd: echo, args: [""]}'])
def test_a_post_renderer_that_prints_nothing(chart: Path, assertion: str, expected: str, program: str) -> None:
    test = f"postRenderer: {program}\n  asserts: [{{{assertion}}}]"
    assert verdict(chart, test, "templates: [deployment.yaml]") == expected


def test_a_post_renderer_that_fails(chart: Path) -> None:
    test = 'postRenderer: {cmd: "false"}\n  asserts: [{hasDocuments: {count: 0}}]'
    assert verdict(chart, test, "templates: [deployment.yaml]") == "error"


POD = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}}"


@pytest.mark.parametrize(
    ("objects", "problem"),
    [
        (f"[{POD}, {POD}]", 'pods "p" already exists'),
        (f"[{POD.replace('n}', 'm}')}, {POD}]", ""),
        (f"[{POD.replace('v1', 'v2')}, {POD}]", ""),
        (f"[{POD.replace('Pod', 'Secret')}, {POD}]", ""),
        ("[{apiVersion: v1, kind: Pod}, {apiVersion: v1, kind: Pod}]", 'pods "" already exists'),
        (f"[{POD.replace('v1', 'apps/v1')}, {POD.replace('v1', 'apps/v1')}]", 'pods.apps "p" already exists'),
        ("[{apiVersion: v1, metadata: {name: p}}]", "unable to get GVK Object 'Kind' is missing"),
        (f"[{{apiVersion: v1, kind: PodList, items: [{POD}]}}]", "is not a list: no Items field in this object"),
    ],
)
def test_objects_that_a_cluster_cannot_hold(chart: Path, objects: str, problem: str) -> None:
    make_template(chart, 'found: x{{ (lookup "v1" "Pod" "n" "other").kind }}x\n')
    provider = f'kubernetesProvider: {{scheme: {{"v1/Pod": {{gvr: {{version: v1, resource: pods}}, namespaced: true}}}}, objects: {objects}}}'
    passing = f"template: made.yaml\n  {provider}\n  asserts: [{{exists: {{path: found}}}}]"
    assert verdict(chart, passing, "templates: [made.yaml]") == ("error" if problem else "pass")
    if problem:
        test = f"template: made.yaml\n  {provider}\n  asserts: [{{failedTemplate: {{errorPattern: '{problem.replace(chr(39), chr(39) * 2)}'}}}}]"
        assert verdict(chart, test, "templates: [made.yaml]") == "pass"


def test_an_object_of_the_suite_and_of_the_test_with_one_name(chart: Path) -> None:
    make_template(chart, 'found: x{{ (lookup "v1" "Pod" "n" "p").kind }}x\n')
    suite = f'templates: [made.yaml]\nkubernetesProvider: {{scheme: {{"v1/Pod": {{gvr: {{version: v1, resource: pods}}, namespaced: true}}}}, objects: [{POD}]}}'
    assert verdict(chart, "asserts: [{equal: {path: found, value: xPodx}}]", suite) == "pass"
    test = f"kubernetesProvider: {{objects: [{POD}]}}\n  asserts: [{{exists: {{path: found}}}}]"
    assert verdict(chart, test, suite) == "error"
