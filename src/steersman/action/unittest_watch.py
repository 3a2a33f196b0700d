"""``unittest --watch``: changed files to the suite files that run again."""

from __future__ import annotations

import os

from steersman.action.unittest import read_text, suite_charts, values_files
from steersman.chart.loader import load_chart
from steersman.errors import SteerError
from steersman.record import Record
from steersman.runtime.files import shown_path
from steersman.unittest.affected import ChangedChart
from steersman.unittest.patterns import suite_files
from steersman.unittest.reading import Options, read_suites

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from steersman.action.unittest import UnittestOptions
    from steersman.chart.model import Chart
    from steersman.unittest.suite import Suite


class Affected(Record):
    """The suite files that changes affect: their absolute paths, of how many, and the charts that have any."""

    files: frozenset[str]
    total: int
    charts: tuple[str, ...]


class Watched:
    """Charts as they were when their suites ran last.

    Args:
        paths: of the charts.
        options: of the runs.
    """

    def __init__(self, paths: Sequence[str], options: UnittestOptions) -> None:
        self._paths = paths
        self._options = options
        self._before = {path: _loaded(path) for path in paths}

    def places(self) -> list[str]:
        """Return the folders and files that matter: the charts, and values files from elsewhere."""
        found = [*self._paths, *values_files(self._options.values)]
        for path in self._paths:
            chart = self._before[path]
            for file, suites in (self._suites(path, chart) if chart is not None else {}).items():
                found += _named_values(file, suites or ())
        return list(dict.fromkeys(found))

    def affected(self, changed: Iterable[str]) -> Affected:
        """Return the suite files whose results the changed files can change, and keep the charts as they are now."""
        there = {os.path.abspath(path) for path in changed}
        files: set[str] = set()
        charts: list[str] = []
        total = 0
        for path in self._paths:
            before, now = self._before[path], _loaded(path)
            self._before[path] = now
            if now is None:
                charts.append(path)  # to have the error shown
                continue
            suites = self._suites(path, now)
            total += len(suites)
            wanted = self._of_chart(path, now, before, suites, there)
            if wanted:
                files |= wanted
                charts.append(path)
        return Affected(frozenset(files), total, tuple(charts))

    def _of_chart(
        self, path: str, now: Chart, before: Chart | None, suites: dict[str, tuple[Suite, ...] | None], there: set[str]
    ) -> set[str]:
        every = {os.path.abspath(file) for file in suites}
        if before is None or there.intersection(map(os.path.abspath, values_files(self._options.values))):
            return every
        top = os.path.abspath(path)
        changes = [os.path.relpath(one, top).replace(os.sep, "/") for one in there if one.startswith(top + os.sep)]
        tests_folder = self._options.chart_tests_path
        if tests_folder and any(change.startswith(f"{tests_folder}/") for change in changes):
            return every
        if any(found is None and os.path.abspath(file) in there for file, found in suites.items()):
            return every  # a suite that cannot be read keeps all from counting
        changed = ChangedChart(now, before)
        wanted: set[str] = set()
        for file, found in suites.items():
            at = os.path.abspath(file)
            of_chart = [change for change in changes if os.path.join(top, *change.split("/")) not in every]
            if (
                at in there
                or there.intersection(_named_values(file, found or ()))
                or any(changed.affects(change, found or ()) for change in of_chart)
            ):
                wanted.add(at)
        return wanted

    def _suites(self, path: str, chart: Chart) -> dict[str, tuple[Suite, ...] | None]:
        """Return the suites of each file; None for a file that cannot be read."""
        reading = Options(strict=self._options.strict, values=values_files(self._options.values))
        found: dict[str, tuple[Suite, ...] | None] = {}
        for place in suite_charts(chart, path, self._options):
            for file in suite_files(place.path, self._options.files):
                try:
                    found[file] = tuple(read_suites(read_text(file), shown_path(file), place.route, reading))
                except SteerError:
                    found[file] = None
        return found


def _named_values(file: str, suites: Sequence[Suite]) -> list[str]:
    """Return the absolute paths of the values files that suites name."""
    folder = os.path.dirname(os.path.abspath(file))
    names = {
        name for suite in suites for name in (*suite.values, *(one for test in suite.tests for one in test.values))
    }
    return sorted(os.path.normpath(os.path.join(folder, name)) for name in names)


def _loaded(path: str) -> Chart | None:
    try:
        return load_chart(path)
    except SteerError:
        return None
