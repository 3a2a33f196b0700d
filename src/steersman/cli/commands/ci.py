"""``ci``: the charts of a repository that have changed, through every test there is."""

from __future__ import annotations

import os
import time

from steersman.action.ci.git import Git
from steersman.action.ci.run import ci, find_charts, result_of
from steersman.action.ci.settings import CannotRun
from steersman.cli.inputs.ci import ci_options, ci_settings
from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.ci import color_of, details, how_many, last_line, progress_text, table_rows
from steersman.cli.terminal.output import table
from steersman.cli.terminal.progress import line_of
from steersman.cli.terminal.releases import painter
from steersman.cli.terminal.streams import write_with_sequences
from steersman.errors import SteerError
from steersman.go.errno import not_written
from steersman.runtime.files import make_folders, remove_tree, temporary_folder, write_aside
from steersman.runtime.log import send_to

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.action.ci.model import ChartRun, CiResult
    from steersman.action.ci.run import Found
    from steersman.action.ci.settings import CiSettings
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context

_FAILED = 1  # the exit code


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Test the charts and report; 0 where all passed, 1 where one failed, 2 where the run could not begin."""
    try:
        return _run(ctx, flags, args)
    except CannotRun:
        raise
    except SteerError as error:
        raise CannotRun(str(error), hint=error.hint, detail=error.detail) from error


def _run(ctx: Context, flags: Flags, args: list[str]) -> int:
    begun = time.monotonic()
    settings = ci_settings(ctx, flags, args)
    for warning in settings.warnings:
        ctx.err.write(f"warning: {warning}\n")
    git = Git(ctx.environment)
    found = find_charts(settings, git)
    if flags["list-changed"]:
        ctx.out.write("".join(f"{path}\n" for path in found.paths))
        return 0
    result = result_of(_tested(ctx, flags, settings, found, git), found, time.monotonic() - begun)
    if flags["junit"]:
        from steersman.action.ci.junit import junit

        _write(flags["junit"], junit(result))
    _report(ctx, flags, result)
    return 0 if result.passed else _FAILED


def _tested(ctx: Context, flags: Flags, settings: CiSettings, found: Found, git: Git) -> list[ChartRun]:
    shows = ctx.terminal()

    def show(text: str) -> None:
        if shows:
            line_of(ctx).show(text)

    send_to(lambda *_words, **_fields: None)  # what a chart has Helm log would stand without its chart
    folder = temporary_folder("steer-ci")
    runs: list[ChartRun] = []
    try:
        options = ci_options(ctx, flags, settings, folder, lambda path, stage: show(progress_text(path, stage)))
        show(how_many(runs, len(found.paths)))
        for one in ci(options, found, git):
            runs.append(one)
            show(how_many(runs, len(found.paths)))
    finally:
        ctx.wipe_progress()
        remove_tree(folder)
        send_to(ctx.log)
    return runs


def _report(ctx: Context, flags: Flags, result: CiResult) -> None:
    answer = Answer(ctx, flags)
    on_github = ctx.environment.get("GITHUB_ACTIONS") == "true"
    annotates = flags["annotations"] if flags.changed("annotations") else on_github
    if answer.is_structured:
        from steersman.action.ci.data import as_data

        answer.give(as_data(result))
    elif annotates:
        from steersman.action.ci.github import without_commands

        without_commands(lambda: _show(ctx, flags, result), ctx.out.write)
    else:
        _show(ctx, flags, result)
    if annotates:
        from steersman.action.ci.github import workflow_commands

        top = ctx.environment.get("GITHUB_WORKSPACE") or os.getcwd()
        for line in workflow_commands(result, top):
            answer.say(f"{line}\n")
    path = ctx.environment.get("GITHUB_STEP_SUMMARY")
    if path and on_github:
        from steersman.action.ci.github import summary

        try:
            with open(path, "a", encoding="utf-8", errors="replace") as file:
                file.write(summary(result, table_rows(result)))
        except OSError as error:
            ctx.err.write(f"warning: the summary: {not_written(path, error)}\n")


def _show(ctx: Context, flags: Flags, result: CiResult) -> None:
    paint = painter(ctx)
    out: Callable[[str], None] = lambda text: write_with_sequences(ctx.out, text)  # noqa: E731
    for note in result.notes:
        out(f"{paint('note: ' + note, '')}\n")
    if not result.charts:
        out("no chart has changed\n")
        return
    rows = table_rows(result)
    painted = table(ctx, rows, paint=lambda row, column, cell: paint(cell, color_of(cell) if row and column else ""))
    out(f"{painted}\n")
    for line in details(result, paint, with_warnings=flags["verbose"]):
        out(f"{line}\n")
    out(f"\n{last_line(result, paint, with_warnings=flags['verbose'])}\n")


def _write(path: str, text: str) -> None:
    try:
        make_folders(os.path.dirname(path) or ".")
        write_aside(path, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise CannotRun(not_written(path, error)) from error
