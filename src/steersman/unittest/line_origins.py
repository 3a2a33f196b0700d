"""The template line behind a failing assertion, and the values that went into it, out of a recorded render."""

from __future__ import annotations

import re

from steersman.insight.lines import Lines
from steersman.insight.origins import GivenValues, line_of
from steersman.insight.reads import Reads
from steersman.insight.value_origins import ValueOrigins
from steersman.record import Record
from steersman.unittest.documents import settled
from steersman.unittest.path import keys_of
from steersman.unittest.path_syntax import PathError
from steersman.values.sources import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.engine.trace import Trace
    from steersman.insight.lines import Line, Place
    from steersman.insight.value_origins import ValueOrigin
    from steersman.rendering import Source
    from steersman.unittest.documents import Document

_BLOCK = re.compile(r"(?:^|[\s:-])([|>])[-+0-9]*\s*(?:#.*)?$")  # the header of a text of several lines
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
    """

    def __init__(self, trace: Trace, source: Source, files: dict[str, str]) -> None:
        self._trace = trace
        self._files = files
        reads = Reads(trace)
        self._lines = Lines(trace, reads)
        self._values = ValueOrigins(trace, reads, source, GivenValues(Sources(), {}))

    def of(self, template: str, document: Document, path: str, expected: str | None = None) -> LineOrigin | None:
        """Return the origin of the line that ``path`` leads to in a document of a template, or None.

        In a text of several lines (``|``) it is the first line that is not as ``expected``; without that, the text's
        first line and those in it that values went into.
        """
        text = self._files.get(template)
        if text is None or not path:
            return None
        rest = text.split("\n")[document.line - 1 :]
        end = next((at for at, line in enumerate(rest) if at and line.startswith("---")), len(rest))
        data = "\n".join(rest[:end]).encode("utf-8", "surrogateescape")
        try:
            keys, is_exact = keys_of(document.tree, path)
        except PathError:
            return None
        line = 0
        while keys and not line:
            line = line_of(data, keys)
            is_exact, keys = is_exact and bool(line), keys[:-1]
        rows = self._lines.of(template)
        number = document.line + line - 2
        if not line or number >= len(rows):
            return None
        header = _BLOCK.search(rest[line - 1]) if is_exact else None
        if header is None:
            return self._origin([rows[number]], is_exact=is_exact)
        block = rows[number + 1 : number + 1 + _block_length(rest[line - 1 :])]
        at = _first_difference(rest[line : line + len(block)], expected) if header[1] == "|" else None
        if at is not None and at < len(block):
            return self._origin([block[at]], is_exact=True)
        return self._origin([rows[number], *(row for row in block if row.values)], is_exact=True)

    def _origin(self, rows: Sequence[Line], *, is_exact: bool) -> LineOrigin:
        paths = dict.fromkeys(path for row in rows for path in row.values)
        paths.update(dict.fromkeys(rows[0].because))
        values = [self._value(self._values.of(path)) for path in list(paths)[:_MOST_VALUES] if path[0] == "Values"]
        places = dict.fromkeys(self._place(place) for row in rows[:_MOST_ROWS] for place in row.chain)
        return LineOrigin(is_exact, tuple(places), tuple(values))

    def _place(self, place: Place) -> tuple[str, str]:
        templates = self._trace.templates
        definition = templates.lookup(place.define) if templates is not None else None
        lines = definition.text.split("\n") if definition is not None else []
        return str(place), _short(lines[place.line - 1].strip()) if 0 < place.line <= len(lines) else ""

    @staticmethod
    def _value(origin: ValueOrigin) -> tuple[str, str]:
        place = next(map(str, origin.places), "not set")
        return f"{origin.path} = {_shown(origin.value)}", "the suite" if place == "the given values" else place


def _block_length(lines: Sequence[str]) -> int:
    """Return how many lines the text has whose header is the first line."""
    indent = _indent(lines[0])
    # an item of a list may be the text itself: "- |"
    end = next((at for at, line in enumerate(lines) if at and line.strip() and _indent(line) <= indent), len(lines))
    return end - 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _first_difference(block: Sequence[str], expected: str | None) -> int | None:
    """Return which line of a block is the first that an expected text does not have there; None if that is not known.

    Args:
        block: the lines as they stand in the document, indented.
        expected: the expected text as YAML.
    """
    from steersman.yamlio import YamlError, load

    if expected is None:
        return None
    try:
        wanted = load(expected)
    except YamlError:
        return None
    if not isinstance(wanted, str):
        return None
    indent = min((_indent(line) for line in block if line.strip()), default=0)
    lines = wanted.split("\n")
    for at, line in enumerate(block):
        if at >= len(lines) or line[indent:] != lines[at]:
            return at
    return None


def _shown(value: Any) -> str:
    import json

    return _short(json.dumps(settled(value), default=str, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WIDTH else f"{text[:_MOST_WIDTH]}…"
