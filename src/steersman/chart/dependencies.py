"""Select the subcharts that take part: conditions, tags, aliases, import-values.

Answers to ``ProcessDependencies`` of Helm's ``pkg/chart/v2/util``. The chart that comes
in is not changed; the one that goes out has only the subcharts that are enabled, under
their aliases, and values with the imports in them.
"""

from __future__ import annotations

from steersman.chart.model import Chart, Dependency
from steersman.record import replace
from steersman.values import errors as values_errors
from steersman.values.coalesce import (
    coalesce_values,
    copy_tree,
    merge_tables,
    merge_values,
)
from steersman.values.model import path_value, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Log = Callable[..., None]


def process(chart: Chart, values: dict[str, Any], log: Log) -> Chart:
    """Return the chart that takes part in a release with the user's ``values``.

    Args:
        chart: the chart as loaded.
        values: the user's values.
        log: called as ``log("WARN", message, **fields)`` for what Helm warns about.

    Raises:
        ValuesError: when values and chart do not fit together.
    """
    # helm: an empty list of dependencies is processed like any other (test_an_empty_list_is_processed)
    if not any(c.metadata.has_dependencies for c in chart.walk()):
        return chart
    return _import_values(_enabled(chart, values, "", log), log)


def compatible(constraint: str, version: str) -> bool:
    """Return whether ``version`` is in the range ``constraint``; false where either cannot be read."""
    from steersman.semver import Constraints, Version

    try:
        return Constraints.parse(constraint).check(Version.parse(version))
    except ValueError:
        return False


def _alias(charts: tuple[Chart, ...], dependency: Dependency) -> Chart | None:
    """Return the subchart that ``dependency`` means, under its alias."""
    for chart in charts:
        if chart.name != dependency.name or not compatible(dependency.version, chart.metadata.version):
            continue
        if not dependency.alias:
            return chart
        return renamed(replace(chart, metadata=replace(chart.metadata, name=dependency.alias)), chart.parents)
    return None


def renamed(chart: Chart, parents: tuple[str, ...]) -> Chart:
    """Return the chart with ``parents`` above it, and the charts inside it told so."""
    below = (*parents, chart.name)
    return replace(chart, parents=parents, dependencies=tuple(renamed(c, below) for c in chart.dependencies))


def _enabled(chart: Chart, values: dict[str, Any], path: str, log: Log) -> Chart:
    wanted = chart.metadata.dependencies
    if not chart.metadata.has_dependencies:
        return chart
    subcharts = [
        sub
        for sub in chart.dependencies
        if not any(sub.name == w.name and compatible(w.version, sub.metadata.version) for w in wanted)
    ]
    entries: list[Dependency] = []
    for dependency in wanted:
        sub = _alias(chart.dependencies, dependency)
        if sub is not None:
            subcharts.append(sub)
        entries.append(replace(dependency, enabled=True, name=dependency.alias or dependency.name))
    chart = replace(chart, dependencies=tuple(subcharts))
    coalesced = coalesce_values(chart, values)
    entries = _by_tags(entries, coalesced, log)
    entries = _by_conditions(entries, coalesced, path, log)
    removed = {e.name for e in entries if not e.enabled}
    kept = tuple(_enabled(sub, coalesced, f"{path}{sub.name}.", log) for sub in subcharts if sub.name not in removed)
    metadata = replace(chart.metadata, dependencies=tuple(e for e in entries if e.name not in removed))
    return replace(chart, metadata=metadata, dependencies=kept)


def _by_tags(entries: list[Dependency], values: dict[str, Any], log: Log) -> list[Dependency]:
    tags = values.get("tags")
    if not isinstance(tags, dict):
        return entries
    out = []
    for entry in entries:
        on = off = False
        for tag in entry.tags:
            if tag not in tags:
                continue
            if not isinstance(tags[tag], bool):
                log("WARN", "returned non-bool value", tag=tag, chart=entry.name)
            elif tags[tag]:
                on = True
            else:
                off = True
        out.append(replace(entry, enabled=on or not off))
    return out


def _by_conditions(entries: list[Dependency], values: dict[str, Any], path: str, log: Log) -> list[Dependency]:
    out = []
    for entry in entries:
        for condition in entry.condition.strip().split(","):
            if not condition:
                continue
            try:
                value = path_value(values, path + condition)
            except values_errors.NoValue:
                continue
            if isinstance(value, bool):
                entry = replace(entry, enabled=value)
                break
            log("WARN", "returned non-bool value", path=condition, chart=entry.name)
        out.append(entry)
    return out


def _import_values(chart: Chart, log: Log) -> Chart:
    chart = replace(chart, dependencies=tuple(_import_values(sub, log) for sub in chart.dependencies))
    if not chart.metadata.has_dependencies:
        return chart
    if not any(d.import_values for d in chart.metadata.dependencies) and not chart.dependencies:
        return chart
    merged = merge_values(chart, {})
    imported: dict[str, Any] = {}
    entries = []
    for entry in chart.metadata.dependencies:
        entry, imported = _import_from(entry, merged, imported, log)
        entries.append(entry)
    metadata = replace(chart.metadata, dependencies=tuple(entries))
    return replace(chart, metadata=metadata, values=merge_tables(copy_tree(merged), imported))


def _import_from(
    entry: Dependency, merged: dict[str, Any], imported: dict[str, Any], log: Log
) -> tuple[Dependency, dict[str, Any]]:
    """Add what one dependency exports to ``imported``."""
    pairs: list[dict[str, str]] = []
    for item in entry.import_values:
        if isinstance(item, dict):
            child, parent = _shown(item.get("child")), _shown(item.get("parent"))
            message = "ImportValues missing table from chart"
        elif isinstance(item, str):
            child, parent = f"exports.{item}", "."
            message = "ImportValues missing table"
        else:
            continue
        pairs.append({"child": child, "parent": parent})
        try:
            found = table(merged, f"{entry.name}.{child}")
        except values_errors.NoTable as error:
            if isinstance(item, dict):
                log("WARN", message, chart=entry.name, error=error)
            else:
                log("WARN", message, error=error)
            continue
        # helm: the subchart's own map is merged into, so that what is imported into one place twice shows up in every
        # place that the map was imported to (test_imports_share_the_map)
        imported = merge_tables(imported, _nested(parent, found))
    return replace(entry, import_values=tuple(pairs)), imported


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    from steersman.go.fmt import sprintf

    return sprintf("%v", [value])


def _nested(path: str, tree: dict[str, Any]) -> dict[str, Any]:
    if path == ".":
        return tree
    for name in reversed(path.split(".")):
        tree = {name: tree}
    return tree


__all__ = ["compatible", "process", "renamed"]
