"""The code of a chart's own templates: the points that a render may come to, and those that it came to.

A point is a statement, a side of a choice, or a definition. The points of a chart are numbered, and a set of them is an
integer with a bit for each: what hundreds of tests have run stays small, and is handed between processes as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress

from steersman.go.quote import unquote
from steersman.gotemplate import nodes as n
from steersman.gotemplate import trace as t
from steersman.insight.reads import VALUES, Reads
from steersman.record import Record
from steersman.runtime.deep import SHALLOW_FRAMES, allow_frames, deeply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path, Trace
    from steersman.gotemplate.trace import Execution

_CHOICES = frozenset(("and", "or", "default", "ternary"))
_KINDS: dict[type, str] = {n.IfNode: "if", n.WithNode: "with", n.RangeNode: "range"}
_DEFINITION = re.compile(r'\{\{(?:- )?\s*(?:define|block)\s+("(?:[^"\\\n]|\\.)*"|`[^`]*`)')
_LABELS = {
    ("if", 0): "body of `if`",
    ("if", 1): "`else` of `if`",
    ("with", 0): "body of `with`",
    ("with", 1): "`else` of `with`",
    ("range", 0): "body of `range`",
    ("range", 1): "`range` over nothing",
    ("default", 0): "`default` with a value",
    ("default", 1): "`default` without a value",
    ("ternary", 0): "`ternary` with true",
    ("ternary", 1): "`ternary` with false",
}


class Side(Record):
    """One of the ways that a choice can go.

    Attributes:
        point: its number.
        template: the path of the file, ``web/templates/hpa.yaml``.
        line: from 1.
        pos: of the statement's pipeline, or of the name of the function.
        kind: ``if``, ``with``, ``range``, ``and``, ``or``, ``default`` or ``ternary``.
        number: 0 for a body, a value that is there, or a condition that holds; 1 for the other side. For ``and``
            and ``or``, the argument that decides, from 0.
        count: of the sides.
    """

    point: int
    template: str
    line: int
    pos: int
    kind: str
    number: int
    count: int

    @property
    def label(self) -> str:
        """The words for it in reports."""
        if self.kind not in ("and", "or"):
            return _LABELS[self.kind, self.number]
        if self.number + 1 == self.count:
            return f"`{self.kind}` up to its last argument"
        return f"`{self.kind}` decided by argument {self.number + 1}"


class Define(Record):
    """A definition: its point, its name and its line."""

    point: int
    name: str
    line: int


class File(Record):
    """The code of one template.

    Attributes:
        name: its path, with the chart's name.
        text: the whole text.
        lines: the points of each line that has a statement, by its number from 1.
        sides: of its choices, in order.
        defines: its definitions, in order.
    """

    name: str
    text: str
    lines: dict[int, tuple[int, ...]]
    sides: tuple[Side, ...]
    defines: tuple[Define, ...]

    @property
    def sides_by_line(self) -> dict[int, list[Side]]:
        """The sides by the lines of ``lines``: a choice further down in a statement is at the line of the statement."""
        numbers = list(self.lines)
        found: dict[int, list[Side]] = {}
        for side in self.sides:
            at = bisect_right(numbers, side.line)
            found.setdefault(numbers[at - 1] if at else side.line, []).append(side)
        return found


class Covered(Record):
    """The points that a render came to, and the values of the chart's values.yaml that it read: a bit for each."""

    points: int
    values: int


class _Block:
    """Statements one after the other: their points, and whether each leaves an event when it has run."""

    __slots__ = ("has_way_out", "nodes")

    def __init__(self) -> None:
        self.nodes: list[tuple[int, bool]] = []
        self.has_way_out = False


class Code:
    """The points of a chart's own templates; those of its subcharts are not among them.

    Attributes:
        name: of the chart.
        files: the templates that have a statement, by path.
        values: the paths of the values in the chart's own values.yaml, below ``Values``.
        broken: why templates that do not parse cannot be read, by path; they have no points.
    """

    def __init__(self, chart: Chart) -> None:
        self.name = chart.name
        self.count = 0
        self.files: dict[str, File] = {}
        self.values = tuple(_leaves(chart))
        self.texts: dict[str, str] = {}
        self.broken: dict[str, str] = {}
        self.blocks: list[_Block] = []
        self.nodes: dict[tuple[str, int], tuple[int, int]] = {}  # (file, position): block and place in it
        self.bodies: dict[tuple[str, int], tuple[int, int]] = {}  # the blocks of both sides; -1 for none
        self.chained: dict[tuple[str, int], int] = {}  # the position of the "else if" of an "if"
        self.roots: dict[tuple[str, str], tuple[int, int]] = {}  # (file, definition): block, and point or -1
        # by file, position and number: those of statements, and those of functions, which can have the same position
        self.branches: dict[tuple[str, int, int], Side] = {}
        self.choices: dict[tuple[str, int, int], Side] = {}
        allow_frames(SHALLOW_FRAMES)
        deeply(lambda: self._read(chart))

    def covered(self, trace: Trace) -> Covered:
        """Return what a render came to; one that ended with an error counts as far as it got."""
        run = _Run(self)
        todo = trace.roots[::-1]
        while todo:
            todo += run.follow(todo.pop())
        reads = Reads(trace)
        values = 0
        for at, path in enumerate(self.values):
            if reads.is_read((VALUES, *path)):
                values |= 1 << at
        return Covered(run.points(), values)

    # Reading

    def _read(self, chart: Chart) -> None:
        from steersman.engine.functions import function_table
        from steersman.gotemplate.builtins import BUILTINS
        from steersman.gotemplate.errors import ParseError
        from steersman.gotemplate.parser import parse

        functions = {**BUILTINS, **function_table()}
        for file in sorted(chart.templates, key=lambda file: file.name):
            name = f"{chart.full_path}/{file.name}"
            text = file.data.decode("utf-8", "surrogateescape")
            self.texts[name] = text
            reader = _Reader(self, name, text)
            try:
                trees = parse(name, text, functions)
            except ParseError as error:
                self.broken[name] = str(error)
                continue
            for tree in trees.values():
                if tree.name != name:
                    reader.define(tree)
                elif not name.rpartition("/")[2].startswith("_"):  # helm: such files are there to be included
                    reader.main(tree)
            if reader.lines or reader.defines:
                self.files[name] = reader.file()

    def point(self) -> int:
        """Return the number of a new point."""
        self.count += 1
        return self.count - 1


def _definitions(text: str) -> Iterator[tuple[int, str]]:
    """Yield where definitions of a text begin, and their names; those in comments are among them."""
    for found in _DEFINITION.finditer(text):
        with suppress(ValueError):
            yield found.start(), unquote(found[1])


class _Reader:
    """Reads the trees of one file."""

    def __init__(self, code: Code, name: str, text: str) -> None:
        self._code = code
        self._name = name
        self._text = text
        self.lines: dict[int, list[int]] = {}
        self._sides: list[Side] = []
        self._definitions = list(_definitions(text))
        self.defines: list[Define] = []

    def file(self) -> File:
        lines = {line: tuple(self.lines[line]) for line in sorted(self.lines)}
        sides = sorted(self._sides, key=lambda side: (side.pos, side.kind in _CHOICES, side.number))
        return File(self._name, self._text, lines, tuple(sides), tuple(sorted(self.defines, key=lambda d: d.line)))

    def main(self, tree: n.Tree) -> None:
        self._code.roots[self._name, tree.name] = self._block(tree.root), -1

    def define(self, tree: n.Tree) -> None:
        point = self._code.point()
        # the tree begins with its first statement, below comments and space
        starts = [start for start, name in self._definitions if name == tree.name and start < tree.root.pos]
        self.defines.append(Define(point, tree.name, self._line(starts[-1] if starts else tree.root.pos)))
        self._code.roots[self._name, tree.name] = self._block(tree.root), point

    def _line(self, pos: int) -> int:
        return self._text.count("\n", 0, pos) + 1

    def _block(self, items: n.ListNode) -> int:
        block = _Block()
        number = len(self._code.blocks)
        self._code.blocks.append(block)
        for node in items.nodes:
            point = self._code.point()
            self._code.nodes[self._name, node.pos] = number, len(block.nodes)
            leaves_event = True
            lines: Iterable[int] = (self._line(node.pos),)
            if isinstance(node, n.TextNode):
                lines = self._lines_of(node)
                leaves_event = bool(node.text)
            elif isinstance(node, n.ActionNode):
                leaves_event = not node.pipe.decl
                self._choices(node.pipe)
            elif isinstance(node, n.TemplateNode):
                if node.pipe is not None:
                    self._choices(node.pipe)
            elif isinstance(node, n.BranchNode):
                block.has_way_out |= self._branch(node)
            else:
                block.has_way_out = True
                leaves_event = False
            block.nodes.append((point, leaves_event))
            for line in lines:
                self.lines.setdefault(line, []).append(point)
        return number

    def _lines_of(self, node: n.TextNode) -> Iterator[int]:
        first = self._line(node.pos)
        for at, line in enumerate(node.text.split("\n")):
            if line.strip():
                yield first + at

    def _branch(self, node: n.BranchNode) -> bool:
        """Read both sides; return whether a loop around it may be left from there."""
        self._choices(node.pipe)
        self._add_sides(node.pos, _KINDS[type(node)], 2)
        body = self._block(node.body)
        otherwise = self._block(node.otherwise) if node.otherwise is not None else -1
        self._code.bodies[self._name, node.pos] = body, otherwise
        inner = node.otherwise.nodes if node.otherwise is not None else []
        if isinstance(node, n.IfNode) and len(inner) == 1 and isinstance(inner[0], n.IfNode):
            self._code.chained[self._name, node.pos] = inner[0].pos
        blocks = self._code.blocks
        is_left = blocks[body].has_way_out and not isinstance(node, n.RangeNode)
        return is_left or (otherwise >= 0 and blocks[otherwise].has_way_out)

    def _choices(self, pipe: n.PipeNode) -> None:
        """Read the functions in a pipeline that choose."""
        for at, command in enumerate(pipe.commands):
            first = command.args[0]
            if isinstance(first, n.IdentifierNode) and first.name in _CHOICES:
                count = len(command.args) - 1 + (at > 0)
                if count > 1:
                    self._add_sides(first.pos, first.name, count if first.name in ("and", "or") else 2)
            for arg in command.args:
                inner = arg.node if isinstance(arg, n.ChainNode) else arg
                if isinstance(inner, n.PipeNode):
                    self._choices(inner)

    def _add_sides(self, pos: int, kind: str, count: int) -> None:
        line = self._line(pos)
        for number in range(count):
            side = Side(self._code.point(), self._name, line, pos, kind, number, count)
            self._sides.append(side)
            (self._code.choices if kind in _CHOICES else self._code.branches)[self._name, pos, number] = side


class _Frame:
    """A template that runs: its file, the block of its statements, the branches it is in, the choices it has made."""

    __slots__ = ("file", "open", "root", "sides")

    def __init__(self, file: str, root: int) -> None:
        self.file = file
        self.root = root
        self.open: dict[int, int] = {}  # position: block, outermost first
        self.sides: dict[int, int] = {}  # position: the side that was reached last, the latest choice last


_ELSEWHERE = _Frame("", -1)  # the text of a value, or a template of a subchart


class _Run:
    """The points that executions came to."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._reached = [-1] * len(code.blocks)
        self._found: set[int] = set()

    def points(self) -> int:
        found = 0
        for point in self._found:
            found |= 1 << point
        for block, reached in zip(self._code.blocks, self._reached):
            for point, _ in block.nodes[: reached + 1]:
                found |= 1 << point
        return found

    def follow(self, execution: Execution) -> list[Execution]:
        """Go through the events of an execution; return the executions inside, last first."""
        frame = self._enter(execution, execution.name)
        outer: list[_Frame] = []
        inside: list[Execution] = []
        for event in execution.events:
            head = event[0]
            kind = type(head)
            if kind is str:
                self._reach(frame, event[1])
            elif kind is tuple:
                continue
            elif head == t.BRANCH:
                self._branch(frame, event[2], 0 if event[3] else 1)
            elif head == t.EACH:
                self._branch(frame, event[2], 0)
            elif head == t.END:
                self._end(frame, event[2])
            elif head == t.CHOICE:
                self._choice(frame, event[1], event[2])
            elif head == t.ENTER:
                self._reach(frame, event[2])
                outer.append(frame)
                if event[1]:
                    frame = self._enter(execution, event[1])
            elif head == t.LEAVE:
                inner, frame = frame, outer.pop()
                if inner is not frame:
                    self._leave(inner)
            elif head == t.RAN:
                inside.append(event[1])
        if execution.is_done:
            self._leave(frame)
        else:
            self._stop(frame)
        return inside[::-1]

    def _enter(self, execution: Execution, name: str) -> _Frame:
        definition = execution.templates.lookup(name)
        if definition is None or self._code.texts.get(definition.parse_name) != definition.text:
            return _ELSEWHERE
        root, point = self._code.roots.get((definition.parse_name, name), (-1, -1))
        if root < 0:
            return _ELSEWHERE
        if point >= 0:
            self._found.add(point)
        return _Frame(definition.parse_name, root)

    def _reach(self, frame: _Frame, pos: int) -> None:
        block, at = self._code.nodes.get((frame.file, pos), (-1, 0))
        if block >= 0 and at > self._reached[block]:
            self._reached[block] = at

    def _branch(self, frame: _Frame, pos: int, number: int) -> None:
        self._reach(frame, pos)
        block = self._code.bodies.get((frame.file, pos), (-1, -1))[number]
        if block < 0:
            return
        if pos in frame.open:
            self._complete(block)  # by the element before
        frame.open[pos] = block
        self._found.add(self._code.branches[frame.file, pos, number].point)

    def _end(self, frame: _Frame, pos: int) -> None:
        self._reach(frame, pos)
        if pos in frame.open:
            self._complete(frame.open.pop(pos))
            return
        side = self._code.branches.get((frame.file, pos, 1))
        if side is not None:  # there is no event for an else that is not there, or is an "else if"
            self._found.add(side.point)
            inner = self._code.chained.get((frame.file, pos))
            if inner is not None:
                self._end(frame, inner)

    def _choice(self, frame: _Frame, pos: int, number: int) -> None:
        before = frame.sides.pop(pos, None)
        if before is not None and number <= before:
            self._chosen(frame, pos, before)
        frame.sides[pos] = number

    def _chosen(self, frame: _Frame, pos: int, number: int) -> None:
        side = self._code.choices.get((frame.file, pos, number))
        if side is not None:
            self._found.add(side.point)

    def _leave(self, frame: _Frame) -> None:
        self._complete(frame.root)
        for pos, number in frame.sides.items():
            self._chosen(frame, pos, number)

    def _stop(self, frame: _Frame) -> None:
        """An error ended it: it came as far as the statement behind the last one that left an event."""
        for pos, number in list(frame.sides.items())[:-1]:
            self._chosen(frame, pos, number)
        number = next(reversed(frame.open.values()), frame.root)
        if number < 0:
            return
        for _, leaves_event in self._code.blocks[number].nodes[self._reached[number] + 1 :]:
            self._reached[number] += 1
            if leaves_event:
                break

    def _complete(self, number: int) -> None:
        if number >= 0 and not self._code.blocks[number].has_way_out:
            self._reached[number] = len(self._code.blocks[number].nodes) - 1


def _leaves(chart: Chart) -> Iterator[Path]:
    """Yield the paths of the values that are the chart's own."""
    entries = chart.metadata.dependencies
    others = {child.name for child in chart.dependencies} | {entry.alias or entry.name for entry in entries}
    todo: list[tuple[Path, object]] = [((key,), value) for key, value in chart.values.items() if key not in others]
    while todo:
        path, value = todo.pop(0)
        if isinstance(value, dict) and value:
            todo += [((*path, key), inner) for key, inner in value.items()]
        else:
            yield path
