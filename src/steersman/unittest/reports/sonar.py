"""Sonar's generic test data."""

from __future__ import annotations

from steersman.unittest.reports.model import reason
from steersman.unittest.reports.xml import Element, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.unittest.reports.model import Machine
    from steersman.unittest.results import SuiteResult, TestResult

_TAGS = {"skip": ("skipped", "Skipped"), "error": ("error", "Error"), "fail": ("failure", "Failed")}


def sonar(suites: Sequence[SuiteResult], _machine: Machine) -> str:
    """Return the report."""
    files = (Element("file", (("path", s.file),), tuple(map(_case, s.tests))) for s in suites)
    return write(Element("testExecutions", (("version", 1),), tuple(files)))


def _case(test: TestResult) -> Element:
    attributes = (("name", test.name), ("duration", int(test.seconds * 1000)))
    if test.verdict == "pass":
        return Element("testCase", attributes)
    tag, message = _TAGS[test.verdict]
    text = test.error if test.verdict == "error" else reason(test)
    return Element("testCase", attributes, (Element(tag, (("message", message),), text=text),))
