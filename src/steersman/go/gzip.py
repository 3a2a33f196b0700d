"""Gzip streams as Go's ``compress/gzip`` reads them.

Python's reader refuses a broken trailer as soon as it sees it; Go's delivers every byte before a fault first, so that
an archive whose end comes earlier is good. Python's tolerates broken headers, Go's does not.
"""

from __future__ import annotations

import zlib

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_PACKED, _UNPACKED = 1 << 14, 1 << 16  # bytes that are read, and unpacked, at a time
_LONGEST_TEXT = 512  # bytes of a name or a comment in a header, with its end
_CHECKSUM, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16  # flags of a header


class GzipError(errors.SteerError):
    """A stream that cannot be unpacked, with Go's message."""


class GzipHeaderError(GzipError):
    """A stream that does not begin, or continue, with a gzip header."""

    def __init__(self) -> None:
        super().__init__("gzip: invalid header")


class GzipReader:
    """The unpacked bytes of a stream, which may consist of several gzip members.

    Raises:
        GzipError: for a stream that does not begin with a header.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._packed = b""
        self._unpacked = b""
        self._at = 0
        self._fault: GzipError | None = None
        self._ended = False
        self._checksum = self._size = self._offset = 0
        head = self._take(10)
        if not head:
            raise GzipError("EOF")
        self._header(head)

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer at the end of the stream only.

        Raises:
            GzipError: when the stream breaks before them.
        """
        while (end := self._at + size) > len(self._unpacked):
            if self._fault is not None:
                raise self._fault
            if self._ended:
                break
            rest = size + self._at - len(self._unpacked)
            self._unpacked, self._at = self._unpacked[self._at :] + self._more(rest), 0
        data = self._unpacked[self._at : end]
        self._at += len(data)
        return data

    def _more(self, wanted: int) -> bytes:
        """Unpack at least ``wanted`` bytes where there are as many before the end or a fault, which are noted."""
        pieces: list[bytes] = []
        try:
            while wanted > 0 and not self._ended:
                wanted -= self._unpack(pieces)
        except GzipError as fault:
            self._fault = fault
        return b"".join(pieces)

    def _unpack(self, pieces: list[bytes]) -> int:
        """Unpack one piece, append it to ``pieces`` and return its size."""
        packed = self._packed or self._stream.read(_PACKED)
        before = self._inflater.copy()
        try:
            piece = self._inflater.decompress(packed, _UNPACKED)
        except zlib.error:
            piece, used = _before_fault(before, packed)
            pieces.append(piece)
            raise GzipError(f"flate: corrupt input before offset {self._offset + used}") from None
        if not (packed or piece):
            raise GzipError("unexpected EOF")
        pieces.append(piece)
        self._packed = self._inflater.unconsumed_tail or self._inflater.unused_data
        self._offset += len(packed) - len(self._packed)
        self._checksum = zlib.crc32(piece, self._checksum)
        self._size += len(piece)
        if self._inflater.eof:
            self._next_member()
        return len(piece)

    def _next_member(self) -> None:
        tail = self._need(8)
        if (
            int.from_bytes(tail[:4], "little") != self._checksum
            or int.from_bytes(tail[4:], "little") != self._size & 0xFFFFFFFF
        ):
            raise GzipError("gzip: invalid checksum")
        head = self._take(10)
        if head:
            self._header(head)
        else:
            self._ended = True

    def _header(self, head: bytes) -> None:
        """Read a header that begins with the 10 bytes ``head``, and begin with the data behind it."""
        if len(head) < 10:
            raise GzipError("unexpected EOF")
        if head[:3] != b"\x1f\x8b\x08":
            raise GzipHeaderError
        flags = head[3]
        if flags & _EXTRA:
            size = self._need(2)
            head += size + self._need(int.from_bytes(size, "little"))
        for flag in (_NAME, _COMMENT):
            if flags & flag:
                head += self._text()
        if flags & _CHECKSUM and int.from_bytes(self._need(2), "little") != zlib.crc32(head) & 0xFFFF:
            raise GzipHeaderError
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._checksum = self._size = self._offset = 0

    def _text(self) -> bytes:
        text = b""
        while not text.endswith(b"\0"):
            if len(text) == _LONGEST_TEXT:
                raise GzipHeaderError
            text += self._need(1)
        return text

    def _need(self, size: int) -> bytes:
        data = self._take(size)
        if len(data) < size:
            raise GzipError("unexpected EOF")
        return data

    def _take(self, size: int) -> bytes:
        """Return the next ``size`` bytes of the stream as it is packed, fewer at its end."""
        while len(self._packed) < size:
            more = self._stream.read(_PACKED)
            if not more:
                break
            self._packed += more
        data, self._packed = self._packed[:size], self._packed[size:]
        return data


def _before_fault(inflater: zlib._Decompress, packed: bytes) -> tuple[bytes, int]:
    """Return the bytes that ``packed`` unpacks to before its fault, and how many of its own bytes that took."""
    out = bytearray()
    for at in range(len(packed)):
        rest = packed[at : at + 1]
        try:
            while (byte := inflater.decompress(rest, 1)) or inflater.unconsumed_tail:
                out += byte
                rest = inflater.unconsumed_tail
        except zlib.error:
            return bytes(out), at + 1
    return bytes(out), len(packed)
