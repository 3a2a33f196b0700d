"""Notices about mistakes in a chart that Helm does not report.

Pure: a chart, values and manifests in, texts out. Each notice has a name, by which a user turns it off
(``STEER_NO_NOTICES``; ``docs/notices.md`` lists them). Nothing here changes the render, and nothing is printed under
the name ``helm``.
"""

from __future__ import annotations

from steersman.notices.dependencies import ignored_dependency_entries, missing_nested_dependencies
from steersman.notices.duplicate_keys import duplicate_manifest_keys, duplicate_value_keys
from steersman.notices.manifests import rewritten_numbers, same_object_twice, unknown_hooks
from steersman.notices.model import ChartFacts, ManifestFacts
from steersman.notices.null_defaults import null_defaults
from steersman.notices.template_names import template_name_clashes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from steersman.rendering import Rendered, Source

    Notice = Callable[[str, str], object]
    """Takes the name of a notice and its text."""

__all__ = [
    "CHART",
    "CLOSED_SCHEMA",
    "MANIFESTS",
    "REUSED_VALUES",
    "SHARED_MERGE_KEY",
    "ChartFacts",
    "ManifestFacts",
    "Noticing",
    "note",
    "note_chart",
    "note_manifests",
    "note_refused_global",
    "note_reused_values",
    "note_shared_merge_keys",
]


class Noticing:
    """Sees a render go by and hands notices about it to ``notice``, which takes the name of a notice and its text.

    ``files`` are the user's values files and their texts.
    """

    def __init__(self, notice: Notice, files: tuple[tuple[str, str], ...] = ()) -> None:
        self._notice = notice
        self._files = files

    def sees_values(self, source: Source, values: dict[str, Any]) -> None:
        """Look at a chart and the values that its templates are about to see."""
        note_chart(ChartFacts(source.loaded, source.chart, source.values, values, self._files), self._notice)

    def sees_objects(self, rendered: Rendered, namespace: str) -> None:
        """Look at what the chart has rendered to in a release's ``namespace``."""
        facts = ManifestFacts(rendered.values, rendered.manifests, rendered.dropped, namespace)
        note_manifests(facts, self._notice)

    def sees_refused_global(self, charts: Sequence[str]) -> None:
        """Look at the subcharts whose closed schemas refuse ``global``."""
        note_refused_global(tuple(charts), self._notice)


CLOSED_SCHEMA = "closed-schema"
REUSED_VALUES = "reused-values"
SHARED_MERGE_KEY = "shared-merge-key"
AT_MOST = 5  # notices of one name that are shown

CHART: dict[str, Callable[[ChartFacts], Iterator[str]]] = {
    "duplicate-value-key": duplicate_value_keys,
    "ignored-dependency-entry": ignored_dependency_entries,
    "missing-nested-dependency": missing_nested_dependencies,
    "null-default": null_defaults,
    "template-name-clash": template_name_clashes,
}
MANIFESTS: dict[str, Callable[[ManifestFacts], Iterator[str]]] = {
    "duplicate-manifest-key": duplicate_manifest_keys,
    "rewritten-number": rewritten_numbers,
    "same-object-twice": same_object_twice,
    "unknown-hook": unknown_hooks,
}


def note_chart(facts: ChartFacts, notice: Notice) -> None:
    """Hand every notice about a chart and its values to ``notice``."""
    for name, find in CHART.items():
        note(name, find(facts), notice)


def note_manifests(facts: ManifestFacts, notice: Notice) -> None:
    """Hand every notice about rendered manifests to ``notice``."""
    for name, find in MANIFESTS.items():
        note(name, find(facts), notice)


def note_refused_global(charts: tuple[str, ...], notice: Notice) -> None:
    """Hand a notice about subcharts whose schema refuses ``global`` to ``notice``."""
    notice(
        CLOSED_SCHEMA,
        f"the schema of {', '.join(charts)} allows no `global`, which the values of every subchart have; allow it "
        "there, or render with --schema-ignore-global",
    )


def note_shared_merge_keys(objects: Sequence[dict[str, Any]], notice: Notice) -> None:
    """Hand a notice about each list of ``objects`` that a client-side upgrade merges by a key given twice."""
    from steersman.notices.merge_keys import shared_merge_keys

    note(SHARED_MERGE_KEY, shared_merge_keys(objects), notice)


def note_reused_values(values: dict[str, Any], revision: int, notice: Notice) -> None:
    """Hand a notice about values that an upgrade takes from a revision, because none are given, to ``notice``."""
    from steersman.notices.reused_values import reused_values

    notice(REUSED_VALUES, reused_values(values, revision))


def note(name: str, texts: Iterator[str], notice: Notice) -> None:
    """Hand notices of one name to ``notice``, and how many there are beyond ``AT_MOST``."""
    more = 0
    for number, text in enumerate(texts):
        if number < AT_MOST:
            notice(name, text)
        else:
            more += 1
    if more:
        notice(name, f"and {more} more like these")
