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
_MOST_READ = 2_000_000  # characters that all trials together read, where a document is large
_FEWEST_TRIALS = 4  # of one that is larger still
_NEAR = 100  # lines before and after the one at fault that are looked at


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

    document = _Rows(broken, lines, texts)
    rows, line = document.rows, broken.line - document.begin
    is_shape = "Go struct field" in broken.message
    trials = min(_MOST_TRIALS, max(_MOST_READ // (len(broken.text) + 1), _FEWEST_TRIALS))
    near = range(max(line - _NEAR, 0), min(line + _NEAR + 1, len(rows)))
    for at in sorted(near, key=lambda at: abs(at - line)):
        tried = [*(edits or possible_edits)(rows, document.template, at), *(as_text(rows, at) if is_shape else ())]
        for edit in tried[:trials]:
            if document.is_mended(edit, check):
                wanted = "a text is wanted here; " if is_shape else ""
                return broken.first + document.begin + edit.row, wanted + edit.fix
        trials -= len(tried)
        if trials <= 0 or is_shape:
            break
    if is_shape:
        return broken.first + broken.line, "a map is wanted here" if "of type string" not in broken.message else ""
    return broken.first + broken.line, ""


class _Rows:
    """The lines of a document around the one that is at fault.

    Attributes:
        begin: the first of them, from 0.
        rows: they themselves.
        template: the lines of the template.
    """

    def __init__(self, broken: BrokenDocument, lines: Sequence[Line], texts: Mapping[str, str]) -> None:
        self._broken = broken
        own = lines[broken.first : broken.first + broken.text.count("\n") + 1]
        self.begin, end = _around(own, broken.line)
        self._before = [line.text for line in own[: self.begin]]
        self._after = [line.text for line in own[end:]]
        self._sources: dict[str, list[str]] = {}
        self._texts = texts
        self.template = self._lines_of(broken.path)
        self.rows = [self._row(line) for line in own[self.begin : end]]

    def _row(self, line: Line) -> Row:
        from steersman.insight.yaml_fixes import Row

        path = self._broken.path
        own = [
            (part.text, part.chain[0].line) for part in line.segments if part.chain and part.chain[0].template == path
        ]
        # the part that an action has written tells which one it is
        made = [number for (_, number), part in zip(own, line.segments) if part.made]
        sources = tuple((str(place), self._line_of(place.template, place.line)) for place in reversed(line.chain))
        number = made[-1] if made else own[-1][1] if own else 0
        return Row(line.text, sources, number, tuple(own), line.made)

    def _lines_of(self, template: str) -> list[str]:
        if template not in self._sources:
            self._sources[template] = self._texts.get(template, "").split("\n")
        return self._sources[template]

    def _line_of(self, template: str, line: int) -> str:
        lines = self._lines_of(template)
        return lines[line - 1] if 0 < line <= len(lines) else ""

    def is_mended(self, edit: Edit, check: Check) -> bool:
        """Return whether the document can be read with a change, or is wrong further down only."""
        texts = [row.text for row in self.rows]
        changed = [*texts[: edit.begin], *edit.lines, *texts[edit.end :]]
        problem = check("\n".join([*self._before, *changed, *self._after]))
        if problem is None:
            return True
        line, message = problem
        moved = len(edit.lines) - (edit.end - edit.begin)
        is_further = line - moved > max(self._broken.line, self.begin + edit.end - 1)
        return is_further and ("Go struct field" in message or "Go struct field" not in self._broken.message)


def _around(lines: Sequence[Line], at: int) -> tuple[int, int]:
    """Return the lines that are near one; what one action has written is not cut."""
    begin, end = max(at - _NEAR, 0), min(at + _NEAR + 1, len(lines))
    while 0 < begin < end and _is_of_one_action(lines[begin - 1], lines[begin]):
        begin -= 1
    while begin < end < len(lines) and _is_of_one_action(lines[end - 1], lines[end]):
        end += 1
    return begin, end


def _is_of_one_action(line: Line, following: Line) -> bool:
    return line.made != "" and line.made == following.made and line.chain[:1] == following.chain[:1]
