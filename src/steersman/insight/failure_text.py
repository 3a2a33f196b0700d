"""The words about a failure at its place: a template's line with a caret, rendered lines, values, and the fix."""

from __future__ import annotations

from steersman.insight.value_origins import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from steersman.insight.value_origins import ValueOrigin

_AROUND = 3  # rendered lines on each side
_MOST_VALUES = 6
MOST_PLACES = 5  # of one error that are shown


def excerpt(text: str, name: str, line: int, column: int, context: str = "") -> str:
    """Return a line of a template, with the piece of it that ``context`` is marked, or the column (from 0, in bytes).

    A column of -1 marks the beginning of the line.
    """
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return f"{name}:{line}\n" if line else ""
    shown = lines[line - 1].expandtabs(1)
    begin = len(shown) - len(shown.lstrip()) if column < 0 else len(shown.encode()[:column].decode("utf-8", "ignore"))
    # go: the position of a chain of fields is within it
    at = shown.rfind(context, 0, begin + len(context)) if context else -1
    is_there = 0 <= at <= begin
    mark = " " * (at if is_there else begin) + "^" * (len(context) if is_there else 1)
    return f"{name}:{line}\n  {line:>4} | {shown}\n       | {mark}\n"


def rendered_text(lines: Sequence[str], at: int) -> list[str]:
    """Return rendered lines around one of them, which is marked; ``at`` behind the last one marks none."""
    begin, end = max(0, at - _AROUND), min(len(lines), at + _AROUND + 1)
    shown = [f"  {'>' if number == at else ' '} {lines[number]}".rstrip() + "\n" for number in range(begin, end)]
    return ["rendered:\n", *shown] if any(line.strip() for line in shown) else []


def values_text(values: Iterable[ValueOrigin], because: Iterable[ValueOrigin]) -> list[str]:
    """Return the values that were read, and those that decided, each with the place that set it."""
    out = []
    read = {value.path: value for value in values}
    for value in list(read.values())[-_MOST_VALUES:]:
        out.append(f"{value.path} = {shown(value.value)}" + (f"  {value.places[0]}" if value.places else "") + "\n")
    for value in list({value.path: value for value in because if value.path not in read}.values())[:_MOST_VALUES]:
        place = f"  {value.places[0]}" if value.places else ""
        out.append(f"{value.path} = {shown(value.value)}{place}, which decided\n")
    return out


def joined(out: list[str], fix: str) -> str:
    """Return lines, and the fix after them if there is one."""
    return "".join([*out, f"fix: {fix}" if fix else ""]).rstrip("\n")


def more_places(count: int, noun: str) -> list[str]:
    """Return the line that says how many of ``count`` places are left out, if any are."""
    left = count - MOST_PLACES
    return [f"... and {left} more {noun}{'s' if left > 1 else ''}"] if left > 0 else []
