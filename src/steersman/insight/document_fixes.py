"""The line of a document that is at fault, and a change which mends it: found by trying."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from steersman.insight.lines import Line
    from steersman.insight.yaml_fixes import Edit, Row

    Check: TypeAlias = Callable[[str], tuple[int, str] | None]
    """Returns the line of a document (from 0) that is at fault and the reason; None where nothing is wrong."""
    Edits: TypeAlias = Callable[[Sequence[Row], Sequence[str], int], Iterator[Edit]]
    """Yields the changes of the lines of a document that may mend one; given the template's lines as well."""

_MOST_TRIALS = 60  # of changes of a document


class BrokenDocument(Record):
    """A document of a rendered template that cannot be read.

    Attributes:
        path: of the template.
        text: of the document.
        first: the line of the template's text that it begins on, from 0.
        line: the one that is at fault, of the document.
        message: the reason.
    """

    path: str
    text: str
    first: int
    line: int
    message: str


def lines_of_file(name: str, text: str) -> list[Line]:
    """Return the lines of a file as if a template of the same text had written them."""
    from steersman.insight.lines import Line, Place, Segment

    return [
        Line(line, (Segment(line, (Place(name, number, name),), (), ()),))
        for number, line in enumerate(text.split("\n"), 1)
    ]


def first_fix(
    broken: BrokenDocument,
    lines: Sequence[Line],
    texts: Mapping[str, str],
    check: Check,
    edits: Edits | None = None,
) -> tuple[int, str]:
    """Return the line that is at fault and its fix: that of the nearest line that has one which mends the document.

    Args:
        broken: the document.
        lines: of its template.
        texts: of templates by their path.
        check: says whether a changed document is mended.
        edits: yields the changes that are tried; those of ``yaml_fixes`` without it.
    """
    from steersman.insight.yaml_fixes import as_text, possible_edits

    end = broken.first + broken.text.count("\n") + 1
    rows = [_row(line, texts, broken.path) for line in lines[broken.first : end]]
    template = texts.get(broken.path, "").split("\n")
    is_shape = "Go struct field" in broken.message
    trials = _MOST_TRIALS
    for at in sorted(range(len(rows)), key=lambda at: abs(at - broken.line)):
        tried = [*(edits or possible_edits)(rows, template, at), *(as_text(rows, at) if is_shape else ())]
        for edit in tried:
            trials -= 1
            if _mends(edit, rows, broken, check):
                wanted = "a text is wanted here; " if is_shape else ""
                return broken.first + edit.row, wanted + edit.fix
        if trials <= 0 or is_shape:
            break
    if is_shape:
        return broken.first + broken.line, "a map is wanted here" if "of type string" not in broken.message else ""
    return broken.first + broken.line, ""


def _row(line: Line, texts: Mapping[str, str], path: str) -> Row:
    from steersman.insight.yaml_fixes import Row

    own = [(part.text, part.chain[0].line) for part in line.segments if part.chain and part.chain[0].template == path]
    # the part that an action has written tells which one it is
    made = [number for (_, number), part in zip(own, line.segments) if part.made]
    sources = tuple((str(place), _line_of(texts, place.template, place.line)) for place in reversed(line.chain))
    number = made[-1] if made else own[-1][1] if own else 0
    return Row(line.text, sources, number, tuple(own), line.made)


def _line_of(texts: Mapping[str, str], template: str, line: int) -> str:
    lines = texts.get(template, "").split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _mends(edit: Edit, rows: Sequence[Row], broken: BrokenDocument, check: Check) -> bool:
    """Return whether a document can be read with a change, or is wrong further down only."""
    texts = [row.text for row in rows]
    problem = check("\n".join([*texts[: edit.begin], *edit.lines, *texts[edit.end :]]))
    if problem is None:
        return True
    line, message = problem
    moved = len(edit.lines) - (edit.end - edit.begin)
    is_further = line - moved > max(broken.line, edit.end - 1)
    return is_further and ("Go struct field" in message or "Go struct field" not in broken.message)
