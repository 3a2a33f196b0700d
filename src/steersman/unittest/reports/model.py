"""The facts and forms that all reports share."""

from __future__ import annotations

from steersman.record import Record
from steersman.unittest.show import test_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.unittest.results import SuiteResult, TestResult

FRAMEWORK = "helm-unittest"


class Machine(Record):
    """The machine and the local time of a run; ``folder`` is the current one, ``language`` the user's."""

    date: str
    time: str
    host: str
    user: str = ""
    folder: str = ""
    platform: str = ""
    language: str = ""


def seconds(value: float) -> str:
    """Return a duration as Go's ``%.3f`` has it."""
    return f"{value:.3f}"


def total_seconds(suite: SuiteResult) -> str:
    """Return how long a suite's tests took."""
    return seconds(sum(test.seconds for test in suite.tests))


def class_name(suite: SuiteResult) -> str:
    """Return the last part of a suite's name."""
    return suite.name.rpartition("/")[2]


def reason(test: TestResult) -> str:
    """Return why a test failed, could not be run or was left out."""
    return test_text(test)
