"""The findings of ``annotate`` as text and as data."""

from __future__ import annotations

from steersman.insight.annotate import field_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from steersman.insight.annotate import Annotated

_COLORS = {"error": "1;31", "warning": "1;33", "note": "1;36", "none": "1;36"}
_BOLD, _FAINT = "1", "2"


def annotation_text(rows: Iterable[Annotated], path: Callable[[str], str], paint: Callable[[str, str], str]) -> str:
    """Return findings as lines, ``template:line: level: message [rule]``, each with its object and old place below.

    Args:
        rows: the findings.
        path: returns the path of a template's file from where the user is.
        paint: gives a text a color.
    """
    out = []
    for row in rows:
        one = row.finding
        where = _old_place(row) or "the manifests"
        about = ""
        if row.line is not None:
            about = f"{field_name(row.line)}, {where}" + (f":{row.line.line}" if not one.line else "")
            about += "".join(f" <- {path(file)}:{number}" for file, number in row.line.includes)
            where = f"{path(row.line.template)}:{row.line.template_line}"
        rule = f" [{one.rule}]" if one.rule else ""
        message = " ".join(one.message.split())
        out.append(f"{paint(where, _BOLD)}: {paint(one.level, _COLORS[one.level])}: {paint(message + rule, '')}\n")
        if about:
            out.append(f"    {paint(about, _FAINT)}\n")
    return "".join(out)


def annotation_struct(row: Annotated, path: Callable[[str], str]) -> dict[str, Any]:
    """Return a finding as data for programs."""
    one, line = row.finding, row.line
    out: dict[str, Any] = {
        "tool": one.tool,
        "rule": one.rule,
        "level": one.level,
        "message": one.message,
        "file": one.file,
        "line": one.line or (0 if line is None else line.line),
        "template": "",
        "templateLine": 0,
        "object": "",
        "field": "",
        "includes": [],
        "values": [],
    }
    if line is not None:
        out.update(
            template=path(line.template),
            templateLine=line.template_line,
            object=line.target,
            field=line.field,
            includes=[f"{path(file)}:{number}" for file, number in line.includes],
            values=list(line.values),
        )
    return out


def _old_place(row: Annotated) -> str:
    one = row.finding
    return f"{one.file}:{one.line}" if one.line else one.file
