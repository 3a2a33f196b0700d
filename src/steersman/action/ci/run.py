"""A run: finds the charts and tests them, several at once."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import count

from steersman.action.ci import model, stages
from steersman.action.ci.changed import all_charts, changed_charts, is_excluded
from steersman.action.ci.git import Git
from steersman.action.ci.model import ChartRun, CiResult, skipped
from steersman.action.ci.releases import Releases, ReleaseSettings, define
from steersman.action.ci.settings import CannotRun
from steersman.action.ci.stages import LintSettings, Subject, SuiteSettings, chart_facts
from steersman.errors import SteerError
from steersman.go.errno import read_error
from steersman.record import Record, replace
from steersman.runtime.memory import BoundedMemory
from steersman.runtime.processes import cores, in_processes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from steersman.action.ci.model import Stage
    from steersman.action.ci.settings import CiSettings
    from steersman.action.configuration import Configuration
    from steersman.rendering import World

_RENDERING = (model.SCHEMA, model.LINT, model.CHECK, model.UNITTEST)
_LIVE = (model.INSTALL, model.UPGRADE, model.TEST)


class CiOptions(Record):
    """Everything that a run needs to know.

    Attributes:
        settings: chart-testing's.
        lint, suites, releases: how the stages work.
        world: what renders may ask.
        environ: for git and commands.
        connect: given a kubeconfig, ``""`` for the user's own, and a namespace, returns the cluster.
        build: fetches the dependencies of the chart in a folder.
        is_account: returns why a name is not an account at the host of a remote's URL, or ``""``.
        folder: for the files of this run; whoever made it removes it.
        skip: the stages to leave out.
        on_cluster: whether releases are made on the user's cluster, and not on a sandbox.
        workers: how many charts at once; 0 for one on each core.
        on_stage: told in which chart which stage begins, by the process that does it.
    """

    settings: CiSettings
    lint: LintSettings
    suites: SuiteSettings
    releases: ReleaseSettings
    world: World
    environ: Mapping[str, str]
    connect: Callable[[str, str], Configuration]
    build: Callable[[str], None]
    is_account: Callable[[str, str], str]
    folder: str
    skip: tuple[str, ...] = ()
    on_cluster: bool = False
    workers: int = 0
    on_stage: Callable[[str, str], object] = lambda _path, _stage: None


class Found(Record):
    """The charts of a run, and the commit and the revision that they are compared with, or ``""``."""

    paths: tuple[str, ...]
    base: str = ""
    old: str = ""
    notes: tuple[str, ...] = ()


def find_charts(settings: CiSettings, git: Git) -> Found:
    """Return the charts to test: those that were named, all, or those that have changed.

    Raises:
        CannotRun: when git cannot say, or there is no such folder or chart.
        ChartError: for a .helmignore or a Chart.yaml that cannot be read.
    """
    base = old = ""
    notes: list[str] = []
    if settings.charts:
        paths = [os.path.normpath(path) for path in settings.charts]
        for path in paths:
            if not os.path.isfile(os.path.join(path, "Chart.yaml")):
                raise CannotRun(f"{path} is not a chart: it has no Chart.yaml")
    elif settings.all:
        try:
            paths = all_charts(settings.chart_dirs, settings.excluded_charts)
        except OSError as error:
            raise CannotRun(read_error(str(error.filename), error)) from error
    else:
        paths, strays, base, old = _changed(settings, git)
        for folder in strays:
            is_there = any(files for _, _, files in os.walk(folder or "."))  # git leaves empty folders
            notes.append(f"{folder or '.'} {'has changed and is not in a chart' if is_there else 'was removed'}")
        notes += _untracked(settings, git, paths)
    if (settings.charts or settings.all) and settings.upgrade:
        base, old = git.base(
            settings.remote, settings.target_branch, settings.since, is_since_given=settings.is_since_given
        )
    if settings.exclude_deprecated:
        for path in paths:
            if Subject(path).facts.get("deprecated"):
                notes.append(f"{path} is deprecated")
        paths = [path for path in paths if f"{path} is deprecated" not in notes]
    return Found(tuple(dict.fromkeys(paths)), base, old, tuple(notes))


def _changed(settings: CiSettings, git: Git) -> tuple[list[str], list[str], str, str]:
    base, old = git.base(
        settings.remote, settings.target_branch, settings.since, is_since_given=settings.is_since_given
    )
    files = git.changed_files(base, settings.chart_dirs)
    paths, strays = changed_charts(
        files, settings.chart_dirs, settings.excluded_charts, uses_helmignore=settings.use_helmignore
    )
    return paths, strays, base, old


def _untracked(settings: CiSettings, git: Git, paths: Sequence[str]) -> Iterator[str]:
    """Yield a note for each chart that git does not know: it is not among the changed ones."""
    for file in git.untracked_files(settings.chart_dirs):
        folder, name = os.path.split(os.path.normpath(file))
        is_chart = name == "Chart.yaml" and os.path.dirname(folder) in map(os.path.normpath, settings.chart_dirs)
        if is_chart and folder not in paths and not is_excluded(folder, settings.excluded_charts):
            yield f"{folder} is not tracked by git ('git add' it to have it tested)"


def ci(options: CiOptions, found: Found, git: Git) -> Iterator[ChartRun]:
    """Test charts and yield the result of each, as they are done.

    Args:
        options: how.
        found: the charts.
        git: of the repository.

    Raises:
        CannotRun: when git cannot write out the old revision.
    """
    workers = min(options.workers or cores(), max(len(found.paths), 1))
    work = _Work(options, found, git, _old_tree(options, found, git), charts_at_once=workers)
    runs: dict[int, ChartRun] = {}
    for at, run in in_processes(work.chart, range(len(found.paths)), workers):
        runs[at] = run
        if not options.on_cluster:
            yield run
    if options.on_cluster:  # one after the other: charts may have objects of the same name that are in no namespace
        for at in sorted(runs):
            yield work.on_cluster(found.paths[at], runs[at])


def result_of(runs: Sequence[ChartRun], found: Found, seconds: float) -> CiResult:
    """Return the result of a run, its charts in the order in which they were found."""
    order = {path: at for at, path in enumerate(found.paths)}
    return CiResult(tuple(sorted(runs, key=lambda run: order[run.path])), found.base, found.notes, seconds)


def _old_tree(options: CiOptions, found: Found, git: Git) -> str:
    """Return the folder with the files of the old revision, ``""`` where nobody upgrades from it."""
    if not (found.base and options.releases.upgrades and model.UPGRADE not in options.skip):
        return ""
    folder = os.path.join(options.folder, "old")
    os.mkdir(folder)
    return git.write_tree(found.base, folder)


class _Work:
    """Takes a chart through the stages."""

    def __init__(self, options: CiOptions, found: Found, git: Git, old_tree: str, *, charts_at_once: int) -> None:
        self._options = options
        self._found = found
        self._git = git
        self._old_tree = old_tree
        self._memory = BoundedMemory()
        self._count = count()
        self._suites = replace(
            options.suites,
            # the suites of one chart alone may have all processes
            workers=options.workers if charts_at_once == 1 else 1,
            post_render=self._memory.outside(options.suites.post_render),
        )

    def chart(self, at: int) -> ChartRun:
        """Return the result of a chart, without its releases if they are for the user's cluster."""
        path = self._found.paths[at]
        try:
            subject = Subject(path)
            old = self._old_version(subject)
        except SteerError as error:
            problem = model.Problem(str(error), os.path.join(path, "Chart.yaml"))
            return ChartRun(path, os.path.basename(path), "", stages=(model.stage_of(model.LINT, [problem]),))
        run = ChartRun(path, subject.name, subject.version, old)
        for stage in self._timed(path, self._static(subject, old)):
            run = replace(run, stages=(*run.stages, stage))
        return run if self._options.on_cluster else self._live(subject, run)

    def on_cluster(self, path: str, run: ChartRun) -> ChartRun:
        """Return a chart's result with that of its releases on the user's cluster."""
        return self._live(Subject(path), run) if run.version or run.stages[0].name != model.LINT else run

    def _old_version(self, subject: Subject) -> str:
        if not self._found.old:
            return ""
        data = self._git.file(self._found.old, subject.yaml_path)
        return "" if data is None else str(chart_facts(data, f"the old {subject.yaml_path}").get("version") or "")

    def _timed(self, path: str, made: Iterator[tuple[str, Callable[[], Sequence[Stage]]]]) -> Iterator[Stage]:
        for name, make in made:
            if name in self._options.skip:
                continue
            self._options.on_stage(path, name)
            begun = time.monotonic()
            try:
                # other programs, which the rest may start, get no bound
                with self._memory if name in _RENDERING else nullcontext():
                    done = make()
            except SteerError as error:
                done = (model.stage_of(name, [Subject(path).problem(error)]),)
            for number, stage in enumerate(done):
                if stage.name not in self._options.skip:
                    yield replace(stage, seconds=time.monotonic() - begun if number == 0 else 0.0)

    def _static(self, subject: Subject, old: str) -> Iterator[tuple[str, Callable[[], Sequence[Stage]]]]:
        options, settings = self._options, self._options.settings
        if settings.check_version_increment and self._found.base:
            yield model.VERSION, lambda: (stages.version_stage(subject, old),)
        if settings.validate_maintainers:
            yield model.MAINTAINERS, lambda: (stages.maintainers_stage(subject, self._is_account),)
        missing: list[str] = []
        if not settings.skip_helm_dependencies:
            yield model.DEPENDENCIES, lambda: self._dependencies(subject, missing)
        lint, world = options.lint, options.world
        suites = self._suites
        for name, make in (
            (model.SCHEMA, lambda: [stages.schema_stage(subject, lint, world)]),
            (model.LINT, lambda: [stages.lint_stage(subject, lint, world)]),
            (model.CHECK, lambda: [stages.check_stage(subject, lint, world)]),
            (model.COMMANDS, lambda: [self._commands(subject)]),
            (model.UNITTEST, lambda: list(stages.suite_stages(subject, suites, world))),
        ):
            if name == model.COMMANDS and not settings.additional_commands:
                continue
            yield name, partial(_left_out, name, missing[0]) if missing else make

    def _commands(self, subject: Subject) -> Stage:
        return stages.commands_stage(subject, self._options.settings.additional_commands, dict(self._options.environ))

    def _dependencies(self, subject: Subject, missing: list[str]) -> Sequence[Stage]:
        stage = stages.dependencies_stage(subject, self._options.build)
        if stage.status == model.FAILED:
            missing.append("its dependencies are missing")
        return (stage,)

    def _is_account(self, name: str) -> str:
        try:
            return self._options.is_account(self._git.remote_url(self._options.settings.remote), name)
        except SteerError as error:
            return str(error)

    def _live(self, subject: Subject, run: ChartRun) -> ChartRun:
        wanted = [name for name in _LIVE if name not in self._options.skip]
        if model.INSTALL not in wanted:
            return run
        broken = [stage.name for stage in run.stages if stage.status == model.FAILED and stage.name in _NEEDED]
        settings = self._options.releases
        if model.UPGRADE not in wanted:
            settings = replace(settings, upgrades=False)
        if broken:
            names = [name for name in wanted if name != model.UPGRADE or settings.upgrades]
            return replace(
                run, stages=(*run.stages, *(skipped(name, f"{' and '.join(broken)} failed") for name in names))
            )
        self._options.on_stage(run.path, model.INSTALL)
        try:
            with self._cluster() as connect:
                done = tuple(Releases(subject, settings, connect).stages(self._old_subject(run.path), run.old_version))
        except SteerError as error:
            done = (model.stage_of(model.INSTALL, [subject.problem(error)]),)
        return replace(run, stages=(*run.stages, *(stage for stage in done if stage.name in wanted)))

    def _old_subject(self, path: str) -> Subject | None:
        """Return the chart at the old revision with its dependencies, or None where there is none."""
        folder = os.path.join(self._old_tree, path)
        if not self._old_tree or not os.path.isfile(os.path.join(folder, "Chart.yaml")):
            return None
        old = Subject(folder)
        if not self._options.settings.skip_helm_dependencies:
            stages.dependencies_stage(old, self._options.build)  # where they are missing, the install says so
        return old

    @contextmanager
    def _cluster(self) -> Iterator[Callable[[str], Configuration]]:
        """Give what connects to the cluster: the user's, or a sandbox that this chart has to itself."""
        connect = self._options.connect
        if self._options.on_cluster:
            yield lambda namespace: connect("", namespace)
            return
        from steersman.sandbox.process import serve_here

        folder = os.path.join(self._options.folder, f"sandbox-{os.getpid()}-{next(self._count)}")
        os.mkdir(folder, 0o700)
        server, kubeconfig = serve_here(folder)
        try:
            define(connect(kubeconfig, "default"), self._options.lint.crds)
            yield lambda namespace: connect(kubeconfig, namespace)
        finally:
            server.stop()


def _left_out(name: str, reason: str) -> Sequence[Stage]:
    return (skipped(name, reason),)


_NEEDED = (model.DEPENDENCIES, model.SCHEMA, model.LINT)
