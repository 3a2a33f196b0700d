"""The likely fix of a values file, or of another file of a chart, that is not a map in YAML.

As in ``yaml_fixes`` a change is tried before it is named.
"""

from __future__ import annotations

import re

from steersman.insight.yaml_fixes import Edit, colon, quotes, tab

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from steersman.insight.yaml_fixes import Row

_ENTRY = re.compile(r"(?P<head>\s*(?:- +)*(?:[\w./-]+: +)?)(?P<value>\S.*)$")
_NO_COLON = re.compile(r"(?P<blank>\s*(?:- +)*)(?P<key>\w[\w./-]*)(?: *= *| +)(?P<value>[^\s:=#].*)$")
_CLOSING = {"[": "]", "{": "}"}


def file_edits(rows: Sequence[Row], template: Sequence[str], at: int) -> Iterator[Edit]:
    """Yield the changes that may mend a line of a file; the arguments are those of ``yaml_fixes.possible_edits``."""
    if "{{" in rows[at].text:
        yield from _braces(rows, at)
        return
    # a text that continues in the next line is found to be wrong there
    for near in (at, at - 1) if at else (at,):
        yield from tab(rows, template, near)
        yield from colon(rows, template, near)
        yield from _quotation(rows, near)
    yield from quotes(rows, template, at)
    yield from _no_colon(rows, at)
    yield from _indentation(rows, at)
    yield from _bracket(rows, at)


def is_unclosed(text: str) -> bool:
    """Return whether a line has a value that begins with a quotation mark and does not end with it.

    >>> is_unclosed('a: "b'), is_unclosed('a: "b"'), is_unclosed("a: 'it''s'  # b")
    (True, False, False)
    """
    found = _ENTRY.match(text)
    if found is None or found["value"][0] not in "\"'":
        return False
    inside = r'"(?:[^"\\]|\\.)*"' if found["value"][0] == '"' else r"'(?:[^']|'')*'"
    return re.match(inside, found["value"]) is None


def _braces(rows: Sequence[Row], at: int) -> Iterator[Edit]:
    found = _ENTRY.match(rows[at].text)
    if found is not None and found["value"][0] not in "\"'":
        text = "'" + found["value"].rstrip().replace("'", "''") + "'"
        fix = f"this file is not a template; quote the text: {text}"
        yield Edit(at, at, at + 1, (found["head"] + text,), fix)


def _quotation(rows: Sequence[Row], at: int) -> Iterator[Edit]:
    text = rows[at].text.rstrip()
    if is_unclosed(text):
        found = _ENTRY.match(text)
        mark = found["value"][0] if found is not None else ""
        yield Edit(at, at, at + 1, (text + mark,), f"the quotation mark is not closed: write {text.strip()}{mark}")


def _no_colon(rows: Sequence[Row], at: int) -> Iterator[Edit]:
    found = _NO_COLON.match(rows[at].text.rstrip())
    if found is not None:
        text = f"{found['key']}: {found['value']}"
        yield Edit(at, at, at + 1, (found["blank"] + text,), f"write {text}")
    text = rows[at].text.rstrip()
    if re.fullmatch(r"\s*[\w./-]+", text) and at + 1 < len(rows):
        yield Edit(at, at, at + 1, (f"{text}:",), f"write {text.strip()}: with a colon")


def _indentation(rows: Sequence[Row], at: int) -> Iterator[Edit]:
    text = rows[at].text
    width = len(text) - len(text.lstrip())
    tried = {width}
    around = [*reversed(range(at)), *range(at + 1, len(rows))]
    for other in around:
        shown = rows[other].text
        wanted = len(shown) - len(shown.lstrip())
        if not shown.strip() or shown.lstrip().startswith("#") or wanted in tried:
            continue
        tried.add(wanted)
        line = rows[other].number
        fix = f"indent this line by {wanted}, as line {line}" if wanted else f"do not indent this line, as line {line}"
        yield Edit(at, at, at + 1, (" " * wanted + text.lstrip(),), fix)


def _bracket(rows: Sequence[Row], at: int) -> Iterator[Edit]:
    text = rows[at].text.rstrip()
    for opening, closing in _CLOSING.items():
        if text.count(opening) > text.count(closing):
            yield Edit(at, at, at + 1, (text + closing,), f"the {opening} is not closed: write {text.strip()}{closing}")
