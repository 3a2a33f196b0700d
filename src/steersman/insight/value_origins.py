"""The places that set a value which a template has read: the one that counts, and those that it overrides."""

from __future__ import annotations

from steersman.insight.origins import LineFinder, Origin, chart_origins, origins
from steersman.insight.reads import VALUES
from steersman.insight.unused import dotted, value_at
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart
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
            keys = [str(key) for key in path if not isinstance(key, tuple)]  # without the names of subcharts
            return ValueOrigin("." + ".".join(keys), value, (self._other_place(path),))
        value = self._trace.value_at(path)
        places: list[Origin] = []
        # globals of a parent go over those of its subcharts, wherever they are set
        for level in reversed([level[1:] for level in self._reads.levels(path)]):
            places += self.user_places(level, is_gone=value is None and not places)
            is_gone = value is None and not places
            places += chart_origins(self._source.loaded, level, self._lines, is_gone=is_gone)
        return ValueOrigin(dotted(path[1:]), value, tuple(dict.fromkeys(places)))

    def user_places(self, path: Path, *, is_gone: bool) -> list[Origin]:
        """Return where the user's values set a value; see ``origins``."""
        places = origins(self._given, path, self._lines, is_gone=is_gone)
        if not places and value_at(self._source.values, path) is not None:
            return [Origin(GIVEN)]
        return places

    def _other_place(self, path: Path) -> Origin:
        if path[0] == "Chart":
            is_sub = len(path) > 1 and isinstance(path[1], tuple)
            return self._chart_place(path[1] if is_sub else (), path[2 if is_sub else 1 :])
        return Origin({"Release": "the release", "Capabilities": "the cluster"}.get(str(path[0]), "the chart"))

    def _chart_place(self, names: tuple[str, ...], path: Path) -> Origin:
        """Return where ``Chart.yaml`` of the chart with these names from the top has something."""
        chart, keys = self._source.loaded, _written(path)
        for at, name in enumerate(names):
            entries = list(enumerate(chart.metadata.dependencies))
            number, entry = next(((i, one) for i, one in entries if (one.alias or one.name) == name), (-1, None))
            if entry is not None and entry.alias and at == len(names) - 1 and path == ("Name",):
                return self._in_file(chart, ("dependencies", number, "alias"))  # its parent gives it the name
            real = entry.name if entry is not None else name
            child = next((child for child in chart.dependencies if child.name == real), None)
            if child is None:
                return Origin("the chart")
            chart = child
        return self._in_file(chart, keys)

    def _in_file(self, chart: Chart, path: Path) -> Origin:
        for name in ("Chart.yaml", "requirements.yaml"):
            data = next((file.data for file in chart.raw if file.name == name), b"")
            line = self._lines.of(data, path) if path else 0
            if line:
                return Origin(f"{chart.full_path}/{name}", line)
        return Origin(f"{chart.full_path}/Chart.yaml")


def _written(path: Path) -> Path:
    """Return the keys that ``Chart.yaml`` has for fields of ``.Chart``.

    >>> _written(("APIVersion",)), _written(("Maintainers", 0, "Name")), _written(("Annotations", "A/b"))
    (('apiVersion',), ('maintainers', 0, 'name'), ('annotations', 'A/b'))
    """
    if path[:1] == ("Annotations",):
        return ("annotations", *path[1:])
    special = {"APIVersion": "apiVersion", "URL": "url", "ImportValues": "import-values"}
    return tuple([special.get(key, key[:1].lower() + key[1:]) if isinstance(key, str) else key for key in path])


def shown(value: Any) -> str:
    """Return a value as JSON, shortened; of a map or a list only which of them it is."""
    if isinstance(value, (dict, list)) and value:
        return "{...}" if isinstance(value, dict) else "[...]"
    if value is None:
        return "(not set)"
    from steersman.go.json import dumps

    text = dumps(value, escape_html=False)
    return text if len(text) <= 60 else text[:60] + "..."
