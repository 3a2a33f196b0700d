"""One CSV record as Go's ``encoding/csv`` reads it, which is how pflag takes lists apart.

Python's ``csv`` accepts quotes and ends of lines that Go refuses, and the other way round.
"""

from __future__ import annotations

_QUOTE = b'"'
_BARE = 'bare " in non-quoted-field'
_EXTRA = 'extraneous or missing " in quoted-field'


def first_record(text: str) -> list[str]:
    """Return the fields of the first record of ``text``; what comes after it is not looked at.

    Raises:
        ValueError: with Go's message; columns count bytes.
    """
    lines = _lines(text.encode("utf-8", "surrogateescape"))
    first = next((i for i, line in enumerate(lines) if line != b"\n"), None)
    if first is None:
        raise ValueError("EOF")
    return [field.decode("utf-8", "surrogateescape") for field in _Record(lines, first).fields()]


def _lines(data: bytes) -> list[bytes]:
    """Cut at line feeds; each line ends with one, whether it had one, a carriage return as well, or none."""
    lines = data.split(b"\n")
    if lines[-1] in (b"", b"\r"):
        lines.pop()
    return [line.removesuffix(b"\r") + b"\n" for line in lines]


class _Record:
    def __init__(self, lines: list[bytes], first: int) -> None:
        self._lines = lines
        self._first = self._row = first
        self._at = 0

    def fields(self) -> list[bytes]:
        found = []
        while True:
            line = self._lines[self._row]
            is_quoted = line.startswith(_QUOTE, self._at)
            found.append(self._quoted() if is_quoted else self._plain(line))
            line = self._lines[self._row]
            if not line.startswith(b",", self._at):
                return found
            self._at += 1

    def _plain(self, line: bytes) -> bytes:
        end = line.find(b",", self._at)
        field = line[self._at : len(line) - 1 if end < 0 else end]
        if _QUOTE in field:
            raise self._error(self._at + field.index(_QUOTE), _BARE)
        self._at += len(field)
        return field

    def _quoted(self) -> bytes:
        value = b""
        self._at += 1
        while True:
            line = self._lines[self._row]
            end = line.find(_QUOTE, self._at)
            if end < 0:
                value += line[self._at :]
                if self._row + 1 == len(self._lines):
                    raise self._error(len(line) - 1, _EXTRA)
                self._row, self._at = self._row + 1, 0
                continue
            value += line[self._at : end]
            self._at = end + 1
            if line.startswith(_QUOTE, self._at):
                value += _QUOTE
                self._at += 1
            elif line[self._at : self._at + 1] in (b",", b"\n"):
                return value
            else:
                raise self._error(end, _EXTRA)

    def _error(self, at: int, what: str) -> ValueError:
        where = f"parse error on line {self._row + 1}, column {at + 1}: {what}"
        return ValueError(f"record on line {self._first + 1}; {where}" if self._row != self._first else where)
