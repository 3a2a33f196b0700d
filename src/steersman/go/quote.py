"""Go string literals: text to quoted text and back, as Go's ``strconv`` does it.

Bytes that are not UTF-8 are kept in Python strings as lone surrogates (``surrogateescape``) and
written as ``\\xNN``. Answers to Go's ``strconv.Quote`` and ``strconv.Unquote``.
"""

from __future__ import annotations

_SHORT = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 92: "\\\\"}
_UNSHORT = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "'": 39, '"': 34}


def quote(text: str, mark: str = '"', *, ascii_only: bool = False) -> str:
    """Write ``text`` as a Go string literal.

    >>> print(quote('a"b'))
    "a\\"b"
    """
    if text.isascii() and text.isprintable() and mark not in text and "\\" not in text:
        return f"{mark}{text}{mark}"
    return mark + "".join(_quote_char(c, mark, ascii_only=ascii_only) for c in text) + mark


def log_text(text: str) -> str:
    """Return a text as slog writes it: what is empty or has blanks, quotes or ``=`` is quoted."""
    if text and text.isprintable() and not any(c in text for c in ' "='):
        return text
    return quote(text)


def can_backquote(text: str) -> bool:
    """Return whether ``text`` may stand between backquotes; bytes that are not UTF-8 may not."""
    return not any(
        (char < " " and char != "\t") or char in "`\x7f\ufeff" or "\ud800" <= char <= "\udfff" for char in text
    )


def _quote_char(char: str, mark: str, *, ascii_only: bool) -> str:
    code = ord(char)
    if char == mark:
        return "\\" + char
    if code in _SHORT:
        return _SHORT[code]
    if code < 0x7F:
        return char if code >= 0x20 else f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code == 0x7F:
        return "\\x7f"
    if char.isprintable() and not ascii_only:
        return char
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def unquote(literal: str) -> str:
    """Read a Go string literal in double quotes, back quotes or (one character) single quotes.

    Raises:
        ValueError: with Go's text, ``invalid syntax``.
    """
    if len(literal) < 2 or literal[0] != literal[-1]:
        raise ValueError("invalid syntax")
    mark, body = literal[0], literal[1:-1]
    if mark == "`":
        if "`" in body:
            raise ValueError("invalid syntax")
        return body.replace("\r", "")
    if mark not in "\"'" or "\n" in body:
        raise ValueError("invalid syntax")
    if "\\" not in body:
        if mark in body:
            raise ValueError("invalid syntax")
        text = body
    else:
        text = unescape(body, mark)
    if mark == "'" and len(text) != 1:
        raise ValueError("invalid syntax")
    return text


def unescape(body: str, mark: str) -> str:
    """Return what a literal between two ``mark`` says.

    Raises:
        ValueError: with Go's text, ``invalid syntax``.
    """
    out = bytearray()
    at = 0
    while at < len(body):
        char = body[at]
        if char == mark:
            raise ValueError("invalid syntax")
        if char != "\\":
            end = body.find("\\", at)
            end = len(body) if end < 0 else end
            piece = body[at:end]
            if mark in piece:
                raise ValueError("invalid syntax")
            out += piece.encode("utf-8", "surrogateescape")
            at = end
            continue
        code, at, is_byte = unescape_one(body, at, mark)
        out += bytes((code,)) if is_byte else chr(code).encode("utf-8", "surrogateescape")
    return out.decode("utf-8", "surrogateescape")


def unescape_one(text: str, at: int, mark: str) -> tuple[int, int, bool]:
    """Read the escape at ``text[at] == "\\\\"``: (number, position after it, it is a byte and not a rune)."""
    if at + 1 >= len(text):
        raise ValueError("invalid syntax")
    kind = text[at + 1]
    digits = {"x": 2, "u": 4, "U": 8}.get(kind)
    if digits is not None:
        part = text[at + 2 : at + 2 + digits]
        if len(part) < digits or any(c not in "0123456789abcdefABCDEF" for c in part):
            raise ValueError("invalid syntax")
        code = int(part, 16)
        if kind != "x" and (code > 0x10FFFF or 0xD800 <= code <= 0xDFFF):
            raise ValueError("invalid syntax")
        return code, at + 2 + digits, kind == "x"
    if kind in "01234567":
        part = text[at + 1 : at + 4]
        if len(part) < 3 or any(c not in "01234567" for c in part):
            raise ValueError("invalid syntax")
        code = int(part, 8)
        if code > 255:
            raise ValueError("invalid syntax")
        return code, at + 4, True
    if kind in "'\"" and kind != mark:
        raise ValueError("invalid syntax")
    if kind not in _UNSHORT:
        raise ValueError("invalid syntax")
    return _UNSHORT[kind], at + 2, False
