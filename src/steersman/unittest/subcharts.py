"""The subcharts whose suites run: those that the chart's values do not turn off."""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.record import Record
from steersman.values.coalesce import copy_tree, merge_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from steersman.chart.model import Chart


class ChartSuites(Record):
    """A chart with suites of its own.

    Attributes:
        chart: the chart, as loaded.
        path: its folder.
        route: where it stands: ``parent/charts/child``.
        is_root: whether it is the one that was asked for.
    """

    chart: Chart
    path: str
    route: str
    is_root: bool


def with_values_files(
    chart: Chart, names: Sequence[str], read: Callable[[str], dict[str, Any]]
) -> dict[str, Any] | None:
    """Return the chart's values under those of files, or None where a file cannot be read: then nothing is off."""
    values: dict[str, Any] = copy_tree(chart.values)
    try:
        for name in names:
            values = merge_tables(copy_tree(read(name)), values, lambda _warning: None)
    except SteerError:
        return None
    return values


def is_enabled(parent: Chart, child: Chart, values: dict[str, Any]) -> bool:
    """Return whether a subchart's suites run.

    go: helm-unittest's own reading of conditions and tags, on the values of the outermost chart
    (test_suites_of_subcharts_that_are_off)
    """
    entry = next((d for d in parent.metadata.dependencies if (d.alias or d.name) == child.name), None)
    if entry is None:
        return True
    if entry.condition:
        return _condition(entry.condition, values)
    tags = values.get("tags")
    if not entry.tags or not isinstance(tags, dict):
        return True
    return any(tags.get(tag) is True for tag in entry.tags)


def _condition(path: str, values: dict[str, Any]) -> bool:
    value: Any = values
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return True
        value = value[key]
    return value is not False
