"""``coverage``: renders of a chart to what they came to of its code, and values that would come to what is left."""

from __future__ import annotations

from collections import Counter

from steersman.action.check import ci_cases
from steersman.checking.subject import Subject
from steersman.coverage.model import Coverage
from steersman.engine.context import Facts
from steersman.engine.trace import Trace
from steersman.errors import SteerError
from steersman.insight.code import Code
from steersman.insight.guesses import as_values, guesses, with_settings
from steersman.record import replace
from steersman.rendering import RenderOptions, merged_values, take_part, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.insight.code import Covered
    from steersman.insight.guesses import Setting
    from steersman.rendering import World
    from steersman.unittest.results import ChartResult

DEFAULTS = "the defaults"
_FACTS = Facts("release-name", "default")
_MOST_RENDERS = 150  # that look for values


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
        covered, error = _covered(chart, code, values, world)
        if covered is not None:
            runs.append((name, covered))
        if error is not None:
            failed.append(Failed(f"{name}: {error}"))
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
        uses = Subject(chart).uses
    except SteerError:
        return {}
    found: dict[int, tuple[Setting, ...]] = {}
    trials = _Trials(chart, coverage.code, world, facts)
    capabilities = world.capabilities()
    for side in coverage.untaken:
        for settings in guesses(uses, side, facts, capabilities):
            if trials.takes(settings, side.point):
                found[side.point] = trials.fewest(settings, side.point)
                break
    for side in coverage.untaken:
        if side.point not in found:
            others = [settings for settings, points in trials.done.values() if points >> side.point & 1]
            if others:
                found[side.point] = min(others, key=len)
    return found


class _Trials:
    """Renders that see which points values come to, up to a limit.

    Attributes:
        done: the values of each render and the points that it came to.
    """

    def __init__(self, chart: Chart, code: Code, world: World, facts: Facts) -> None:
        self._chart = chart
        self._facts = facts
        self._code = code
        self._world = world
        self.done: dict[str, tuple[tuple[Setting, ...], int]] = {}

    def takes(self, settings: tuple[Setting, ...], point: int) -> bool:
        """Return whether a render with values comes to a point and does not fail; False beyond the limit."""
        key = repr(settings)
        if key not in self.done:
            if len(self.done) >= _MOST_RENDERS:
                return False
            facts, capabilities = with_settings(settings, self._facts, self._world.capabilities())
            world = replace(self._world, capabilities=lambda: capabilities)
            covered, error = _covered(self._chart, self._code, as_values(settings), world, facts)
            self.done[key] = settings, covered.points if covered is not None and error is None else 0
        return bool(self.done[key][1] >> point & 1)

    def fewest(self, settings: tuple[Setting, ...], point: int) -> tuple[Setting, ...]:
        """Return values without those that the point does without."""
        for one in settings if len(settings) > 1 else ():
            fewer = tuple([other for other in settings if other is not one])
            if fewer and self.takes(fewer, point):
                settings = fewer
        return settings


def _covered(
    chart: Chart, code: Code, values: dict[str, Any], world: World, facts: Facts = _FACTS
) -> tuple[Covered | None, SteerError | None]:
    trace = Trace()
    error: SteerError | None = None
    try:
        source = take_part(chart, values, world.impure.log)
        merged = merged_values(source, world, RenderOptions())
    except SteerError as problem:
        return None, problem
    try:
        texts(source.chart, merged, facts, world.capabilities(), world, trace=trace)
    except SteerError as problem:
        error = problem
    return code.covered(trace), error
