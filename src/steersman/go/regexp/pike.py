"""A matcher whose time is linear in the text: all ways to match are followed at once.

For patterns that Python's backtracking could take too long over. A tree becomes a
small program; threads run through it in step, in order of preference, each with its groups'
positions. After Rob Pike's design, as RE2 and Go describe it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.go.regexp.tree import Node

    Span = tuple[int, int]
    Captures = tuple[int, ...]

_CHAR, _SPLIT, _JUMP, _SAVE, _ASSERT, _MATCH = range(6)


class PikeMatcher:
    """Runs one pattern."""

    def __init__(self, tree: Node, count: int) -> None:
        self._slots = 2 * (count + 1)
        self._program: list[tuple[int, object, object]] = []
        self._emit(_SAVE, 0)
        self._compile(tree)
        self._emit(_SAVE, 1)
        self._emit(_MATCH)

    def _emit(self, kind: int, first: object = None, second: object = None) -> int:
        self._program.append((kind, first, second))
        return len(self._program) - 1

    def _compile(self, node: Node) -> None:
        if node.kind == "set":
            self._emit(_CHAR, _member(node))
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
        for _ in range(node.low):
            self._compile(body)
        if node.high < 0:
            split = self._emit(_SPLIT)
            self._compile(body)
            self._emit(_JUMP, split)
            self._set_split(split, split + 1, len(self._program), is_greedy=node.is_greedy)
            return
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self._emit(_SPLIT))
            self._compile(body)
        for split in splits:
            self._set_split(split, split + 1, len(self._program), is_greedy=node.is_greedy)

    def _set_split(self, at: int, inside: int, outside: int, *, is_greedy: bool) -> None:
        self._program[at] = (_SPLIT, inside, outside) if is_greedy else (_SPLIT, outside, inside)

    def search(self, text: str, position: int) -> list[Span | None] | None:
        """Return the spans of the leftmost match from ``position`` on and of its groups, or None."""
        program = self._program
        matched: Captures | None = None
        threads: list[tuple[int, Captures]] = []
        seen: set[int] = set()
        start = (-1,) * self._slots
        for at in range(position, len(text) + 1):
            if matched is None:
                self._follow(threads, seen, 0, start, text, at)
            if not threads:
                if matched is not None:
                    break
                seen.clear()
                continue
            following: list[tuple[int, Captures]] = []
            seen_next: set[int] = set()
            char = text[at] if at < len(text) else ""
            for counter, captures in threads:
                kind, first, _ = program[counter]
                if kind == _MATCH:
                    matched = captures
                    break
                if char and first(char):  # type: ignore[operator]
                    self._follow(following, seen_next, counter + 1, captures, text, at + 1)
            threads, seen = following, seen_next
        return self._spans(matched) if matched is not None else None

    def _spans(self, captures: Captures) -> list[Span | None]:
        pairs = zip(captures[::2], captures[1::2])
        return [(a, b) if a >= 0 and b >= 0 else None for a, b in pairs]

    def _follow(
        self,
        threads: list[tuple[int, Captures]],
        seen: set[int],
        counter: int,
        captures: Captures,
        text: str,
        at: int,
    ) -> None:
        """Add the threads that ``counter`` leads to without reading a character, in order of preference."""
        stack = [(counter, captures)]
        while stack:
            counter, captures = stack.pop()
            if counter in seen:
                continue
            seen.add(counter)
            kind, first, second = self._program[counter]
            if kind == _JUMP:
                stack.append((first, captures))  # type: ignore[arg-type]
            elif kind == _SPLIT:
                stack.append((second, captures))  # type: ignore[arg-type]
                stack.append((first, captures))  # type: ignore[arg-type]
            elif kind == _SAVE:
                slot: int = first  # type: ignore[assignment]
                stack.append((counter + 1, (*captures[:slot], at, *captures[slot + 1 :])))
            elif kind == _ASSERT:
                if _holds(str(first), text, at):
                    stack.append((counter + 1, captures))
            else:
                threads.append((counter, captures))


def _member(node: Node) -> object:
    """A predicate for a set of characters."""
    ranges = node.ranges
    if node.folds:
        return lambda char: any(
            low <= ord(c) <= high for c in {char, char.lower(), char.upper()} if len(c) == 1 for low, high in ranges
        )
    if len(ranges) == 1:
        low, high = chr(ranges[0][0]), chr(ranges[0][1])
        return lambda char: low <= char <= high
    pairs = [(chr(a), chr(b)) for a, b in ranges]
    known: dict[str, bool] = {}  # a class may have hundreds of ranges, a text has few characters

    def is_member(char: str) -> bool:
        if char not in known:
            known[char] = any(a <= char <= b for a, b in pairs)
        return known[char]

    return is_member


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _holds(assertion: str, text: str, at: int) -> bool:
    if assertion == "text_start":
        return at == 0
    if assertion == "text_end":
        return at == len(text)
    if assertion == "line_start":
        return at == 0 or text[at - 1] == "\n"
    if assertion == "line_end":
        return at == len(text) or text[at] == "\n"
    before = at > 0 and _is_word(text[at - 1])
    after = at < len(text) and _is_word(text[at])
    return (before != after) == (assertion == "boundary")
