"""A run as a report in JUnit's format: a suite for each chart, a test for each stage."""

from __future__ import annotations

from steersman.action.ci.model import ERROR, FAILED, SKIPPED
from steersman.unittest.reports.xml import Element, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.ci.model import ChartRun, CiResult, Problem, Stage


def junit(result: CiResult) -> str:
    """Return the report."""
    suites = tuple(_suite(chart) for chart in result.charts)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + write(Element("testsuites", (("name", "steer ci"),), suites))


def _suite(chart: ChartRun) -> Element:
    statuses = [stage.status for stage in chart.stages]
    attributes = (
        ("name", chart.path),
        ("tests", len(statuses)),
        ("failures", statuses.count(FAILED)),
        ("errors", 0),
        ("skipped", statuses.count(SKIPPED)),
        ("time", f"{sum(stage.seconds for stage in chart.stages):.3f}"),
    )
    return Element("testsuite", attributes, tuple(_case(chart, stage) for stage in chart.stages))


def _case(chart: ChartRun, stage: Stage) -> Element:
    errors = [problem for problem in stage.problems if problem.severity == ERROR]
    warnings = [problem for problem in stage.problems if problem.severity != ERROR]
    inside: list[Element] = []
    if stage.status == SKIPPED:
        inside.append(Element("skipped", (("message", stage.reason),)))
    if stage.status == FAILED:
        text = "\n\n".join(map(problem_text, errors))
        inside.append(Element("failure", (("message", errors[0].message), ("type", stage.name)), text=text))
    if warnings:
        inside.append(Element("system-out", text="\n".join(map(problem_text, warnings))))
    attributes = (("classname", chart.path), ("name", stage.name), ("time", f"{stage.seconds:.3f}"))
    return Element("testcase", attributes, tuple(inside))


def problem_text(problem: Problem) -> str:
    """Return a problem with its place, its values files and its detail."""
    place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: " if problem.file else ""
    cases = f" (with {', '.join(problem.cases)})" if problem.cases else ""
    detail = f"\n{problem.detail}" if problem.detail else ""
    return f"{place}{problem.message}{cases}{detail}"
