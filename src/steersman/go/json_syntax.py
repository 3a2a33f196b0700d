"""The errors of Go's ``encoding/json`` for a text that is not JSON: what is wrong, where, in its words."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.json_numbers import cut_short, too_deep


def _shown(char: str) -> str:
    """A character as Go's scanner quotes it in messages."""
    if char == "'":
        return "'\\''"
    if char == '"':
        return "'\"'"
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"'\\x{code - 0xDC00:02x}'"
    if code >= 0x80 and not char.isprintable():
        return f"'\\u{code:04x}'" if code <= 0xFFFF else f"'\\U{code:08x}'"
    escapes = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\"}
    if code in escapes:
        return f"'{escapes[code]}'"
    return f"'{char}'" if char.isprintable() else f"'\\x{code:02x}'"


class _Checker:
    """Finds the first error of a text the way Go's scanner meets it."""

    def __init__(self, text: str, *, streamed: bool) -> None:
        self.text = text
        self.streamed = streamed
        self.at = 0

    def fail(self, context: str) -> go_errors.JSONError:
        if self.at >= len(self.text):
            return cut_short()
        read = len(self.text[: self.at + 1].encode("utf-8", "surrogatepass"))
        return go_errors.JSONError(f"invalid character {_shown(self.text[self.at])} {context}", offset=read)

    def space(self) -> str:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1
        return self.text[self.at] if self.at < len(self.text) else ""

    def value(self) -> None:
        char = self.space()
        if char == "{":
            self.object()
        elif char == "[":
            self.array()
        elif char == '"':
            self.string()
        elif char and char in "-0123456789":
            self.number()
        else:
            for word in ("true", "false", "null"):
                if char and word[0] == char:
                    self.literal(word)
                    return
            raise self.fail("looking for beginning of value")

    def literal(self, word: str) -> None:
        for index, char in enumerate(word):
            if self.text[self.at : self.at + 1] != char:
                raise self.fail(f"in literal {word} (expecting {_shown(word[index])})")
            self.at += 1

    def object(self) -> None:
        self.at += 1
        if self.space() == "}":
            self.at += 1
            return
        while True:
            if self.space() != '"':
                raise self.fail("looking for beginning of object key string")
            self.string()
            if self.space() != ":":
                raise self.fail("after object key")
            self.at += 1
            self.value()
            char = self.space()
            self.at += 1
            if char == "}":
                return
            if char != ",":
                self.at -= 1
                raise self.fail("after object key:value pair")

    def array(self) -> None:
        self.at += 1
        if self.space() == "]":
            self.at += 1
            return
        while True:
            self.value()
            char = self.space()
            self.at += 1
            if char == "]":
                return
            if char != ",":
                self.at -= 1
                raise self.fail("after array element")

    def string(self) -> None:
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                return
            if char < " ":
                raise self.fail("in string" if self.streamed else "in string literal")
            if char == "\\":
                self.escape()
            self.at += 1
        raise self.fail("")

    def escape(self) -> None:
        start = self.at
        self.at += 1
        follow = self.text[self.at : self.at + 1]
        if not follow or follow not in 'bfnrt\\/"u':
            raise self.bad_escape(start, 2, "in string escape code")
        if follow == "u":
            for _ in range(4):
                self.at += 1
                if self.text[self.at : self.at + 1] not in set("0123456789abcdefABCDEF"):
                    raise self.bad_escape(start, 6, "in \\u hexadecimal character escape")

    def bad_escape(self, start: int, length: int, context: str) -> go_errors.JSONError:
        if not self.streamed or self.at >= len(self.text):
            return self.fail(context)
        return go_errors.JSONError(f"invalid escape sequence `{self.text[start : start + length]}` in string")

    def digits(self, context: str) -> None:
        if not self.text[self.at : self.at + 1] or self.text[self.at] not in "0123456789":
            raise self.fail(context)
        while self.at < len(self.text) and self.text[self.at] in "0123456789":
            self.at += 1

    def number(self) -> None:
        if self.text[self.at] == "-":
            self.at += 1
        if self.text[self.at : self.at + 1] == "0":
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.text[self.at : self.at + 1] == ".":
            self.at += 1
            self.digits("in numeric literal" if self.streamed else "after decimal point in numeric literal")
        if self.text[self.at : self.at + 1] in ("e", "E"):
            self.at += 1
            if self.text[self.at : self.at + 1] in ("+", "-"):
                self.at += 1
            self.digits("in numeric literal" if self.streamed else "in exponent of numeric literal")


def syntax_error(text: str, *, streamed: bool = False) -> go_errors.JSONError:
    """Return the error of Go's ``encoding/json`` for a text that is not one JSON value.

    ``streamed`` is for the words of its decoder, which are others than those of ``Unmarshal``.
    """
    checker = _Checker(text, streamed=streamed)
    try:
        checker.value()
        if checker.space():
            error = checker.fail("after top-level value")
            return go_errors.JSONError("invalid character after top-level value") if streamed else error
    except go_errors.JSONError as error:
        return error
    except RecursionError:
        return too_deep()
    return cut_short()
