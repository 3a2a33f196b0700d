"""The origin of each line of a rendered template, out of the recording.

An execution is replayed: its pieces of output, each with its position, the values that were read for it, the executions
inside it and the conditions around it. Which line of an ``include`` became which line of what is around it is found by
comparing texts, indentation and quotes left aside: functions such as ``nindent`` need not be known. A tree that is
printed (``toYaml``) is read again to name the value in each of its lines.
"""

from __future__ import annotations

from bisect import bisect_left

from steersman.gotemplate import trace as t
from steersman.gotemplate.reading import KEYED, reading_of
from steersman.insight.reads import VALUES, follow, keyed_paths
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

    from steersman.engine.trace import Path, Trace
    from steersman.gotemplate.definition import Definition
    from steersman.gotemplate.trace import Execution
    from steersman.insight.reads import Reads

    Paths: TypeAlias = tuple[Path, ...]

_TREES = (dict, list)
_MOST_DEPTH = 60  # includes inside each other that are followed


class Place(Record):
    """A place in a template.

    Attributes:
        template: the path of the file, ``web/templates/deployment.yaml``.
        line: from 1.
        define: the name of the define, or that of the file.
    """

    template: str
    line: int
    define: str

    def __str__(self) -> str:
        return f"{self.template}:{self.line}"


class Condition(Record):
    """A statement that a line stands in, and the values that decided; ``is_body`` tells the branch from its else."""

    place: Place
    is_body: bool
    values: tuple[Path, ...]


class Segment(Record):
    """A part of a line.

    Attributes:
        text: the part.
        chain: the places that wrote it: that in the chart's own template, then those of includes, innermost last.
        values: the paths of what was read for it: ``("Values", "image", "tag")``, ``("Chart", "Name")``.
        conditions: the statements around it.
        because: the paths of values that decided otherwise what it is: of conditions around a variable.
        is_exact: whether ``values`` are those of this line, and not of the whole text that an include has made.
        made: the whole text of the action that wrote it in the chart's own template, ``""`` for constant text.
    """

    text: str
    chain: tuple[Place, ...]
    values: tuple[Path, ...]
    conditions: tuple[Condition, ...]
    because: tuple[Path, ...] = ()
    is_exact: bool = True
    made: str = ""


class Line(Record):
    """A rendered line with its parts; a part of white space only is left out where there are others."""

    text: str
    segments: tuple[Segment, ...]

    @property
    def made(self) -> str:
        """The whole text of the action that wrote the last part of it, or ``""`` for constant text."""
        return next((segment.made for segment in reversed(self.segments) if segment.made), "")

    @property
    def chain(self) -> tuple[Place, ...]:
        """The places of the part with the longest chain of those that are not constant, or of the first."""
        return max((s.chain for s in self.segments), key=len, default=())

    @property
    def values(self) -> tuple[Path, ...]:
        """The paths of all that was read for it."""
        return tuple(dict.fromkeys(path for segment in self.segments for path in segment.values))

    @property
    def because(self) -> tuple[Path, ...]:
        """The paths of values that decided what it is, and whether it is there."""
        around = [path for one in self.conditions for path in one.values]
        return tuple(dict.fromkeys((*around, *(path for segment in self.segments for path in segment.because))))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The statements around its parts."""
        return tuple(dict.fromkeys(one for segment in self.segments for one in segment.conditions))


class _Sources:
    """The sources of a value: paths that were read, executions, and paths that decided which value it is."""

    __slots__ = ("because", "children", "reads")

    def __init__(
        self, reads: Iterable[Path] = (), children: Iterable[Execution] = (), because: Iterable[Path] = ()
    ) -> None:
        self.reads = list(reads)
        self.children = list(children)
        self.because = list(because)

    def add(self, other: _Sources) -> None:
        self.reads += other.reads
        self.children += other.children
        self.because += other.because

    def is_empty(self) -> bool:
        return not self.reads and not self.children


class _Piece:
    """A piece of output of an execution."""

    __slots__ = ("because", "children", "conditions", "frame", "is_text", "pos", "reads", "text")

    def __init__(
        self,
        text: str,
        pos: int,
        frame: _Frame,
        sources: _Sources,
        conditions: tuple[_Condition, ...],
        *,
        is_text: bool,
    ) -> None:
        self.text = text
        self.pos = pos
        self.frame = frame
        self.reads = tuple(dict.fromkeys(sources.reads))
        self.children = tuple(sources.children)
        self.because = tuple(dict.fromkeys(sources.because))
        self.conditions = conditions
        self.is_text = is_text


class _Frame:
    """A template that runs within an execution: its own, or one that ``{{template}}`` has called."""

    __slots__ = ("bound", "definition", "outer", "pos")

    def __init__(self, definition: Definition | None, outer: _Frame | None, pos: int) -> None:
        self.definition = definition
        self.outer = outer
        self.pos = pos  # of the call
        self.bound: dict[str, _Sources] = {}


class _Condition:
    __slots__ = ("depth", "frame", "is_body", "pos", "reads")

    def __init__(self, frame: _Frame, depth: int, pos: int, is_body: bool, reads: Paths) -> None:
        self.frame = frame
        self.depth = depth
        self.pos = pos
        self.is_body = is_body
        self.reads = reads


class Lines:
    """The lines of every template of a recorded render.

    Attributes:
        decisions: the values that decided at each statement with branches, as far as lines were asked for.
    """

    def __init__(self, trace: Trace, reads: Reads) -> None:
        self.values = trace.values
        self.decisions: dict[Place, dict[Path, None]] = {}
        self._places = reads.places
        self._known: dict[tuple[int, tuple[str, ...]], Paths] = {}
        self._keys: dict[str, dict[int, Path]] = {}  # of the lines of printed trees
        self._breaks: dict[str, list[int]] = {}  # where the lines of a text end
        self._lines: dict[int, list[Line]] = {}
        self._tables: dict[int, dict[str, Line]] = {}
        self._stopped: tuple[_Sources, list[_Condition]] = (_Sources(), [])  # where the last replay ended
        self._roots = {execution.name: execution for execution in trace.roots}

    def templates(self) -> Iterable[str]:
        """Return the paths of the templates that ran."""
        return self._roots

    def of(self, template: str) -> list[Line]:
        """Return the lines of a template's text, as it was before ``<no value>`` was taken out of it."""
        execution = self._roots.get(template)
        return [] if execution is None else self._of(execution, 0)

    def left_of(self, execution: Execution) -> tuple[Paths, Paths, list[str]]:
        """Return where an execution stopped: what was read last, what decided that, and the lines written so far."""
        innermost = execution
        while innermost.inside() and not innermost.inside()[-1].is_done:
            innermost = innermost.inside()[-1]
        text = "".join(event[0] for event in execution.events if type(event[0]) is str)
        reads, because = self._left(innermost)
        outer: Execution | None = innermost
        while not reads and outer is not None and outer is not execution:
            # nothing was read there: what was handed to it is meant
            outer = outer.outer
            reads = self._left(outer)[0] if outer is not None else ()
        return reads, because, text.split("\n")

    def _left(self, execution: Execution) -> tuple[Paths, Paths]:
        for _ in self._replay(execution):
            pass
        pending, conditions = self._stopped
        because = [path for one in conditions for path in one.reads]
        return tuple(dict.fromkeys(pending.reads)), tuple(dict.fromkeys((*because, *pending.because)))

    def _of(self, execution: Execution, depth: int) -> list[Line]:
        known = self._lines.get(id(execution))
        if known is None:
            known = self._lines[id(execution)] = []  # a template cannot be inside itself, but be sure
            known += self._made(execution, depth)
        return known

    def _made(self, execution: Execution, depth: int) -> Iterator[Line]:
        parts: list[tuple[str, _Piece, int, int]] = []  # text, its piece, offset and number of the line in it
        for piece in self._replay(execution):
            offset = 0
            for number, part in enumerate(piece.text.split("\n")):
                if number:
                    yield self._line(parts, depth)
                    parts = []
                if part:
                    parts.append((part, piece, offset, number))
                offset += len(part) + 1
        yield self._line(parts, depth)

    def _line(self, parts: list[tuple[str, _Piece, int, int]], depth: int) -> Line:
        shown = [part for part in parts if part[0].strip()] or parts[:1]
        segments: list[Segment] = []
        for text, piece, offset, number in shown:
            segments += self._segments(text, piece, offset, number, depth)
        return Line("".join(part[0] for part in parts), tuple(segments))

    def _segments(self, text: str, piece: _Piece, offset: int, number: int, depth: int) -> Iterator[Segment]:
        chain = self._chain(piece.frame, piece.pos + offset if piece.is_text else piece.pos)
        conditions = tuple([self._condition(one) for one in piece.conditions])
        if piece.children and depth < _MOST_DEPTH:
            inner = self._inside(text, piece.children, depth)
            if inner is None:
                values = [path for child in piece.children for path in self._all_reads(child)]
                values = list(dict.fromkeys((*piece.reads, *values)))
                yield Segment(text, chain, tuple(values), conditions, piece.because, len(values) < 2, piece.text)
                return
            for one in inner.segments:
                # what was handed to the include is what it has read, unless that has no path
                values = list(one.values or piece.reads)
                because = (*piece.because, *one.because)
                around = (*conditions, *one.conditions)
                yield Segment(text, (*chain, *one.chain), tuple(values), around, because, one.is_exact, piece.text)
            return
        reads = piece.reads
        if reads and not piece.is_text and "\n" in piece.text:
            reads = self._leaves(piece, number)
        yield Segment(text, chain, reads, conditions, piece.because, made="" if piece.is_text else piece.text)

    def _inside(self, text: str, children: Iterable[Execution], depth: int) -> Line | None:
        """Return the line of an execution inside that reads the same."""
        wanted = text.strip()
        for child in children:
            table = self._tables.get(id(child))
            if table is None:
                table = self._tables[id(child)] = {}
                for line in self._of(child, depth + 1):
                    if line.segments:
                        table.setdefault(line.text.strip(), line)
            found = table.get(wanted) or table.get(wanted.strip("\"'"))
            if found is not None:
                return found
        return None

    def _all_reads(self, execution: Execution) -> Paths:
        found: dict[Path, None] = {}
        todo = [execution]
        while todo:
            at = todo.pop()
            for event in at.events:
                if type(event[0]) is tuple:
                    found.update(dict.fromkeys(self._read(event[0], event[1])))
                elif event[0] == t.RAN:
                    todo.append(event[1])
        return tuple(found)

    def _leaves(self, piece: _Piece, number: int) -> Paths:
        """Return what a line of a printed tree shows: the values in it in place of the tree's own path."""
        if piece.text not in self._keys:
            from steersman.insight.trees import keys_of_lines

            self._keys[piece.text] = keys_of_lines(piece.text) or {}
        keys = self._keys[piece.text].get(number)
        for path in piece.reads:
            if keys and self._value_at((*path, *keys)):
                return tuple([(*path, *keys) if one == path else one for one in piece.reads])
        return piece.reads

    def _value_at(self, path: Path) -> bool:
        at: Any = {VALUES: self.values} if path[:1] == (VALUES,) else None
        for key in path:
            try:
                at = at[key]
            except (LookupError, TypeError):
                return False
        return True

    # Places

    def _chain(self, frame: _Frame, pos: int) -> tuple[Place, ...]:
        places = []
        at: _Frame | None = frame
        while at is not None:
            places.append(self._place(at.definition, pos))
            pos = at.pos
            at = at.outer
        return tuple(reversed(places))

    def _place(self, definition: Definition | None, pos: int) -> Place:
        if definition is None:
            return Place("", 0, "")
        text = definition.text
        breaks = self._breaks.get(text)
        if breaks is None:
            breaks = self._breaks[text] = [at for at, char in enumerate(text) if char == "\n"]
        return Place(definition.parse_name, bisect_left(breaks, pos) + 1, definition.name)

    def _condition(self, one: _Condition) -> Condition:
        return Condition(self._place(one.frame.definition, one.pos), one.is_body, one.reads)

    def _decided(self, frame: _Frame, pos: int, reads: Iterable[Path]) -> None:
        self.decisions.setdefault(self._place(frame.definition, pos), {}).update(dict.fromkeys(reads))

    # Replaying

    def _replay(self, execution: Execution) -> Iterator[_Piece]:
        frame = _Frame(execution.templates.lookup(execution.name), None, 0)
        pending = _Sources()
        decided: Paths = ()  # what was read for a value that was bound right before this event
        conditions: list[_Condition] = []
        loops: dict[str, Iterator[Paths]] = {}
        for event in execution.events:
            head = event[0]
            kind = type(head)
            if kind is str:
                text, pos = event[0], event[1]
                is_text = len(event) == 2 and pending.is_empty() and _is_constant(frame, pos, text)
                yield _Piece(text, pos, frame, pending, tuple(conditions), is_text=is_text)
                pending = _Sources()
            elif kind is tuple:
                paths = self._read(head, event[1])
                if paths:
                    pending.reads += paths
                elif event[2] in frame.bound:
                    pending.add(frame.bound[event[2]])
                continue
            elif head == t.USE:
                if event[1] in frame.bound:
                    pending.add(frame.bound[event[1]])
                continue
            elif head == t.GIVEN or head == t.MADE:
                if head == t.GIVEN and reading_of(event[1]) == KEYED:
                    pending.reads += self._keyed(event[1], event[2:])
                continue
            elif head == t.RAN:
                pending.children.append(event[1])
                continue
            elif head == t.CHOICE:
                continue
            elif head == t.BIND or head == t.RANGE:
                decided = tuple(pending.reads)
                pending.because += [path for one in conditions for path in one.reads]
                frame.bound[event[1]] = pending
                if head == t.RANGE:
                    loops[event[1]] = self._elements(event[2])
                pending = _Sources()
                continue
            elif head == t.BRANCH:
                conditions = _outside(conditions, frame, event[1])
                because = tuple(dict.fromkeys((*decided, *pending.reads, *pending.because)))
                conditions.append(_Condition(frame, event[1], event[2], event[3], because))
                self._decided(frame, event[2], because)
                pending = _Sources()
            elif head == t.EACH:
                conditions = _outside(conditions, frame, event[1])
                whole = frame.bound.get(event[3], _Sources())
                conditions.append(_Condition(frame, event[1], event[2], True, tuple(dict.fromkeys(whole.reads))))
                self._decided(frame, event[2], whole.reads)
                element = next(loops.get(event[3], iter(())), None)
                if element is not None:
                    whole = _Sources(element, whole.children, whole.because)
                frame.bound.update(dict.fromkeys((*event[4], *event[5]), whole))
                pending = _Sources()
            elif head == t.END:
                if not any(one.frame is frame and one.depth == event[1] for one in conditions):
                    # no branch was taken
                    self._decided(frame, event[2], (*decided, *pending.reads, *pending.because))
                conditions = _outside(conditions, frame, event[1])
                pending = _Sources()
            elif head == t.ENTER:
                inner = _Frame(execution.templates.lookup(event[1]) if event[1] else frame.definition, frame, event[2])
                inner.bound = dict.fromkeys(("", "dot", "root"), pending) if event[1] else dict(frame.bound)
                frame = inner
                pending = _Sources()
            elif head == t.LEAVE:
                conditions = [one for one in conditions if one.frame is not frame]
                frame = frame.outer or frame
                pending = _Sources()
            decided = ()
        self._stopped = pending if pending.reads else _Sources(decided, pending.children, pending.because), conditions

    def _keyed(self, function: str, values: tuple[Any, ...]) -> list[Path]:
        return [path for path, _ in keyed_paths(self._places, function, values)]

    def _elements(self, value: Any) -> Iterator[Paths]:
        """Return the paths of the elements of a loop, in its order; none where it is over something else."""
        paths = self._places.get(id(value), ())
        if not paths:
            return iter(())
        keys = sorted(value) if isinstance(value, dict) else range(len(value))
        return iter([tuple([(*path, key) for path in paths]) for key in keys])

    def _read(self, names: tuple[str, ...], base: Any) -> Paths:
        key = (id(base), names)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple([p for p in follow(self._places, base, names)[0] if p and p != (VALUES,)])
        return found


def _outside(conditions: list[_Condition], frame: _Frame, depth: int) -> list[_Condition]:
    """Return the conditions around a statement of a template at a depth."""
    return [one for one in conditions if one.frame is not frame or one.depth < depth]


def _is_constant(frame: _Frame, pos: int, text: str) -> bool:
    """Return whether text stands in the template as it is, and so has lines of its own."""
    definition = frame.definition
    return definition is not None and definition.text.startswith(text, pos)
