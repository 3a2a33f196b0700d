"""Values files, and other files of a chart, that are not YAML: the line that is at fault, and the likely fix."""

from __future__ import annotations

from steersman.insight.document_fixes import BrokenDocument, first_fix, lines_of_file
from steersman.insight.failure_text import excerpt, joined
from steersman.insight.file_fixes import file_edits, is_unclosed
from steersman.insight.origins import documents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from steersman.chart.errors import BrokenChartFile
    from steersman.values.errors import BrokenValuesFile


def broken_files_text(errors: Iterable[BrokenValuesFile | BrokenChartFile]) -> str:
    """Return where the files that errors are about are at fault, or ``""``."""
    files = dict.fromkeys((error.name, error.data) for error in errors)
    return "\n\n".join(filter(None, (_text(name, data) for name, data in files)))


def _text(name: str, data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    name = "standard input" if name.strip() == "-" else name
    lines = lines_of_file(name, text)
    for first, document in documents(text.encode()):
        found = _problem(document.decode())
        if found is None:
            continue
        at, message = found
        rows = document.decode().rstrip("\n").split("\n")
        if "unexpected end of stream" in message:
            at = next((number for number in reversed(range(len(rows))) if is_unclosed(rows[number])), at)
        broken = BrokenDocument(name, "\n".join(rows), first, min(at, len(rows) - 1), message)
        number, fix = first_fix(broken, lines, {name: text}, _problem, file_edits)
        if not fix and message == _NOT_A_MAP:
            fix = "values are a map; write the name of a value before this, as in name: value"
        return joined([excerpt(text, name, number + 1, -1)], fix)
    return ""


_NOT_A_MAP = "not a map"


def _problem(document: str) -> tuple[int, str] | None:
    """Return the line of a document that is at fault, from 0, and the reason; None where it is a map in YAML."""
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

    try:
        tree = load(document)
    except YamlError as error:
        return max(error.at - 1, 0), str(error)
    if tree is None or isinstance(tree, dict):
        return None
    rows = document.split("\n")
    first = (at for at, row in enumerate(rows) if row.strip() and not row.startswith(("#", "---")))
    return next(first, 0), _NOT_A_MAP
