"""Suites that a chart's templates make: ``--chart-tests-path``."""

from __future__ import annotations

from steersman.engine.capabilities import DEFAULT_API_VERSIONS, Capabilities, KubeVersion
from steersman.engine.context import Facts
from steersman.record import replace
from steersman.rendering import RenderOptions, Source, merged_values, texts
from steersman.unittest.documents import SEPARATOR
from steersman.unittest.fields import SuiteError
from steersman.unittest.reading import read_suite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import Chart
    from steersman.rendering import World
    from steersman.unittest.reading import Options
    from steersman.unittest.suite import Suite

_FACTS = Facts("TEST-SUITE-RELEASE", "NAMESPACE", 1, is_install=False)
_CAPABILITIES = Capabilities(KubeVersion("v1.20.0", "1", "20", "v1.20.0"), DEFAULT_API_VERSIONS)


def made_suites(chart: Chart, route: str, world: World, options: Options) -> list[tuple[str, tuple[Suite, ...]]]:
    """Return the suites of each template of ``chart``, by its path in the chart.

    Raises:
        SteerError: when the chart does not render, or a template makes none.
    """
    values = merged_values(Source(chart, chart, {}), world, RenderOptions())
    rendered = texts(chart, values, _FACTS, _CAPABILITIES, world)
    found = []
    for name in sorted(rendered):
        path = name.removeprefix(f"{chart.name}/")
        suites = _suites(rendered[name], path, route, options)
        if not suites:
            raise SuiteError(f"test suite template ({name}) file did not render a manifest")
        found.append((path, tuple(suites)))
    return found


def _suites(text: str, path: str, route: str, options: Options) -> list[Suite]:
    suites: list[Suite] = []
    for part in filter(str.strip, SEPARATOR.split(text)):
        try:
            suite = read_suite(part, path, route, options, is_rendered=True)
        except SuiteError as error:
            raise SuiteError(f"test suite template ({path}) error: {error}") from error
        if suite is not None:
            suites.append(replace(suite, snapshot_id=suite.snapshot_id or str(len(suites))))
    return suites
