"""Entries of ``dependencies`` that have no effect, and charts that they name and that are not there."""

from __future__ import annotations

from steersman.chart.dependencies import compatible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.chart.model import Dependency
    from steersman.notices.model import ChartFacts


def ignored_dependency_entries(facts: ChartFacts) -> Iterator[str]:
    """Yield the entries whose chart is in ``charts/`` in a version that the entry does not allow."""
    for chart in facts.loaded.walk():
        for entry in chart.metadata.dependencies:
            fields = _fields(entry)
            versions = [c.metadata.version for c in chart.dependencies if c.name == entry.name]
            if fields and versions and not any(compatible(entry.version, version) for version in versions):
                yield (
                    f"chart {chart.full_path}: dependency {entry.name} asks for version {entry.version or 'none'} and "
                    f"charts/ has {versions[0]}, so its entry is ignored ({fields}); "
                    "run `steer dependency update`, or change the version of the entry"
                )


def _fields(entry: Dependency) -> str:
    given = {
        "alias": entry.alias,
        "condition": entry.condition,
        "tags": entry.tags,
        "import-values": entry.import_values,
    }
    return ", ".join(name for name, value in given.items() if value)


def missing_nested_dependencies(facts: ChartFacts) -> Iterator[str]:
    """Yield the dependencies of subcharts that are not there; Helm looks for those of the chart itself only."""
    for chart in facts.loaded.walk():
        if chart.is_root:
            continue
        present = {child.name for child in chart.dependencies}
        for name in sorted({entry.name for entry in chart.metadata.dependencies} - present):
            yield (
                f"chart {chart.full_path}: dependency {name} is not in its charts/ and is left out; run "
                f"`steer dependency update` in the folder of {chart.name}, then in that of the chart around it"
            )
