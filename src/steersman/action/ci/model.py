"""The results of a run as data."""

from __future__ import annotations

from steersman.record import Record

OK, FAILED, SKIPPED = "ok", "failed", "skipped"
ERROR, WARNING = "error", "warning"

# the stages in the order in which a chart goes through them
VERSION, MAINTAINERS, DEPENDENCIES, SCHEMA, LINT, CHECK = (
    "version", "maintainers", "dependencies", "schema", "lint", "check",
)  # fmt: skip
COMMANDS, UNITTEST, COVERAGE, INSTALL, UPGRADE, TEST = (
    "commands", "unittest", "coverage", "install", "upgrade", "test",
)  # fmt: skip
STAGES = (
    VERSION, MAINTAINERS, DEPENDENCIES, SCHEMA, LINT, CHECK, COMMANDS, UNITTEST, COVERAGE, INSTALL, UPGRADE, TEST,
)  # fmt: skip


class Problem(Record):
    """One thing that is wrong.

    Attributes:
        message: what, in one line or several.
        file: the path from the current folder that it is about, or ``""``.
        line: of the file, or 0.
        severity: an error fails the stage, a warning does not.
        cases: the values files it was found with.
        detail: the state of things: lines of evidence.
    """

    message: str
    file: str = ""
    line: int = 0
    severity: str = ERROR
    cases: tuple[str, ...] = ()
    detail: str = ""


class Stage(Record):
    """The result of one stage of a chart.

    Attributes:
        name: one of ``STAGES``.
        status: ``ok``, ``failed`` or ``skipped``.
        summary: a few words for the table, or ``""``.
        problems: errors and warnings.
        reason: why it was skipped, or ``""``.
        seconds: how long it took.
    """

    name: str
    status: str
    summary: str = ""
    problems: tuple[Problem, ...] = ()
    reason: str = ""
    seconds: float = 0.0


class ChartRun(Record):
    """The result of one chart.

    Attributes:
        path: of the chart's folder.
        name, version: from its Chart.yaml.
        old_version: of the old revision; ``""`` for a new chart, or where nobody asked.
        stages: the results of its stages, in order.
    """

    path: str
    name: str
    version: str
    old_version: str = ""
    stages: tuple[Stage, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no stage failed."""
        return all(stage.status != FAILED for stage in self.stages)

    def stage(self, name: str) -> Stage | None:
        """Return the result of a stage; None for one that was not asked for."""
        return next((stage for stage in self.stages if stage.name == name), None)


class CiResult(Record):
    """The result of a run.

    Attributes:
        charts: those that were tested, in order.
        base: the commit that the charts were compared with; ``""`` where they were named.
        notes: what was left out, and why.
        seconds: how long it took.
    """

    charts: tuple[ChartRun, ...] = ()
    base: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every chart passed."""
        return all(chart.passed for chart in self.charts)


def stage_of(name: str, problems: list[Problem], summary: str = "") -> Stage:
    """Return a stage that has run; problems that differ in their values files alone become one."""
    merged: dict[tuple[str, str, int, str], Problem] = {}
    for one in problems:
        key = one.message, one.file, one.line, one.severity
        before = merged.get(key)
        cases = one.cases if before is None else tuple(dict.fromkeys((*before.cases, *one.cases)))
        merged[key] = Problem(one.message, one.file, one.line, one.severity, cases, one.detail)
    status = FAILED if any(one.severity == ERROR for one in problems) else OK
    return Stage(name, status, summary, tuple(merged.values()))


def skipped(name: str, reason: str) -> Stage:
    """Return a stage that has not run."""
    return Stage(name, SKIPPED, reason=reason)
