"""Coverage as text for people: a table, and what is missing as work to do."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from steersman.coverage.model import Count, Coverage
    from steersman.insight.code import Side
    from steersman.insight.guesses import Setting

_WIDTH = 20
_MOST_SIDES = 20
_MOST_VALUES = 10
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
    untaken = coverage.untaken
    if untaken:
        yield ""
        yield "Not tested"
        shown = untaken if shows_all else _first(untaken, hints)
        for side in shown:
            yield f"  {missing_line(side, hints.get(side.point))}"
        if len(untaken) > len(shown):
            yield f"  and {len(untaken) - len(shown)} more; --show-all lists them"


def _first(untaken: list[Side], hints: Mapping[int, Sequence[Setting]]) -> list[Side]:
    """Return the sides that say most about what to test next, in their order."""

    def key(side: Side) -> tuple[bool, bool]:
        return side.point not in hints, side.kind not in ("if", "with", "range")

    chosen = {side.point for side in sorted(untaken, key=key)[:_MOST_SIDES]}
    return [side for side in untaken if side.point in chosen]


def missing_line(side: Side, hint: Sequence[Setting] | None) -> str:
    """Return what is to be done about a side that no test took."""
    text = f"{side.template.partition('/')[2]}:{side.line}: {side.label} never taken"
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
