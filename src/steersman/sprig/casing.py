"""Words in identifiers: ``HTTPServer20xOK`` to ``http_server_20x_ok`` and to Pascal case.

A text is cut into runs (upper case, letters, digits, connectors, punctuation, the rest); where
connectors go depends on which run follows which. Answers to the xstrings package that Sprig uses.
"""

from __future__ import annotations

import unicodedata

from steersman.sprig.runes import SPACES, runes, simple_lower, simple_upper

_NUMBER, _UPPER, _LETTERS, _CONNECTOR, _PUNCT, _OTHER = "number", "upper", "letters", "connector", "punct", "other"
_SILENT = ("", _CONNECTOR, _PUNCT)


def _is_connector(char: str) -> bool:
    return char in "-_" or char in SPACES


def _is_punct(char: str) -> bool:
    return unicodedata.category(char)[0] == "P"


def _is_number(char: str) -> bool:
    return unicodedata.category(char)[0] == "N"


def _is_upper(char: str) -> bool:
    return unicodedata.category(char) == "Lu"


def _is_letter(char: str) -> bool:
    """A letter of a script that has cases: xstrings' idea of an alphabet."""
    if not char.isalpha():
        return False
    # Kana and ideographs are not letters here.
    return not ("\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0002ffff")


def _run_end(text: str, at: int, is_member: object) -> int:
    while at < len(text) and is_member(text[at]):  # type: ignore[operator]
        at += 1
    return at


def _next_word(text: str, at: int) -> tuple[str, int]:
    """The kind of the run at ``at`` (``""`` at the end) and where it ends."""
    if at >= len(text):
        return "", at
    char = text[at]
    if _is_connector(char):
        return _CONNECTOR, _run_end(text, at + 1, _is_connector)
    if _is_punct(char):
        return _PUNCT, _run_end(text, at + 1, _is_punct)
    if _is_upper(char):
        return _UPPER, _upper_end(text, at)
    if _is_letter(char):
        return _LETTERS, _lower_end(text, at + 1)
    if _is_number(char):
        return _NUMBER, _run_end(text, at + 1, _is_number)
    return _OTHER, _run_end(
        text, at + 1, lambda c: not (_is_connector(c) or _is_letter(c) or _is_number(c) or _is_punct(c))
    )


def _lower_end(text: str, at: int) -> int:
    return _run_end(text, at, lambda c: _is_letter(c) and not _is_upper(c))


def _upper_end(text: str, at: int) -> int:
    end = _run_end(text, at + 1, _is_upper)
    if end == at + 1:
        return _lower_end(text, end)
    # "HTTPStatus" is "HTTP" and "Status": the last capital begins the next word.
    return end - 1 if end < len(text) and _is_letter(text[end]) else end


class _Words:
    """Walks the words of a text, writing them in lower case."""

    def __init__(self, text: str, connector: str) -> None:
        self.text = text
        self.connector = connector
        self.out: list[str] = []
        self.start = 0
        self.kind, self.end = _next_word(text, 0)

    def advance(self) -> None:
        self.start = self.end
        self.kind, self.end = _next_word(self.text, self.end)

    def write(self, kind: str, word: str) -> None:
        if kind not in (_UPPER, _CONNECTOR):
            self.out.append(word)
            return
        for char in word:
            self.out.append(self.connector if _is_connector(char) else simple_lower(char) if _is_upper(char) else char)

    def word(self) -> str:
        return self.text[self.start : self.end]

    def connect(self) -> None:
        self.out.append(self.connector)

    def write_number_tail(self) -> None:
        while self.kind in (_LETTERS, _NUMBER):
            self.write(self.kind, self.word())
            self.advance()
        if self.kind not in _SILENT:
            self.connect()

    def run(self) -> str:
        while self.end < len(self.text):
            if self.kind != _CONNECTOR:
                self.write(self.kind, self.word())
            previous, last = self.kind, self.word()
            self.advance()
            self.after(previous, last)
        self.write(self.kind, self.word())
        return "".join(self.out)

    def after(self, previous: str, last: str) -> None:
        if previous == _NUMBER:
            self.write_number_tail()
        elif previous == _CONNECTOR:
            self.write(previous, last)
        elif previous != _PUNCT:
            self.after_letters()

    def after_letters(self) -> None:
        if self.kind != _NUMBER:
            if self.kind not in (_CONNECTOR, _PUNCT):
                self.connect()
            return
        if self.end >= len(self.text):
            return
        number = self.word()
        self.advance()
        if self.kind != _LETTERS:
            self.write(_NUMBER, number)
            if self.kind not in (_CONNECTOR, _PUNCT):
                self.connect()
            return
        self.connect()
        self.write(_NUMBER, number)
        self.write_number_tail()


def words_to_lower(text: str, connector: str) -> str:
    """Write the words of an identifier in lower case with ``connector`` between them."""
    return _Words(text, connector).run() if text else ""


def to_pascal(text: str) -> str:
    """Write the words of an identifier with capitals and nothing between them."""
    text = runes(text)
    start = _run_end(text, 0, _is_connector)
    out = [text[:start]]
    if start >= len(text):
        # sprig: of a text that has nothing else, the last connector is written twice (tests/sprig/cases.jsonl)
        return text + text[-1:]
    is_first_upper = _is_upper(text[start])
    current = simple_upper(text[start])
    for char in text[start + 1 :]:
        before, current = current, char
        if _is_connector(current) and _is_connector(before):
            out.append(before)
            continue
        if _is_connector(before):
            is_first_upper = _is_upper(current)
            current = simple_upper(current)
            continue
        if is_first_upper:
            if _is_upper(current):
                current = simple_lower(current)
            else:
                is_first_upper = False
        out.append(before)
    out.append(current)
    return "".join(out)
