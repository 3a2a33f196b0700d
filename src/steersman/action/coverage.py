"""``coverage``: renders of a chart to what they came to of its code, and values that would come to what is left."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from steersman.action.check import ci_cases
from steersman.checking.subject import Subject
from steersman.coverage.allowed import Allowed
from steersman.coverage.model import Coverage
from steersman.engine.context import Facts
from steersman.engine.trace import Trace
from steersman.errors import SteerError
from steersman.go.json import pointer_token, pointer_tokens
from steersman.insight.code import Code
from steersman.insight.guesses import Setting, as_values, guesses, with_settings
from steersman.manifest.hooks import sort_manifests
from steersman.record import Record, replace
from steersman.rendering import NOTES, RenderOptions, merged_values, take_part, texts
from steersman.unittest.documents import read_documents
from steersman.unittest.run import YAML_NAMES
from steersman.values.errors import SchemaViolation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path
    from steersman.insight.code import Covered
    from steersman.rendering import Source, World
    from steersman.unittest.results import ChartResult
    from steersman.values.errors import Violation

DEFAULTS = "the defaults"
_FACTS = Facts("release-name", "default")
_MOST_RENDERS = 200  # that look for values
_MOST_CHECKS = 2_000  # of values by schemas
_MOST_ADDED = 4  # values that schemas want besides those that a guess has


class Failed(SteerError):
    """A render for coverage that failed, and the name of its values."""


def coverage_of_values(
    chart: Chart, cases: Sequence[tuple[str, dict[str, Any]]], world: World
) -> tuple[Coverage, list[Failed]]:
    """Render a chart with each set of values; one that fails counts as far as it gets.

    Args:
        chart: the chart.
        cases: the name and the values of each render.
        world: what renders may ask.

    Returns:
        The coverage, and what failed.
    """
    code = Code(chart)
    runs: list[tuple[str, Covered]] = []
    failed: list[Failed] = []
    for name, values in cases:
        render = _rendered(chart, code, values, world)
        if render.covered is not None:
            runs.append((name, render.covered))
        if render.error is not None:
            failed.append(Failed(f"{name}: {render.error}"))
    return Coverage(code, runs), failed


def cases_of(path: str, chart: Chart) -> list[tuple[str, dict[str, Any]]]:
    """Return the defaults and the ci values files of a chart.

    Raises:
        ChartError: for a file that cannot be read.
        ValuesError: for one that is not a map in YAML.
    """
    return [(DEFAULTS, {}), *((case.name, case.values) for case in ci_cases(path, chart))]


def coverage_of_tests(result: ChartResult) -> Coverage | None:
    """Return what the tests of a chart came to; None where it was not asked for, or the chart could not be tested."""
    if result.code is None:
        return None
    runs: list[tuple[str, Covered]] = []
    known: Counter[str] = Counter()
    for suite in result.suites:
        for test in suite.tests:
            if test.covered is not None:
                name = f"{suite.name}: {test.name}"
                known[name] += 1  # names need not be different
                runs.append((name if known[name] == 1 else f"{name} ({known[name]})", test.covered))
    return Coverage(result.code, runs)


def hints(chart: Chart, coverage: Coverage, world: World, facts: Facts = _FACTS) -> dict[int, tuple[Setting, ...]]:
    """Return values that take sides that no run took, by their points; each has been tried, and renders.

    Args:
        chart: the chart.
        coverage: what is known to be taken.
        world: what renders may ask.
        facts: the release that values are tried with.
    """
    try:
        subject = Subject(chart)
        uses = subject.uses
    except SteerError:
        return {}
    found: dict[int, tuple[Setting, ...]] = {}
    trials = _Trials(chart, coverage.code, world, facts)
    schemas = _Schemas(subject, chart, trials.world) if trials.world.schemas is not None else None
    capabilities = world.capabilities()
    for side in coverage.untaken:
        for settings in guesses(uses, side, facts, capabilities, schemas):
            if not trials.takes(settings, side.point):
                settings = schemas.completed(settings) if schemas is not None else ()
                if not settings or not trials.takes(settings, side.point):
                    continue
            found[side.point] = trials.fewest(settings, side.point)
            break
    for side in coverage.untaken:
        if side.point not in found:
            others = [settings for settings, points in trials.done.values() if points >> side.point & 1]
            if others:
                found[side.point] = min(others, key=len)
    return found


class _Schemas:
    """The schemas of a chart and its subcharts: values that they describe, and whether they let one be.

    Args:
        subject: the chart with all its subcharts, under the names that they are used by.
        chart: as it was loaded.
        world: how schemas are checked.
    """

    def __init__(self, subject: Subject, chart: Chart, world: World) -> None:
        whole = subject.whole
        self._subject = subject
        self._chart = chart
        self._world = world
        self._described = Allowed(whole)
        self._has_any = any(one.schema is not None for one in whole.walk())
        self._known: dict[str, bool] = {}
        self._checks = 0

    def values_at(self, path: Path) -> Sequence[Any]:
        """Return values that schemas describe for a path below ``Values``."""
        return self._described.at(path)

    def allow(self, setting: Setting) -> bool:
        """Return whether the schemas let a value be where it is; what they say about other values is left open."""
        if not self._has_any:
            return True
        key = repr(setting)
        if key not in self._known:
            self._known[key] = self._is_let_be(setting)
        return self._known[key]

    def completed(self, settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
        """Return values with others that the schemas want as well; none where that is not known or not needed."""
        whole = settings
        for _ in range(_MOST_ADDED):
            refused = self._refused(whole)
            if not refused:
                return whole if refused is not None and whole is not settings else ()
            added = self._mended(whole, refused[0])
            if added is None:
                return ()
            whole = (*whole, added)
        return ()

    def _mended(self, settings: tuple[Setting, ...], violation: Violation) -> Setting | None:
        """Return a value that is missing, or another one at a place where the schemas refuse the chart's default."""
        path: Path = (*pointer_tokens(violation.pointer), *violation.missing[:1])
        if not path or any(path == one.path[: len(path)] for one in settings):
            return None
        if any(isinstance(self._subject.default_of(path[:end]), list) for end in range(1, len(path))):
            return None  # no value of its own can be set in a list
        place = _place(path)
        for value in (*self._described.at(path), *(("x",) if violation.missing else ())):
            setting = Setting(path, value)
            refused = self._refused((*settings, setting))
            if refused is not None and not any(_is_below(one.pointer, place) for one in refused):
                return setting
        return None

    def _is_let_be(self, setting: Setting) -> bool:
        refused = self._refused((setting,))
        return refused is not None and not any(_is_below(one.pointer, _place(setting.path)) for one in refused)

    def _refused(self, settings: tuple[Setting, ...]) -> tuple[Violation, ...] | None:
        """Return what the schemas refuse of values; None where that cannot be known, or beyond the limit."""
        self._checks += 1
        if self._checks > _MOST_CHECKS:
            return None
        try:
            merged_values(_source(self._chart, as_values(settings), self._world), self._world, RenderOptions())
        except SchemaViolation as error:
            return error.refused or None
        except SteerError:
            return None
        return ()


def _place(path: Path) -> str:
    return "".join(f"/{pointer_token(str(key))}" for key in path)


def _is_below(pointer: str, place: str) -> bool:
    return f"{pointer}/".startswith(f"{place}/")


class _Trials:
    """Renders that see which points values come to, up to a limit.

    Attributes:
        world: what renders may ask.
        done: the values of each render and the points that it came to.
    """

    def __init__(self, chart: Chart, code: Code, world: World, facts: Facts) -> None:
        self._chart = chart
        self._facts = facts
        self._code = code
        schemas = world.schemas
        if schemas is not None:
            # what is tried is neither kept for later runs nor logged
            schemas = replace(schemas, cache=None, debug=None)
        self.world = replace(world, schemas=schemas)
        self._broken: dict[tuple[str, str], bool] = {}
        self.done: dict[str, tuple[tuple[Setting, ...], int]] = {}

    def takes(self, settings: tuple[Setting, ...], point: int) -> bool:
        """Return whether a render with values comes to a point and succeeds; False beyond the limit."""
        key = repr(settings)
        if key not in self.done:
            if len(self.done) >= _MOST_RENDERS:
                return False
            facts, capabilities = with_settings(settings, self._facts, self.world.capabilities())
            world = replace(self.world, capabilities=lambda: capabilities)
            render = _rendered(self._chart, self._code, as_values(settings), world, facts)
            is_sound = render.error is None and not (self._broken_files(render.files) - self._broken_before)
            self.done[key] = settings, render.covered.points if render.covered is not None and is_sound else 0
        return bool(self.done[key][1] >> point & 1)

    @cached_property
    def _broken_before(self) -> set[str]:
        """The files that are not objects with the chart's defaults, either."""
        return self._broken_files(_rendered(self._chart, self._code, {}, self.world, self._facts).files)

    def _broken_files(self, files: dict[str, str]) -> set[str]:
        return {path for path, text in files.items() if not path.endswith(NOTES) and self._is_broken(path, text)}

    def _is_broken(self, path: str, text: str) -> bool:
        """Return whether a rendered file is not objects for Helm, or no documents for a test; most are as before."""
        key = path, text
        if key not in self._broken:
            try:
                if path.endswith(YAML_NAMES):
                    read_documents(text)
                sort_manifests({path: text}, lambda *_words, **_fields: None)
                self._broken[key] = False
            except SteerError:
                self._broken[key] = True
        return self._broken[key]

    def fewest(self, settings: tuple[Setting, ...], point: int) -> tuple[Setting, ...]:
        """Return values without those that the point does without."""
        for one in settings if len(settings) > 1 else ():
            fewer = tuple([other for other in settings if other is not one])
            if fewer and self.takes(fewer, point):
                settings = fewer
        return settings


class _Render(Record):
    """The points that a render came to, where it began; its error; the texts of the templates where there is none."""

    covered: Covered | None
    error: SteerError | None
    files: dict[str, str]


def _rendered(chart: Chart, code: Code, values: dict[str, Any], world: World, facts: Facts = _FACTS) -> _Render:
    trace = Trace()
    try:
        source = _source(chart, values, world)
        merged = merged_values(source, world, RenderOptions())
    except SteerError as problem:
        return _Render(None, problem, {})
    try:
        files = texts(source.chart, merged, facts, world.capabilities(), world, trace=trace)
    except SteerError as problem:
        return _Render(code.covered(trace), problem, {})
    return _Render(code.covered(trace), None, files)


def _source(chart: Chart, values: dict[str, Any], world: World) -> Source:
    return take_part(chart, values, world.impure.log)
