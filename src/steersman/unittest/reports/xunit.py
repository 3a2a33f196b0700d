"""XUnit's XML, version 2."""

from __future__ import annotations

from steersman.unittest.reports.model import FRAMEWORK, class_name, reason, seconds, total_seconds
from steersman.unittest.reports.xml import Element, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.unittest.reports.model import Machine
    from steersman.unittest.results import SuiteResult, TestResult

_METHOD = "Helm-Validation"
_RESULTS = {"pass": "Pass", "skip": "Skip", "fail": "Fail", "error": "Fail"}


def xunit(suites: Sequence[SuiteResult], machine: Machine) -> str:
    """Return the report."""
    return write(Element("assemblies", (), tuple(_assembly(suite, machine) for suite in suites)))


def _assembly(suite: SuiteResult, machine: Machine) -> Element:
    verdicts = [test.verdict for test in suite.tests]
    broken = suite.error is not None
    attributes = (
        ("name", suite.file),
        ("config-file", suite.file),
        ("test-framework", FRAMEWORK),
        ("run-date", machine.date),
        ("run-time", machine.time),
        ("time", total_seconds(suite)),
        ("total", len(verdicts) + broken),
        ("passed", verdicts.count("pass")),
        ("failed", verdicts.count("fail")),
        ("skipped", verdicts.count("skip")),
        ("errors", verdicts.count("error") + broken),
    )
    environment = Element("environment", text=machine.platform)
    if suite.error is not None:
        failure = _failure(f"{_METHOD}-Error", "Error", suite.error)
        error = Element("error", (("type", "Error"), ("name", "Error")), (failure,))
        return Element("assembly", attributes, (environment, Element("errors", (), (error,))))
    collection = Element(
        "collection",
        (
            ("name", suite.name),
            ("time", total_seconds(suite)),
            ("total", len(verdicts)),
            ("passed", verdicts.count("pass")),
            ("failed", verdicts.count("fail")),
            ("skipped", verdicts.count("skip")),
        ),
        tuple(_case(class_name(suite), test) for test in suite.tests),
    )
    return Element("assembly", attributes, (environment, collection))


def _case(of: str, test: TestResult) -> Element:
    verdict = test.verdict
    attributes = (
        ("name", test.name),
        ("type", of),
        ("method", _METHOD),
        ("time", seconds(test.seconds)),
        ("result", _RESULTS[verdict]),
    )
    if verdict == "skip":
        return Element("test", attributes, (Element("reason", text=reason(test), cdata=True),))
    if verdict == "pass":
        return Element("test", attributes)
    kind = f"{_METHOD}-Error" if verdict == "error" else _METHOD
    return Element("test", attributes, (_failure(kind, "Failed", reason(test)),))


def _failure(kind: str, message: str, trace: str) -> Element:
    inside = (Element("message", text=message, cdata=True), Element("stack-trace", text=trace, cdata=True))
    return Element("failure", (("exception-type", kind),), inside)
