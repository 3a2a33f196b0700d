"""Template text to tokens: delimiters, trim markers, comments, and the words inside actions.

Answers to the lexer of Go's ``text/template/parse``. The whole text is read at once; a text that
cannot be read ends in an ``error`` token, which the parser reports when it gets there.
"""

from __future__ import annotations

from steersman.go.quote import quote
from steersman.runtime.patterns import DOTALL, compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import TypeAlias

    # Kind, offset in the text, text, and whether space stands before it. A plain tuple: a cold
    # start makes hundreds of thousands.
    Token: TypeAlias = tuple[str, int, str, bool]

TEXT, LEFT, RIGHT, PIPE = "text", "left", "right", "pipe"
ASSIGN, DECLARE, CHAR, LEFT_PAREN, RIGHT_PAREN = "assign", "declare", "char", "lparen", "rparen"
FIELD, VARIABLE, IDENTIFIER, BOOL = "field", "variable", "identifier", "bool"
NUMBER, COMPLEX, CHARACTER, STRING, RAW_STRING = "number", "complex", "character", "string", "raw"
ERROR, EOF = "error", "EOF"
DOT, NIL, DEFINE, BLOCK, ELSE, END, IF, RANGE, TEMPLATE, WITH, BREAK, CONTINUE = (
    *(".", "nil", "define", "block", "else", "end"),
    *("if", "range", "template", "with", "break", "continue"),
)
KEYWORDS = frozenset((DOT, NIL, DEFINE, BLOCK, ELSE, END, IF, RANGE, TEMPLATE, WITH, BREAK, CONTINUE))

_SPACES = " \t\r\n"
_SPACE_SET = frozenset(_SPACES)
_TERMINATORS = frozenset(" \t\r\n.,|:)(")
_SINGLE = {"=": ASSIGN, "|": PIPE}

# Characters that may follow a name.
_END = r"(?=[ \t\r\n.,|:)(]|\}\}|\Z)"
_DOT_END = r"(?=[ \t\r\n.,|:)(]|\}\})"  # go: a dot at the very end is the beginning of a number
# The common tokens, with the space before them. All others are read by hand.
_COMMON = compiled(
    r"([ \t\r\n]+)?(?:"
    rf"(\.[A-Za-z_][A-Za-z0-9_]*{_END})|([A-Za-z_][A-Za-z0-9_]*{_END})"
    r"""|("(?:[^"\\\n]|\\[^\n])*")"""
    rf"|(\}}\}})|((?(1)-\}}\}}|(?!)))|(\$[A-Za-z0-9_]*{_END})"
    rf"|(\|)|(\()|(\))|(`[^`]*`)|([0-9]+(?=[ \t\r\n|)}}]))|(:=)|(\.{_DOT_END})|(=)|(,))"
)
_KINDS = (
    *("", "", FIELD, IDENTIFIER, STRING, RIGHT, "trim", VARIABLE, PIPE),
    *(LEFT_PAREN, RIGHT_PAREN, RAW_STRING, NUMBER, DECLARE, DOT, ASSIGN, CHAR),
)
_WORDS = {**{word: word for word in KEYWORDS}, "true": BOOL, "false": BOOL}
_SPACE_RUN = compiled(r"[ \t\r\n]+")
_WORD = compiled(r"\w*")
_NUMBER = compiled(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_STRING = compiled(r'"(?:[^"\\\n]|\\[^\n])*"', DOTALL)
_CHARACTER = compiled(r"'(?:[^'\\\n]|\\[^\n])*'", DOTALL)


class LexError(Exception):
    """An error at the token that starts at ``pos``."""

    def __init__(self, pos: int, message: str) -> None:
        super().__init__(message)
        self.pos = pos


class Lexer:
    """Reads one text; ``tokens`` is the result."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self._is_spaced = False

    def run(self) -> list[Token]:
        """Read the whole text."""
        try:
            self._read_text()
        except LexError as err:
            self.tokens.append((ERROR, err.pos, str(err), False))
            # go: after an error the input is gone, and the parser meets its end.
            self.tokens.append((EOF, err.pos, "EOF", False))
        return self.tokens

    def _emit(self, kind: str, pos: int, value: str) -> None:
        self.tokens.append((kind, pos, value, self._is_spaced))

    def _read_text(self) -> None:
        text, at, put = self.text, 0, self.tokens.append
        while True:
            start = text.find("{{", at)
            if start < 0:
                if at < len(text):
                    put((TEXT, at, text[at:], False))
                put((EOF, len(text), "EOF", False))
                return
            trims = text.startswith("-", start + 2) and text[start + 3 : start + 4] in _SPACE_SET
            before = text[at:start].rstrip(_SPACES) if trims else text[at:start]
            if before:
                put((TEXT, at, before, False))
            inside = start + 4 if trims else start + 2
            if text.startswith("/*", inside):
                at = comment_end(text, inside)
            else:
                put((LEFT, start, "{{", False))
                at = self.read_action(inside)

    def read_action(self, at: int) -> int:
        """The tokens up to and with the closing delimiter; returns the position after it."""
        text, put, scan, kinds, words = self.text, self.tokens.append, _COMMON.match, _KINDS, _WORDS
        depth = 0
        while True:
            found = scan(text, at)
            if found is None:
                at = self._read_rare(at)
                continue
            number = found.lastindex or 0
            start, end = found.span(number)
            kind = kinds[number]
            if kind is IDENTIFIER:
                value = found[number]
                put((words.get(value, IDENTIFIER), start, value, start > at))
            elif kind is RIGHT or kind == "trim":
                if depth:
                    raise LexError(start if kind is RIGHT else start - 1, "unclosed left paren")
                put((RIGHT, end - 2, "}}", start > at))
                return end if kind is RIGHT else space_end(text, end)
            else:
                if kind is LEFT_PAREN:
                    depth += 1
                elif kind is RIGHT_PAREN:
                    depth -= 1
                    if depth < 0:
                        raise LexError(start, "unexpected right paren")
                put((kind, start, found[number], start > at))
            at = end

    def _read_rare(self, at: int) -> int:
        """A token that is not common, or an error."""
        found = _SPACE_RUN.match(self.text, at)
        self._is_spaced = found is not None
        if found is not None:
            at = found.end()
        if at >= len(self.text):
            raise LexError(at, "unclosed action")
        return self._read_word(at, self.text[at])

    def _read_word(self, at: int, char: str) -> int:
        text = self.text
        if char == "." and at + 1 < len(text) and not "0" <= text[at + 1] <= "9":
            return self._read_name(at, FIELD, DOT)
        if char == "$":
            return self._read_name(at, VARIABLE, VARIABLE)
        if char == '"':
            return self._read_quoted(at, _STRING, STRING, "unterminated quoted string")
        if char == "'":
            return self._read_quoted(at, _CHARACTER, CHARACTER, "unterminated character constant")
        if char == "`":
            end = text.find("`", at + 1)
            if end < 0:
                raise LexError(at, "unterminated raw quoted string")
            self._emit(RAW_STRING, at, text[at : end + 1])
            return end + 1
        if char in "+-." or "0" <= char <= "9":
            return self._read_number(at)
        if is_alphanumeric(char):
            return self._read_identifier(at)
        if char in _SINGLE:
            self._emit(_SINGLE[char], at, char)
            return at + 1
        if char == ":":
            if not text.startswith("=", at + 1):
                raise LexError(at, "expected :=")
            self._emit(DECLARE, at, ":=")
            return at + 2
        if char.isascii() and char.isprintable():
            self._emit(CHAR, at, char)
            return at + 1
        raise LexError(at, f"unrecognized character in action: {describe_rune(char)}")

    def _word_end(self, at: int) -> int:
        found = _WORD.match(self.text, at)
        end = found.end() if found else at
        word = self.text[at:end]
        if not word.isascii():
            for offset, char in enumerate(word):
                if not is_alphanumeric(char):
                    return at + offset
        return end

    def _check_terminator(self, start: int, end: int) -> None:
        text = self.text
        if end < len(text) and text[end] not in _TERMINATORS and not text.startswith("}}", end):
            raise LexError(start, f"bad character {describe_rune(text[end])}")

    def _read_name(self, at: int, kind: str, alone: str) -> int:
        end = self._word_end(at + 1)
        self._check_terminator(at, end)
        self._emit(alone if end == at + 1 else kind, at, self.text[at:end])
        return end

    def _read_identifier(self, at: int) -> int:
        end = self._word_end(at)
        self._check_terminator(at, end)
        word = self.text[at:end]
        if word in KEYWORDS:
            self._emit(word, at, word)
        else:
            self._emit(BOOL if word in ("true", "false") else IDENTIFIER, at, word)
        return end

    def _read_quoted(self, at: int, pattern: re.Pattern[str], kind: str, problem: str) -> int:
        found = pattern.match(self.text, at)
        if found is None:
            raise LexError(at, problem)
        self._emit(kind, at, found[0])
        return found.end()

    def _read_number(self, at: int) -> int:
        text = self.text
        end = self._scan_number(at, at)
        kind = NUMBER
        if text[end : end + 1] in ("+", "-"):
            end = self._scan_number(at, end)
            if text[end - 1] != "i":
                raise LexError(at, f"bad number syntax: {quote(text[at:end])}")
            kind = COMPLEX
        self._emit(kind, at, text[at:end])
        return end

    def _scan_number(self, start: int, at: int) -> int:
        found = _NUMBER.match(self.text, at)
        end = found.end() if found else at
        if end < len(self.text) and is_alphanumeric(self.text[end]):
            raise LexError(start, f"bad number syntax: {quote(self.text[start : end + 1])}")
        return end


def is_alphanumeric(char: str) -> bool:
    """Return whether Go lets ``char`` stand in a name: a letter, a decimal digit, ``_``."""
    return char == "_" or char.isalpha() or char.isdecimal()


def describe_rune(char: str) -> str:
    """Return ``char`` as Go's ``%#U`` prints it."""
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        code, char = 0xFFFD, "\ufffd"
    return f"U+{code:04X} '{char}'" if char.isprintable() else f"U+{code:04X}"


def describe_token(token: Token) -> str:
    """Return a token as Go's parse errors name it."""
    kind, _, value, _ = token
    if kind == EOF:
        return "EOF"
    if kind == ERROR:
        return value
    if kind in KEYWORDS:
        return f"<{value}>"
    if len(value.encode("utf-8", "surrogateescape")) > 10:
        return quote(value[:10]) + "..."
    return quote(value)


def comment_end(text: str, start: int) -> int:
    """Return the position behind the action of the comment that begins at ``start``, and behind what it trims.

    Raises:
        LexError: when the comment does not end, or is not all of the action.
    """
    end = text.find("*/", start + 2)
    if end < 0:
        raise LexError(start, "unclosed comment")
    end += 2
    if text.startswith("}}", end):
        return end + 2
    if text.startswith("-}}", end + 1) and text[end] in _SPACES:
        return space_end(text, end + 4)
    raise LexError(start, "comment ends before closing delimiter")


def space_end(text: str, at: int) -> int:
    """Return the position of the first character at or after ``at`` that is not white space."""
    found = _SPACE_RUN.match(text, at)
    return found.end() if found else at


def read_action(text: str, at: int) -> tuple[list[Token], int]:
    """Return the tokens of the action whose inside begins at ``at``, the delimiter last, and the position behind it.

    Raises:
        LexError: when it cannot be read.
    """
    lexer = Lexer(text)
    lexer.read_action(at)
    return lexer.tokens, lexer.tokens[-1][1] + 2


def tokenize(text: str) -> list[Token]:
    """Read a template text into tokens; the last one is ``EOF``."""
    return Lexer(text).run()
