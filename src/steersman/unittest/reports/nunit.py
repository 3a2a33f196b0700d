"""NUnit's XML, version 2."""

from __future__ import annotations

from steersman.unittest.reports.model import FRAMEWORK, class_name, reason, seconds, total_seconds
from steersman.unittest.reports.xml import Element, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.unittest.reports.model import Machine
    from steersman.unittest.results import SuiteResult, TestResult

_RESULTS = {"pass": "Success", "skip": "Skipped", "fail": "Failed", "error": "Failed"}


def nunit(suites: Sequence[SuiteResult], machine: Machine) -> str:
    """Return the report."""
    verdicts = [test.verdict for suite in suites for test in suite.tests]
    broken = sum(suite.error is not None for suite in suites)
    attributes = (
        ("name", FRAMEWORK),
        ("total", len(verdicts) + broken),
        ("errors", verdicts.count("error") + broken),
        ("failures", verdicts.count("fail")),
        ("inconclusive", 0),
        ("not-run", 0),
        ("ignored", 0),
        ("skipped", verdicts.count("skip")),
        ("invalid", 0),
        ("date", machine.date),
        ("time", machine.time),
    )
    environment = Element(
        "environment",
        (
            ("nunit-version", "2.5.8.0"),
            ("clr-version", "unknown"),
            ("os-version", "unknown"),
            ("platform", machine.platform),
            ("cwd", machine.folder),
            ("machine-name", machine.host),
            ("user", machine.user),
            ("user-domain", ""),
        ),
    )
    culture = Element("culture-info", (("current-culture", machine.language), ("current-uiculture", machine.language)))
    return write(Element("test-results", attributes, (environment, culture, *map(_suite, suites))))


def _suite(suite: SuiteResult) -> Element:
    result = "Skipped" if suite.skip else "Success" if suite.passed else "Failed"
    attributes = (
        ("type", "TestFixture"),
        ("name", suite.name),
        ("description", suite.file),
        ("success", _boolean(suite.passed)),
        ("time", total_seconds(suite)),
        ("executed", _boolean(suite.error is None and not suite.skip)),
        ("asserts", ""),
        ("result", result),
    )
    if suite.error is not None:
        return Element("test-suite", attributes, (_failure("Error", suite.error),))
    cases = tuple(_case(class_name(suite), test) for test in suite.tests)
    return Element("test-suite", attributes, (Element("results", (), cases),))


def _case(of: str, test: TestResult) -> Element:
    verdict = test.verdict
    attributes = (
        ("name", test.name),
        ("description", f"{of}.{test.name}"),
        ("success", _boolean(test.passed)),
        ("time", seconds(test.seconds)),
        ("executed", _boolean(test.error is None and not test.skip)),
        ("asserts", "0"),
        ("result", _RESULTS[verdict]),
    )
    inside: tuple[Element, ...] = ()
    if verdict == "skip":
        inside = (Element("reason", (), (Element("message", text=reason(test)),)),)
    elif verdict != "pass":
        inside = (_failure("Failed", reason(test)),)
    return Element("test-case", attributes, inside)


def _failure(message: str, trace: str) -> Element:
    return Element("failure", (), (Element("message", text=message), Element("stack-trace", text=trace)))


def _boolean(value: bool) -> str:
    return "true" if value else "false"
