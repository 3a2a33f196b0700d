"""The page of ``explain --html``: values, templates and manifests side by side, and what leads from one to the other.

The data is small before it is compressed: each different line is stored once, each different list of numbers once
(``lists``), and a line of a manifest has two numbers, the line of the template that wrote it and its origin::

    lines      the different lines of all texts
    values     files: name, kind, numbers of lines, depth of the key and state of each line, notes by line
    templates  files: name, numbers of lines, parts that did not run (``branches.NotRun``, five numbers each)
    objects    Kind/name, template, numbers of lines, for each the line of its own template, and its origin
    origins    template, list of includes (file and line in turns), lists of values, of values that decided, of
               statements, whether the values are exact
    paths      values: path, value, whether it is a map, places (file and line in turns, or a text)
    statements of templates with branches: file, line, list of values that decided
"""

from __future__ import annotations

from steersman.insight.origins import LineFinder, Origin, flag_texts, origins
from steersman.insight.page.branches import not_run
from steersman.insight.page.frame import html_page
from steersman.insight.page.texts import LineTable, distances
from steersman.insight.reads import VALUES
from steersman.insight.report import unused_text
from steersman.insight.trees import keys_of_node
from steersman.insight.unused import all_reads
from steersman.insight.value_origins import GIVEN, shown
from steersman.record import Record
from steersman.transport.model import redacted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path
    from steersman.insight.explain import Explainer
    from steersman.insight.lines import Condition, Line, Place
    from steersman.insight.reads import Reads

MOST_BYTES = 2_000_000
_SCRIPTS = ("panes.js", "explain.js")
# states of lines of values
_PLAIN, _UNREAD, _UNMENTIONED, _UNREACHED = 0, 1, 2, 3


class _File(Record):
    """A file of values; ``prefixes`` are the places of its top among the values that templates see."""

    name: str
    kind: str
    data: bytes
    prefixes: tuple[Path, ...]


def explain_page(explainer: Explainer, release: str = "", most_bytes: int = MOST_BYTES) -> str:
    """Return the page for a recorded render, of a release where that is named, else of a chart.

    It has no more than ``most_bytes`` where that can be: if need be, the texts of templates that wrote nothing are left
    out, then the values.yaml of subcharts, then objects from the largest on. The page says so.
    """
    name = release or explainer.rendered.source.loaded.name
    data = _Data(explainer, name)
    title = f"{name} · steer explain"
    page = html_page(title, _SCRIPTS, data.whole())
    for leave_out in data.ways_to_leave_out():
        if len(page.encode()) <= most_bytes:
            break
        leave_out()
        page = html_page(title, _SCRIPTS, data.whole())
    return page


class _Data:
    def __init__(self, explainer: Explainer, name: str) -> None:
        self._explainer = explainer
        self._name = name
        self._source = explainer.rendered.source
        self._reads = all_reads(explainer.trace, self._source.loaded)
        self._finder = LineFinder()
        self._lists = _Table()
        self._origins = _Table()
        self._paths: dict[Path, int] = {}
        self._statements: dict[Place, int] = {}
        self._unused = explainer.unused()
        self._flags = [f"{flag} {text}" for flag, text in flag_texts(explainer.given.sources)]
        self._files = list(self._find_files())
        self._file_numbers = {file.name: number for number, file in enumerate(self._files)}
        # a chart's own templates before those of its subcharts
        self._sources = dict(sorted(explainer.sources().items(), key=lambda one: (one[0].count("/charts/"), one[0])))
        self._template_numbers = {path: number for number, path in enumerate(self._sources)}
        self._written: set[int] = set()  # numbers of templates that wrote a line
        self._rows = [self._object(*one) for one in explainer.objects()]
        self._decisions()
        self._left_out: list[str] = []
        self._hidden_templates: set[int] = set()
        self._hidden_values: set[int] = set()
        self._hidden_objects: set[int] = set()

    def whole(self) -> dict[str, Any]:
        """Return all that the page gets."""
        table = LineTable()
        values = [self._values(number, file, table) for number, file in enumerate(self._files)]
        templates = [self._template(number, path, table) for number, path in enumerate(self._sources)]
        objects = [
            {**row, "l": [] if number in self._hidden_objects else table.add(lines)}
            for number, (row, lines) in enumerate(self._rows)
        ]
        metadata = self._source.loaded.metadata
        return {
            "name": self._name,
            "chart": metadata.name,
            "version": metadata.version,
            "values": values,
            "templates": templates,
            "objects": objects,
            "origins": self._origins.rows,
            "lists": self._lists.rows,
            "paths": [self._path(path) for path in list(self._paths)],
            "statements": self._statement_rows(),
            "absent": self._absent(),
            "leftOut": self._left_out,
            "lines": table.lines,
        }

    # Leaving things out of a page that would be too large

    def ways_to_leave_out(self) -> Iterator[Callable[[], None]]:
        """Yield what can be left out, that which is missed least first."""
        yield self._leave_out_templates
        yield self._leave_out_values
        while len(self._hidden_objects) < len(self._rows):
            yield self._leave_out_objects

    def _leave_out_templates(self) -> None:
        """Leave out the texts of templates that wrote no line."""
        self._hidden_templates = set(self._template_numbers.values()) - self._written
        count = len(self._hidden_templates)
        self._left_out.append(f"the text{_s(count)} of {count} template{_s(count)} that wrote nothing")

    def _leave_out_values(self) -> None:
        """Leave out the values.yaml of subcharts."""
        self._hidden_values = {at for at, file in enumerate(self._files) if file.kind == "subchart"}
        count = len(self._hidden_values)
        self._left_out.append(f"the values.yaml of {count} subchart{_s(count)}")

    def _leave_out_objects(self) -> None:
        """Leave out the largest half of the objects that are still there."""
        there = [at for at in range(len(self._rows)) if at not in self._hidden_objects]
        there.sort(key=lambda at: sum(map(len, self._rows[at][1])), reverse=True)
        self._hidden_objects.update(there[: len(there) // 2 + 1])
        count = len(self._hidden_objects)
        self._left_out[2:] = [f"the text{_s(count)} of {count} object{_s(count)}, the largest"]

    # Objects

    def _object(self, target: str, template: str, text: str, lines: list[Line]) -> tuple[dict[str, Any], list[str]]:
        own, numbers = [], []
        for line in lines:
            chain = line.chain
            own.append(chain[0].line if chain else 0)
            numbers.append(self._origin(line, chain))
        texts = text.strip().split("\n")
        row = {
            "n": target,
            "t": self._template_numbers.get(template, -1),
            "p": template,
            "a": distances(own),
            "o": numbers,
        }
        return row, texts

    def _origin(self, line: Line, chain: tuple[Place, ...]) -> int:
        includes: list[int] = []
        for place in chain[1:]:
            includes += (self._template_number(place), place.line)
        if chain:
            self._template_number(chain[0])
        values = line.values
        because = [path for path in line.because if path not in values]
        return self._origins.add(
            (
                self._template_number(chain[0]) if chain else -1,
                self._lists.add(includes),
                self._lists.add(map(self._value, values)),
                self._lists.add(map(self._value, because)),
                self._lists.add(map(self._condition, line.conditions)),
                int(all(segment.is_exact for segment in line.segments)),
            )
        )

    def _template_number(self, place: Place) -> int:
        """Return the number of a template's file, or -1 for a text that ``tpl`` ran."""
        number = self._template_numbers.get(place.template, -1)
        self._written.add(number)
        return number

    def _condition(self, condition: Condition) -> int:
        return self._statements.setdefault(condition.place, len(self._statements))

    def _decisions(self) -> None:
        """Number the statements that decided, also those around nothing, and their values."""
        for place, paths in self._explainer.decisions().items():
            self._statements.setdefault(place, len(self._statements))
            for path in paths:
                self._value(path)

    def _statement_rows(self) -> list[list[int]]:
        decided = self._explainer.decisions()
        return [
            [
                self._template_numbers.get(place.template, -1),
                place.line,
                self._lists.add(map(self._value, decided.get(place, ()))),
            ]
            for place in self._statements
        ]

    # Templates

    def _template(self, number: int, path: str, table: LineTable) -> dict[str, Any]:
        text = self._sources[path]
        if number in self._hidden_templates:
            return {"n": path, "l": [], "f": [], "x": 1}
        faded = [
            number
            for part in not_run(path, text, self._reads)
            for number in (part.first_line, part.first_column, part.last_line, part.last_column, part.because)
        ]
        return {"n": path, "l": table.add(text.removesuffix("\n").split("\n")), "f": faded}

    # Values

    def _value(self, path: Path) -> int:
        return self._paths.setdefault(path, len(self._paths))

    def _path(self, path: Path) -> list[Any]:
        found = self._explainer.value(path)
        places: list[Any] = []
        for place in found.places:
            number, line = self._place(place, path)
            places += (number, line) if number >= 0 else (-1, str(place))
        return [found.path, shown(found.value), int(isinstance(found.value, dict)), places]

    def _place(self, place: Origin, path: Path) -> tuple[int, int]:
        """Return the file and the line of a place that sets a value, or -1."""
        if not place.line and place.source in self._flags:
            return 0, self._flags.index(place.source) + 1
        number = self._file_numbers.get(place.source, -1)
        if number < 0 or place.line:
            return number, place.line
        file = self._files[number]
        found = [self._finder.of(file.data, path[1:][len(prefix) :]) for prefix in file.prefixes]
        line = max(found, default=0)
        return (number, line) if line else (-1, 0)

    def _find_files(self) -> Iterator[_File]:
        """Yield the files of values, those that go over others first."""
        given = self._explainer.given
        if self._flags:
            lines = [text.replace("\n", " ") for text in self._flags]
            yield _File("command line", "flags", "\n".join(lines).encode("utf-8", "replace"), ())
        if self._source.values and not self._flags and not given.texts:
            yield _File(GIVEN, "given", _yaml(self._source.values), ((),))
        for name in dict.fromkeys(reversed(given.sources.files)):
            if name in given.texts:
                shown_name = "standard input" if name.strip() == "-" else name
                yield _File(shown_name, "given", given.texts[name], ((),))
        found: dict[str, tuple[Chart, list[Path]]] = {}
        _charts(self._source.loaded, self._explainer.trace.chart, (), found)
        for name, (chart, prefixes) in found.items():
            data = next((file.data for file in chart.raw if file.name == "values.yaml"), None)
            if data is None and chart.values:
                data = _yaml(chart.values)  # a chart out of a record has no text, only values
            if data:
                yield _File(f"{name}/values.yaml", "default" if chart.is_root else "subchart", data, tuple(prefixes))
        about = next((file.data for file in self._source.loaded.raw if file.name == "Chart.yaml"), b"")
        if about:
            yield _File(f"{self._source.loaded.full_path}/Chart.yaml", "about", about, ())

    def _values(self, number: int, file: _File, table: LineTable) -> dict[str, Any]:
        if number in self._hidden_values:
            return {"n": redacted(file.name), "k": file.kind, "l": [], "d": [], "s": [], "m": {}, "x": 1}
        lines = file.data.decode("utf-8", "replace").removesuffix("\n").split("\n")
        keys = _keys_of_lines(self._finder, file.data) if file.kind != "flags" else {}
        depths = [len(keys.get(at, ())) for at in range(len(lines))]
        states, notes = [_PLAIN] * len(lines), {}
        if file.kind in ("default", "subchart"):
            for at, path in keys.items():
                if at < len(states) and not any(_is_read(self._reads, prefix, path) for prefix in file.prefixes):
                    states[at] = _UNREAD
        elif file.kind != "about":
            for at, state, note in self._unused_lines(number):
                notes[at] = note
                if file.kind != "flags":  # there, other values of the line may have done something
                    states[at] = state
                    _spread(states, depths, at, state)
        _fill(lines, depths, states)
        return {"n": redacted(file.name), "k": file.kind, "l": table.add(lines), "d": depths, "s": states, "m": notes}

    def _unused_lines(self, number: int) -> Iterator[tuple[int, int, str]]:
        """Yield the lines of a file of the user's with values that did nothing, with what is to say about each."""
        for one, _ in self._unused:
            places = origins(self._explainer.given, one.path, self._finder) or [Origin(GIVEN)]
            for place in places:
                file, line = self._place(place, (VALUES, *one.path))
                if file != number:
                    continue
                yield line - 1, _UNMENTIONED if one.is_mistake else _UNREACHED, unused_text(one)

    def _absent(self) -> list[str]:
        """Return the names of the subcharts that do not take part."""
        chart = self._explainer.trace.chart
        there = {child.full_path for child in chart.walk()} if chart is not None else set()
        aliases = {entry.name: entry.alias for entry in self._source.loaded.metadata.dependencies if entry.alias}
        names = [child.name for child in self._source.loaded.dependencies]
        top = self._source.loaded.full_path
        return [name for name in names if f"{top}/charts/{name}" not in there and name not in aliases]


class _Table:
    """Rows of numbers, each different one stored once."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, ...]] = []
        self._numbers: dict[tuple[int, ...], int] = {}

    def add(self, row: Iterable[int]) -> int:
        """Return the number of a row."""
        key = tuple(row)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.rows)
            self.rows.append(key)
        return number


def _charts(loaded: Chart, chart: Chart | None, prefix: Path, found: dict[str, tuple[Chart, list[Path]]]) -> None:
    """Find the charts that took part, by their path, each with the keys that its values are below."""
    found.setdefault(loaded.full_path, (loaded, []))[1].append(prefix)
    there = {child.name: child for child in chart.dependencies} if chart is not None else {}
    for child in loaded.dependencies:
        names = [d.alias or d.name for d in loaded.metadata.dependencies if d.name == child.name] or [child.name]
        for name in dict.fromkeys(names):
            if name in there:
                _charts(child, there[name], (*prefix, name), found)


def _keys_of_lines(finder: LineFinder, data: bytes) -> dict[int, Path]:
    return {
        first + at: path
        for first, node in finder.documents(data)
        if node is not None
        for at, path in keys_of_node(node).items()
    }


def _is_read(reads: Reads, prefix: Path, path: Path) -> bool:
    return reads.is_read((VALUES, *prefix, *path))


def _spread(states: list[int], depths: list[int], at: int, state: int) -> None:
    """Give the lines below a key its state."""
    for below in range(at + 1, len(states)):
        if depths[below]:
            if depths[below] <= depths[at]:
                return
            states[below] = state


def _fill(lines: list[str], depths: list[int], states: list[int]) -> None:
    """Give the other lines of a value that has several (``|``) the state of its first."""
    state = _PLAIN
    for at, line in enumerate(lines):
        if depths[at]:
            state = states[at]
        elif line.strip() and not line.lstrip().startswith("#"):
            states[at] = states[at] or state


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _yaml(tree: Any) -> bytes:
    from steersman.yamlio import dump

    return dump(tree).encode("utf-8", "surrogateescape")
