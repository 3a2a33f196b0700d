"""The file and line, or the flag, that set a value. Worked out for one path, and only when asked."""

from __future__ import annotations

from steersman import errors
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
    """Finds the lines of values in YAML files; each file and flag is parsed once.

    Args:
        as_written: take keys as they stand in the file; ``y`` is ``true`` in the values otherwise, as YAML 1.1 has it.
    """

    def __init__(self, *, as_written: bool = False) -> None:
        self._as_written = as_written
        self._documents: dict[bytes, list[tuple[int, Node | None]]] = {}
        self._entries: dict[int, dict[str, tuple[int, Node]]] = {}  # of mappings, by the identity of their nodes
        self._flags: dict[int, _Flags] = {}  # by the identity of their sources

    def of(self, data: bytes, path: Path, *, is_gone: bool = False) -> int:
        """Return the line, from 1, on which a file sets the value at ``path``; 0 where it does not.

        Args:
            data: the file.
            path: of the value.
            is_gone: whether the value is not there in the end: null or another value in the place of what it would be
                in is meant, too.
        """
        found = 0
        for first, node in self.documents(data):
            line, is_set = self._line_in(node, path)
            if line and (is_set or is_gone):
                found = first + line
        return found

    def documents(self, data: bytes) -> list[tuple[int, Node | None]]:
        """Return the documents of a file up to the first that does not parse, and how many lines are before each."""
        known = self._documents.get(data)
        if known is None:
            known = self._documents[data] = list(_parsed(data))
        return known

    def flags(self, sources: Sources) -> _Flags:
        """Return the flags that set values."""
        known = self._flags.get(id(sources))
        if known is None:
            known = self._flags[id(sources)] = _Flags(sources)
        return known

    def _line_in(self, node: Node | None, path: Path) -> tuple[int, bool]:
        """Return the line of a value and True, or that of what stands in its way and False; 0 for neither."""
        from steersman.yamlio.nodes import MAPPING, SEQUENCE

        line = 0
        for key in path:
            if node is None:
                return 0, False
            if node.kind == MAPPING:
                entry = self._of_mapping(node).get(str(key))
                if entry is None:
                    return 0, False
                line, node = entry
            elif node.kind == SEQUENCE and isinstance(key, int) and key < len(node.items):
                node = node.items[key]
                line = node.line
            else:
                return line, False
        return line, True

    def _of_mapping(self, node: Node) -> dict[str, tuple[int, Node]]:
        """Return the lines of a mapping's keys and their values, with those that ``<<`` merges into it."""
        known = self._entries.get(id(node))
        if known is None:
            known = self._entries[id(node)] = {}
            for key, value in node.pairs():
                if key.is_plain and key.text == "<<":
                    for source in reversed(value.items if value.kind == "sequence" else [value]):
                        known.update(self._of_mapping(source) if source.kind == "mapping" else {})
                else:
                    known[key.text if self._as_written else key.key()] = key.line, value
        return known


def origins(given: GivenValues, path: Path, lines: LineFinder | None = None, *, is_gone: bool = False) -> list[Origin]:
    """Return every place that sets the value at ``path``, the one that counts first, then those that it overrides.

    Args:
        given: the files and flags.
        path: of the value.
        lines: for callers with many paths: it parses each file once.
        is_gone: whether the value is not there in the end; the first place may then be one that takes away what it
            would be in: ``--set image=null`` for ``image.tag``.
    """
    lines = lines or LineFinder()
    found: list[Origin] = []
    # later files go over earlier ones, and flags over files, in the order of ``values.sources.collect``
    found += lines.flags(given.sources).of(path, is_gone=is_gone)
    for name in reversed(given.sources.files):
        data = given.texts.get(name)
        line = lines.of(data, path, is_gone=is_gone and not found) if data is not None else 0
        if line:
            found.append(Origin("standard input" if name.strip() == "-" else name, line))
    return found


def shared_paths(given: GivenValues, lines: LineFinder) -> set[Path]:
    """Return the paths of values in files that stand elsewhere in them, too, by an alias (``*name``)."""
    found: set[Path] = set()
    for data in given.texts.values():
        if b"&" not in data or b"*" not in data:
            continue
        for _, document in lines.documents(data):
            first: dict[int, Path] = {}
            todo: list[tuple[Path, Node | None]] = [((), document)]
            while todo:
                path, node = todo.pop()
                if node is None:
                    continue
                if id(node) in first:
                    found.add(first[id(node)])
                    continue
                first[id(node)] = path
                if node.kind == "mapping":
                    todo += [((*path, key.key()), value) for key, value in reversed(node.pairs())]
                else:
                    todo += [((*path, at), item) for at, item in reversed(list(enumerate(node.items)))]
    return found


def chart_origins(chart: Chart, path: Path, lines: LineFinder | None = None, *, is_gone: bool = False) -> list[Origin]:
    """Return every values.yaml that sets the value at ``path``, the one that counts first: parents before subcharts.

    The arguments are those of ``origins``.
    """
    lines = lines or LineFinder()
    found = []
    text = next((file.data for file in chart.raw if file.name == "values.yaml"), None)
    line = lines.of(text, path, is_gone=is_gone) if text is not None else 0
    if line or (text is None and _is_set(chart.values, path)):
        # a chart out of a record has no text, only values
        found.append(Origin(f"{chart.full_path}/values.yaml", line))
    for imported in _imports(chart, path):
        own = lines.of(text, imported) if text is not None else 0
        found += [Origin(f"{chart.full_path}/values.yaml", own)] if own else []
        found += _below(chart, imported, lines, is_gone=False)
    return found + _below(chart, path, lines, is_gone=is_gone and not found)


def _below(chart: Chart, path: Path, lines: LineFinder, *, is_gone: bool) -> list[Origin]:
    """Return the places in the values of subcharts."""
    found: list[Origin] = []
    for child in chart.dependencies:
        if len(path) > 1 and path[0] in _names(chart, child):
            found += chart_origins(child, path[1:], lines, is_gone=is_gone and not found)
    return found


def imported_paths(chart: Chart, path: Path) -> Iterator[Path]:
    """Yield the paths that ``import-values`` of a chart and its subcharts bring to ``path`` from."""
    yield from _imports(chart, path)
    for child in chart.dependencies:
        if len(path) > 1 and path[0] in _names(chart, child):
            yield from ((path[0], *one) for one in imported_paths(child, path[1:]))


def _imports(chart: Chart, path: Path) -> Iterator[Path]:
    for entry in chart.metadata.dependencies:
        for item in entry.import_values:
            is_pair = isinstance(item, dict)
            child, parent = (str(item.get("child")), str(item.get("parent"))) if is_pair else (f"exports.{item}", ".")
            keys = () if parent == "." else tuple(parent.split("."))
            if path and path[: len(keys)] == keys:
                yield (entry.alias or entry.name, *child.split("."), *path[len(keys) :])


def _names(chart: Chart, child: Chart) -> list[str]:
    return [one.alias or one.name for one in chart.metadata.dependencies if one.name == child.name] or [child.name]


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
            except errors.SteerError:
                continue
            yield flag, text, tree


class _Flags:
    """The flags that set values, by the paths that they set."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources  # kept alive, as they are known by their identity
        self._texts: list[str] = []
        self._root = _SetPath()
        for flag, text, tree in _flags(sources):
            number = len(self._texts)
            self._texts.append(f"{flag} {text}")
            todo = [(self._root, tree)]
            while todo:
                place, at = todo.pop()
                place.by.append(number)
                if isinstance(at, dict):
                    entries = list(at.items())
                elif isinstance(at, list):
                    # items that a flag only made room for do not count
                    entries = [(key, item) for key, item in enumerate(at) if item is not None]
                else:
                    place.ends.append(number)
                    continue
                todo += [(place.below.setdefault(key, _SetPath()), inner) for key, inner in entries]

    def of(self, path: Path, *, is_gone: bool) -> list[Origin]:
        """Return the flags that set a value or one below it, the last one first.

        With ``is_gone`` the first one may be one that sets what stands in its way.
        """
        place, last = self._root, -1
        for key in path:
            if place.ends:
                last = max(last, place.ends[-1])
            below = place.below.get(key)
            if below is None:
                place = _SetPath()
                break
            place = below
        found = place.by[::-1]
        if is_gone and last > max(found, default=-1):
            found.insert(0, last)
        return [Origin(self._texts[number]) for number in found]


class _SetPath:
    """A path that flags set: the numbers of those that do, of those that set it to a scalar, and what is below it."""

    __slots__ = ("below", "by", "ends")

    def __init__(self) -> None:
        self.below: dict[object, _SetPath] = {}
        self.by: list[int] = []
        self.ends: list[int] = []


def _json_into(text: str, tree: dict[str, Any]) -> None:
    if text.strip()[:1] == "{":
        from steersman.go.json import loads

        tree.update(loads(text))
    else:
        set_path.parse_json_into(text, tree)


def _is_set(tree: Any, path: Path) -> bool | None:
    """Return whether a flag sets a value, or one below it; None where it sets what stands in the way of that.

    Items of a list that it only made room for do not count.
    """
    for key in path:
        if isinstance(tree, dict):
            if key not in tree:
                return False
        elif not isinstance(tree, list):
            return None
        elif not (isinstance(key, int) and key < len(tree) and tree[key] is not None):
            return False
        tree = tree[key]
    return True


def line_of(data: bytes, path: Path, *, as_written: bool = False) -> int:
    """Return the line, from 1, on which a YAML file sets the value at ``path``; 0 where it does not.

    ``as_written`` takes keys as they stand in the file.

    >>> line_of(b"image:\\n  name: web\\n  tag: 1\\n", ("image", "tag"))
    3
    """
    return LineFinder(as_written=as_written).of(data, path)


def _parsed(data: bytes) -> Iterator[tuple[int, Node | None]]:
    from steersman.yamlio.errors import YamlError
    from steersman.yamlio.nodes import read

    for first, text in documents(data):
        try:
            yield first, read(text)
        except YamlError:
            return


def documents(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the documents of a file and how many lines are before each."""
    lines = data.split(b"\n")
    start = 0
    for number, line in enumerate(lines):
        if line.startswith(b"---") and number > start:
            yield start, b"\n".join(lines[start:number]) + b"\n"
            start = number
    yield start, b"\n".join(lines[start:]) + b"\n"
