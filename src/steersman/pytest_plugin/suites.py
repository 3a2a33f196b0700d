"""Suites of helm-unittest's format as tests of pytest: a file for each file, an item for each test."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from steersman.action.unittest import (
    outside,
    read_snapshots,
    read_text,
    run_program,
    snapshot_path,
    write_snapshots,
)
from steersman.engine.impure import from_system
from steersman.errors import SteerError
from steersman.pytest_plugin.charts import chart_of, compiled, loaded
from steersman.rendering import World
from steersman.runtime.files import shown_path
from steersman.unittest.reading import Options, read_suites
from steersman.unittest.run import RunOptions, SuiteRun
from steersman.unittest.show import test_text
from steersman.unittest.snapshots import SnapshotFile
from steersman.values.schema_access import SchemaAccess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from steersman.unittest.run import Outside
    from steersman.unittest.suite import Suite, Test


class SuiteFailure(Exception):
    """A test of a suite that did not pass."""


def _outermost(chart: Path) -> tuple[Path, str]:
    """Return the chart that a chart is nested in, if any, and the way from there: ``parent/charts/child``."""
    names: list[str] = []
    while chart.parent.name == "charts" and (chart.parent.parent / "Chart.yaml").is_file():
        names[:0] = ["charts", chart.name]
        chart = chart.parent.parent
    return chart, "/".join(["", *names])


class SuiteFile(pytest.File):
    """A file of suites."""

    def collect(self) -> Iterator[SuiteItem]:
        """Yield the tests of all suites in the file.

        Raises:
            CollectError: when the chart or the file cannot be read.
        """
        try:
            yield from self._items()
        except SteerError as error:
            raise self.CollectError(str(error)) from error

    def _items(self) -> Iterator[SuiteItem]:
        folder = chart_of(self.path)
        assert folder is not None
        root, way = _outermost(folder)
        chart = loaded(str(root))
        plugin = self.config.pluginmanager.get_plugin("steersman-coverage")
        options = RunOptions()
        if plugin is not None:
            from steersman.pytest_plugin.coverage import code_of

            options = RunOptions(code=code_of(str(root)))
        suites = read_suites(read_text(str(self.path)), shown_path(str(self.path)), chart.name + way, Options())
        for suite in suites:
            run = SuiteRun(chart, suite, _outside(), options)
            for test in suite.tests:
                name = f"{suite.name}: {test.name}" if suite.name else test.name
                yield SuiteItem.from_parent(self, name=name, suite=suite, test=test, run=run, chart=str(root))


class SuiteItem(pytest.Item):
    """One test of a suite."""

    def __init__(self, *, suite: Suite, test: Test, run: SuiteRun, chart: str, **given: Any) -> None:
        super().__init__(**given)
        self._chart = chart
        self._suite = suite
        self._test = test
        self._run = run

    def runtest(self) -> None:
        """Run it; snapshots of other tests in the file stay as they are."""
        if self._test.skip:
            pytest.skip(self._test.skip)
        path = snapshot_path(self._suite)
        stored = read_snapshots(path)
        snapshots = SnapshotFile(stored, updates=self.config.getoption("--update-chart-snapshots"))
        result = self._run.run_test(self._test, snapshots)
        plugin = self.config.pluginmanager.get_plugin("steersman-coverage")
        if plugin is not None and result.covered is not None:
            plugin.add(self._chart, self.nodeid, result.covered)
        entries = {**stored, **{name: {**stored.get(name, {}), **found} for name, found in snapshots.current.items()}}
        if entries != stored:
            problem = write_snapshots(path, entries)
            if problem:
                raise SuiteFailure(problem)
        if result.verdict == "skip":
            pytest.skip(result.skip)
        if result.verdict != "pass":
            raise SuiteFailure(test_text(result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return why the test did not pass, without this program's own lines."""
        if isinstance(excinfo.value, (SuiteFailure, SteerError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place that reports name."""
        return self.path, None, self.name


@lru_cache(maxsize=1)
def _outside() -> Outside:
    impure = from_system(lambda *_words, **_fields: None)
    world = World(impure, compiled=compiled(), schemas=SchemaAccess())
    return outside(world, lambda program, text: run_program(program, text, os.environ))
