"""``unittest``: the tests of charts in helm-unittest's format."""

from __future__ import annotations

import os
import time

from steersman.action.unittest import DEFAULT_PATTERN, UnittestOptions, run_program, unittest
from steersman.cli.inputs.chart import compiled_templates
from steersman.cli.inputs.rendering import impure
from steersman.cli.inputs.schema_access import schema_access
from steersman.cli.terminal.streams import visible_on, write_with_sequences
from steersman.cli.terminal.visible_records import visible_record
from steersman.errors import SteerError, UsageError
from steersman.record import replace
from steersman.rendering import World
from steersman.runtime.log import send_to
from steersman.runtime.memory import BoundedMemory
from steersman.runtime.process import collected_often
from steersman.unittest.run import MADE_UP_FACTS, RunOptions, made_up_capabilities
from steersman.unittest.show import Paint, chart_lines, summary_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import NoReturn

    from steersman.checking.generated import Generated
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.engine.impure import Impure
    from steersman.unittest.reports.model import Machine
    from steersman.unittest.results import ChartResult


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Run the suites, print what failed, write a report; 1 where not all passed."""
    if flags["schema"]:
        from steersman.unittest.schema import schema_text

        ctx.out.write(schema_text())
        return 0
    if not args:
        raise UsageError('"steer unittest" requires at least 1 argument\n\nUsage:  steer unittest [flags] CHART [...]')
    write = _report_writer(flags)
    if (flags["min"] or flags["min-branches"] or flags["coverage-output"]) and not flags["coverage"]:
        raise UsageError("--min, --min-branches and --coverage-output need --coverage")
    if flags["generate-seed"] and not flags["generate"]:
        raise UsageError("--generate-seed needs --generate")
    if flags["generate"]:
        from steersman.action.generate import check_hypothesis

        check_hypothesis()
    if flags["coverage"]:
        from steersman.cli.inputs.coverage import CoverageReport

        CoverageReport(ctx, flags)  # wrong flags are reported before the tests run
    if flags["watch"]:
        _watch(ctx, flags, args, write)
    return _once(ctx, flags, args, write, _options(flags))[0]


def _watch(ctx: Context, flags: Flags, args: Sequence[str], write: Callable[[Sequence[ChartResult]], None]) -> NoReturn:
    """Run the suites, and again those that a change affects; coverage, values and reports are about all of them."""
    from steersman.action.unittest_watch import Watched
    from steersman.cli.inputs.watching import watch
    from steersman.cli.terminal.watched import changed_line, left_out_lines

    options = _options(flags)
    watched = Watched(args, options)
    runs_all = flags["coverage"] or flags["generate"] or flags["output-file"]
    failed: set[str] = set()

    def act(changed: list[str]) -> None:
        again = watched.affected(changed) if changed else None
        charts, chosen = args, options
        files: set[str] = set()
        failed.difference_update([file for file in failed if not os.path.exists(file)])
        if again is not None:
            ctx.out.write(f"{changed_line(changed, again, runs_all=runs_all)}\n")
            if not runs_all:
                charts, chosen = again.charts, replace(options, only=again.files)
        if charts:
            _, results = _once(ctx, flags, charts, write, chosen)
            files = {suite.file for result in results for suite in result.suites}
            failed.difference_update(files)
            failed.update(suite.file for result in results for suite in result.suites if not suite.passed)
        ctx.out.write("".join(f"{line}\n" for line in left_out_lines(sorted(failed - files))))

    watch(watched.places, act, ctx.out)


def _once(
    ctx: Context,
    flags: Flags,
    args: Sequence[str],
    write: Callable[[Sequence[ChartResult]], None],
    options: UnittestOptions,
) -> tuple[int, list[ChartResult]]:
    start = time.monotonic()
    paint = Paint(_has_colors(ctx))
    send_to(_quiet(ctx).log)
    charts: list[ChartResult] = []
    memory = BoundedMemory()
    world = World(_quiet(ctx), compiled=compiled_templates(ctx), schemas=schema_access(ctx))
    with memory, collected_often():
        for chart in unittest(
            args, options, world, memory.outside(lambda program, text: run_program(program, text, ctx.environment))
        ):
            charts.append(chart)
            _write_lines(ctx, chart_lines(visible_record(ctx.out, chart), paint))
            ctx.out.flush()
        seconds = time.monotonic() - start
        is_covered = not flags["coverage"] or _show_coverage(ctx, flags, charts, world)
        if flags["generate"]:
            charts = [_generated(ctx, flags, chart, world, paint) for chart in charts]
            seconds = time.monotonic() - start
    write(charts)
    _write_lines(ctx, summary_lines(charts, seconds, paint))
    return 0 if is_covered and all(chart.passed for chart in charts) else 1, charts


def _generated(ctx: Context, flags: Flags, chart: ChartResult, world: World, paint: Paint) -> ChartResult:
    """Render a chart with made-up values; return its results with a suite of the mistakes that they bring out."""
    from steersman.action.generate import generate
    from steersman.action.generated_suite import generated_suite
    from steersman.chart.loader import load_chart
    from steersman.cli.terminal.generated import generated_lines

    count, seed = flags["generate"], flags["generate-seed"]
    start = time.monotonic()
    made: Generated | str
    try:
        made = generate(chart.path, load_chart(chart.path), world, count, seed, _progress(ctx, chart.name))
    except SteerError as error:
        made = str(error)
    ctx.wipe_progress()
    ctx.out.write("\n")
    _write_lines(ctx, generated_lines(visible_on(ctx.out, chart.name), visible_record(ctx.out, made), paint))
    suite = generated_suite(chart.name, chart.path, made, time.monotonic() - start)
    return replace(chart, suites=(*chart.suites, suite))


def _write_lines(ctx: Context, lines: Iterable[str]) -> None:
    """Write lines with colors; the texts in them are ``visible_on`` the stream."""
    write_with_sequences(ctx.out, "".join(f"{line}\n" for line in lines))


def _progress(ctx: Context, chart: str) -> Callable[[int], object]:
    """Return what shows on a terminal how many renders with made-up values are done."""
    if not ctx.terminal():
        return lambda _count: None
    from steersman.cli.terminal.progress import line_of

    return lambda done: line_of(ctx).show(f"{chart}: {done} renders with generated values …")


def _show_coverage(ctx: Context, flags: Flags, charts: Sequence[ChartResult], world: World) -> bool:
    """Print and write the coverage of each chart; return whether it is enough."""
    from steersman.action.coverage import coverage_of_tests, hints
    from steersman.chart.loader import load_chart
    from steersman.cli.inputs.coverage import CoverageReport

    report = CoverageReport(ctx, flags)
    for chart in charts:
        coverage = coverage_of_tests(chart)
        if coverage is not None:
            ctx.out.write("\n")
            # values are tried on the cluster that a test has which says nothing about it
            schemas = None if flags["skip-schema-validation"] else world.schemas
            on = replace(world, capabilities=made_up_capabilities, schemas=schemas)
            tried = hints(load_chart(chart.path), coverage, on, MADE_UP_FACTS)
            report.show(chart.path, coverage, tried)
    return report.finish()


def _options(flags: Flags) -> UnittestOptions:
    return UnittestOptions(
        files=tuple(flags["file"]) or (DEFAULT_PATTERN,),
        values=tuple(flags["values"]),
        with_subcharts=flags["with-subchart"],
        strict=flags["strict"],
        updates=flags["update-snapshot"],
        chart_tests_path=flags["chart-tests-path"],
        render_folder=".debug" if flags["debugPlugin"] else "",
        workers=flags["jobs"],
        with_coverage=flags["coverage"],
        run=RunOptions(skip_schema_validation=flags["skip-schema-validation"], fail_fast=flags["failfast"]),
    )


def _quiet(ctx: Context) -> Impure:
    """Return the world's side effects; what charts have Helm log would drown the results."""

    def log(level: str, message: str, /, **fields: object) -> None:
        if ctx.settings.debug:
            ctx.log(level, message, **fields)

    return replace(impure(ctx), log=log)


def _has_colors(ctx: Context) -> bool:
    mode = ctx.settings.color
    return mode == "always" or (mode == "auto" and ctx.out.isatty())


def _report_writer(flags: Flags) -> Callable[[Sequence[ChartResult]], None]:
    """Return what writes the report that the flags ask for.

    Raises:
        UsageError: for a type that is none.
    """
    path: str = flags["output-file"]
    wanted: str = flags["output-type"]
    if not path:
        return lambda _charts: None
    from steersman.unittest.reports.formats import FORMATS

    report = next((make for name, make in FORMATS.items() if name.lower() == wanted.lower()), None)
    if report is None:
        raise UsageError(f"unknown output type {wanted!r}: must be one of {', '.join(FORMATS)}")

    def write(charts: Sequence[ChartResult]) -> None:
        from steersman.runtime.files import make_folders, write_aside

        suites = [suite for chart in charts for suite in chart.suites]
        make_folders(os.path.dirname(path) or ".")
        write_aside(path, report(suites, _machine()).encode("utf-8", "surrogateescape"))

    return write


def _machine() -> Machine:
    import getpass
    import platform

    from steersman.unittest.reports.model import Machine

    now = time.localtime()
    return Machine(
        time.strftime("%Y-%m-%d", now),
        time.strftime("%H:%M:%S", now),
        platform.node(),
        getpass.getuser(),
        os.getcwd(),
        f"python{platform.python_version()}.{platform.system().lower()}-{platform.machine()}",
    )
