"""JUnit's XML."""

from __future__ import annotations

from steersman.unittest.reports.model import class_name, reason, seconds, total_seconds
from steersman.unittest.reports.xml import Element, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.unittest.reports.model import Machine
    from steersman.unittest.results import SuiteResult, TestResult

_VERSION = "1.6"  # what helm-unittest says in each report


def junit(suites: Sequence[SuiteResult], machine: Machine) -> str:
    """Return the report."""
    return write(Element("testsuites", (), tuple(_suite(at, suite, machine) for at, suite in enumerate(suites))))


def _suite(at: int, suite: SuiteResult, machine: Machine) -> Element:
    verdicts = [test.verdict for test in suite.tests]
    attributes = (
        ("id", at),
        ("tests", len(suite.tests)),
        ("failures", verdicts.count("fail")),
        ("errors", verdicts.count("error") + (suite.error is not None)),
        ("package", ""),
        ("time", total_seconds(suite)),
        ("name", suite.name),
        ("timestamp", f"{machine.date}T{machine.time}"),
        ("hostname", machine.host),
    )
    properties = Element(
        "properties", (), (Element("property", (("name", "helm-unittest.version"), ("value", _VERSION))),)
    )
    cases = tuple(_case(class_name(suite), test) for test in suite.tests)
    errors = () if suite.error is None else (Element("system-err", text=f"{suite.file}: {suite.error}"),)
    return Element("testsuite", attributes, (properties, *cases, *errors))


def _case(of: str, test: TestResult) -> Element:
    attributes = (("classname", of), ("name", test.name), ("time", seconds(test.seconds)))
    verdict = test.verdict
    if verdict == "skip":
        inside: tuple[Element, ...] = (Element("skipped", (("message", reason(test)),)),)
    elif verdict == "error":
        inside = (Element("error", (("message", "Error"), ("type", "")), text=test.error),)
    elif verdict == "fail":
        inside = (Element("failure", (("message", "Failed"), ("type", "")), text=reason(test)),)
    else:
        inside = ()
    return Element("testcase", attributes, inside)
