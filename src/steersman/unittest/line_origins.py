"""The template line behind a failing assertion, and the values that went into it, out of a recorded render."""

from __future__ import annotations

import re

from steersman.insight.lines import Lines
from steersman.insight.origins import GivenValues, LineFinder, Origin
from steersman.insight.reads import GLOBAL, Reads
from steersman.insight.value_origins import GIVEN, ValueOrigins, value_at
from steersman.record import Record
from steersman.unittest.documents import settled
from steersman.values.sources import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.engine.trace import Path, Trace
    from steersman.insight.lines import Line, Place
    from steersman.insight.value_origins import ValueOrigin
    from steersman.rendering import Source
    from steersman.unittest.documents import Document
    from steersman.unittest.given_values import SuiteValues
    from steersman.unittest.path import Keys

_BLOCK = re.compile(r"(?:^|[\s:-])([|>])[-+0-9]*\s*(?:#.*)?$")  # the header of a text of several lines
_SHOWN = ("Values", "Chart", "Release", "Capabilities")
_MOST_VALUES = 6
_MOST_ROWS = 5  # lines of one text
_MOST_WIDTH = 100  # of the text of a line or a value


class LineOrigin(Record):
    """A rendered line that an assertion was about.

    Attributes:
        is_exact: whether it has the value; if not, the path leads no further than there.
        places: each place in a template that wrote it, with the text of the template's line, innermost include last.
        values: each value in it, or that decided about it, with what it was and what set it.
    """

    is_exact: bool
    places: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]


class LineOrigins:
    """Answers for the documents of one recorded render.

    Args:
        trace: the recording.
        source: the chart and the test's values.
        files: the rendered texts by path.
        given: the test's values by where they come from.
    """

    def __init__(self, trace: Trace, source: Source, files: dict[str, str], given: SuiteValues) -> None:
        self._trace = trace
        self._files = files
        self._chart = source.loaded.metadata
        reads = Reads(trace)
        self._finder = LineFinder()
        self._lines = Lines(trace, reads)
        self._values = _SuiteOrigins(trace, reads, source, given)

    def of(
        self, template: str, document: Document, keys: Keys, expected: str | None = None, *, is_exact: bool = True
    ) -> LineOrigin | None:
        """Return the origin of the line of what is at some keys of a document of a template, or None.

        In a text of several lines (``|``) it is the first line that is not as ``expected``; without that, the text's
        first line and those in it that values went into.

        Args:
            template: the path of the template.
            document: one of those that it renders to.
            keys: in the document.
            expected: the text that should be there, as YAML.
            is_exact: whether the keys lead to what is asked for, and not only as far as they can.
        """
        text = self._files.get(template)
        if text is None:
            return None
        rest = text.split("\n")[document.line - 1 :]
        end = next((at for at, line in enumerate(rest) if at and line.startswith("---")), len(rest))
        data = "\n".join(rest[:end]).encode("utf-8", "surrogateescape")
        line = 0
        while keys and not line:
            line = self._finder.of(data, keys)
            is_exact, keys = is_exact and bool(line), keys[:-1]
        rows = self._lines.of(template)
        number = document.line + line - 2
        if not line or number >= len(rows):
            return None
        header = _BLOCK.search(rest[line - 1]) if is_exact else None
        if header is None:
            return self._origin([rows[number]], is_exact=is_exact)
        block = rows[number + 1 : number + 1 + _block_length(rest[line - 1 :])]
        wanted = _text_of(expected) if header[1] == "|" else None
        found = rest[line : line + len(block)]
        indent = min((_indent(row) for row in found if row.strip()), default=0)
        at = None if wanted is None else _first_difference([row[indent:] for row in found], wanted.split("\n"))
        if at is not None:
            return self._origin([block[at]], is_exact=True)
        return self._origin([rows[number], *(row for row in block if row.values)], is_exact=True)

    def of_text(self, template: str, expected: str, actual: str) -> LineOrigin | None:
        """Return the origin of the first line of a template's text that is not as expected, or None.

        Args:
            template: the path of the template.
            expected, actual: the texts as YAML, without line feeds at their beginnings.
        """
        text = self._files.get(template)
        wanted, found = _text_of(expected), _text_of(actual)
        if text is None or wanted is None or found is None:
            return None
        at = _first_difference(found.split("\n"), wanted.split("\n"))
        if at is None:
            return None
        rows = self._lines.of(template)
        number = at + len(text) - len(text.lstrip("\n"))
        return self._origin([rows[number]], is_exact=True) if number < len(rows) else None

    def _origin(self, rows: Sequence[Line], *, is_exact: bool) -> LineOrigin:
        paths = dict.fromkeys(path for row in rows for path in row.values)
        paths.update(dict.fromkeys(rows[0].because))
        known = [path for path in paths if path[0] in _SHOWN]
        values = [self._value(self._values.of(path)) for path in known[:_MOST_VALUES]]
        places = dict.fromkeys(self._place(place) for row in rows[:_MOST_ROWS] for place in row.chain)
        return LineOrigin(is_exact, tuple(places), tuple(values))

    def _place(self, place: Place) -> tuple[str, str]:
        templates = self._trace.templates
        definition = templates.lookup(place.define) if templates is not None else None
        lines = definition.text.split("\n") if definition is not None else []
        return str(place), _short(lines[place.line - 1].strip()) if 0 < place.line <= len(lines) else ""

    def _value(self, origin: ValueOrigin) -> tuple[str, str]:
        place = next(map(str, origin.places), "not set")
        of_chart = {".Chart.Version": self._chart.version, ".Chart.AppVersion": self._chart.app_version}
        is_given = place == GIVEN or of_chart.get(origin.path, origin.value) != origin.value
        return f"{origin.path} = {_shown(origin.value)}", "the suite" if is_given else place


class _SuiteOrigins(ValueOrigins):
    """Says of the values of a test where they are set: in a values file, or in the suite itself."""

    def __init__(self, trace: Trace, reads: Reads, source: Source, given: SuiteValues) -> None:
        super().__init__(trace, reads, source, GivenValues(Sources(), {}))
        self._suite = given
        self._finder = LineFinder(as_written=True)

    def user_places(self, path: Path, *, is_gone: bool) -> list[Origin]:
        """Return where the test's values set a value: ``set`` goes over files, and later files over earlier ones."""
        places = [Origin(GIVEN)] if value_at(self._suite.set, path) is not None else []
        names = self._suite.names
        inside = path[len(names) :] if path[: len(names)] == names else path if path[:1] == (GLOBAL,) else ()
        for file in reversed(self._suite.files if inside else ()):
            line = self._finder.of(file.data, inside, is_gone=is_gone and not places)
            if line:
                places.append(Origin(file.shown, line))
        return places or super().user_places(path, is_gone=is_gone)


def _block_length(lines: Sequence[str]) -> int:
    """Return how many lines the text has whose header is the first line."""
    indent = _indent(lines[0])
    # an item of a list may be the text itself: "- |"
    end = next((at for at, line in enumerate(lines) if at and line.strip() and _indent(line) <= indent), len(lines))
    return end - 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _text_of(expected: str | None) -> str | None:
    """Return the text that a YAML text is; None where it is something else."""
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

    try:
        wanted = None if expected is None else load(expected)
    except YamlError:
        return None
    return wanted if isinstance(wanted, str) else None


def _first_difference(lines: Sequence[str], expected: Sequence[str]) -> int | None:
    """Return which line is the first that other lines do not have there, or None."""
    for at, line in enumerate(lines):
        if at >= len(expected) or line != expected[at]:
            return at
    return None


def _shown(value: Any) -> str:
    import json

    return _short(json.dumps(settled(value), default=str, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WIDTH else f"{text[:_MOST_WIDTH]}…"
