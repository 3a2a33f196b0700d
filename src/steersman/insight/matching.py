"""Texts that a regular expression matches, made out of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from steersman.go.regexp.tree import Node

_MOST_TEXTS = 8  # of one piece of a pattern
_MOST_LENGTH = 200
_PREFERRED = "x1a.-/:"  # characters that a person would take, before all others


def texts_matching(pattern: str) -> Iterator[str]:
    """Yield a few short texts in which a pattern is found; none where Go would refuse it."""
    from steersman.go.regexp.compile import compile_regexp
    from steersman.go.regexp.parse import Parser
    from steersman.go.regexp.tree import RegexpError

    try:
        regexp, made = compile_regexp(pattern), _texts(Parser(pattern).parse())
    except RegexpError:
        return
    # an assertion inside may rule out what the pieces around it make
    yield from (text for text in dict.fromkeys(made) if regexp.search(text, 0) is not None)


def _texts(node: Node) -> Sequence[str]:
    """Return texts of a piece, which may be too long to be of use; never none."""
    if node.kind == "set":
        return _characters(node.ranges)
    if node.kind == "cat":
        return _joined([_texts(part) for part in node.parts])
    if node.kind == "alt":
        return [text for part in node.parts for text in _texts(part)][:_MOST_TEXTS]
    if node.kind == "group":
        return _texts(node.parts[0])
    if node.kind == "repeat":
        once = _texts(node.parts[0])
        least = max(node.low, 1) if node.high else 0
        counts = [least] if node.low else [least, 0]
        return [(text * count)[:_MOST_LENGTH] for count in counts for text in once][:_MOST_TEXTS]
    return [""]


def _joined(pieces: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the first text of each piece in a row, then the rows in which one piece has another text."""
    first = [texts[0] for texts in pieces]
    rows = [first]
    for at, texts in enumerate(pieces):
        rows += [[*first[:at], text, *first[at + 1 :]] for text in texts[1:]]
    return ["".join(row)[:_MOST_LENGTH] for row in rows[:_MOST_TEXTS]]


def _characters(ranges: tuple[tuple[int, int], ...]) -> Sequence[str]:
    found = [char for char in _PREFERRED if any(low <= ord(char) <= high for low, high in ranges)]
    return found[:2] or [chr(low) for low, _ in ranges[:1]] or [""]
