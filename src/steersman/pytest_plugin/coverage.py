"""Coverage of charts over a run of pytest: what its suites and the fixture ``render`` came to, from all workers."""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import pytest

from steersman.action.coverage import hints
from steersman.coverage.model import Coverage, CoveredChart
from steersman.coverage.outputs import report_for, write_coverage
from steersman.coverage.text import coverage_lines
from steersman.engine.impure import from_system
from steersman.engine.trace import Trace
from steersman.errors import UsageError
from steersman.insight.code import Code, Covered
from steersman.pytest_plugin.charts import compiled, loaded
from steersman.rendering import World
from steersman.runtime.files import shown_path
from steersman.unittest.run import made_up_capabilities
from steersman.values.schema_access import SchemaAccess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.coverage.least import Least
    from steersman.rendering import Broken, Rendered

NAME = "steersman-coverage"
_OUTPUT = "steersman_coverage"


def checked_plugin(least: Least, outputs: Sequence[str]) -> CoveragePlugin:
    """Return the plugin.

    Raises:
        pytest.UsageError: for a file whose ending is not known, or a minimum that is not a percentage.
    """
    try:
        least.check()
        for path in outputs:
            report_for(path)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    return CoveragePlugin(least, outputs)


class CoveragePlugin:
    """Collects what tests came to, and reports it at the end; in a worker of xdist it hands it on.

    Args:
        least: the least coverage; less fails the run.
        outputs: files to write.
    """

    def __init__(self, least: Least, outputs: Sequence[str]) -> None:
        self._least = least
        self._outputs = outputs
        self._runs: list[tuple[str, str, Covered]] = []  # the chart's folder, the test, what it came to

    def add(self, chart: str, test: str, covered: Covered) -> None:
        """Note what a test came to."""
        self._runs.append((os.path.abspath(chart), test, covered))

    def observe(self, chart: str, test: str) -> Observation:
        """Return what sees a render of a test."""
        return Observation(self, chart, test)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand on what a worker has; else write the files, and fail where the coverage is too small."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = [(path, name, hex(c.points), hex(c.values)) for path, name, c in self._runs]
            return
        for path in self._outputs:
            write_coverage(path, self._charts)
        too_little = any(self._least.shortfalls(chart.coverage) for chart in self._charts)
        if session.exitstatus == pytest.ExitCode.OK and too_little:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker has."""
        for path, name, points, values in getattr(node, "workeroutput", {}).get(_OUTPUT, ()):
            self._runs.append((path, name, Covered(int(points, 16), int(values, 16))))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the coverage of each chart."""
        for chart in self._charts:
            terminalreporter.section(f"coverage of {chart.folder}")
            for line in coverage_lines(chart.coverage, chart.hints):
                terminalreporter.write_line(line)
            for shortfall in self._least.shortfalls(chart.coverage):
                terminalreporter.write_line(f"coverage is {shortfall}", red=True)

    @cached_property
    def _charts(self) -> list[CoveredChart]:
        """The coverage of each chart by the whole run; it is asked for when the run has ended."""
        world = World(from_system(lambda *_words, **_fields: None), made_up_capabilities, compiled(), SchemaAccess())
        found = []
        for folder in sorted({path for path, _, _ in self._runs}):
            coverage = Coverage(code_of(folder), [(name, c) for path, name, c in self._runs if path == folder])
            values = hints(loaded(folder), coverage, world)
            found.append(CoveredChart(shown_path(folder), coverage, values))
        return found


class Observation:
    """Sees the renders of one test of one chart."""

    def __init__(self, plugin: CoveragePlugin, chart: str, test: str) -> None:
        self._plugin = plugin
        self._chart = os.path.abspath(chart)
        self._test = test

    def rendered(self, rendered: Rendered) -> None:
        """See a render that succeeded, with its recording."""
        if rendered.trace is not None:
            self._add(rendered.trace)

    def failed(self, broken: Broken) -> str:
        """See a render that failed; it is run again, as far as it gets."""
        trace = Trace()
        broken.render(trace)
        self._add(trace)
        return ""

    def _add(self, trace: Trace) -> None:
        self._plugin.add(self._chart, self._test, code_of(self._chart).covered(trace))


@lru_cache(maxsize=32)
def code_of(chart: str) -> Code:
    """Return the code of the chart in a folder."""
    return Code(loaded(chart))
