"""The scalars of the plain reader that take more than a look: quoted, literal, folded, over several lines.

Each function takes the lines of the text and where it stands in them; ``Unusual`` leaves the text to ``events``.
"""

from __future__ import annotations

from _json import scanstring


class Unusual(Exception):
    """The text has something the plain reader leaves to ``events``."""


_ESCAPES = {
    # go: the YAML of 2005: no slash, and a single quote (test_escapes_are_go_yamls)
    '"': '"', "\\": "\\", "'": "'", "n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "e": "\x1b",
    "f": "\f", "v": "\v", " ": " ",
}  # fmt: skip
_CODES = {"x": 2, "u": 4, "U": 8}
_HEX = frozenset("0123456789abcdefABCDEF")


def closing(body: str, start: int = 0) -> int:
    """Return where the quote that opens at ``start`` closes, or -1 where it does not on this line."""
    quote = body[start]
    at = start + 1
    while True:
        end = body.find(quote, at)
        if end < 0:
            return -1
        if quote == "'":
            if body[end + 1 : end + 2] != "'":
                return end
            at = end + 2
            continue
        before = end
        while body[before - 1] == "\\":
            before -= 1
        if (end - before) % 2 == 0:
            return end
        at = end + 1


def has_json_escapes(body: str) -> bool:
    """Return whether a text may have one of the escapes that JSON reads and YAML does not.

    That is a slash, and half a character, which JSON joins to its other half.
    """
    return "\\ud" in body or "\\uD" in body or "\\/" in body


def on_one_line(body: str, start: int = 0) -> tuple[str, int]:
    """Read the quoted scalar that opens at ``start``; return its text and where it ends, -1 if not on this line."""
    if body[start] == '"':
        close = body.find('"', start + 1)
        if close < 0:
            return "", -1
        if body.find("\\", start, close) < 0:
            return body[start + 1 : close], close + 1
        try:
            text, end = scanstring(body, start + 1, False)
            if not has_json_escapes(body[start:end]):
                return text, end
        except (ValueError, SystemError):
            pass
    end = closing(body, start)
    return ("", -1) if end < 0 else (unquoted(body[start : end + 1]), end + 1)


def unquoted(body: str) -> str:
    """Return the text of a quoted scalar, quotes included, that is on one line."""
    inner = body[1:-1]
    if body[0] == "'":
        return inner.replace("''", "'") if "'" in inner else inner
    return _unescaped(inner) if "\\" in inner else inner


def _unescaped(inner: str) -> str:
    pieces = inner.split("\\")
    out = [pieces[0]]
    rest = iter(pieces[1:])
    for piece in rest:
        if not piece:
            # two backslashes in a row: the next piece is plain text
            out.append("\\" + next(rest))
            continue
        mark = piece[0]
        size = _CODES.get(mark)
        if size is not None:
            digits = piece[1 : 1 + size]
            if len(digits) < size or not _HEX.issuperset(digits):
                raise Unusual
            code = int(digits, 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise Unusual
            out.append(chr(code) + piece[1 + size :])
        elif mark in _ESCAPES:
            out.append(_ESCAPES[mark] + piece[1:])
        else:
            raise Unusual
    return "".join(out)


def only_comment(rest: str) -> None:
    """Raise where something other than a comment follows a value."""
    if rest and not rest.isspace() and not (rest[0] == " " and rest.lstrip(" ")[0] == "#"):
        raise Unusual
    if "\t" in rest:
        raise Unusual


def quoted(body: str, lines: list[str], at: int, parent: int) -> tuple[str, int]:
    """Read a quoted scalar that begins with ``body``; return its text and the next line's index.

    ``parent`` is the column of the collection around it.
    """
    text, end = on_one_line(body)
    if end >= 0:
        if len(body) > end:
            only_comment(body[end:])
        return text, at
    quote = body[0]
    pieces = [body[1:].rstrip(" ")]
    while True:
        if at >= len(lines):
            raise Unusual
        line = lines[at]
        at += 1
        stripped = line.strip(" ")
        if not stripped:
            pieces.append("")
            continue
        # a break that is escaped, and what is not indented, are for the other reader
        if "\t" in line or pieces[-1][-1:] == "\\" or len(line) - len(line.lstrip(" ")) <= parent:
            raise Unusual
        end = closing(quote + stripped) - 1
        if end >= 0:
            break
        pieces.append(stripped)
    if len(stripped) > end + 1:
        only_comment(stripped[end + 1 :])
    # spaces before the closing quote belong to the text, those before a break do not
    pieces.append(stripped[:end])
    return unquoted(quote + folded(pieces) + quote), at


def folded(pieces: list[str]) -> str:
    """Join lines as YAML folds them: a break is a space, and each blank line between is a break."""
    out = [pieces[0]]
    blank = 0
    for piece in pieces[1:-1]:
        if not piece:
            blank += 1
            continue
        out.append("\n" * blank if blank else " ")
        out.append(piece)
        blank = 0
    out.append("\n" * blank if blank else " ")
    out.append(pieces[-1])
    return "".join(out)


def continued(first: str, lines: list[str], start: int, at: int, parent: int) -> tuple[str, int]:
    """Read the further lines of a plain scalar.

    Args:
        first: its first line, without blanks around.
        lines: all lines.
        start: the index of the line after the first.
        at: the index after the first further line that is not blank.
        parent: the column of the collection around it.

    Returns:
        The text and the next line's index.
    """
    if first[0] in "\"'{[|>" or " #" in first or any(line.strip(" ") for line in lines[start : at - 1]):
        raise Unusual
    pieces = [first, *([""] * (at - 1 - start))]
    end = at - 1
    while end < len(lines):
        line = lines[end]
        body = line.strip(" ")
        if not body:
            pieces.append("")
            end += 1
            continue
        if len(line) - len(line.lstrip(" ")) <= parent:
            break
        if body[0] == "#" or " #" in body or ": " in body or body[-1] == ":" or "\t" in body:
            raise Unusual
        pieces.append(body)
        end += 1
    while not pieces[-1]:
        pieces.pop()
    return folded(pieces), end


def block(lines: list[str], at: int, parent: int, header: str) -> tuple[str, int]:
    """Read the literal or folded block whose header is on the line before ``at``.

    ``parent`` is the column of the collection around it. Returns its text and the next line's index.
    """
    header = header.partition(" #")[0].rstrip(" ")
    if header not in ("|", "|-", "|+", ">", ">-", ">+"):
        raise Unusual
    keep = header[1:]
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
            return ("\n" * blank if keep == "+" else ""), at
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
    text = "\n".join(pieces[:end]) if header[0] == "|" else _folded_block(pieces[:end])
    trailing = len(pieces) - end
    if at == count and trailing:
        trailing -= 1  # what follows the last newline of the text is not a line
        ended = True
    else:
        ended = at < count
    if keep == "-":
        return text, at
    if keep == "+":
        return text + "\n" * (trailing + (1 if ended else 0)), at
    return text + ("\n" if ended else ""), at


def _folded_block(pieces: list[str]) -> str:
    """Join the lines of a ``>`` block: a break between two lines is a space, unless one begins with a blank."""
    out: list[str] = []
    blank = 0
    before_is_indented = True  # nothing stands before the first line
    for piece in pieces:
        if not piece:
            blank += 1
            continue
        is_indented = piece[0] in " \t"
        if not out:
            out.append("\n" * blank)
        elif before_is_indented or is_indented:
            out.append("\n" * (blank + 1))
        else:
            out.append("\n" * blank if blank else " ")
        out.append(piece)
        blank, before_is_indented = 0, is_indented
    return "".join(out)
