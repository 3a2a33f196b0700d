"""Coverage as text for people: a table, and what is missing as work to do."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from steersman.coverage.model import Count, Coverage
    from steersman.insight.code import Code, Side
    from steersman.insight.guesses import Setting

_WIDTH = 20
_MOST_SIDES = 20
_MOST_VALUES = 10
_MOST_WIDTH = 60  # of the text of an action
_HEADS = ("lines", "branches", "includes")


def coverage_lines(
    coverage: Coverage, hints: Mapping[int, Sequence[Setting]], *, shows_all: bool = False
) -> Iterator[str]:
    """Yield the table of a chart, its values that nothing read, and the branches that were not taken.

    Args:
        coverage: of the chart.
        hints: values that would take a side, by its point.
        shows_all: whether long lists are shown whole.
    """
    rows = [(file.file.name.partition("/")[2], (file.lines, file.branches, file.includes)) for file in coverage.files]
    rows.append(("total", (coverage.lines, coverage.branches, coverage.includes)))
    title = f"Coverage of {coverage.code.name}"
    width = max(len(title), *(len(name) for name, _ in rows))
    yield title.ljust(width) + "".join(head.rjust(_WIDTH) for head in _HEADS)
    for name, counts in rows:
        yield name.ljust(width) + "".join(map(_cell, counts))
    yield ""
    yield f"Lines and branches: {percent(coverage.percent)} %"
    values = coverage.values
    yield f"Values read: {values.covered} of {values.total}{_unread(coverage, shows_all=shows_all)}"
    untaken, unused = coverage.untaken, coverage.unused
    if untaken or unused:
        yield ""
        yield "Not tested"
        shown = untaken if shows_all else _first(untaken, hints)
        pieces = _pieces(coverage.code)
        for side in shown:
            yield f"  {missing_line(side, hints.get(side.point), pieces.get(side.point, ''))}"
        named = unused if shows_all else unused[: _MOST_SIDES - len(shown)]
        for file, define in named:
            name = json.dumps(define.name, ensure_ascii=False)
            yield f"  {file.name.partition('/')[2]}:{define.line}: definition {name} never included"
        left = len(untaken) - len(shown) + len(unused) - len(named)
        if left:
            yield f"  and {left} more; --show-all lists them"


def _pieces(code: Code) -> dict[int, str]:
    """Return the action and the column for sides that another one on their line would be taken for."""
    found: dict[int, str] = {}
    for file in code.files.values():
        alike: dict[tuple[int, str], list[Side]] = {}
        for side in file.sides:
            alike.setdefault((side.line, side.label), []).append(side)
        for sides in alike.values():
            for side in sides if len(sides) > 1 else ():
                found[side.point] = _piece(file.text, side.pos)
    return found


def _piece(text: str, pos: int) -> str:
    """Return the action around a position, shortened, and the column of the position."""
    start, end = text.rfind("{{", 0, pos + 1), text.find("}}", pos)
    action = " ".join(text[max(start, 0) : end + 2 if end >= 0 else None].split())
    column = pos - text.rfind("\n", 0, pos)
    return f"{action if len(action) <= _MOST_WIDTH else action[:_MOST_WIDTH] + '…'} (column {column})"


def _first(untaken: list[Side], hints: Mapping[int, Sequence[Setting]]) -> list[Side]:
    """Return the sides that say most about what to test next, in their order."""

    def key(side: Side) -> tuple[bool, bool]:
        return side.point not in hints, side.kind not in ("if", "with", "range")

    chosen = {side.point for side in sorted(untaken, key=key)[:_MOST_SIDES]}
    return [side for side in untaken if side.point in chosen]


def missing_line(side: Side, hint: Sequence[Setting] | None, piece: str = "") -> str:
    """Return what is to be done about a side that no test took; ``piece`` says which of several on its line it is."""
    of_piece = f" in {piece}" if piece else ""
    text = f"{side.template.partition('/')[2]}:{side.line}: {side.label}{of_piece} never taken"
    if hint is None:
        return text
    return f"{text}; a test with {' and '.join(map(str, hint)) or 'the default values'} would"


def percent(number: float) -> str:
    """Return a percentage with a decimal; 100 only where nothing is missing."""
    return f"{min(number, 99.9) if number < 100 else number:.1f}".removesuffix(".0")


def _cell(count: Count) -> str:
    if count.total == 0:
        return "-".rjust(_WIDTH)
    share = f"{percent(count.percent)} %"
    return f"{count.covered}/{count.total}{share:>8}".rjust(_WIDTH)


def _unread(coverage: Coverage, *, shows_all: bool) -> str:
    unread = [".".join(map(str, path)) for path in coverage.unread]
    if not unread:
        return ""
    shown = unread if shows_all else unread[:_MOST_VALUES]
    more = f" and {len(unread) - len(shown)} more" if len(unread) > len(shown) else ""
    return f"; not {', '.join(shown)}{more}"
