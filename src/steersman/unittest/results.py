"""Results as data: what a run says about suites, tests and assertions."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.insight.code import Code, Covered
    from steersman.unittest.assertions.model import Failure
    from steersman.unittest.line_origins import LineOrigin


class PlaceOrigin(Record):
    """A place in a map or a list that a failure is about.

    Attributes:
        path: of the place in the document.
        problem: what is wrong there.
        origin: the line of the template that is behind it, where that is known.
    """

    path: str
    problem: str
    origin: LineOrigin | None = None


class TemplateFailure(Record):
    """A failure of an assertion.

    Attributes:
        template: that it is about, or ``""``.
        failure: what is wrong.
        line: of the rendered text that the document begins in, or 0.
        origin: the line of the template that is behind it, where that is known.
        places: the first of the places that the failure is about, where it is about a map or a list.
    """

    template: str
    failure: Failure
    line: int = 0
    origin: LineOrigin | None = None
    places: tuple[PlaceOrigin, ...] = ()


class AssertionResult(Record):
    """The result of one assertion; ``skip`` says why it was left out, or is ``""``."""

    index: int
    kind: str
    negated: bool
    passed: bool
    failures: tuple[TemplateFailure, ...] = ()
    skip: str = ""


class TestResult(Record):
    """The result of one test.

    Attributes:
        name: its name.
        passed: whether all its assertions hold.
        skip: why it was left out, or ``""``.
        error: why it could not be run, or None.
        assertions: the results of its assertions.
        seconds: how long it took.
        reason: why it failed, of a test without assertions.
        covered: what its render came to of the chart's code, where that was asked for.
    """

    __test__ = False  # pytest: not a class of tests

    name: str
    passed: bool = False
    skip: str = ""
    error: str | None = None
    assertions: tuple[AssertionResult, ...] = ()
    seconds: float = 0.0
    reason: str = ""
    covered: Covered | None = None

    @property
    def verdict(self) -> str:
        """``pass``, ``skip``, ``error`` or ``fail``."""
        if self.skip:
            return "skip"
        if self.passed:
            return "pass"
        return "fail" if self.error is None else "error"


class SnapshotCount(Record):
    """The number of snapshots, and of those that failed, are new or are gone."""

    total: int = 0
    failed: int = 0
    created: int = 0
    vanished: int = 0


class SuiteResult(Record):
    """The result of one suite.

    Attributes:
        name, file: of the suite.
        tests: the results of its tests.
        skip: why all of it was left out, or ``""``.
        error: why it could not be run, or None.
        snapshots: what became of its snapshots.
        stopped: whether it ended with the first test that failed.
    """

    name: str
    file: str
    tests: tuple[TestResult, ...] = ()
    skip: str = ""
    error: str | None = None
    snapshots: SnapshotCount = SnapshotCount()
    stopped: bool = False

    @property
    def passed(self) -> bool:
        """Whether no test failed."""
        return self.error is None and all(test.verdict in ("pass", "skip") for test in self.tests)


class ChartResult(Record):
    """The result of one chart: its suites, or why none of them could be run; ``code``, where coverage was asked for."""

    name: str
    path: str
    suites: tuple[SuiteResult, ...] = ()
    error: str | None = None
    notes: tuple[str, ...] = ()
    code: Code | None = None

    @property
    def passed(self) -> bool:
        """Whether all suites passed."""
        return self.error is None and all(suite.passed for suite in self.suites)
