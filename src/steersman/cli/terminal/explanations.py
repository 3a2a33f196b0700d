"""Explanations of lines and values as text."""

from __future__ import annotations

from steersman.insight.value_origins import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from steersman.insight.explain import LineOrigin, Reached
    from steersman.insight.value_origins import ValueOrigin

_TEXT_WIDTH = 56  # columns for rendered text next to its origin
_MOST_VALUES = 12  # of a line that are shown in full


def field_text(line: LineOrigin, templates: Mapping[str, str], others: Iterable[LineOrigin] = ()) -> str:
    """Return where a field comes from, in paragraphs.

    Args:
        line: that it begins on.
        templates: the texts of templates by their path.
        others: the lines after it that its text has.
    """
    out = [f"{line.text.strip()}\n"]
    if line.chain:
        out.append("\nwritten by\n")
        rows = [(str(place), _source(templates, place.template, place.line)) for place in line.chain]
        out += _table(rows)
    if line.values:
        out.append("\nfrom\n" if line.is_exact else "\nfrom some of\n")
        out += _values(line.values)
    if line.because:
        out.append("\ndecided by\n")
        out += _values(line.because)
    text = object_text(others)
    if text:
        out.append(f"\nits lines\n{text}")
    return "".join(out)


def object_text(lines: Iterable[LineOrigin]) -> str:
    """Return an object's lines, each with the places that wrote it and the values in it."""
    out = []
    for line in lines:
        chain = " <- ".join(f"{_short(place.template)}:{place.line}" for place in line.chain)
        values = ", ".join(value.path for value in line.values[:_MOST_VALUES]) if line.is_exact else "(several)"
        origin = f"{chain}  {{{values}}}" if line.values else chain
        out.append(f"{line.text:<{_TEXT_WIDTH}} # {origin}\n" if chain else f"{line.text}\n")
    return "".join(out)


def reached_text(reached: Iterable[Reached]) -> str:
    """Return the lines that a value reaches, under the names of their objects."""
    out: list[str] = []
    last = ""
    for one in reached:
        if one.target != last:
            out.append(f"{one.target}\n")
            last = one.target
        place = str(one.line.chain[-1]) if one.line.chain else ""
        word = "  (decides)" if one.is_condition else ""
        out.append(f"  {one.line.line:>4}  {one.line.text.strip():<{_TEXT_WIDTH}} # {place}{word}\n")
    return "".join(out)


def _values(values: Iterable[ValueOrigin]) -> list[str]:
    rows = []
    for value in values:
        first, *others = value.places or ("",)
        rows.append((f"{value.path} = {shown(value.value)}", str(first)))
        rows += [("", f"overrides {other}") for other in others]
    return _table(rows)


def _table(rows: list[tuple[str, str]]) -> list[str]:
    width = min(max(len(left) for left, _ in rows), _TEXT_WIDTH)
    return [f"  {left:<{width}}  {right}".rstrip() + "\n" for left, right in rows]


def _source(templates: Mapping[str, str], template: str, line: int) -> str:
    lines = templates.get(template, "").split("\n")
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def _short(template: str) -> str:
    return template.rpartition("/")[2]
