"""Every kind of assertion: the verdicts of real helm-unittest, as stored here and where the tool is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.unittest.assertions.kinds import KINDS
from tests.unittest.charts import make_chart, real_verdicts, run, verdicts, write_suite

DEPLOY, SERVICES, NOTES, FAILING = "deployment.yaml", "services.yaml", "NOTES.txt", "failing.yaml"

# the template, the assertion, the verdict; "not" gives the opposite where there is no other value
CASES: list[tuple[str, str, str, str]] = [
    (DEPLOY, "equal: {path: spec.replicas, value: 2}", "pass", "fail"),
    (DEPLOY, 'equal: {path: spec.replicas, value: "2"}', "fail", "pass"),
    (DEPLOY, "equal: {path: spec.replicas, value: 2.0}", "fail", "pass"),
    (DEPLOY, "equal: {path: spec.whole, value: 3}", "pass", "fail"),
    (DEPLOY, "equal: {path: spec.whole, value: 3.0}", "fail", "pass"),
    (DEPLOY, "equal: {path: spec.missing, value: 1}", "fail", "pass"),
    (DEPLOY, "equal: {path: 'spec[', value: 1}", "fail", "fail"),
    (DEPLOY, "equal: {path: spec.nothing}", "pass", "fail"),
    (DEPLOY, 'equal: {path: spec.text, value: "two\\nlines\\n"}', "pass", "fail"),
    (DEPLOY, "equal: {path: spec.secret, value: hidden, decodeBase64: true}", "pass", "fail"),
    (DEPLOY, "equal: {path: kind, value: x, decodeBase64: true}", "fail", "fail"),
    (DEPLOY, "equal: {path: spec.when, value: 2020-01-02}", "pass", "fail"),
    (DEPLOY, 'equal: {path: spec.when, value: "2020-01-02T00:00:00Z"}', "fail", "pass"),
    (DEPLOY, "equal: {path: spec.numbers.8080, value: eight}", "pass", "fail"),
    (DEPLOY, "equal: {path: spec.numbers, value: {8080: eight}}", "pass", "fail"),
    (DEPLOY, "equal: {path: 'spec.ports[*].name', value: http}", "fail", "fail"),
    (SERVICES, "equal: {path: kind, value: Service}", "pass", "fail"),
    (SERVICES, "equal: {path: metadata.name, value: one}", "fail", "fail"),
    (DEPLOY, "notEqual: {path: spec.replicas, value: 3}", "pass", "fail"),
    (DEPLOY, "notEqual: {path: spec.replicas, value: 2}", "fail", "pass"),
    (NOTES, 'equalRaw: {value: "Thanks for web 1.2.3\\nbye\\n"}', "pass", "fail"),
    (NOTES, "equalRaw: {value: no}", "fail", "pass"),
    (DEPLOY, 'equalRaw: {value: "<nil>"}', "pass", "fail"),
    (NOTES, "notEqualRaw: {value: x}", "pass", "fail"),
    (DEPLOY, "exists: {path: spec.nothing}", "pass", "fail"),
    (DEPLOY, "exists: {path: spec.missing}", "fail", "pass"),
    (DEPLOY, "exists: {path: 'a['}", "fail", "fail"),
    (DEPLOY, "notExists: {path: spec.missing}", "pass", "fail"),
    (DEPLOY, "isNull: {path: spec.missing}", "pass", "fail"),
    (DEPLOY, "isNull: {path: spec.nothing}", "fail", "pass"),
    (DEPLOY, "isNotNull: {path: kind}", "pass", "fail"),
    (DEPLOY, "isNullOrEmpty: {path: spec.none}", "pass", "fail"),
    (DEPLOY, "isNullOrEmpty: {path: spec.nothing}", "pass", "fail"),
    (DEPLOY, "isNullOrEmpty: {path: kind}", "fail", "pass"),
    (DEPLOY, "isNullOrEmpty: {path: spec.missing}", "fail", "pass"),
    (DEPLOY, "isNotNullOrEmpty: {path: kind}", "pass", "fail"),
    (DEPLOY, "isEmpty: {path: metadata.labels.empty}", "pass", "fail"),
    (DEPLOY, "isNotEmpty: {path: spec.ports}", "pass", "fail"),
    (DEPLOY, "isType: {path: kind, type: string}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec.replicas, type: int}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec.weight, type: float64}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec.on, type: bool}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec.ports, type: '[]interface {}'}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec, type: 'map[string]interface {}'}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec.numbers, type: 'map[interface {}]interface {}'}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec.when, type: time.Time}", "pass", "fail"),
    (DEPLOY, "isType: {path: spec.nothing, type: ''}", "pass", "fail"),
    (DEPLOY, "isNotType: {path: kind, type: int}", "pass", "fail"),
    (DEPLOY, "greaterOrEqual: {path: spec.replicas, value: 2}", "pass", "pass"),
    (DEPLOY, "greaterOrEqual: {path: spec.replicas, value: 3}", "fail", "pass"),
    (DEPLOY, "greaterOrEqual: {path: spec.replicas, value: 1.5}", "fail", "fail"),
    (DEPLOY, "greaterOrEqual: {path: kind, value: A}", "pass", "pass"),
    (DEPLOY, "greaterOrEqual: {path: spec.on, value: true}", "fail", "fail"),
    (DEPLOY, "notGreaterOrEqual: {path: spec.replicas, value: 1}", "pass", "pass"),
    (DEPLOY, "lessOrEqual: {path: spec.weight, value: 1.5}", "pass", "fail"),
    (DEPLOY, "lessOrEqual: {path: spec.replicas, value: 1}", "fail", "pass"),
    (DEPLOY, "notLessOrEqual: {path: spec.replicas, value: 1}", "pass", "fail"),
    (DEPLOY, "lessOrEqual: {path: 'spec.ports[*].port', value: 9999}", "pass", "fail"),
    (DEPLOY, "matchRegex: {path: metadata.name, pattern: -web$}", "pass", "fail"),
    (DEPLOY, "matchRegex: {path: metadata.name, pattern: ^x}", "fail", "pass"),
    (DEPLOY, "matchRegex: {path: spec.replicas, pattern: '2'}", "fail", "fail"),
    (DEPLOY, "matchRegex: {path: spec.missing, pattern: x}", "fail", "pass"),
    (DEPLOY, "matchRegex: {path: kind, pattern: '('}", "fail", "fail"),
    (DEPLOY, "matchRegex: {path: kind}", "fail", "fail"),
    (DEPLOY, "matchRegex: {path: spec.secret, pattern: ^hid, decodeBase64: true}", "pass", "fail"),
    (DEPLOY, "notMatchRegex: {path: kind, pattern: x}", "pass", "fail"),
    (NOTES, "matchRegexRaw: {pattern: web 1}", "pass", "fail"),
    (NOTES, "matchRegexRaw: {pattern: zzz}", "fail", "pass"),
    (NOTES, "notMatchRegexRaw: {pattern: zzz}", "pass", "fail"),
    (DEPLOY, "contains: {path: spec.ports, content: {name: http, port: 80}}", "pass", "fail"),
    (DEPLOY, "contains: {path: spec.ports, content: {name: metrics}}", "fail", "pass"),
    (DEPLOY, "contains: {path: spec.ports, content: {name: metrics}, any: true}", "pass", "fail"),
    (DEPLOY, "contains: {path: spec.ports, content: 7, any: true}", "pass", "fail"),
    (DEPLOY, "contains: {path: spec.ports, content: 7, count: 1}", "pass", "fail"),
    (DEPLOY, "contains: {path: spec.ports, content: 7, count: 2}", "fail", "pass"),
    (DEPLOY, "contains: {path: spec.ports, content: 8, count: 0}", "fail", "pass"),
    (DEPLOY, "contains: {path: kind, content: 7}", "fail", "fail"),
    (DEPLOY, "contains: {path: spec.missing, content: 7}", "fail", "pass"),
    (DEPLOY, "notContains: {path: spec.ports, content: 8}", "pass", "fail"),
    (DEPLOY, "isSubset: {path: metadata, content: {name: RELEASE-NAME-web}}", "pass", "fail"),
    (DEPLOY, "isSubset: {path: metadata, content: {name: x}}", "fail", "pass"),
    (DEPLOY, "isSubset: {path: metadata, content: {gone: null}}", "pass", "fail"),
    (DEPLOY, "isSubset: {path: kind, content: {name: x}}", "fail", "fail"),
    (DEPLOY, "isNotSubset: {path: metadata, content: {name: x}}", "pass", "fail"),
    (DEPLOY, "lengthEqual: {path: spec.ports, count: 3}", "pass", "fail"),
    (DEPLOY, "lengthEqual: {path: spec.ports, count: 2}", "fail", "pass"),
    (DEPLOY, "lengthEqual: {path: kind, count: 0}", "pass", "fail"),
    (DEPLOY, "lengthEqual: {path: spec.ports}", "fail", "fail"),
    (DEPLOY, "lengthEqual: {path: spec.missing, count: 0}", "fail", "pass"),
    (DEPLOY, "lengthEqual: {paths: [spec.ports, spec.none]}", "fail", "pass"),
    (DEPLOY, "lengthEqual: {paths: [spec.ports, spec.ports]}", "pass", "pass"),
    (DEPLOY, "lengthEqual: {paths: [spec.ports, spec.none], path: spec, count: 1}", "fail", "fail"),
    (DEPLOY, "lengthEqual: {}", "fail", "fail"),
    (DEPLOY, "notLengthEqual: {path: spec.ports, count: 2}", "pass", "fail"),
    (DEPLOY, "isKind: {of: Deployment}", "pass", "fail"),
    (DEPLOY, "isKind: {of: Pod}", "fail", "pass"),
    (DEPLOY, "isAPIVersion: {of: apps/v1}", "pass", "fail"),
    (DEPLOY, "isAPIVersion: {of: v1}", "fail", "pass"),
    (SERVICES, "hasDocuments: {count: 2}", "pass", "fail"),
    (SERVICES, "hasDocuments: {count: 1}", "fail", "pass"),
    (SERVICES, "containsDocument: {kind: Service, apiVersion: v1, name: one}", "fail", "pass"),
    (SERVICES, "containsDocument: {kind: Service, apiVersion: v1, name: one, any: true}", "pass", "fail"),
    (SERVICES, "containsDocument: {kind: Service, apiVersion: v1, namespace: shop}", "pass", "fail"),
    (SERVICES, "containsDocument: {kind: Pod, apiVersion: v1}", "fail", "pass"),
    (SERVICES, "containsDocument: {kind: Service, apiVersion: v1, name: three, any: true}", "fail", "pass"),
    (DEPLOY, "matchSnapshot: {}", "pass", "fail"),
    (DEPLOY, "matchSnapshot: {path: spec.missing}", "fail", "pass"),
    (DEPLOY, "matchSnapshot: {path: kind, matchRegex: {pattern: Deploy}}", "pass", "fail"),
    (DEPLOY, "matchSnapshot: {path: kind, matchRegex: {pattern: Pod}}", "fail", "pass"),
    (DEPLOY, "matchSnapshot: {path: kind, notMatchRegex: {pattern: Deploy}}", "fail", "pass"),
    (NOTES, "matchSnapshotRaw: {}", "pass", "fail"),
    (FAILING, "failedTemplate: {}", "pass", "pass"),
    (FAILING, 'failedTemplate: {errorMessage: "size: must be given"}', "pass", "fail"),
    (FAILING, "failedTemplate: {errorMessage: must be given}", "fail", "pass"),
    (FAILING, "failedTemplate: {errorPattern: must.*given}", "pass", "pass"),
    (FAILING, "failedTemplate: {errorPattern: x+}", "fail", "pass"),
    (FAILING, "failedTemplate: {errorPattern: given, errorMessage: x}", "fail", "fail"),
    (DEPLOY, "failedTemplate: {}", "fail", "fail"),
    (DEPLOY, "notFailedTemplate: {}", "pass", "pass"),
    (FAILING, "notFailedTemplate: {}", "error", "error"),
    ("gone.yaml", "isKind: {of: Pod}", "fail", "fail"),
    ("gone.yaml", "hasDocuments: {count: 0}", "fail", "fail"),
    ("data.json", "hasDocuments: {count: 0}", "fail", "fail"),
]


def suite_of_all() -> str:
    """Return a suite with each case and its opposite."""
    lines = ["suite: all kinds", "tests:"]
    for number, (template, assertion, *_) in enumerate(CASES):
        for is_opposite in (False, True):
            lines += [
                f"- it: '{number} {'not' if is_opposite else 'as it is'}'",
                f"  template: {template}",
                f"  asserts: [{{{assertion}, not: {str(is_opposite).lower()}}}]",
            ]
    return "\n".join(lines) + "\n"


def by_template() -> dict[str, str]:
    """Return a suite for each template, which renders that one alone."""
    lines = suite_of_all().split("\n")
    suites: dict[str, list[str]] = {}
    for at in range(2, len(lines) - 1, 3):
        template = lines[at + 1].rpartition(" ")[2]
        suites.setdefault(
            template, [f"suite: {template}", f"templates: [{template}]", 'set: {size: ""}', "tests:"]
        ).extend(lines[at : at + 3])
    return {template: "\n".join(found) + "\n" for template, found in suites.items()}


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_chart(tmp_path_factory.mktemp("charts"))
    for template, text in by_template().items():
        write_suite(made, text, f"{template.partition('.')[0].lower()}_test.yaml")
    return made


@pytest.fixture(scope="module")
def found(chart: Path) -> dict[str, str]:
    return verdicts(run(chart))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[1] for case in CASES])
def test_the_verdict_of_an_assertion_and_of_its_opposite(number: int, found: dict[str, str]) -> None:
    assert (found[f"{number} as it is"], found[f"{number} not"]) == CASES[number][2:]


def test_the_verdicts_are_helm_unittests(chart: Path, found: dict[str, str]) -> None:
    assert found == real_verdicts(chart)


def test_every_kind_has_cases_that_pass_and_that_fail() -> None:
    kinds = {case[1].partition(":")[0] for case in CASES}
    assert kinds == set(KINDS)
