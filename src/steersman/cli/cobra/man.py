"""Manual pages of the commands as roff.

Answers to go-md2man for the Markdown that help texts have: paragraphs, lists, indented and fenced code, tables, bold,
emphasis, code spans and links.
"""

from __future__ import annotations

import re

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from steersman.cli.tables.flags import Row

_LONG_CELL = 30  # bytes, beyond which a cell is set as a block of its own
_ITEM = re.compile(r" {0,3}([-*+]|\d+\.)[ \t]+(.*)", re.DOTALL)
_INDENT = re.compile(r"^(?: {1,4}|\t)")
_RULE = re.compile(r" *\|?[ :|-]+\|[ :|-]*")
_INLINE = re.compile(
    r"\\([\\`*_{}\[\]()#+.!:|&<>~-])"
    r"|(?<!\w)\*\*(?=\S)(.+?)(?<=\S)\*\*"
    r"|(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)"
    r"|(?<!\w)\*(?=[^\s*])([^*\n]*?[^\s*])\*(?!\w)"
    r"|(?<!\w)_(?=[^\s_])([^_\n]*?[^\s_])_(?!\w)"
    r"|`([^`\n]+)`"
    r"|<((?:https?|ftp|mailto):[^<>\s]+)>"
    r"|(</?[A-Za-z][^<>\n]*>)"
    r"|\[([^\]\n]+)\]\(([^)\s]+)\)",
    re.DOTALL,
)


class Page(Record):
    """The contents of a page: names with dashes, texts as in the help, flags with their defaults filled in.

    Attributes:
        name: of the page, ``helm-repo-add``.
        short, usage, long, example: as the command's help has them.
        own, inherited: rows of flags; shown defaults are the real ones.
        others: names of the pages to see as well.
    """

    name: str
    short: str
    usage: str
    long: str
    example: str
    own: tuple[Row, ...]
    inherited: tuple[Row, ...]
    others: tuple[str, ...]


def page_text(page: Page, program: str, day: str) -> str:
    """Return a page as roff; ``day`` is the day it is written on, as ``2-Jan-2006``."""
    writer = f"written by '{program} docs'"
    parts = [roff(f"# SYNOPSIS\n**{page.usage}**\n\n# DESCRIPTION\n{page.long or page.short}\n\n")]
    if page.example:
        parts.append(roff(f"# EXAMPLES\n```\n{page.example}\n```\n"))
    for heading, rows in (("OPTIONS", page.own), ("OPTIONS OF ALL COMMANDS", page.inherited)):
        if rows:
            parts.append(f"\n\n.SH {heading}\n{_flags(rows)}")
    if page.others:
        parts.append(roff("# SEE ALSO\n" + ", ".join(f"**{name}(1)**" for name in page.others) + "\n"))
    body = "".join(parts)
    table = "'\\\" t\n" if "\n.TS\n" in body else ""
    head = f'.TH "{page.name.upper()}" "1" "{day}" "{writer}" ""'
    return f"{table}.nh\n{head}\n\n.SH NAME\n{page.name} - {_inline(page.short)}\n{body}"


def _flags(rows: Iterable[Row]) -> str:
    out = []
    for name, short, kind, usage, default, _bare, _deprecated in rows:
        letter = f"\\fB-{short}\\fP, " if short else ""
        value = f" \\fI{kind}\\fP" if kind != "bool" else ""
        shown = f" (default {_escaped(default)})" if default else ""
        out.append(f".TP\n{letter}\\fB--{name}\\fP{value}\n{_escaped(usage)}{shown}\n")
    return "".join(out)


def roff(text: str) -> str:
    """Return Markdown as roff."""
    lines = text.split("\n")
    out: list[str] = []
    before = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.startswith("# "):
            out.append(f"\n\n.SH {line[2:]}")
            before, at = "heading", at + 1
        elif line.startswith("```"):
            end = next(i for i in range(at + 1, len(lines)) if lines[i].startswith("```"))
            out.append(_code(lines[at + 1 : end]))
            before, at = "code", end + 1
        elif line.startswith(("    ", "\t")):
            at = _end_of_code(lines, start := at)
            out.append(_code([_INDENT.sub("", code) for code in lines[start:at]]))
            before = "code"
        elif at + 1 < len(lines) and "|" in line and _RULE.fullmatch(lines[at + 1]):
            at = _until(lines, start := at, lambda row: "|" not in row)
            out.append(_table([lines[start], *lines[start + 2 : at]]))
            before = "table"
        elif _ITEM.match(line):
            at = _end_of_list(lines, start := at)
            out.append("\n" + _list(lines[start:at]))
            before = "list"
        else:
            at = _until(lines, start := at, lambda row: not row.strip() or row.startswith(("# ", "```")))
            out.append("\n" if before == "heading" else "\n.PP\n")
            out.append(_inline("\n".join(lines[start:at]).strip()))
            follows = next((row for row in lines[at:] if row.strip()), "")
            out.append("" if _ITEM.match(follows) else "\n")
            before = "paragraph"
    return "".join(out)


def _until(lines: Sequence[str], at: int, is_end: Callable[[str], bool]) -> int:
    """Return the index of the first line behind ``at`` that ends what begins there."""
    return next((i for i in range(at + 1, len(lines)) if is_end(lines[i])), len(lines))


def _end_of_code(lines: Sequence[str], at: int) -> int:
    end = _until(lines, at, lambda line: bool(line.strip()) and not line.startswith(("    ", "\t")))
    while not lines[end - 1].strip():
        end -= 1
    return end


def _end_of_list(lines: Sequence[str], at: int) -> int:
    """Return where a list ends: behind a blank line, where neither an item of its kind nor an indented line comes."""
    for i in range(at + 1, len(lines)):
        item = _ITEM.match(lines[i])
        if item and not lines[i - 1].strip():
            is_inside = item[1][0].isdigit() == lines[at].lstrip()[0].isdigit()
        else:
            is_inside = not lines[i].strip() or lines[i].startswith(" ") or bool(lines[i - 1].strip())
        if not is_inside or lines[i].startswith("# "):
            return i
    return len(lines)


def _code(lines: Sequence[str]) -> str:
    return "\n.EX\n" + "".join(_escaped(f"{line}\n") for line in lines) + ".EE\n"


def _list(lines: Sequence[str]) -> str:
    items: list[list[str]] = []
    marks: list[str] = []
    for line in lines:
        match = _ITEM.match(line)
        if match:
            marks.append(match[1])
            items.append([match[2]])
        else:
            text = _INDENT.sub("", line).rstrip()
            items[-1].append(text if items[-1][-1] else text.lstrip())
    out = []
    for number, (mark, item) in enumerate(zip(marks, items), 1):
        text = _inline("\n".join(item).strip())
        out.append((f'.IP "{number:3d}." 5\n' if mark[0].isdigit() else ".IP \\(bu 2\n") + text + "\n")
    return "".join(out)


def _table(lines: Sequence[str]) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    columns = "l " * len(rows[0])
    out = [f"\n.TS\nallbox;\n{columns}\n{columns}.\n"]
    for number, row in enumerate(rows):
        text = "\t".join([_cell(cell, is_head=number == 0) for cell in row])
        out.append(text if text.endswith("T}\n") else f"{text}\n")
    return "".join(out) + ".TE\n"


def _cell(text: str, *, is_head: bool) -> str:
    if is_head:
        return f"\\fB{_inline(text)}\\fP"
    return f"T{{\n{_inline(text)}\nT}}\n" if len(text.encode()) > _LONG_CELL else _inline(text)


def _inline(text: str) -> str:
    out = []
    at = 0
    for match in _INLINE.finditer(text):
        out.append(_escaped(text[at : match.start()]))
        out.append(_span(match))
        at = match.end()
    return "".join(out) + _escaped(text[at:])


def _span(match: re.Match[str]) -> str:
    escaped, strong, strong_too, emphasis, emphasis_too, code, address, tag, name, target = match.groups()
    if escaped is not None:
        return _escaped(escaped)
    if strong or strong_too:
        return f"\\fB{_inline(strong or strong_too)}\\fP"
    if emphasis or emphasis_too:
        return f"\\fI{_inline(emphasis or emphasis_too)}\\fP"
    if code:
        return f"\\fB{_escaped(code)}\\fR"
    if tag:
        return ""
    shown = address or target
    return (name or "") + "\n\\[la]" + shown.replace("-", "\\-") + "\\[ra]"


def _escaped(text: str) -> str:
    """Return text as roff shows it: no line is a request, and backslashes are shown."""
    out = []
    for line in text.splitlines(keepends=True):
        guard = "\\&" if line[0] in "'." else ""
        # md2man: the guard comes again behind each backslash of such a line
        out.append(guard + f"\\\\{guard}".join(line.split("\\")))
    return "".join(out)
