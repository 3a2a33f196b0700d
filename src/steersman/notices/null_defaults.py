"""Nulls in a chart's values.yaml that are meant to remove a subchart's default, and do not."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.notices.model import ChartFacts


def null_defaults(facts: ChartFacts) -> Iterator[str]:
    """Yield the nulls that a chart's own values have for a subchart whose default is there all the same.

    helm: only a null of the user's removes a default (test_a_null_that_removes_nothing)
    """
    yield from _in_chart(facts.loaded, facts.chart, facts.given, facts.values)


def _in_chart(loaded: Chart, chart: Chart, given: Any, values: Any) -> Iterator[str]:
    for child in chart.dependencies:
        below = values.get(child.name) if isinstance(values, dict) else None
        asked = given.get(child.name) if isinstance(given, dict) else None
        if child.name in loaded.values:
            for path, kept in _kept(loaded.values[child.name], asked, below, child.name):
                yield (
                    f"values.yaml of chart {loaded.full_path}: the null at {path} does not remove the subchart's "
                    f"default ({_shown(kept)}); a null from -f or --set does"
                )
        source = _loaded_child(loaded, child)
        if source is not None:
            yield from _in_chart(source, child, asked, below)


def _loaded_child(loaded: Chart, child: Chart) -> Chart | None:
    names = {entry.alias: entry.name for entry in loaded.metadata.dependencies if entry.alias}
    wanted = names.get(child.name, child.name)
    return next((one for one in loaded.dependencies if one.name == wanted), None)


def _kept(own: Any, given: Any, values: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the path of each null in ``own`` that left something in ``values``, unless the user put it there."""
    if own is None:
        if values is not None and given is None and values not in ({}, {"global": {}}):
            yield path, values
    elif isinstance(own, dict) and isinstance(values, dict):
        for key, value in own.items():
            asked = given.get(key) if isinstance(given, dict) else None
            yield from _kept(value, asked, values.get(key), f"{path}.{key}")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    from steersman.go.json_numbers import format_float_g

    if isinstance(value, float):
        return format_float_g(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:40] + "…"
