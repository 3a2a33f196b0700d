"""The pieces of a regular expression, which the parser makes and the matchers run."""

from __future__ import annotations

from steersman.record import Record

MAX_RUNE = 0x10FFFF


class RegexpError(ValueError):
    """A pattern Go refuses, with Go's message."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {code}: `{part}`")


class Node(Record):
    """A piece of a pattern.

    ``kind`` is one of ``set`` (``ranges``, ``folds``), ``cat``, ``alt``, ``repeat`` (``low``, ``high`` or -1,
    ``is_greedy``), ``group`` (``number``) and the assertions ``line_start``, ``line_end``,
    ``text_start``, ``text_end``, ``boundary``, ``no_boundary``.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    folds: bool = False
    low: int = 0
    high: int = -1
    is_greedy: bool = True
    number: int = 0
