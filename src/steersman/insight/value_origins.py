"""The places that set a value which a template has read: the one that counts, and those that it overrides."""

from __future__ import annotations

from steersman.insight.origins import LineFinder, Origin, chart_origins, origins
from steersman.insight.reads import VALUES
from steersman.insight.unused import dotted, value_at
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.engine.trace import Path, Trace
    from steersman.insight.origins import GivenValues
    from steersman.insight.reads import Reads
    from steersman.rendering import Source


__all__ = ["GIVEN", "ValueOrigin", "ValueOrigins", "shown", "value_at"]

GIVEN = "the given values"  # the place of values that are not from a file or a flag


class ValueOrigin(Record):
    """A value that went into a line.

    Attributes:
        path: of the value: ``image.tag`` for what ``.Values`` has, ``.Chart.Name`` for anything else.
        value: what it was.
        places: where it is set; the first counts, the others are overridden by it.
    """

    path: str
    value: Any
    places: tuple[Origin, ...]


class ValueOrigins:
    """Says of the values of a recorded render where they are set."""

    def __init__(self, trace: Trace, reads: Reads, source: Source, given: GivenValues) -> None:
        self._trace = trace
        self._reads = reads
        self._source = source
        self._given = given
        self._lines = LineFinder()
        self._known: dict[Path, ValueOrigin] = {}

    def of(self, path: Path) -> ValueOrigin:
        """Return where a value is set; ``path`` begins with ``Values``, ``Chart`` and the like."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._found(path)
        return known

    def _found(self, path: Path) -> ValueOrigin:
        if path[:1] != (VALUES,):
            value = self._trace.value_at(path)
            return ValueOrigin("." + ".".join(map(str, path)), value, (self._other_place(path),))
        value = self._trace.value_at(path)
        places: list[Origin] = []
        # globals of a parent go over those of its subcharts, wherever they are set
        for level in reversed([level[1:] for level in self._reads.levels(path)]):
            places += self._user_places(level, is_gone=value is None and not places)
            is_gone = value is None and not places
            places += chart_origins(self._source.loaded, level, self._lines, is_gone=is_gone)
        return ValueOrigin(dotted(path[1:]), value, tuple(dict.fromkeys(places)))

    def _user_places(self, path: Path, *, is_gone: bool) -> list[Origin]:
        places = origins(self._given, path, self._lines, is_gone=is_gone)
        if not places and value_at(self._source.values, path) is not None:
            return [Origin(GIVEN)]
        return places

    def _other_place(self, path: Path) -> Origin:
        if path[0] == "Chart":
            chart = self._source.loaded
            data = next((file.data for file in chart.raw if file.name == "Chart.yaml"), b"")
            key = str(path[-1])
            line = self._lines.of(data, (key[:1].lower() + key[1:],)) if len(path) == 2 else 0
            return Origin(f"{chart.full_path}/Chart.yaml", line)
        return Origin({"Release": "the release", "Capabilities": "the cluster"}.get(str(path[0]), "the chart"))


def shown(value: Any) -> str:
    """Return a value as JSON, shortened; of a map or a list only which of them it is."""
    if isinstance(value, (dict, list)) and value:
        return "{…}" if isinstance(value, dict) else "[…]"
    if value is None:
        return "(not set)"
    from steersman.go.json import dumps

    text = dumps(value)
    return text if len(text) <= 60 else text[:60] + "…"
