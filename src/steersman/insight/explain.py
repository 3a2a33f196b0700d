"""Answers about one recorded render: where a line or a field comes from, and which lines a value reaches."""

from __future__ import annotations

import re

from steersman.errors import UsageError
from steersman.go.quote import quote
from steersman.insight.line_fields import line_fields
from steersman.insight.lines import Lines
from steersman.insight.origins import LineFinder, imported_paths, line_of, origins
from steersman.insight.reads import VALUES, Reads
from steersman.insight.report import unused_values
from steersman.insight.value_origins import ValueOrigins, value_at
from steersman.record import Record
from steersman.rendering import NOTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.engine.trace import Path
    from steersman.insight.code import Code, Covered
    from steersman.insight.lines import Line, Place
    from steersman.insight.origins import GivenValues
    from steersman.insight.unused import Unused
    from steersman.insight.value_origins import ValueOrigin
    from steersman.rendering import Rendered


class LineOrigin(Record):
    """A line of a rendered object.

    Attributes:
        line: its number in the object's text, from 1.
        text: as it is rendered.
        chain: the places in templates that wrote it, the chart's own template first, the innermost include last.
        values: what was read for it.
        because: the values that decided whether it is there, or which value it shows.
        is_exact: whether all of ``values`` are known to be this line's own; if not, they are those of the whole text
            that an include has made.
    """

    line: int
    text: str
    chain: tuple[Place, ...]
    values: tuple[ValueOrigin, ...]
    because: tuple[ValueOrigin, ...]
    is_exact: bool


class Reached(Record):
    """A line of the object ``target`` that a value goes into, or, with ``is_condition``, that it decides about."""

    target: str
    line: LineOrigin
    is_condition: bool


class _Object(Record):
    """An object with its place: its template, and the line of the template's text that it begins on, from 0 (or -1)."""

    kind: str
    name: str
    template: str
    text: str
    start: int

    @property
    def target(self) -> str:
        return f"{self.kind}/{self.name}"


class Explainer:
    """Explains a recorded render.

    Args:
        rendered: with its recording.
        given: the files and flags that the user's values are from.

    Attributes:
        rendered, given: the same.
        trace: the recording.
    """

    def __init__(self, rendered: Rendered, given: GivenValues) -> None:
        trace = rendered.trace
        assert trace is not None, "the render was recorded"
        self.rendered = rendered
        self.given = given
        self.trace = trace
        self._reads = Reads(trace)
        self._lines = Lines(trace, self._reads)
        self._values = ValueOrigins(trace, self._reads, rendered.source, given)
        self._starts: dict[str, int] = {}
        self._objects = list(self._find_objects())

    def covered(self) -> tuple[Code, Covered]:
        """Return the code of the chart, and what this render came to of it."""
        from steersman.insight.code import Code

        code = Code(self.rendered.source.loaded)
        return code, code.covered(self.trace)

    def text(self) -> str:
        """Return objects and hooks as ``template`` prints them."""
        return self.rendered.text()

    def names(self) -> list[str]:
        """Return ``Kind/name`` of every object and hook."""
        return [one.target for one in self._objects]

    def lines(self) -> Iterator[tuple[str, str, str, list[LineOrigin]]]:
        """Yield each object's ``Kind/name``, template, text and lines."""
        for one in self._objects:
            rows = self._rows(one)
            yield one.target, one.template, one.text, [self._origin(line, number) for number, line in rows]

    def objects(self) -> Iterator[tuple[str, str, str, list[Line]]]:
        """Yield each object's ``Kind/name``, template, text and lines; these are as ``insight.lines`` has them."""
        for one in self._objects:
            yield one.target, one.template, one.text, [line for _, line in self._rows(one)]

    def decisions(self) -> dict[Place, dict[Path, None]]:
        """Return the values that decided at each statement with branches; ``objects`` is to be gone through before."""
        return self._lines.decisions

    def value(self, path: Path) -> ValueOrigin:
        """Return a value and the places that set it; ``path`` begins with ``Values``, ``Chart`` and the like."""
        return self._values.of(path)

    def line_at(self, number: int, line: int) -> LineOrigin | None:
        """Return a line, counted from 1, of the object with a number in the order of ``names``, or None."""
        for at, row in self._rows(self._objects[number]):
            if at == line:
                return self._origin(row, at)
        return None

    def sources(self) -> dict[str, str]:
        """Return the texts of all templates by the paths that places have."""
        templates = self.trace.templates
        found = [templates.lookup(name) for name in templates.names()] if templates is not None else []
        return {definition.parse_name: definition.text for definition in found if definition is not None}

    def text_of(self, target: str) -> str:
        """Return the text of the object that ``Kind/name`` means.

        Raises:
            UsageError: naming what there is, where there is no such object.
        """
        return self._object(target).text

    def lines_of(self, target: str) -> list[LineOrigin]:
        """Return the lines of the object that ``Kind/name`` means, in either case of letters.

        Raises:
            UsageError: naming what there is, where there is no such object.
        """
        return [self._origin(line, number) for number, line in self._rows(self._object(target))]

    def field(self, target: str, field: str) -> LineOrigin:
        """Return the line that a field of an object begins on; see ``field_lines``."""
        return self.field_lines(target, field)[0]

    def field_lines(self, target: str, field: str) -> list[LineOrigin]:
        """Return the line that a field of an object begins on, and the other lines of a text that is its value.

        Args:
            target: ``Kind/name``.
            field: ``spec.replicas``, ``spec.containers[0].image``, ``spec.containers[web].image`` (by name),
                ``spec.ports[port=80].targetPort``.

        Raises:
            UsageError: where there is no such object or field.
        """
        found = self._object(target)
        data, keys = found.text.encode("utf-8", "surrogateescape"), _keys(field, found.text)
        line = line_of(data, keys) or line_of(data, keys, as_written=True)
        if not line:
            raise UsageError(f"{target} has no field {field}")
        pointers = ["", *line_fields(found.text)]
        last = line
        while last + 1 < len(pointers) and pointers[last + 1] == pointers[line]:
            last += 1
        lines = [self._origin(row, number) for number, row in self._rows(found) if line <= number <= last]
        if not lines:
            raise UsageError(f"{target} did not come from a template")
        while len(lines) > 1 and not lines[-1].text.strip():
            del lines[-1]
        return lines

    def reached(self, value: str) -> list[Reached]:
        """Return the lines that a value, or one below it, goes into or decides on: of each object, and of the notes."""
        path: Path = (VALUES, *_split(value))
        found = []
        for one in self._objects:
            for number, line in self._rows(one):
                if self._is_among(path, line.values):
                    found.append(Reached(one.target, self._origin(line, number), False))
                elif self._is_among(path, line.because):
                    found.append(Reached(one.target, self._origin(line, number), True))
        for number, line in enumerate(self._lines.of(f"{self.rendered.source.chart.name}/templates/{NOTES}"), 1):
            if line.text.strip() and self._is_among(path, (*line.values, *line.because)):
                is_condition = not self._is_among(path, line.values)
                found.append(Reached(NOTES, self._origin(line, number), is_condition))
        return found

    def unused(self) -> list[tuple[Unused, str]]:
        """Return the user's values that no template has read, each with the place that set it or ``""``."""
        lines = LineFinder()
        found = unused_values(self.rendered, self.given, lines)
        return [(one, next((str(place) for place in origins(self.given, one.path, lines)), "")) for one in found]

    # Objects and their lines

    def _find_objects(self) -> Iterator[_Object]:
        rendered = self.rendered
        named = [(m.head.kind, m.head.name, m.path, m.text) for m in rendered.manifests]
        named += [(hook.kind, hook.name, hook.path, hook.manifest) for hook in rendered.hooks]
        for kind, name, path, text in named:
            whole, wanted = rendered.files.get(path, ""), text.strip()
            # objects of one template that are alike are found one after the other
            at = whole.find(wanted, self._starts.get(f"{path} {wanted}", 0))
            if at >= 0:
                self._starts[f"{path} {wanted}"] = at + 1
            yield _Object(kind, name, path, text, -1 if at < 0 else whole.count("\n", 0, at))

    def _object(self, target: str) -> _Object:
        for found in self._objects:
            if found.target.lower() == target.lower():
                return found
        there = ", ".join(self.names()) or "no objects"
        raise UsageError(f"there is no {target}; there are: {there}")

    def _rows(self, one: _Object) -> Iterator[tuple[int, Line]]:
        if one.start < 0:
            return  # a post-renderer has changed it
        lines = self._lines.of(one.template)
        for number in range(one.text.strip().count("\n") + 1):
            if one.start + number < len(lines):
                yield number + 1, lines[one.start + number]

    def _origin(self, line: Line, number: int) -> LineOrigin:
        values = line.values
        because = [path for path in line.because if path not in values]
        return LineOrigin(
            number,
            line.text,
            line.chain,
            tuple([self._values.of(path) for path in values]),
            tuple([self._values.of(path) for path in because]),
            all(segment.is_exact for segment in line.segments),
        )

    def _is_among(self, path: Path, values: tuple[Path, ...]) -> bool:
        return any(level[: len(path)] == path for value in values for level in self._levels(value))

    def _levels(self, value: Path) -> Iterator[Path]:
        """Yield the paths that a value has in charts, with those that it is imported from."""
        loaded = self.rendered.source.loaded
        for level in self._reads.levels(value):
            yield level
            if level[:1] == (VALUES,) and value_at(loaded.values, level[1:]) is None:
                yield from ((VALUES, *one) for one in imported_paths(loaded, level[1:]))


_PART = re.compile(r"\[([^\]]*+)(?:\]|\Z)|((?:\\.|[^.\[\\])++)")


_PATH = re.compile(r"\.?(?:(?:\\.|[^.\[\]\\])+|\[[^\]]+\])(?:\.(?:\\.|[^.\[\]\\])+|\[[^\]]+\])*")


def _split(path: str) -> Path:
    r"""Return the keys of a path as ``--set`` has it.

    Raises:
        UsageError: for what is not one.

    >>> _split(r"hosts[0].annotations.example\.com/a")
    ('hosts', 0, 'annotations', 'example.com/a')
    """
    if not _PATH.fullmatch(path):
        raise UsageError(f"{quote(path)} is not a path, such as spec.containers[0].image")
    keys: list[Any] = []
    for index, name in _PART.findall(path):
        if index:
            keys.append(int(index) if index.isdigit() else index)
        else:
            keys.append(re.sub(r"\\(.)", r"\1", name))
    return tuple(keys)


def _is_meant(key: str, item: dict[str, Any]) -> bool:
    """Return whether an item of a list is meant by its name, or by the values of its keys.

    >>> _is_meant("web", {"name": "web"}), _is_meant('port=80,protocol="TCP"', {"port": 80, "protocol": "TCP"})
    (True, True)
    """
    if item.get("name") == key:
        return True
    pairs = [pair.partition("=") for pair in key.split(",")]
    return all(equals and str(item.get(name)) == value.strip('"') for name, equals, value in pairs)


def _keys(field: str, text: str) -> Path:
    """Return the keys of a field of an object; an item of a list may be meant by its name."""
    from steersman.yamlio import load_integers

    at = load_integers(text)
    keys: list[Any] = []
    for key in _split(field):
        if isinstance(at, list) and isinstance(key, str):
            key = next((i for i, item in enumerate(at) if isinstance(item, dict) and _is_meant(key, item)), -1)
        keys.append(key)
        at = value_at(at, (key,))
    return tuple(keys)
