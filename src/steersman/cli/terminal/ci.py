"""The results of ``ci`` for people: one table, and what failed under it."""

from __future__ import annotations

from steersman.action.ci.model import ERROR, FAILED, OK, SKIPPED, STAGES, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from steersman.action.ci.model import ChartRun, CiResult, Problem, Stage

_MOST_LINES = 40  # of a message, and of the lines of evidence under it
_NOTHING = "-"
_FAILED = "FAIL"
_COUNTED = ("unittest", "coverage")  # the stages whose summary is the cell
_RED, _GREEN, _BOLD, _FAINT, _YELLOW = "1;31", "32", "1", "2", "1;33"


def table_rows(result: CiResult) -> list[list[str]]:
    """Return the table: a row for each chart, a column for each stage that ran for any."""
    used = [
        name
        for name in STAGES
        if any((stage := chart.stage(name)) is not None and stage.status != SKIPPED for chart in result.charts)
    ]
    head = ["CHART", *(name.upper() for name in used)]
    return [head, *([chart.path, *(_cell(chart.stage(name)) for name in used)] for chart in result.charts)]


def _cell(stage: Stage | None) -> str:
    if stage is None or stage.status == SKIPPED:
        return _NOTHING
    shown = stage.summary if stage.name in (VERSION, *_COUNTED) else ""
    if stage.status == FAILED:
        return f"{_FAILED} ({shown})" if shown and stage.name != VERSION else _FAILED
    return shown or OK


def color_of(cell: str) -> str:
    """Return the color of a cell of the table."""
    if cell.startswith(_FAILED):
        return _RED
    return "" if cell == _NOTHING else _GREEN


def details(result: CiResult, paint: Callable[[str, str], str], *, with_warnings: bool) -> Iterator[str]:
    """Yield lines about what failed, and with ``with_warnings`` about warnings and what was left out."""
    for chart in result.charts:
        shown = [stage for stage in chart.stages if stage.status == FAILED or (with_warnings and _has_more(stage))]
        if not shown:
            continue
        yield ""
        yield paint(chart.path, _BOLD)
        for stage in shown:
            yield from _stage_lines(stage, paint, with_warnings=with_warnings)


def _has_more(stage: Stage) -> bool:
    return bool(stage.problems or stage.reason)


def _stage_lines(stage: Stage, paint: Callable[[str, str], str], *, with_warnings: bool) -> Iterator[str]:
    status = {FAILED: paint("failed", _RED), OK: paint("ok", _GREEN), SKIPPED: "not run"}[stage.status]
    reason = f": {stage.reason}" if stage.reason else ""
    yield f"  {paint(stage.name, _BOLD)} {status}{paint(reason, '')}"
    for problem in stage.problems:
        if problem.severity == ERROR or with_warnings:
            yield from _problem_lines(problem, paint)


def _problem_lines(problem: Problem, paint: Callable[[str, str], str]) -> Iterator[str]:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    severity = "" if problem.severity == ERROR else f"{paint('warning', _YELLOW)}: "
    first, *rest = _bounded(problem.message)
    yield f"    {severity}{paint(place, _BOLD) + ': ' if place else ''}{paint(first, '')}"
    for line in rest:
        yield f"      {paint(line, '')}"
    if problem.cases:
        yield f"      {paint('with ' + ', '.join(problem.cases), _FAINT)}"
    for line in _bounded(problem.detail) if problem.detail else ():
        yield f"      {paint(line, '')}"


def _bounded(text: str) -> list[str]:
    lines = text.split("\n")
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[:_MOST_LINES], f"... and {len(lines) - _MOST_LINES} more lines"]


def last_line(result: CiResult, paint: Callable[[str, str], str], *, with_warnings: bool) -> str:
    """Return the counts: charts, those that failed, warnings."""
    count = len(result.charts)
    failed = [chart for chart in result.charts if not chart.passed]
    warnings = sum(
        problem.severity != ERROR for chart in result.charts for stage in chart.stages for problem in stage.problems
    )
    words = f"{count} chart{'' if count == 1 else 's'}: "
    words += paint(f"{len(failed)} failed", _RED) if failed else paint("all passed" if count > 1 else "passed", _GREEN)
    if warnings:
        words += f", {warnings} warning{'' if warnings == 1 else 's'}"
        words += "" if with_warnings else f" (-v shows {'it' if warnings == 1 else 'them'})"
    return f"{words} in {result.seconds:.1f} s"


def progress_text(path: str, stage: str) -> str:
    """Return the line of progress."""
    return f"{path}: {stage} …"


def how_many(charts: tuple[ChartRun, ...] | list[ChartRun], total: int) -> str:
    """Return the line of progress between two charts."""
    return f"{len(charts)} of {total} charts tested …"
