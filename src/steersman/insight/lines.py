"""The origin of each line of a rendered template, out of the recording.

An execution is replayed: its pieces of output, each with its position, the values that were read for it, the executions
inside it and the conditions around it. Which line of an ``include`` became which line of what is around it is found by
comparing texts, indentation and quotes left aside: functions such as ``nindent`` need not be known. A tree that is
printed (``toYaml``) is read again to name the value in each of its lines.
"""

from __future__ import annotations

from bisect import bisect_left

from steersman.gotemplate import trace as t
from steersman.gotemplate.reading import BUILDERS, COPIES, KEYED, WHOLE, reading_of
from steersman.insight.reads import VALUES, keyed_paths
from steersman.insight.sources import Containers, Sources
from steersman.record import Record, replace

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
    """A rendered line with its parts; a part of white space only is left out where there are others.

    Attributes:
        text: the line.
        segments: its parts.
        chosen: the paths of the values by which its chart takes part, if it is a subchart: conditions and tags.
    """

    text: str
    segments: tuple[Segment, ...]
    chosen: tuple[Path, ...] = ()

    @property
    def made(self) -> str:
        """The whole text of the action that wrote the last part of it, or ``""`` for constant text."""
        return next((segment.made for segment in reversed(self.segments) if segment.made), "")

    @property
    def chain(self) -> tuple[Place, ...]:
        """The places of the part with the longest chain of those that are not constant, or of the first."""
        segments = [one for one in self.segments if one.text] or self.segments
        return max((one.chain for one in segments), key=len, default=())

    @property
    def values(self) -> tuple[Path, ...]:
        """The paths of all that was read for it."""
        return tuple(dict.fromkeys(path for segment in self.segments for path in segment.values))

    @property
    def because(self) -> tuple[Path, ...]:
        """The paths of values that decided what it is, and whether it is there."""
        around = [*self.chosen, *(path for one in self.conditions for path in one.values)]
        return tuple(dict.fromkeys((*around, *(path for segment in self.segments for path in segment.because))))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The statements around its parts."""
        return tuple(dict.fromkeys(one for segment in self.segments for one in segment.conditions))


class _Piece:
    """A piece of output of an execution."""

    __slots__ = (
        "because", "children", "conditions", "frame", "handed", "is_mixed", "is_text", "pos", "reads", "text", "trees"
    )  # fmt: skip

    def __init__(
        self,
        text: str,
        pos: int,
        frame: _Frame,
        sources: Sources,
        conditions: tuple[_Condition, ...],
        *,
        is_text: bool,
    ) -> None:
        self.text = text
        self.pos = pos
        self.frame = frame
        self.reads = tuple(dict.fromkeys(sources.reads))
        self.handed = tuple(dict.fromkeys(sources.handed))
        self.children = tuple(sources.children)
        self.because = tuple(dict.fromkeys(sources.because))
        self.trees = sources.trees
        self.is_mixed = sources.is_mixed
        self.conditions = conditions
        self.is_text = is_text


class _Frame:
    """A template that runs within an execution: its own, or one that ``{{template}}`` has called."""

    __slots__ = ("bound", "definition", "outer", "pos")

    def __init__(self, definition: Definition | None, outer: _Frame | None, pos: int) -> None:
        self.definition = definition
        self.outer = outer
        self.pos = pos  # of the call
        self.bound: dict[str, Sources] = {}


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
        self._containers = Containers(trace, reads.places)
        self._trace = trace
        self._all: dict[int, Paths] = {}  # what executions have read
        self._aligned: dict[tuple[int, str], list[Line] | None] = {}
        self._keys: dict[str, dict[int, Path]] = {}  # of the lines of printed trees
        self._breaks: dict[str, list[int]] = {}  # where the lines of a text end
        self._lines: dict[int, list[Line]] = {}
        self._tables: dict[int, dict[str, Line]] = {}
        self._stopped: tuple[Sources, list[_Condition]] = (Sources(), [])  # where the last replay ended
        self._roots = {execution.name: execution for execution in trace.roots}

    def templates(self) -> Iterable[str]:
        """Return the paths of the templates that ran."""
        return self._roots

    def of(self, template: str) -> list[Line]:
        """Return the lines of a template's text."""
        execution = self._roots.get(template)
        if execution is None:
            return []
        if id(execution) not in self._lines:
            chosen = self._chosen(template)
            lines = self._of(execution, 0)
            if chosen:
                lines[:] = [Line(line.text, line.segments, chosen) for line in lines]
            # helm: takes the words out of the whole text (test_a_value_that_is_not_set_is_shown_as_it_is_rendered)
            lines[:] = [_without_words(line) if _NO_VALUE in line.text else line for line in lines]
        return self._of(execution, 0)

    def _chosen(self, template: str) -> Paths:
        """Return the conditions of ``Chart.yaml`` by which a template's chart takes part."""
        found: list[Path] = []
        chart = self._trace.chart
        path: Path = (VALUES,)
        names = template.split("/")
        while chart is not None and len(names) > 3 and names[1] == "charts":
            name = names[2]
            for entry in chart.metadata.dependencies:
                if entry.name == name:
                    paths = [(*path, *one.split(".")) for one in entry.condition.strip().split(",") if one]
                    paths += [(VALUES, "tags", tag) for tag in entry.tags]
                    found += [one for one in paths if self._value_at(one)]
            chart = next((child for child in chart.dependencies if child.name == name), None)
            path = (*path, name)
            names = names[2:]
        return tuple(found)

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
        reads = dict.fromkeys((*pending.reads, *self._made_of(pending).reads, *pending.handed))
        return tuple(reads), tuple(dict.fromkeys((*because, *pending.because)))

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
                if part or (piece.reads and not piece.text):
                    parts.append((part, piece, offset, number))
                offset += len(part) + 1
        yield self._line(parts, depth)

    def _line(self, parts: list[tuple[str, _Piece, int, int]], depth: int) -> Line:
        shown = [part for part in parts if part[0].strip()]
        # an empty value is in the line, too
        shown = [part for part in parts if part[0].strip() or not part[0]] if shown else parts[:1]
        segments: list[Segment] = []
        for text, piece, offset, number in shown:
            segments += self._segments(text, piece, offset, number, depth)
        return Line("".join(part[0] for part in parts), tuple(segments))

    def _segments(self, text: str, piece: _Piece, offset: int, number: int, depth: int) -> Iterator[Segment]:
        chain = self._chain(piece.frame, piece.pos + offset if piece.is_text else piece.pos)
        conditions = tuple([self._condition(one) for one in piece.conditions])
        own, is_exact = self._own(piece, number, text.strip())
        if piece.children:
            inner = self._inside(text, piece, number, depth) if depth < _MOST_DEPTH else None
            if inner is None:
                inside = [path for child in piece.children for path in self._all_reads(child)]
                because = piece.because
                if any(_shown(self._trace.value_at(path)) == text.strip() for path in own):
                    because = (*because, *inside)  # the include was empty, and a value stands in its place
                else:
                    own = tuple(dict.fromkeys((*own, *piece.handed, *inside)))
                    is_exact = len(own) < 2
                yield Segment(text, chain, own, conditions, because, is_exact, piece.text)
                return
            for one in inner.segments:
                values = list(dict.fromkeys((*one.values, *own)))
                if not values and one.made:
                    values = list(piece.handed)  # the cursor itself was printed
                because = (*piece.because, *one.because)
                around = (*conditions, *one.conditions)
                yield Segment(
                    text, (*chain, *one.chain), tuple(values), around, because, one.is_exact and is_exact, piece.text
                )
            return
        yield Segment(text, chain, own, conditions, piece.because, is_exact, "" if piece.is_text else piece.text)

    def _own(self, piece: _Piece, number: int, text: str) -> tuple[Paths, bool]:
        """Return the paths that a line of a piece shows, and whether all of them are its own."""
        reads, trees = piece.reads, piece.trees
        if piece.is_text or not (trees or (reads and "\n" in piece.text)):
            return reads, not piece.is_mixed or len(reads) < 2
        # JSON is one value, whatever is in it
        keys = None if piece.text.lstrip()[:1] in "{[" else self._keys_of(piece.text, number)
        if not keys:
            return reads, not piece.is_mixed or len(reads) < 2
        around = [path for path in reads if not isinstance(self._trace.value_at(path), _TREES)]
        for tree in trees:
            found = self._containers.find(tree, keys)
            if found is not None and self._is_at(tree, keys):
                paths = dict.fromkeys((*found.reads, *self._made_of(found).reads))
                return tuple(paths), not found.is_mixed or len(paths) < 2
        there = [(*path, *keys) for path in reads if self._value_at((*path, *keys))]
        if there:
            same = [path for path in there if text.endswith(_shown(self._trace.value_at(path)) or "\0")]
            return tuple(dict.fromkeys((*(same or there), *around))), len(there) < 2 or len(same) == 1
        return reads, len(reads) < 2

    def _keys_of(self, text: str, number: int) -> Path | None:
        """Return the keys of the value in a line of a printed tree; text over several lines has one value."""
        known = self._keys.get(text)
        if known is None:
            from steersman.insight.trees import keys_of_lines

            known = self._keys[text] = keys_of_lines(text) or {}
            if known:
                last: Path | None = None
                for at in range(text.count("\n") + 1):
                    last = known.get(at, last)
                    if last is not None:
                        known[at] = last
        return known.get(number)

    def _inside(self, text: str, piece: _Piece, number: int, depth: int) -> Line | None:
        """Return the line of an execution inside that reads the same."""
        wanted = text.strip()
        for child in piece.children:
            aligned = self._align(child, piece.text, depth)
            if aligned is not None:
                return aligned[number] if aligned[number].segments else None
        for child in piece.children:
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

    def _align(self, child: Execution, text: str, depth: int) -> list[Line] | None:
        """Return the lines of an execution by the numbers of a text's lines that differ in white space only."""
        key = id(child), text
        if key not in self._aligned:
            lines = self._of(child, depth + 1)
            inner = [line.text.strip() for line in lines]
            outer = [line.strip() for line in text.split("\n")]
            shift = _first(outer) - _first(inner)
            inner_end, outer_end = _last(inner), _last(outer)
            found: list[Line] | None = None
            if inner[_first(inner) : inner_end] == outer[_first(outer) : outer_end] and outer_end > 0:
                nothing = Line("", ())
                found = [lines[at - shift] if 0 <= at - shift < len(lines) else nothing for at in range(len(outer))]
            self._aligned[key] = found
        return self._aligned[key]

    def _all_reads(self, execution: Execution) -> Paths:
        """Return what an execution has read, and those inside it; they may be too deep for calls inside each other."""
        known = self._all.get(id(execution))
        if known is None:
            todo, every = [execution], []
            while todo:
                one = todo.pop()
                if id(one) not in self._all:
                    every.append(one)
                    todo += one.inside()
            for one in reversed(every):
                self._all[id(one)] = self._reads_of(one)
            known = self._all[id(execution)]
        return known

    def _reads_of(self, execution: Execution) -> Paths:
        found: dict[Path, None] = {}
        for event in execution.events:
            if type(event[0]) is tuple:
                sources = self._containers.find(event[1], event[0])
                if sources is not None:
                    found.update(dict.fromkeys((*sources.reads, *sources.because)))
            elif event[0] == t.GIVEN and reading_of(event[1]) == KEYED:
                found.update(dict.fromkeys(self._keyed(event[1], event[2:])))
            elif event[0] == t.RAN:
                found.update(dict.fromkeys(self._all[id(event[1])]))
        return tuple(found)

    def _value_at(self, path: Path) -> bool:
        return self._is_at({VALUES: self.values}, path)

    def _is_at(self, tree: Any, keys: Path) -> bool:
        for key in keys:
            try:
                tree = tree[key]
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
        containers = self._containers
        pending = Sources()
        decided = Sources()  # of a value that was bound right before this event
        conditions: list[_Condition] = []
        loops: dict[str, Iterator[Sources | None]] = {}
        for event in execution.events:
            head = event[0]
            kind = type(head)
            if kind is str:
                text, pos = event[0], event[1]
                is_text = len(event) == 2 and pending.is_empty() and _is_constant(frame, pos, text)
                if len(event) == 3 and containers.is_made(event[2]):
                    pending.add(containers.all_of(event[2]))
                elif pending.made and not pending.reads and not pending.children:
                    pending.add(self._made_of(pending))  # its length, say
                yield _Piece(text, pos, frame, pending, tuple(conditions), is_text=is_text)
                pending = Sources()
            elif kind is tuple:
                found = containers.find(event[1], head)
                if found is not None:
                    if not found.is_empty():
                        pending.add(found)
                elif event[2] in frame.bound:
                    whole = frame.bound[event[2]]
                    pending.add(whole)
                    pending.is_mixed |= len(whole.reads) > 1
                continue
            elif head == t.USE:
                if event[1] in frame.bound:
                    pending.add(frame.bound[event[1]])
                continue
            elif head == t.GIVEN:
                self._given(event[1], event[2:], pending)
                continue
            elif head == t.MADE:
                if event[1] in BUILDERS:
                    text = frame.definition.text if frame.definition is not None else ""
                    pending = containers.note(event[1], event[2], event[3], pending, text)
                elif reading_of(event[1]) == COPIES:
                    containers.copy(event[3], event[2])
                    pending.made += [event[3]] if containers.is_made(event[3]) else []
                continue
            elif head == t.RAN:
                self._ran(event[1], pending)
                continue
            elif head == t.CHOICE:
                continue
            elif head == t.BIND or head == t.RANGE:
                decided = pending
                bound = pending
                if containers.is_made(event[2]):
                    bound = Sources(because=pending.because)
                    bound.made = [event[2]]
                bound.because = [*bound.because, *(path for one in conditions for path in one.reads)]
                frame.bound[event[1]] = bound
                if head == t.RANGE:
                    loops[event[1]] = containers.elements(event[2])
                pending = Sources()
                continue
            elif head == t.BRANCH:
                conditions = _outside(conditions, frame, event[1])
                because = self._deciding(decided, pending)
                conditions.append(_Condition(frame, event[1], event[2], event[3], because))
                self._decided(frame, event[2], because)
                pending = Sources()
            elif head == t.EACH:
                conditions = _outside(conditions, frame, event[1])
                whole = frame.bound.get(event[3], Sources())
                because = self._deciding(whole)
                conditions.append(_Condition(frame, event[1], event[2], True, because))
                self._decided(frame, event[2], because)
                element = next(loops.get(event[3], iter(())), None)
                if element is not None:
                    whole = Sources(because=whole.because)
                    whole.add(element)
                else:
                    whole.is_mixed |= len(whole.reads) > 1
                # a key or an index is there because the element is
                frame.bound.update(dict.fromkeys(event[4], Sources(because=(*whole.reads, *whole.because))))
                frame.bound.update(dict.fromkeys(event[5], whole))
                pending = Sources()
            elif head == t.END:
                around = [one for one in conditions if one.frame is frame and one.depth == event[1]]
                because = tuple([path for one in around for path in one.reads])
                if not around:
                    # no branch was taken
                    because = self._deciding(decided, pending)
                    self._decided(frame, event[2], because)
                for local in event[3]:
                    # another branch would have given it another value
                    if local in frame.bound:
                        was = frame.bound[local]
                        now = frame.bound[local] = Sources(because=because)
                        now.add(was)
                conditions = _outside(conditions, frame, event[1])
                pending = Sources()
            elif head == t.ENTER:
                inner = _Frame(execution.templates.lookup(event[1]) if event[1] else frame.definition, frame, event[2])
                inner.bound = dict.fromkeys(("", "dot", "root"), pending) if event[1] else dict(frame.bound)
                frame = inner
                pending = Sources()
            elif head == t.LEAVE:
                conditions = [one for one in conditions if one.frame is not frame]
                frame = frame.outer or frame
                pending = Sources()
            decided = Sources()
        if pending.is_empty():
            decided.because += pending.because
            pending = decided
        self._stopped = pending, conditions

    def _given(self, function: str, values: tuple[Any, ...], pending: Sources) -> None:
        """A function got containers: what is in those that functions have made belongs to its result."""
        reading = reading_of(function)
        if reading == KEYED:
            keys = values[1:] if function in ("index", "get", "hasKey") else ()
            found = self._containers.find(values[0], keys) if keys and self._containers.is_made(values[0]) else None
            if found is not None:
                pending.add(found)
            else:
                pending.reads += self._keyed(function, values)
            return
        for value in values:
            if isinstance(value, _TREES):
                if self._containers.is_made(value):
                    pending.add(self._containers.all_of(value))
                if reading == WHOLE:
                    pending.trees.append(value)

    def _ran(self, execution: Execution, pending: Sources) -> None:
        """An execution has ended: what went into it as its cursor belongs to what it has read."""
        dot = execution.dot
        if dot is not None and not isinstance(dot, bool):
            handed = [path for path in pending.reads if _is_handed(self._trace.value_at(path), dot)]
            if handed:
                pending.reads = [path for path in pending.reads if path not in handed]
                pending.handed += handed
        pending.children.append(execution)

    def _made_of(self, sources: Sources) -> Sources:
        found = Sources()
        for made in sources.made:
            found.add(self._containers.all_of(made))
        return found

    def _deciding(self, *several: Sources) -> Paths:
        """Return all that a condition has looked at, in executions too."""
        found: dict[Path, None] = {}
        for one in several:
            found.update(dict.fromkeys((*one.reads, *one.handed, *one.because)))
            for child in one.children:
                found.update(dict.fromkeys(self._all_reads(child)))
            inside = self._made_of(one)
            found.update(dict.fromkeys((*inside.reads, *inside.because)))
            for child in inside.children:
                found.update(dict.fromkeys(self._all_reads(child)))
        return tuple(found)

    def _keyed(self, function: str, values: tuple[Any, ...]) -> list[Path]:
        return [path for path, _ in keyed_paths(self._places, function, values)]


def _outside(conditions: list[_Condition], frame: _Frame, depth: int) -> list[_Condition]:
    """Return the conditions around a statement of a template at a depth."""
    return [one for one in conditions if one.frame is not frame or one.depth < depth]


def _is_constant(frame: _Frame, pos: int, text: str) -> bool:
    """Return whether text stands in the template as it is, and so has lines of its own."""
    definition = frame.definition
    return definition is not None and definition.text.startswith(text, pos)


def _shown(value: Any) -> str:
    """Return how a scalar looks in a line, as far as it has one look."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int)) else ""


def _is_handed(value: Any, dot: Any) -> bool:
    return value is dot or (type(value) is type(dot) and not isinstance(dot, _TREES) and bool(value == dot))


_NO_VALUE = "<no value>"


def _without_words(line: Line) -> Line:
    """Return a line without the words that Go prints for a value which is not set."""

    def without(text: str) -> str:
        return text.replace(_NO_VALUE, "")

    segments = tuple([replace(one, text=without(one.text), made=without(one.made)) for one in line.segments])
    return Line(without(line.text), segments, line.chosen)


def _first(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if line), 0)


def _last(lines: list[str]) -> int:
    return next((at + 1 for at in range(len(lines) - 1, -1, -1) if lines[at]), 0)
