"""A reader for the plain part of YAML: block mappings and sequences, one-line scalars, literal blocks.

It covers what charts and rendered manifests mostly consist of, several times faster than
building from events, and says ``Unusual`` to anything else: the caller then uses
``events``, which knows all of YAML. It never answers differently from ``events``
(tests compare the two).
"""

from __future__ import annotations

from steersman.yamlio.scalars import HINTS, WORDS, resolve
from steersman.yamlio.text import Unusual, block, closing, continued, on_one_line, only_comment, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


_MISSING = object()
# Bytes of text without control characters; tabs are looked at where they stand.
_PLAIN_BYTES = bytes([9, 10, *range(32, 127), *range(128, 256)])
# Characters that a plain key or value may not begin with here.
_SPECIAL = frozenset("\"'|>[]{}&*!%@`#?,-:\t ")
# In UTF-8: line breaks other than a newline, and characters that YAML refuses.
# go: a byte order mark counts at the beginning only; later it is any character (test_a_byte_order_mark_inside)
_UNUSUAL_BYTES = tuple(chr(code).encode() for code in (*range(0x80, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF))
_KEY_LIMIT = 1000  # go: a simple key is at most 1024 bytes


def parse(text: str, rules: Rules | None = None) -> Any:
    """Return the value of the first document of ``text``; numbers are floats, as after a way through JSON.

    Args:
        text: the text.
        rules: what plain words and keys mean; None for go-yaml v2 and JSON.

    Raises:
        Unusual: when the text is not of the plain kind.
    """
    if text == "{}" or text == "{}\n":  # what toYaml makes of an empty map, and include of nothing but that
        return {}
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise Unusual from None
    if raw.translate(None, _PLAIN_BYTES):
        raise Unusual
    if len(raw) != len(text) and (text[0] == "\ufeff" or any(mark in raw for mark in _UNUSUAL_BYTES)):
        raise Unusual
    return _parse_lines(text.split("\n"), rules or _VERSION_2)


class Rules:
    """The rules in which versions of go-yaml differ.

    Attributes:
        word: reads a plain scalar.
        key: reads a key.
        is_unique: whether a key that a mapping has twice is left to the other reader.
    """

    __slots__ = ("is_unique", "key", "word")

    def __init__(self, word: Callable[[str], Any], key: Callable[[str], str], *, is_unique: bool) -> None:
        self.word = word
        self.key = key
        self.is_unique = is_unique


def _scalar(body: str, rules: Rules) -> Any:
    """Read a one-line value that is not empty."""
    first = body[0]
    if first == '"' or first == "'":
        text, end = on_one_line(body)
        if end < 0:
            raise Unusual
        if len(body) > end:
            only_comment(body[end:])
        return text
    if first == "{" or first == "[":
        if body == "{}":
            return {}
        if body == "[]":
            return []
        from steersman.yamlio.flow import flow

        return flow(body, rules.word, rules.key, is_unique=rules.is_unique)
    if first in _SPECIAL and not (first in "-:?" and len(body) > 1 and body[1] not in " \t"):
        raise Unusual
    if " #" in body:
        body = body[: body.index(" #")]
    return rules.word(body.rstrip(" "))


def _word(body: str) -> Any:
    """Read a plain scalar."""
    if ": " in body or body[-1] == ":" or "\t" in body:
        raise Unusual
    if body[0] in HINTS or body in WORDS:
        value = resolve(body)
        kind = type(value)
        if kind is int:
            return float(value)
        if kind is float and (value != value or value in (_INF, -_INF)):
            raise Unusual
        return value
    return body


_INF = float("inf")


def _key(text: str) -> str:
    first = text[0]
    if first in "\"'":
        name, end = on_one_line(text)
        if end != len(text):
            raise Unusual
        return name
    if first in _SPECIAL or " #" in text or "\t" in text or len(text) > _KEY_LIMIT:
        raise Unusual
    if text[-1] == " ":
        text = text.rstrip(" ")
    if first in HINTS or first == "<":
        value = resolve(text)
        if value is True:
            return "true"
        if value is False:
            return "false"
        if type(value) is int and value < 1 << 63:
            return str(value)
        if type(value) is not str or text == "<<":
            raise Unusual
    return text


_VERSION_2 = Rules(_word, _key, is_unique=False)


def _parse_lines(lines: list[str], rules: Rules) -> Any:
    read_key, is_unique = rules.key, rules.is_unique
    count = len(lines)
    at = 0
    stack: list[tuple[int, Any]] = []
    root: Any = _MISSING
    box: Any = None  # the open collection
    column = -1  # its column
    open_key: Any = _MISSING  # a key (or index) of box that waits for its value
    started = False
    # the plain scalar read last: where it was put, what its line had, and the index of the next line
    last_key: Any = None
    last_text = ""
    last_at = -1
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
                if not is_item and _colon(body) < 0:
                    # the value alone on a line of its own
                    if body[0] == '"' or body[0] == "'":
                        box[open_key], at = quoted(body, lines, at, column)
                    else:
                        box[open_key] = _scalar(body, rules)
                        last_key, last_text, last_at = open_key, body, at
                    open_key = _MISSING
                    continue
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
        elif indent > column and last_at > 0:
            text, at = continued(last_text.rstrip(" "), lines, last_at, at, column)
            box[last_key] = rules.word(text)
            last_at = -1
            continue
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
                    first = rest[0]
                    if first == "|" or first == ">":
                        box[-1], at = block(lines, at, column, rest)
                    elif first == '"' or first == "'":
                        box[-1], at = quoted(rest, lines, at, column)
                    else:
                        box[-1] = _scalar(rest, rules)
                        last_key, last_text, last_at = -1, rest, at
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
        key = read_key(body[:mark])
        if is_unique and key in box:
            raise Unusual
        value = body[mark + 1 :].lstrip(" ")
        if not value or value[0] == "#":
            box[key] = None
            open_key = key
            continue
        first = value[0]
        if first == "|" or first == ">":
            box[key], at = block(lines, at, column, value)
        elif first == '"' or first == "'":
            box[key], at = quoted(value, lines, at, column)
        else:
            box[key] = _scalar(value, rules)
            last_key, last_text, last_at = key, value, at
    if root is _MISSING:
        return None
    return root


def _colon(body: str) -> int:
    """Return where the key of a mapping entry ends, or -1 when the line is a scalar."""
    first = body[0]
    if first == '"' or first == "'":
        end = closing(body)
        after = body[end + 1 : end + 3]
        return end + 1 if end >= 0 and (after == ":" or after == ": ") else -1
    if first == "{" or first == "[":
        return -1
    mark = body.find(": ")
    if mark >= 0:
        return mark
    if body[-1] == ":":
        return len(body) - 1
    return -1
