"""Match a text against several patterns in one pass.

The patterns become one program, whose states are made when a text first needs them (a lazy DFA, as in RE2 and in Go's
``regexp`` for what it calls one-pass). A character then costs one look into a dict, however many patterns there are;
making a state costs at most the size of the program, so no text and pattern take more than the product of their sizes.
"""

from __future__ import annotations

from steersman.go.regexp.tree import Node, RegexpError
from steersman.values import errors as values_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Instruction = tuple[str, object, object]

MAX_STATES = 2000  # known at once; then all are forgotten, which costs time, not correctness
MAX_WORK = 30_000_000  # instructions looked at to make states, which is some ten seconds; more is an error
MAX_PROGRAM = 200_000  # instructions

_NEWLINE = 1  # what stands before a place: nothing at all, a newline, a letter of a word, or something else
_START, _WORD, _OTHER = 3, 4, 0
_END = ""


class InvalidPattern(RegexpError):
    """A pattern that Go refuses, with the pattern."""

    def __init__(self, pattern: str, error: RegexpError) -> None:
        ValueError.__init__(self, str(error))
        self.pattern = pattern


class _State:
    """A state of the patterns after some text; ``next`` is the state after each character seen."""

    __slots__ = ("before", "counters", "found", "next")

    def __init__(self, counters: frozenset[int], before: int, found: int) -> None:
        self.counters = counters
        self.before = before
        self.found = found
        self.next: dict[str, _State] = {}


class Patterns:
    """Some patterns in Go's syntax.

    Raises:
        InvalidPattern: when Go would refuse one.
    """

    def __init__(self, patterns: list[str]) -> None:
        self._program: list[Instruction] = []
        self._starts: list[int] = []
        for number, pattern in enumerate(patterns):
            self._starts.append(len(self._program))
            self._emit(_parsed(pattern))
            self._program.append(("match", 1 << number, None))
        self._all = (1 << len(patterns)) - 1
        self._states: dict[tuple[frozenset[int], int, int], _State] = {}
        self._work = 0
        self._first = self._state(frozenset(), _START, 0)

    def found_in(self, text: str) -> int:
        """Return a number with a bit set for each pattern that has a match in ``text``.

        Raises:
            SchemaError: when all texts together need more than ``MAX_WORK``.
        """
        state = self._first
        for char in text:
            following = state.next.get(char)
            if following is None:
                following = self._step(state, char)
            state = following
            if state.found == self._all:
                return state.found
        last = state.next.get(_END)
        return (last if last is not None else self._step(state, _END)).found

    # states

    def _state(self, counters: frozenset[int], before: int, found: int) -> _State:
        key = (counters, before, found)
        state = self._states.get(key)
        if state is None:
            if len(self._states) >= MAX_STATES:
                self._states.clear()
                self._first = _State(frozenset(), _START, 0)
            state = self._states[key] = _State(*key)
        return state

    def _step(self, state: _State, char: str) -> _State:
        """Return the state after ``char``; counters are of instructions that wait for what comes next."""
        found = state.found
        following: set[int] = set()
        for counter in self._reached(state, char):
            kind, first, _ = self._program[counter]
            if kind == "match":
                found |= first  # type: ignore[operator]
            elif char != _END and first(char):  # type: ignore[operator]
                following.add(counter + 1)
        before = _NEWLINE if char == "\n" else _WORD if _is_word(char) else _OTHER
        made = self._state(frozenset(following), before, found)
        if len(state.next) < MAX_STATES:
            state.next[char] = made
        return made

    def _reached(self, state: _State, char: str) -> list[int]:
        """Return the instructions that read a character or match, and are reached without reading ``char``."""
        rest = [*state.counters, *self._starts]
        seen = set(rest)
        reached = []
        while rest:
            counter = rest.pop()
            kind, first, second = self._program[counter]
            if kind in ("set", "match"):
                reached.append(counter)
                continue
            if kind == "split":
                targets = [first, second]
            elif kind == "jump":
                targets = [first]
            else:
                targets = [counter + 1] if _holds(kind, state.before, char) else []
            for target in targets:
                if target not in seen:
                    seen.add(target)  # type: ignore[arg-type]
                    rest.append(target)  # type: ignore[arg-type]
        self._work += len(seen)
        if self._work > MAX_WORK:
            raise values_errors.SchemaError("the patterns of a schema take too long on these values")
        return reached

    # the program

    def _emit(self, node: Node) -> None:
        if len(self._program) > MAX_PROGRAM:
            raise RegexpError("expression too large", "")
        if node.kind == "set":
            self._program.append(("set", _member(node), None))
        elif node.kind in ("cat", "group"):
            for part in node.parts:
                self._emit(part)
        elif node.kind == "alt":
            self._emit_alternatives(node)
        elif node.kind == "repeat":
            self._emit_repeat(node)
        else:
            self._program.append((node.kind, None, None))

    def _emit_alternatives(self, node: Node) -> None:
        ends = []
        for part in node.parts[:-1]:
            split = self._hole()
            self._emit(part)
            ends.append(self._hole())
            self._program[split] = ("split", split + 1, len(self._program))
        self._emit(node.parts[-1])
        for end in ends:
            self._program[end] = ("jump", len(self._program), None)

    def _emit_repeat(self, node: Node) -> None:
        for _ in range(node.low):
            self._emit(node.parts[0])
        if node.high < 0:
            split = self._hole()
            self._emit(node.parts[0])
            self._program.append(("jump", split, None))
            self._program[split] = ("split", split + 1, len(self._program))
            return
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self._hole())
            self._emit(node.parts[0])
        for split in splits:
            self._program[split] = ("split", split + 1, len(self._program))

    def _hole(self) -> int:
        self._program.append(("jump", 0, None))
        return len(self._program) - 1


def _parsed(pattern: str) -> Node:
    from steersman.go.regexp.parse import Parser

    try:
        return Parser(pattern).parse()
    except RegexpError as error:
        raise InvalidPattern(pattern, error) from error


def _member(node: Node) -> Callable[[str], bool]:
    """Return a test for the characters of a set."""
    ranges = node.ranges
    if node.folds:
        return lambda char: any(
            low <= ord(c) <= high for c in {char, char.lower(), char.upper()} if len(c) == 1 for low, high in ranges
        )
    if len(ranges) == 1:
        low, high = chr(ranges[0][0]), chr(ranges[0][1])
        return lambda char: low <= char <= high
    pairs = [(chr(low), chr(high)) for low, high in ranges]
    return lambda char: any(low <= char <= high for low, high in pairs)


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _holds(assertion: str, before: int, char: str) -> bool:
    if assertion == "text_start":
        return before == _START
    if assertion == "text_end":
        return char == _END
    if assertion == "line_start":
        return before in (_START, _NEWLINE)
    if assertion == "line_end":
        return char in (_END, "\n")
    return ((before == _WORD) != (char != _END and _is_word(char))) == (assertion == "boundary")
