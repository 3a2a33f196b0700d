"""A run for GitHub Actions: workflow commands that become annotations, and the job's summary."""

from __future__ import annotations

import os

from steersman.action.ci.model import ERROR, FAILED, OK
from steersman.runtime.files import shown_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from steersman.action.ci.model import ChartRun, CiResult, Problem, Stage

_MOST_SUMMARY = 900_000  # bytes; GitHub takes a mebibyte from a step
_MOST_MESSAGE = 4000  # characters of an annotation
_MOST_PROBLEMS = 50  # of a stage, in the summary


def workflow_commands(result: CiResult, top: str) -> Iterator[str]:
    """Yield a workflow command for each problem, errors first: GitHub shows ten of each kind for a step.

    Args:
        result: of the run.
        top: the folder that GitHub's paths begin at.
    """
    found = [(chart, stage, problem) for chart in result.charts for stage in chart.stages for problem in stage.problems]
    for chart, stage, problem in sorted(found, key=lambda one: one[2].severity != ERROR):
        yield _command(chart, stage, problem, top)


def _command(chart: ChartRun, stage: Stage, problem: Problem, top: str) -> str:
    # where nothing else is known, the one values file that shows it says more than Chart.yaml
    known = problem.cases[0] if len(problem.cases) == 1 else "Chart.yaml"
    file = shown_path(problem.file or os.path.join(chart.path, known), top).replace(os.sep, "/")
    line = f",line={problem.line}" if problem.line else ""
    title = f"{chart.path}: {stage.name}"
    cases = f" (with {', '.join(problem.cases)})" if problem.cases else ""
    detail = f"\n{problem.detail}" if problem.detail else ""
    text = f"{problem.message}{cases}{detail}"[:_MOST_MESSAGE]
    return f"::{problem.severity} file={_property(file)}{line},title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def without_commands(write: Callable[[], object], out: Callable[[str], object]) -> None:
    """Call ``write`` while GitHub takes no workflow commands from the output: a chart's text could hold some."""
    import secrets

    token = secrets.token_hex(16)
    out(f"::stop-commands::{token}\n")
    try:
        write()
    finally:
        out(f"::{token}::\n")


def summary(result: CiResult, rows: list[list[str]]) -> str:
    """Return the job's summary in Markdown: the table, and what failed.

    Args:
        result: of the run.
        rows: of the table, its head first.
    """
    if not result.charts:
        return "### Charts\n\nNo chart has changed.\n"
    head, *body = rows
    lines = ["### Charts", "", _row(head), _row(["---"] * len(head), is_plain=True), *map(_row, body), ""]
    for chart in result.charts:
        for stage in chart.stages:
            if stage.status == FAILED:
                lines += _failed(chart, stage)
    text = "\n".join(lines) + "\n"
    data = text.encode("utf-8", "replace")
    if len(data) > _MOST_SUMMARY:
        text = data[:_MOST_SUMMARY].decode("utf-8", "ignore") + "\n\n… the rest is in the log\n"
    return text


def _row(cells: list[str], *, is_plain: bool = False) -> str:
    return "| " + " | ".join(cells if is_plain else map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    if text == OK:
        return "✅"
    return _escaped(text).replace("|", "\\|").replace("FAIL", "❌") or " "


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{char}" if char in "\\`*_[]#" else char for char in text)


def _failed(chart: ChartRun, stage: Stage) -> Iterator[str]:
    from steersman.action.ci.junit import problem_text

    errors = [problem for problem in stage.problems if problem.severity == ERROR]
    yield f"#### {_escaped(chart.path)}: {stage.name}"
    yield ""
    for problem in errors[:_MOST_PROBLEMS]:
        text = problem_text(problem)
        fence = "`" * max(3, 1 + max((len(run) for run in _ticks(text)), default=0))
        yield f"{fence}text\n{text}\n{fence}"
    if len(errors) > _MOST_PROBLEMS:
        yield f"… and {len(errors) - _MOST_PROBLEMS} more"
    yield ""


def _ticks(text: str) -> list[str]:
    import re

    return re.findall(r"`+", text)
