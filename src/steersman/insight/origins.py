"""The file and line, or the flag, that set a value. Worked out for one path, and only when asked."""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.record import Record
from steersman.values import set_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path
    from steersman.values.sources import Sources
    from steersman.yamlio.nodes import Node


class Origin(Record):
    """A place where a value was set.

    Attributes:
        source: the path of a file, or a flag with what it was given.
        line: of the file, from 1; 0 for a flag.
    """

    source: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


class GivenValues(Record):
    """The files and flags with the user's values.

    Attributes:
        sources: the files and flags, as they were given.
        texts: the bytes of the files by their path.
    """

    sources: Sources
    texts: dict[str, bytes]


class LineFinder:
    """Finds the lines of values in YAML files; each file is parsed once."""

    def __init__(self) -> None:
        self._documents: dict[bytes, list[tuple[int, Node | None]]] = {}

    def of(self, data: bytes, path: Path) -> int:
        """Return the line, from 1, on which a file sets the value at ``path``; 0 where it does not."""
        found = 0
        for first, node in self.documents(data):
            line = _line_in(node, path)
            found = first + line if line else found
        return found

    def documents(self, data: bytes) -> list[tuple[int, Node | None]]:
        """Return the documents of a file up to the first that does not parse, and how many lines are before each."""
        known = self._documents.get(data)
        if known is None:
            known = self._documents[data] = list(_parsed(data))
        return known


def origins(given: GivenValues, path: Path, lines: LineFinder | None = None) -> list[Origin]:
    """Return every place that sets the value at ``path``, the one that counts first, then those that it overrides.

    ``lines`` is for callers with many paths: it parses each file once.
    """
    lines = lines or LineFinder()
    found = [Origin(f"{flag} {text}") for flag, text, tree in _flags(given.sources) if _has(tree, path)]
    for name in given.sources.files:
        data = given.texts.get(name)
        if data is None:
            continue
        line = lines.of(data, path)
        if line:
            found.append(Origin("standard input" if name.strip() == "-" else name, line))
    # later files go over earlier ones, and flags over files, in the order of ``values.sources.collect``
    flags, files = [one for one in found if not one.line], [one for one in found if one.line]
    return flags[::-1] + files[::-1]


def chart_origins(chart: Chart, path: Path, lines: LineFinder | None = None) -> list[Origin]:
    """Return every values.yaml that sets the value at ``path``, the one that counts first: parents before subcharts."""
    lines = lines or LineFinder()
    found = []
    text = next((file.data for file in chart.raw if file.name == "values.yaml"), None)
    line = lines.of(text, path) if text is not None else 0
    if line or (text is None and _has(chart.values, path)):
        # a chart out of a record has no text, only values
        found.append(Origin(f"{chart.full_path}/values.yaml", line))
    for child in chart.dependencies:
        names = [entry.alias or entry.name for entry in chart.metadata.dependencies if entry.name == child.name]
        if len(path) > 1 and path[0] in (names or [child.name]):
            found += chart_origins(child, path[1:], lines)
    return found


def flag_texts(sources: Sources) -> Iterator[tuple[str, str]]:
    """Yield each flag that sets values with what it was given, in the order in which they are applied."""
    for flag, text, _ in _flags(sources):
        yield flag, text


def _flags(sources: Sources) -> Iterator[tuple[str, str, Any]]:
    readers: tuple[tuple[str, tuple[str, ...], Callable[[str, dict[str, Any]], None]], ...] = (
        ("--set-json", sources.json, _json_into),
        ("--set", sources.sets, set_path.parse_into),
        ("--set-string", sources.strings, set_path.parse_string_into),
        ("--set-file", sources.set_files, lambda text, tree: set_path.parse_file_into(text, tree, str)),
        ("--set-literal", sources.literals, set_path.parse_literal_into),
    )
    for flag, texts, read in readers:
        for text in texts:
            tree: dict[str, Any] = {}
            try:
                read(text, tree)
            except SteerError:
                continue
            yield flag, text, tree


def _json_into(text: str, tree: dict[str, Any]) -> None:
    if text.strip()[:1] == "{":
        from steersman.go.json import loads

        tree.update(loads(text))
    else:
        set_path.parse_json_into(text, tree)


def _has(tree: Any, path: Path) -> bool:
    """Return whether a flag sets a value, or one below it; items that it only made room for do not count."""
    for key in path:
        is_there = key in tree if isinstance(tree, dict) else _has_item(tree, key)
        if not is_there:
            return False
        tree = tree[key]
    return True


def _has_item(tree: Any, key: object) -> bool:
    return isinstance(tree, list) and isinstance(key, int) and key < len(tree) and tree[key] is not None


def line_of(data: bytes, path: Path) -> int:
    """Return the line, from 1, on which a YAML file sets the value at ``path``; 0 where it does not.

    >>> line_of(b"image:\\n  name: web\\n  tag: 1\\n", ("image", "tag"))
    3
    """
    return LineFinder().of(data, path)


def _parsed(data: bytes) -> Iterator[tuple[int, Node | None]]:
    from steersman.yamlio import YamlError
    from steersman.yamlio.nodes import read

    for first, text in _documents(data):
        try:
            yield first, read(text)
        except YamlError:
            return


def _documents(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the documents of a file and how many lines are before each."""
    lines = data.split(b"\n")
    start = 0
    for number, line in enumerate(lines):
        if line.startswith(b"---") and number > start:
            yield start, b"\n".join(lines[start:number]) + b"\n"
            start = number
    yield start, b"\n".join(lines[start:]) + b"\n"


def _line_in(node: Node | None, path: Path) -> int:
    from steersman.yamlio.nodes import MAPPING, SEQUENCE

    line = 0
    for key in path:
        if node is None:
            return 0
        if node.kind == MAPPING:
            pair = next((pair for pair in reversed(node.pairs()) if pair[0].text == str(key)), None)
            if pair is None:
                return 0
            line, node = pair[0].line, pair[1]
        elif node.kind == SEQUENCE and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
            line = node.line
        else:
            return 0
    return line
