"""``unittest``: charts and their suites, in several processes. Answers to helm-unittest's runner.

Reads charts, suites, values files and snapshots, and writes snapshots; ``unittest`` judges.
"""

from __future__ import annotations

import os

from steersman.action.bounded_file import read_bounded
from steersman.chart.loader import load_chart
from steersman.errors import ChartError, SteerError, ValuesError
from steersman.go.errno import errno_text
from steersman.record import Record, replace
from steersman.runtime.files import shown_path
from steersman.runtime.processes import cores, in_processes
from steersman.runtime.programs import executable
from steersman.unittest.fields import SuiteError
from steersman.unittest.given_values import GivenFile, read_values
from steersman.unittest.patterns import glob, joined, suite_files
from steersman.unittest.reading import Options, read_suites
from steersman.unittest.results import ChartResult, SuiteResult
from steersman.unittest.run import Outside, RunOptions, SuiteRun
from steersman.unittest.snapshots import SnapshotFile, read_file, write_file
from steersman.unittest.subcharts import ChartSuites, is_enabled, with_values_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.rendering import World
    from steersman.unittest.snapshots import Entries
    from steersman.unittest.suite import Program, Suite

DEFAULT_PATTERN = "tests/*_test.yaml"
_FOLDER = "__snapshot__"
_MOST_BYTES = 64 * 1024 * 1024  # of one suite, values or snapshot file


class UnittestOptions(Record):
    """Options from the flags.

    Attributes:
        files: patterns of suite files, below each chart.
        values: patterns of values files that are put over every suite's.
        with_subcharts: whether the suites of subcharts run, too.
        strict: whether unknown keys in suites are errors.
        updates: whether snapshots are stored as they are now.
        chart_tests_path: the folder below a chart of a chart whose templates make suites, or ``""``.
        render_folder: where to put what is rendered, or ``""``.
        workers: how many processes; 0 for one on each core.
        with_coverage: whether results say what each test came to of its chart's code.
        only: the absolute paths of the suite files that run; None for all.
        run: the options of each suite.
    """

    files: tuple[str, ...] = (DEFAULT_PATTERN,)
    values: tuple[str, ...] = ()
    with_subcharts: bool = True
    strict: bool = False
    updates: bool = False
    chart_tests_path: str = ""
    render_folder: str = ""
    workers: int = 0
    with_coverage: bool = False
    only: frozenset[str] | None = None
    run: RunOptions = RunOptions()


class _Job(Record):
    """Suites that one process runs: those of one file, or those that a chart's templates made."""

    path: str
    suites: tuple[Suite, ...]


class _Done(Record):
    """The results of a job."""

    suites: tuple[SuiteResult, ...] = ()
    snapshots: tuple[tuple[str, Entries], ...] = ()


def unittest(
    paths: Sequence[str], options: UnittestOptions, world: World, post_render: Callable[[Program, str], str]
) -> Iterator[ChartResult]:
    """Yield each chart's results.

    Args:
        paths: charts.
        options: see there.
        world: what a render may ask.
        post_render: runs a program on a text.
    """
    for path in paths:
        try:
            chart = load_chart(path)
            result = _ChartRun(path, chart, options, world, post_render).result()
        except SteerError as error:
            result = ChartResult(os.path.basename(os.path.normpath(path)), path, error=str(error))
        yield result
        if options.run.fail_fast and result.error is not None:
            return


class _ChartRun:
    def __init__(
        self,
        path: str,
        chart: Chart,
        options: UnittestOptions,
        world: World,
        post_render: Callable[[Program, str], str],
    ) -> None:
        self._path = path
        self._chart = chart
        self._options = options
        self._run_options = options.run
        if options.with_coverage:
            from steersman.insight.code import Code

            self._run_options = replace(options.run, code=Code(chart))
        self._reading = Options(strict=options.strict, values=values_files(options.values))
        self._outside = outside(world, post_render, options.render_folder)
        self._notes: list[str] = []

    def result(self) -> ChartResult:
        """Run everything and write the snapshots.

        Raises:
            SteerError: when a suite of the chart itself cannot be read: then none counts.
        """
        suites = tuple(self._counted(self._run(self._jobs())))
        code = self._run_options.code
        broken = [f"coverage leaves {name} out: {error}" for name, error in code.broken.items()] if code else []
        return ChartResult(self._chart.name, self._path, suites, notes=(*self._notes, *broken), code=code)

    def _counted(self, results: Sequence[_Done]) -> Iterator[SuiteResult]:
        """Yield results, and write the snapshots that have changed."""
        for result in results:
            yield from result.suites
            for path, entries in result.snapshots:
                problem = write_snapshots(path, entries)
                if problem:
                    yield SuiteResult("", path, error=problem)

    def _run(self, jobs: Sequence[_Job]) -> list[_Done]:
        """Return what each job came to; with ``fail_fast``, of those behind the first failure nothing."""
        found: dict[int, _Done] = {}
        workers = self._options.workers or cores()
        if self._options.run.fail_fast:
            order: Sequence[int] = range(len(jobs))
            workers = 1
        else:
            order = sorted(range(len(jobs)), key=lambda at: -_size(jobs[at]))
        for at, done in in_processes(lambda at: self._job(jobs[at]), order, workers):
            found[at] = done
            if self._options.run.fail_fast and any(suite.stopped for suite in done.suites):
                break
        return [found.get(at, _Done()) for at in range(len(jobs))]

    def _job(self, job: _Job) -> _Done:
        results: list[SuiteResult] = []
        files: dict[str, SnapshotFile] = {}
        for suite in job.suites:
            path = snapshot_path(suite)
            try:
                if path not in files:
                    files[path] = SnapshotFile(read_snapshots(path), updates=self._options.updates)
            except SuiteError as error:
                results.append(SuiteResult(suite.name, suite.file, error=f"{path}: {error}"))
                continue
            results.append(SuiteRun(self._chart, suite, self._outside, self._run_options).run(files[path]))
            if results[-1].stopped:
                return _Done(tuple(results))
        return _Done(_with_vanished(results, job.suites, files), tuple(_changed(files)))

    # Finding suites

    def _jobs(self) -> list[_Job]:
        """Return the jobs of this chart and of its subcharts: all suites are read before one runs.

        Raises:
            SteerError: when a suite of this chart cannot be read.
        """
        found: list[_Job] = []
        for place in suite_charts(self._chart, self._path, self._options):
            try:
                found += self._jobs_of(place)
            except SteerError as error:
                if place.is_root:
                    raise
                self._notes.append(f"the suites of the subchart {place.chart.name} are left out: {error}")
        if not found and not self._notes and self._options.only is None:
            self._notes.append(f"no suite was found: no file matches {' or '.join(self._options.files)}")
        return found

    def _jobs_of(self, place: ChartSuites) -> list[_Job]:
        only = self._options.only
        jobs = [
            _Job(path, self._suites_in(path, place.route))
            for path in suite_files(place.path, self._options.files)
            if only is None or os.path.abspath(path) in only
        ]
        folder = os.path.join(place.path, self._options.chart_tests_path)
        if self._options.chart_tests_path and os.path.exists(folder):
            from steersman.unittest.made_suites import made_suites

            made = made_suites(load_chart(folder), place.route, self._outside.world, self._reading)
            for name, suites in made:
                path = os.path.join(folder, name)
                jobs.append(_Job(path, tuple(replace(suite, file=shown_path(path)) for suite in suites)))
        return jobs

    def _suites_in(self, path: str, route: str) -> tuple[Suite, ...]:
        shown = shown_path(path)
        try:
            return tuple(read_suites(read_text(path), shown, route, self._reading))
        except SuiteError as error:
            raise SuiteError(f"{shown}: {error}") from error


def suite_charts(chart: Chart, path: str, options: UnittestOptions) -> Iterator[ChartSuites]:
    """Yield a chart and its subcharts whose suites run."""
    root = ChartSuites(chart, path, chart.name, is_root=True)
    yield root
    if options.with_subcharts:
        values = with_values_files(chart, options.values, lambda name: _merged_file(path, name))
        yield from _subcharts(root, values)


def outside(world: World, post_render: Callable[[Program, str], str], render_folder: str = "") -> Outside:
    """Return the effects of a run on this machine; each values file is read once."""
    values: dict[str, dict[str, Any]] = {}
    keep = _keeper(render_folder) if render_folder else None
    return Outside(world, lambda suite, name: _read_values(suite, name, values), _read_file, post_render, keep)


def run_program(program: Program, text: str, environ: Mapping[str, str]) -> str:
    """Return what a post-renderer makes of a text.

    Raises:
        ChartError: when it cannot be run or fails.
    """
    import subprocess

    line = [program.command, *program.arguments]
    data = text.encode("utf-8", "surrogateescape")
    try:
        found = executable(program.command, environ)
        done = subprocess.run(line, executable=found, input=data, capture_output=True, env=dict(environ), check=False)
    except OSError as error:
        raise ChartError(f"post-renderer {program.command}: {errno_text(error)}") from error
    if done.returncode:
        problem = done.stderr.decode("utf-8", "replace").strip()
        raise ChartError(f"post-render failed: {program.command} ended with {done.returncode}: {problem}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _subcharts(parent: ChartSuites, values: dict[str, Any] | None) -> Iterator[ChartSuites]:
    for child in parent.chart.dependencies:
        if values is None or is_enabled(parent.chart, child, values):
            place = ChartSuites(
                child,
                # go: patterns are looked for in a clean path (test_patterns_with_the_path_of_a_subchart)
                joined(parent.path, "charts", child.name),
                f"{parent.route}/charts/{child.name}",
                is_root=False,
            )
            yield place
            yield from _subcharts(place, values)


# Files


def read_text(path: str) -> str:
    """Return the text of a file.

    Raises:
        SuiteError: when it cannot be read.
    """
    return read_bounded(path, _MOST_BYTES, SuiteError).decode("utf-8", "surrogateescape")


def _size(job: _Job) -> int:
    try:
        return os.path.getsize(job.path)
    except OSError:
        return 0


def values_files(patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the values files that patterns find."""
    paths: list[str] = []
    for pattern in patterns:
        paths += [pattern] if os.path.isabs(pattern) else map(os.path.abspath, glob(pattern))
    return tuple(paths)


def _read_values(suite: str, name: str, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    path = _place(suite, name)
    if path not in known:
        try:
            known[path] = read_values(read_text(path), name)
        except SuiteError as error:
            raise ValuesError(str(error)) from error
    return known[path]


def _read_file(suite: str, name: str) -> GivenFile:
    path = _place(suite, name)
    return GivenFile(shown_path(path), read_text(path).encode("utf-8", "surrogateescape"))


def _place(suite: str, name: str) -> str:
    return name if os.path.isabs(name) else os.path.normpath(os.path.join(os.path.dirname(suite), name))


def _merged_file(chart: str, name: str) -> dict[str, Any]:
    return read_values(read_text(name if os.path.isabs(name) else os.path.join(chart, name)), name)


def snapshot_path(suite: Suite) -> str:
    """Return the path of a suite's file of snapshots."""
    folder, name = os.path.split(suite.snapshot_name)
    return os.path.join(folder, _FOLDER, f"{name}.snap")


def read_snapshots(path: str) -> Entries:
    """Return the snapshots in a file; none where it is not there.

    Raises:
        SuiteError: when it cannot be read.
    """
    return read_file(read_text(path)) if os.path.exists(path) else {}


def _changed(files: Mapping[str, SnapshotFile]) -> Iterator[tuple[str, Entries]]:
    for path, file in files.items():
        entries = file.changed()
        if entries is not None:
            yield path, entries


def _with_vanished(
    results: Sequence[SuiteResult], suites: Sequence[Suite], files: Mapping[str, SnapshotFile]
) -> tuple[SuiteResult, ...]:
    """Return the results with the snapshots that are gone, which count for the last suite of their file."""
    last = {snapshot_path(suite): at for at, suite in enumerate(suites)}
    out = list(results)
    for path, at in last.items():
        if path in files and files[path].vanished:
            out[at] = replace(out[at], snapshots=replace(out[at].snapshots, vanished=files[path].vanished))
    return tuple(out)


def write_snapshots(path: str, entries: Entries) -> str:
    """Write a file of snapshots; return what goes wrong, or ``""``."""
    from steersman.runtime.files import make_folders, write_aside

    try:
        make_folders(os.path.dirname(path))
        write_aside(path, write_file(entries).encode("utf-8", "surrogateescape"))
    except OSError as error:
        return f"write {path}: {errno_text(error)}"
    return ""


def _keeper(folder: str) -> Callable[[dict[str, str]], None]:
    def keep(files: dict[str, str]) -> None:
        for name, text in files.items():
            path = os.path.normpath(os.path.join(folder, name))
            if not path.startswith(os.path.normpath(folder) + os.sep):
                continue  # a name that leads out of the folder
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text)

    return keep
