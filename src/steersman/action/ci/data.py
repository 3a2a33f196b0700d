"""A run as a value for programs (``-o json``)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.action.ci.model import ChartRun, CiResult, Problem, Stage


def as_data(result: CiResult) -> dict[str, Any]:
    """Return a run as maps and lists."""
    return {
        "passed": result.passed,
        "base": result.base,
        "seconds": round(result.seconds, 3),
        "notes": list(result.notes),
        "charts": [_chart(chart) for chart in result.charts],
    }


def _chart(chart: ChartRun) -> dict[str, Any]:
    return {
        "path": chart.path,
        "name": chart.name,
        "version": chart.version,
        "oldVersion": chart.old_version,
        "passed": chart.passed,
        "stages": [_stage(stage) for stage in chart.stages],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "status": stage.status,
        "summary": stage.summary,
        "reason": stage.reason,
        "seconds": round(stage.seconds, 3),
        "problems": [_problem(problem) for problem in stage.problems],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "severity": problem.severity,
        "message": problem.message,
        "file": problem.file,
        "line": problem.line,
        "values": list(problem.cases),
        "detail": problem.detail,
    }
