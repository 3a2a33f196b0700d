"""A reader for the plain part of YAML: block mappings and sequences, one-line scalars, literal blocks.

It covers what charts and rendered manifests mostly consist of, several times faster than
building from events, and says ``Unusual`` to anything else: the caller then uses
``events``, which knows all of YAML. It never answers differently from ``events``
(tests compare the two).
"""

from __future__ import annotations

from steersman.yamlio.scalars import HINTS, WORDS, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Unusual(Exception):
    """The text has something this reader leaves to ``events``."""


_MISSING = object()
# Bytes of text without control characters; tabs are looked at where they stand.
_PLAIN_BYTES = bytes([9, 10, *range(32, 127), *range(128, 256)])
# Characters that a plain key or value may not begin with here.
_SPECIAL = frozenset("\"'|>[]{}&*!%@`#?,-:\t ")
_BREAKS = ("\x85", "\u2028", "\u2029", "\ufeff")
_KEY_LIMIT = 1000  # go: a simple key is at most 1024 bytes


def parse(text: str) -> Any:
    """Return the value of the first document of ``text``; numbers are floats, as after a way through JSON.

    Raises:
        Unusual: when the text is not of the plain kind.
    """
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise Unusual from None
    if raw.translate(None, _PLAIN_BYTES):
        raise Unusual
    if len(raw) != len(text) and any(mark in text for mark in _BREAKS):
        raise Unusual
    return _parse_lines(text.split("\n"))


def _scalar(body: str) -> Any:
    """Read a one-line value that is not empty."""
    first = body[0]
    if first == '"':
        end = body.find('"', 1)
        if end < 0 or "\\" in body:
            raise Unusual
        _only_comment(body[end + 1 :])
        return body[1:end]
    if first == "'":
        end = body.find("'", 1)
        if end < 0 or body[end + 1 : end + 2] == "'":
            raise Unusual
        _only_comment(body[end + 1 :])
        return body[1:end]
    if first in "{[":
        return _flow(body)
    if first in _SPECIAL and not (first in "-:?" and len(body) > 1 and body[1] not in " \t"):
        raise Unusual
    if " #" in body:
        body = body[: body.index(" #")]
    body = body.rstrip(" ")
    if ": " in body or body[-1] == ":" or "\t" in body:
        raise Unusual
    if first in HINTS or body in WORDS:
        value = resolve(body)
        kind = type(value)
        if kind is int:
            return float(value)
        if kind is float and (value != value or value in (_INF, -_INF)):
            raise Unusual
        return value
    return body


_INF = float("inf")


def _only_comment(rest: str) -> None:
    if rest and not rest.isspace() and not (rest[0] == " " and rest.lstrip(" ")[0] == "#"):
        raise Unusual
    if "\t" in rest:
        raise Unusual


def _flow(body: str) -> Any:
    """Read ``{}``, ``[]`` and one-line sequences of plain words."""
    if " #" in body:
        raise Unusual
    body = body.rstrip(" ")
    if body == "{}":
        return {}
    if body == "[]":
        return []
    if body[0] != "[" or body[-1] != "]":
        raise Unusual
    items = []
    for item in body[1:-1].split(","):
        item = item.strip(" ")
        if not item or any(c in "[]{}&*!%@`#?:|>\\\t" for c in item):
            raise Unusual
        if item[0] in "\"'" and (len(item) < 2 or item[-1] != item[0] or item[0] in item[1:-1]):
            raise Unusual
        if item[0] == "-" and (len(item) == 1 or item[1] == " "):
            raise Unusual
        items.append(_scalar(item))
    return items


def _key(text: str) -> str:
    first = text[0]
    if first in "\"'":
        if len(text) < 2 or text[-1] != first or first in text[1:-1] or "\\" in text:
            raise Unusual
        return text[1:-1]
    if first in _SPECIAL or " #" in text or "\t" in text or text[-1] == " " or len(text) > _KEY_LIMIT:
        raise Unusual
    if first in HINTS or first == "<":
        value = resolve(text)
        if value is True:
            return "true"
        if value is False:
            return "false"
        if type(value) is not str or text == "<<":
            raise Unusual
    return text


def _literal(lines: list[str], at: int, parent: int, header: str) -> tuple[str, int]:
    """Read the literal block whose header is on the line before ``at``; return its text and the next line's index."""
    if header not in ("|", "|-", "|+"):
        raise Unusual
    count = len(lines)
    start = at
    indent = 0
    while at < count:
        line = lines[at]
        body = line.lstrip(" ")
        if body:
            indent = len(line) - len(body)
            break
        at += 1
    if at == count or indent <= parent or indent == 0:
        # nothing but blank lines, or the block is empty
        if at < count and indent <= parent and all(not lines[i] for i in range(start, at)):
            blank = at - start
            return ("\n" * blank if header == "|+" else ""), at
        raise Unusual
    if lines[at][indent] == "\t" or any(len(lines[i]) > indent for i in range(start, at)):
        raise Unusual
    pieces = [""] * (at - start)
    prefix = " " * indent
    while at < count:
        line = lines[at]
        if line.startswith(prefix):
            pieces.append(line[indent:])
        elif not line or line.isspace():
            if "\t" in line:
                raise Unusual
            pieces.append("")
        else:
            if len(line) - len(line.lstrip(" ")) > parent and line.lstrip(" ")[0] != "#":
                raise Unusual
            if line[0] == "\t" or line.lstrip(" ")[0] == "\t":
                raise Unusual
            break
        at += 1
    end = len(pieces)
    while end and not pieces[end - 1]:
        end -= 1
    text = "\n".join(pieces[:end])
    trailing = len(pieces) - end
    if at == count and trailing:
        trailing -= 1  # what follows the last newline of the text is not a line
        ended = True
    else:
        ended = at < count
    if header == "|-":
        return text, at
    if header == "|+":
        return text + "\n" * (trailing + (1 if ended else 0)), at
    return text + ("\n" if ended else ""), at


def _parse_lines(lines: list[str]) -> Any:
    count = len(lines)
    at = 0
    stack: list[tuple[int, Any]] = []
    root: Any = _MISSING
    box: Any = None  # the open collection
    column = -1  # its column
    open_key: Any = _MISSING  # a key (or index) of box that waits for its value
    started = False
    while at < count:
        line = lines[at]
        at += 1
        body = line.lstrip(" ")
        if not body or body[0] == "#":
            continue
        indent = len(line) - len(body)
        if body[0] in "-%." and indent == 0:
            if line[:3] == "---":
                if line.rstrip(" ") != "---":
                    raise Unusual
                if started or root is not _MISSING:
                    break  # a second document: Go reads the first only
                started = True
                continue
            if line[:3] == "..." or line[0] == "%":
                raise Unusual
        is_item = body[0] == "-" and (len(body) == 1 or body[1] == " ")
        if open_key is not _MISSING:
            if indent > column or (indent == column and is_item and type(box) is dict):
                fresh: Any = [] if is_item else {}
                box[open_key] = fresh
                open_key = _MISSING
                stack.append((column, box))
                box, column = fresh, indent
            else:
                open_key = _MISSING  # the value stays null
        elif box is None:
            if root is not _MISSING:
                raise Unusual
            started = True
            root = box = [] if is_item else {}
            column = indent
        while indent < column:
            if not stack:
                raise Unusual
            column, box = stack.pop()
        if indent != column:
            raise Unusual
        if type(box) is list and not is_item:
            # a sequence at its key's own column ends where the next key begins
            if not stack or stack[-1][0] != column:
                raise Unusual
            column, box = stack.pop()
        elif type(box) is dict and is_item:
            raise Unusual
        while is_item:
            rest = body[1:].lstrip(" ")
            box.append(None)
            if not rest or rest[0] == "#":
                open_key = len(box) - 1
                body = ""
                break
            inner = indent + len(body) - len(rest)
            if rest[0] == "-" and (len(rest) == 1 or rest[1] == " "):
                nested: Any = []
            else:
                mark = _colon(rest)
                if mark < 0:
                    if rest[0] == "|":
                        box[-1], at = _literal(lines, at, column, rest)
                    else:
                        box[-1] = _scalar(rest)
                    body = ""
                    break
                nested = {}
            box[-1] = nested
            stack.append((column, box))
            box, column, indent, body = nested, inner, inner, rest
            is_item = type(nested) is list
        if not body:
            continue
        mark = _colon(body)
        if mark < 0:
            raise Unusual
        if mark == 0:
            raise Unusual
        key = _key(body[:mark])
        value = body[mark + 1 :].lstrip(" ")
        if not value or value[0] == "#":
            box[key] = None
            open_key = key
        elif value[0] == "|":
            box[key], at = _literal(lines, at, column, value)
        else:
            box[key] = _scalar(value)
    if root is _MISSING:
        return None
    return root


def _colon(body: str) -> int:
    """Return where the key of a mapping entry ends, or -1 when the line is a scalar."""
    first = body[0]
    if first == '"' or first == "'":
        end = body.find(first, 1)
        if end < 0 or "\\" in body:
            raise Unusual
        after = body[end + 1 : end + 3]
        if after == ":" or after == ": ":
            return end + 1
        return -1
    if first in "{[":
        if ": " in body or body.rstrip(" ")[-1] == ":":
            raise Unusual
        return -1
    mark = body.find(": ")
    if mark >= 0:
        return mark
    if body[-1] == ":":
        return len(body) - 1
    return -1
