"""A matcher whose time is linear in the text, however many matches are looked for in it.

For patterns that Python's backtracking could take too long over. A tree becomes a small program. One pass from the end
of the text to its beginning works out for each position which instructions lead to a match from there; then one walk
from the first position where the program does takes the preferred way of those that do, and never goes back. Sets of
instructions are states of an automaton, which is built as texts need it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.go.regexp.tree import Node

    Span = tuple[int, int]
    Member = Callable[[str], bool]

_CHAR, _SPLIT, _JUMP, _SAVE, _ASSERT, _MATCH = range(6)
_BEGIN, _NEWLINE, _WORD, _OTHER = range(4)  # what is before a position; at the end of a text, _BEGIN is after it
_KINDS = 4
_MOST_KEPT = 250_000  # instructions in states that are kept at once
_LEAST_BLOCK = 64


class _State(dict[int, "_State"]):
    """The instructions that lead to a match from a position: by a position's letter, the state of that position.

    Attributes:
        alive: the instructions.
        is_start: whether the program's first one is among them.
        steps: by an instruction, the one that takes a character, or ends, on the preferred way from it, and the slots
            that are set on this way.
    """

    __slots__ = ("_program", "alive", "is_start", "steps")

    def __init__(self, program: LinearMatcher, alive: frozenset[int]) -> None:
        super().__init__()
        self._program = program
        self.alive = alive
        self.is_start = 0 in alive
        self.steps: dict[int, tuple[int, tuple[int, ...]]] = {}

    def __missing__(self, letter: int) -> _State:
        state = self[letter] = self._program.preceding(self, letter)
        return state


class _Letters(dict[str, int]):
    """The numbers of characters: those that a program does not tell apart have the same."""

    def __init__(self, members: dict[int, Member], *, has_assertions: bool) -> None:
        super().__init__()
        self._members = members
        self._has_assertions = has_assertions
        self._numbers: dict[tuple[tuple[int, ...], int], int] = {}
        self.known: list[tuple[tuple[int, ...], int]] = []
        """By number: the instructions that take the character, and its kind."""
        self[""] = self._number((), _BEGIN)

    def __missing__(self, char: str) -> int:
        takes = tuple(at for at, is_member in self._members.items() if is_member(char))
        number = self._number(takes, _kind(char) if self._has_assertions else _OTHER)
        if len(self) < _MOST_KEPT:
            self[char] = number
        return number

    def _number(self, takes: tuple[int, ...], kind: int) -> int:
        key = takes, kind
        if key not in self._numbers:
            self.known.append(key)
            self._numbers[key] = len(self.known) - 1
        return self._numbers[key]


class LinearMatcher:
    """Runs one pattern."""

    def __init__(self, tree: Node, count: int) -> None:
        self._slots = 2 * (count + 1)
        self._program: list[tuple[int, object, object]] = []
        self._members: dict[int, Member] = {}
        self._emit(_SAVE, 0)
        self._compile(tree)
        self._emit(_SAVE, 1)
        self._last = self._emit(_MATCH)
        self._came_from = self._backwards()
        self._has_assertions = any(kind == _ASSERT for kind, _, _ in self._program)
        self._letters = _Letters(self._members, has_assertions=self._has_assertions)
        self._states: dict[frozenset[int], _State] = {}
        self._kept = 0
        self._block = max(_MOST_KEPT // len(self._program), _LEAST_BLOCK)
        self._text: _Text | None = None

    def _emit(self, kind: int, first: object = None, second: object = None) -> int:
        self._program.append((kind, first, second))
        return len(self._program) - 1

    def _compile(self, node: Node) -> None:
        if node.kind == "set":
            self._members[self._emit(_CHAR)] = _member(node)
        elif node.kind == "cat":
            for part in node.parts:
                self._compile(part)
        elif node.kind == "group":
            self._emit(_SAVE, 2 * node.number)
            self._compile(node.parts[0])
            self._emit(_SAVE, 2 * node.number + 1)
        elif node.kind == "alt":
            self._compile_alternatives(node)
        elif node.kind == "repeat":
            self._compile_repeat(node)
        else:
            self._emit(_ASSERT, node.kind)

    def _compile_alternatives(self, node: Node) -> None:
        ends = []
        for part in node.parts[:-1]:
            split = self._emit(_SPLIT)
            self._compile(part)
            ends.append(self._emit(_JUMP))
            self._program[split] = (_SPLIT, split + 1, len(self._program))
        self._compile(node.parts[-1])
        for end in ends:
            self._program[end] = (_JUMP, len(self._program), None)

    def _compile_repeat(self, node: Node) -> None:
        body = node.parts[0]
        for _ in range(node.low - (node.low > 0 and node.high < 0)):
            self._compile(body)
        if node.high < 0:
            self._compile_loop(node)
            return
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self._emit(_SPLIT))
            self._compile(body)
        for split in splits:
            self._set_split(split, split + 1, len(self._program), is_greedy=node.is_greedy)

    def _compile_loop(self, node: Node) -> None:
        body = node.parts[0]
        # go: x* is (x+)? where x may be empty, so that an empty x is preferred where the pattern prefers it
        has_end = bool(node.low) or _is_nullable(body)
        split = -1 if node.low else self._emit(_SPLIT)
        begin = len(self._program)
        self._compile(body)
        if has_end:
            self._set_split(self._emit(_SPLIT), begin, len(self._program), is_greedy=node.is_greedy)
        else:
            self._emit(_JUMP, split)
        if split >= 0:
            self._set_split(split, begin, len(self._program), is_greedy=node.is_greedy)

    def _set_split(self, at: int, inside: int, outside: int, *, is_greedy: bool) -> None:
        self._program[at] = (_SPLIT, inside, outside) if is_greedy else (_SPLIT, outside, inside)

    def _following(self, at: int) -> tuple[int, ...]:
        """Return the instructions that one leads to without reading a character, the preferred one first."""
        kind, first, second = self._program[at]
        if kind == _SPLIT:
            return first, second  # type: ignore[return-value]
        if kind == _JUMP:
            return (first,)  # type: ignore[return-value]
        return (at + 1,) if kind in (_SAVE, _ASSERT) else ()

    def _backwards(self) -> list[list[int]]:
        came_from: list[list[int]] = [[] for _ in self._program]
        for at in range(len(self._program)):
            for following in self._following(at):
                came_from[following].append(at)
        return came_from

    def search(self, text: str, position: int) -> list[Span | None] | None:
        """Return the spans of the leftmost match from ``position`` on and of its groups, or None."""
        known = self._text
        if known is None or known.text is not text:
            known = self._text = _Text(self, text, self._block)
        begin = known.start(position)
        if begin < 0:
            return None
        slots = [-1] * self._slots
        at, instruction = begin, 0
        while True:
            state = known.state(at)
            step = state.steps.get(instruction)
            if step is None:
                step = state.steps[instruction] = self._step(state, instruction)
            instruction, saved = step
            for slot in saved:
                slots[slot] = at
            if instruction == self._last:
                break
            instruction += 1
            at += 1
        pairs = zip(slots[::2], slots[1::2])
        return [(a, b) if a >= 0 and b >= 0 else None for a, b in pairs]

    def _step(self, state: _State, instruction: int) -> tuple[int, tuple[int, ...]]:
        """Return what ``_State.steps`` has for an instruction."""
        alive, seen = state.alive, set()
        todo: list[tuple[int, tuple[int, ...]]] = [(instruction, ())]
        while todo:
            at, saved = todo.pop()
            if at in seen or at not in alive:
                continue
            seen.add(at)
            kind, slot, _ = self._program[at]
            if kind in (_CHAR, _MATCH):
                return at, saved
            if kind == _SAVE:
                saved = (*saved, slot)  # type: ignore[arg-type]
            todo += [(following, saved) for following in reversed(self._following(at))]
        raise AssertionError(instruction)  # it is alive

    def letters(self, text: str, begin: int, end: int) -> list[int]:
        """Return the letters of the positions of a text from ``begin`` to ``end``; its end is one of them."""
        numbers = self._letters
        out = [numbers[char] for char in text[begin:end]]
        if end > len(text):
            out.append(numbers[""])
        if self._has_assertions:
            known = numbers.known
            kinds = [_kind(text[begin - 1]) if begin else _BEGIN, *[known[number][1] for number in out]]
            out = [number * _KINDS + kind for number, kind in zip(out, kinds)]
        return out

    def preceding(self, state: _State, letter: int) -> _State:
        """Return the state of a position from its letter and from the state of the next position."""
        number, kind_before = divmod(letter, _KINDS) if self._has_assertions else (letter, _OTHER)
        takes, kind = self._letters.known[number]
        holds = _holding(kind_before, kind) if self._has_assertions else frozenset()
        todo = [at for at in takes if at + 1 in state.alive]
        todo.append(self._last)
        alive = set(todo)
        while todo:
            for at in self._came_from[todo.pop()]:
                if at not in alive and (self._program[at][0] != _ASSERT or self._program[at][1] in holds):
                    alive.add(at)
                    todo.append(at)
        return self._state(frozenset(alive))

    def _state(self, alive: frozenset[int]) -> _State:
        found = self._states.get(alive)
        if found is None:
            self._kept += len(alive)
            if self._kept > _MOST_KEPT:
                self._states, self._kept = {}, len(alive)
            found = self._states[alive] = _State(self, alive)
        return found

    def behind(self) -> _State:
        """Return the state that is behind the end of a text."""
        return self._state(frozenset())


class _Text:
    """A text's states. Those of one block of positions are kept, with the one behind each block."""

    def __init__(self, program: LinearMatcher, text: str, block: int) -> None:
        self.text = text
        self._program = program
        self._block = block
        self._behind: list[_State] = []
        self._starts = bytearray()
        self._states: list[_State] = []
        self._first = 0
        state = program.behind()
        starts = []
        for first in reversed(range(0, len(text) + 1, block)):
            self._behind.append(state)
            self._load(first, state)
            starts.append(bytes([one.is_start for one in self._states]))
            state = self._states[0]
        self._behind.reverse()
        self._starts = bytearray().join(reversed(starts))

    def _load(self, first: int, state: _State) -> None:
        states: list[_State] = []
        append = states.append
        for letter in reversed(self._program.letters(self.text, first, min(first + self._block, len(self.text) + 1))):
            state = state[letter]
            append(state)
        states.reverse()
        self._states, self._first = states, first

    def start(self, position: int) -> int:
        """Return the first position from one on where a match begins, or -1."""
        return self._starts.find(1, position)

    def state(self, position: int) -> _State:
        """Return the state of a position."""
        offset = position - self._first
        if not 0 <= offset < len(self._states):
            number = position // self._block
            self._load(number * self._block, self._behind[number])
            offset = position - self._first
        return self._states[offset]


def _is_nullable(node: Node) -> bool:
    """Return whether a piece of a pattern matches an empty text."""
    if node.kind == "repeat":
        return not node.low or _is_nullable(node.parts[0])
    if node.kind == "alt":
        return any(map(_is_nullable, node.parts))
    return node.kind != "set" and all(map(_is_nullable, node.parts))


def _member(node: Node) -> Member:
    """A predicate for a set of characters."""
    ranges = node.ranges
    if node.folds:
        return lambda char: any(
            low <= ord(c) <= high for c in {char, char.lower(), char.upper()} if len(c) == 1 for low, high in ranges
        )
    pairs = [(chr(a), chr(b)) for a, b in ranges]
    return lambda char: any(a <= char <= b for a, b in pairs)


def _kind(char: str) -> int:
    """Return what an assertion sees of a character."""
    if char == "\n":
        return _NEWLINE
    return _WORD if char.isascii() and (char.isalnum() or char == "_") else _OTHER


def _holding(before: int, after: int) -> frozenset[str]:
    """Return the assertions that hold between two kinds of characters."""
    found = ["boundary" if (before == _WORD) != (after == _WORD) else "no_boundary"]
    if before == _BEGIN:
        found.append("text_start")
    if after == _BEGIN:
        found.append("text_end")
    if before in (_BEGIN, _NEWLINE):
        found.append("line_start")
    if after in (_BEGIN, _NEWLINE):
        found.append("line_end")
    return frozenset(found)
