"""The suites that a changed file of a chart can change the results of. Where that is not known, all of them.

A template matters to the suites that render it; a file of definitions to those that render a template which includes
one, directly or through others; values, schemas and metadata to all.
"""

from __future__ import annotations

import posixpath
import re

from steersman.unittest.templates import with_selected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from steersman.chart.model import Chart
    from steersman.unittest.suite import Suite

_DEFINED = re.compile(r'{{-?\s*(?:define|block)\s+(?:"([^"]*)"|`([^`]*)`)')
_INCLUDED = re.compile(r'\b(?:include|template|block)\s+(?:"([^"]*)"|`([^`]*)`)')
# an include whose name is worked out, and text from elsewhere that may include anything
_UNKNOWN = re.compile(r'\b(?:include|template)\s+[^"`\s]|\btpl\b')
_FILES = ".Files"


class ChangedChart:
    """A chart whose files change.

    Args:
        chart: as it is now, with its subcharts.
        before: as it was.
    """

    def __init__(self, chart: Chart, before: Chart) -> None:
        self._chart, self._chart_before = chart, before
        self._texts = _texts(chart)
        self._before = _texts(before)

    def affects(self, change: str, suites: Sequence[Suite]) -> bool:
        """Return whether a changed file can change what suites say.

        Args:
            change: its path below the chart's folder, with slashes.
            suites: those of one file.
        """
        owner, inside = self._owner(change)
        if owner is None:
            return True
        top = inside.partition("/")[0]
        if top == "crds":
            return any(suite.include_crds for suite in suites)
        if top == "templates":
            name = f"{owner.full_path}/{inside}"
            if name not in self._texts and name not in self._before:
                return True  # it is not among the templates, and .helmignore may say why
            templates = self._templates_with(name)
            # a template that is gone was rendered by those that would have selected it
            charts = (self._chart, self._chart_before)
            return any(templates & _rendered(chart, suite) for chart in charts for suite in suites)
        if inside in _ABOUT or top == "charts":
            return True
        # any other file reaches a template through .Files alone
        return any(_FILES in text for text in self._texts.values())

    def _owner(self, change: str) -> tuple[Chart | None, str]:
        """Return the chart that a file belongs to, and its path there; None for one in an unknown subchart."""
        owner, parts = self._chart, change.split("/")
        while len(parts) > 2 and parts[0] == "charts":
            child = next((one for one in owner.dependencies if one.name == parts[1]), None)
            if child is None:
                return None, change
            owner, parts = child, parts[2:]
        return owner, "/".join(parts)

    def _templates_with(self, name: str) -> set[str]:
        """Return the templates that a file is part of: itself, and those that include what it defines."""
        found = {name}
        names = {one for texts in (self._texts, self._before) for one in _names(_DEFINED, texts.get(name, ""))}
        is_growing = bool(names)
        while is_growing:
            is_growing = False
            for other, text in self._texts.items():
                if other not in found and (_UNKNOWN.search(text) or names.intersection(_names(_INCLUDED, text))):
                    found.add(other)
                    names.update(_names(_DEFINED, text))
                    is_growing = True
        return found


_ABOUT = (
    "Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml", "requirements.lock",
    ".helmignore",
)  # fmt: skip


def _texts(chart: Chart) -> dict[str, str]:
    return {
        f"{one.full_path}/{file.name}": file.data.decode("utf-8", "replace")
        for one in chart.walk()
        for file in one.templates
    }


def _rendered(chart: Chart, suite: Suite) -> set[str]:
    """Return the full names of the templates that a suite renders, without the files of definitions."""
    chosen = with_selected(chart, suite.route, suite.templates, suite.exclude_templates)
    return {
        f"{one.full_path}/{file.name}"
        for one in chosen.walk()
        for file in one.templates
        if not posixpath.basename(file.name).startswith("_")
    }


def _names(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return (quoted or raw for quoted, raw in pattern.findall(text))
