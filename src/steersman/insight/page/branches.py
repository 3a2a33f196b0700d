"""The parts of a template's text that a render did not run: branches not taken, defines that nothing included."""

from __future__ import annotations

from bisect import bisect_left

from steersman.go.quote import unquote
from steersman.gotemplate import lexer as lx
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.gotemplate.lexer import Token
    from steersman.insight.reads import Reads

_BRANCHES = (lx.IF, lx.WITH, lx.RANGE)


class NotRun(Record):
    """A part of a text that did not run; lines and columns are counted from 0, the end is not in it.

    ``because`` is the line of the statement whose branch it is, or of the define that nothing included.
    """

    first_line: int
    first_column: int
    last_line: int
    last_column: int
    because: int


class _Block:
    """A file, a define, or a statement with branches.

    Attributes:
        define: the name of the template that it belongs to.
        pos: the position that the recording knows it by, that of its pipeline.
        start, inside: where its first action begins and ends.
        otherwise, behind: the same for ``{{else}}``; for ``{{else if}}`` both are where that begins. Both are the
            position of ``{{end}}`` where there is no else.
        last, end: where ``{{end}}`` begins and ends.
        body, rest: the blocks in it, and those in its else.
        rest_ran: whether a branch in its else was taken.
    """

    __slots__ = (
        *(
            "behind",
            "body",
            "define",
            "end",
            "has_else",
            "inside",
            "last",
            "otherwise",
            "pos",
            "rest",
            "rest_ran",
            "start",
        ),
        "is_chained",
    )

    def __init__(self, define: str, start: int, inside: int, pos: int = -1, *, is_chained: bool = False) -> None:
        self.define = define
        self.pos = pos  # -1: a file or a define
        self.start = start
        self.inside = inside
        self.otherwise = self.behind = self.last = self.end = inside
        self.body: list[_Block] = []
        self.rest: list[_Block] = []
        self.has_else = self.rest_ran = False
        self.is_chained = is_chained  # whether one {{end}} is for it and for the statement around it

    def blocks(self) -> list[_Block]:
        """Return the list that a block which begins now belongs to."""
        return self.rest if self.has_else else self.body


def not_run(path: str, text: str, reads: Reads) -> list[NotRun]:
    """Return what did not run of the text of a template file, in order."""
    breaks = [at for at, char in enumerate(text) if char == "\n"]

    def place(at: int) -> tuple[int, int]:
        line = bisect_left(breaks, at)
        return line, at - (breaks[line - 1] + 1 if line else 0)

    found = []
    for start, end, because in sorted(_spans(_read(path, text, reads), path, reads)):
        inside = text[start:end]
        start, end = start + len(inside) - len(inside.lstrip()), end - (len(inside) - len(inside.rstrip()))
        if start < end:
            found.append(NotRun(*place(start), *place(end), place(because)[0]))
    return found


def _spans(file: _Block, path: str, reads: Reads) -> Iterator[tuple[int, int, int]]:
    """Yield start and end of what did not run, and the position of the statement that decided that."""
    # a file of defines is not run itself, and no text of it is missing for that
    is_partial = path.rpartition("/")[2].startswith("_")
    todo = file.body
    if not is_partial and (path, path) not in reads.ran:
        todo = [block for block in file.body if block.pos < 0 and (path, block.define) in reads.ran]
        ends = [0, *(block.end for block in todo)]
        yield from ((start, end, 0) for start, end in zip(ends, [*(block.start for block in todo), file.end]))
    todo = todo[::-1]
    while todo:
        block = todo.pop()
        if block.pos < 0:
            if (path, block.define) in reads.ran:
                todo += block.body
            else:
                yield block.start, block.end, block.start
            continue
        takes_body, takes_else = (((path, block.define), block.pos, side) in reads.taken for side in (True, False))
        if takes_body:
            todo += block.body
        else:
            yield block.inside, block.otherwise, block.start
        # an else with nothing but an if is not recorded, only the branch of that
        if takes_else or block.rest_ran or not takes_body:
            todo += block.rest
        else:
            yield block.behind, block.last, block.start


def _read(path: str, text: str, reads: Reads) -> _Block:
    """Return the blocks of a text."""
    current = _Block(path, 0, 0)
    stack: list[_Block] = []

    def begin(block: _Block) -> _Block:
        current.blocks().append(block)
        stack.append(current)
        return block

    for action, end in _actions(lx.tokenize(text)):
        start, word = action[0][1], action[1][0]
        if word in _BRANCHES:
            current = begin(_Block(current.define, start, end, action[2][1]))
        elif word in (lx.DEFINE, lx.BLOCK):
            current = begin(_Block(unquote(action[2][2]), start, end))
        elif word == lx.ELSE and stack:
            is_chain = action[2][0] in _BRANCHES
            current.otherwise, current.behind = start, start if is_chain else end
            current.has_else = True
            if is_chain:
                current = begin(_Block(current.define, start, end, action[3][1], is_chained=True))
        elif word == lx.END and stack:
            is_chained = True
            while is_chained and stack:
                is_chained, ended, current = current.is_chained, current, stack.pop()
                _close(ended, start, end)
                key = (path, ended.define), ended.pos
                has_run = ended.rest_ran or (*key, True) in reads.taken or (*key, False) in reads.taken
                current.rest_ran |= current.has_else and has_run
    current.last = current.end = len(text)
    return current


def _close(block: _Block, last: int, end: int) -> None:
    block.last, block.end = last, end
    if not block.has_else:
        block.otherwise = block.behind = last


def _actions(tokens: list[Token]) -> Iterator[tuple[list[Token], int]]:
    """Yield the tokens of each action with its delimiters, and where it ends."""
    action: list[Token] = []
    for token in tokens:
        if token[0] == lx.LEFT:
            action = []
        action.append(token)
        if token[0] == lx.RIGHT and len(action) > 2:
            yield action, token[1] + len(token[2])
            action = []
