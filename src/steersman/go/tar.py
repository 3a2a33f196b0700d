"""Tar archives as Go's ``archive/tar`` reads them.

Python's ``tarfile`` is more tolerant in some places and stricter in others, and takes what it does not understand for
the end of an archive. Everything that Go refuses is an error here, with Go's message; all numbers in an archive are
checked before they are believed.
"""

from __future__ import annotations

from steersman import errors
from steersman.go.integer import atoi
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Source(Protocol):
        """The source of an archive's bytes."""

        def read(self, size: int, /) -> bytes:
            """Return the next ``size`` bytes, fewer at the end only."""
            ...


FILE, HARD_LINK, LINK, FOLDER = b"0", b"1", b"2", b"5"
GLOBAL = b"g"  # records for all files that follow; readers are given it, and use nothing of it

MOST_METADATA = 64 * 1024 * 1024  # bytes of headers, records and maps in an archive; Go has no such limit
_MOST_SPECIAL = 1 << 20  # bytes of records, of a long name or of a map; Go's number
_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_OLD_FILE, _RECORDS, _LONG_NAME, _LONG_LINK, _OLD_SPARSE = b"\0", b"x", b"L", b"K", b"S"
_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")
_FOLDER_MODE, _PERMISSIONS = 0o40000, 0o7777
_SPARSE = b"GNU.sparse."
_NUMBERS = (b"uid", b"gid", b"size")
_TIMES = (b"mtime", b"atime", b"ctime")
_TEXTS = (b"path", b"linkpath", b"uname", b"gname")
_USUAL_MODES = (b"0000644\0", b"0000755\0", b"0000000\0")


class TarError(errors.SteerError):
    """An archive that cannot be read, with Go's message."""


def _bad_header() -> TarError:
    return TarError("archive/tar: invalid tar header")


class Entry(Record):
    """A file, a folder, a link or anything else in an archive."""

    name: str
    kind: bytes
    size: int
    mode: int
    modified: float

    @property
    def has_data(self) -> bool:
        """Whether it may have content; the size of a link or a folder means nothing."""
        return self.kind not in _WITHOUT_DATA

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder by its type or by its mode."""
        return self.kind == FOLDER or self.mode & ~_PERMISSIONS == _FOLDER_MODE


class _Header:
    """The fields of a header and the records before it, mutable until it becomes an ``Entry``."""

    __slots__ = ("block", "is_gnu", "kind", "mode", "modified", "name", "size")

    def __init__(self, block: bytes) -> None:
        self.block = block
        self.kind = block[156:157]
        self.size = _number(block[124:136])
        mode = block[100:108]
        self.mode = 0o644 if mode == b"0000644\0" else _number(mode)
        for at in (108, 116):
            if block[at : at + 8] not in _USUAL_MODES:
                _number(block[at : at + 8])
        self.modified: float = _number(block[136:148])
        name = _text(block[:100])
        prefix = b""
        self.is_gnu = block[257:265] == b"ustar  \0"
        is_posix = block[257:263] == b"ustar\0"
        if is_posix or self.is_gnu:
            for at in (329, 337):
                if block[at : at + 8] not in _USUAL_MODES:
                    _number(block[at : at + 8])
        if is_posix and block[508:] == b"tar\0":
            prefix = _text(block[345:476])
            _number(block[476:488])
            _number(block[488:500])
        elif is_posix:
            prefix = _text(block[345:500])
        elif self.is_gnu and not _has_times(block):
            # go: archives of an old version of itself have a prefix there
            other = _text(block[345:500])
            prefix = other if other.isascii() else b""
        self.name = prefix + b"/" + name if prefix else name


class TarReader:
    """The entries of an archive, one after the other."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = 0  # bytes of the current entry that were not read yet
        self._padding = 0
        self._size = 0
        self._pieces: list[tuple[int, int]] | None = None
        self._metadata = 0

    def next(self) -> Entry | None:
        """Return the next entry, ``None`` at the end.

        Raises:
            TarError: for an archive that is broken.
        """
        records: dict[bytes, bytes] = {}
        name = b""
        while True:
            if not self._skip():
                return None
            block = self._block()
            if block is None:
                return None
            header = _Header(block)
            self._begin(header)
            if header.kind in (_RECORDS, GLOBAL):
                records = _records(self._special())
                if header.kind == GLOBAL:
                    shown = records.get(b"path") or header.name
                    return Entry(shown.decode("utf-8", "surrogateescape"), GLOBAL, 0, 0, 0.0)
            elif header.kind == _LONG_NAME:
                name = _text(self._special())
            elif header.kind == _LONG_LINK:
                self._special()
            else:
                return self._entry(header, records, name)

    def data(self) -> bytes:
        """Return the content of the entry that ``next`` returned, holes of sparse files as zeros.

        Raises:
            TarError: where it is not all there.
        """
        if self._pieces is None:
            return self._take(self._left)
        out = bytearray()
        for offset, length in self._pieces:
            out += bytes(offset - len(out))
            if self._left < length:
                self._take(self._left)
                raise TarError("archive/tar: sparse file references non-existent data")
            out += self._take(length)
        out += bytes(self._size - len(out))
        if self._left:
            raise TarError("archive/tar: sparse file contains unreferenced data")
        return bytes(out)

    def _entry(self, header: _Header, records: dict[bytes, bytes], name: bytes) -> Entry:
        _apply(records, header)
        if name:
            header.name = name
        if header.kind == _OLD_FILE:
            header.kind = FOLDER if header.name.endswith(b"/") else FILE
        self._begin(header)
        pieces = self._old_pieces(header) if header.kind == _OLD_SPARSE else self._pieces_of(header, records)
        if pieces is not None and (header.kind in _WITHOUT_DATA or not _fit(pieces, header.size)):
            raise _bad_header()
        self._pieces, self._size = pieces, header.size
        shown = header.name.decode("utf-8", "surrogateescape")
        return Entry(shown, header.kind, header.size, header.mode, header.modified)

    def _begin(self, header: _Header) -> None:
        """Stand at the beginning of the data that ``header`` announces."""
        size = 0 if header.kind in _WITHOUT_DATA else header.size
        if size < 0:
            raise _bad_header()
        self._left, self._padding, self._pieces = size, -size % _BLOCK, None

    def _skip(self) -> bool:
        """Pass over the rest of the entry; return whether the archive continues after it."""
        while self._left:
            self._take(min(self._left, _MOST_SPECIAL))
        padding = self._source.read(self._padding) if self._padding else b""
        is_whole = len(padding) == self._padding
        self._padding = 0
        return is_whole

    def _block(self) -> bytes | None:
        """Return the block of the next header, ``None`` at the end of the archive."""
        block = self._header_block()
        if block == _ZEROS:
            second = self._header_block()
            if second is None or second == _ZEROS:
                return None
            raise _bad_header()
        if block is not None and not _is_checked(block):
            raise _bad_header()
        return block

    def _header_block(self) -> bytes | None:
        block = self._source.read(_BLOCK)
        if 0 < len(block) < _BLOCK:
            raise TarError("unexpected EOF")
        self._count(_BLOCK)
        return block or None

    def _count(self, size: int) -> None:
        self._metadata += size
        if self._metadata > MOST_METADATA:
            raise TarError(f"archive/tar: more than {MOST_METADATA} bytes of headers")

    def _take(self, size: int) -> bytes:
        """Return ``size`` bytes of the entry's data."""
        data = self._source.read(size)
        self._left -= len(data)
        if len(data) < size:
            raise TarError("unexpected EOF")
        return data

    def _special(self) -> bytes:
        """Return the data of an entry that describes the next one."""
        data = self._take(min(self._left, _MOST_SPECIAL + 1))
        if len(data) > _MOST_SPECIAL:
            raise TarError("archive/tar: header field too long")
        self._count(len(data))
        return data

    def _old_pieces(self, header: _Header) -> list[tuple[int, int]]:
        """Return which parts of a file of GNU's old sparse format are in the archive."""
        if not header.is_gnu:
            raise _bad_header()
        header.size = _number(header.block[483:495])
        table, read = header.block[386:483], 97
        pieces: list[tuple[int, int]] = []
        while read < _MOST_SPECIAL:
            last = len(table) // 24 * 24
            for at in range(0, last, 24):
                if table[at] == 0:
                    break
                pieces.append((_number(table[at : at + 12]), _number(table[at + 12 : at + 24])))
            if table[last] == 0:
                return pieces
            table = self._source.read(_BLOCK)
            self._count(_BLOCK)
            if len(table) < _BLOCK:
                raise TarError("unexpected EOF")
            read += _BLOCK
        raise TarError("archive/tar: sparse map too long")

    def _pieces_of(self, header: _Header, records: dict[bytes, bytes]) -> list[tuple[int, int]] | None:
        """Return which parts of a file are in the archive, ``None`` where records do not make it sparse."""
        version = records.get(_SPARSE + b"major", b""), records.get(_SPARSE + b"minor", b"")
        is_first = version in ((b"0", b"0"), (b"0", b"1"))
        if not is_first and version != (b"1", b"0"):
            if version != (b"", b"") or not records.get(_SPARSE + b"map"):
                return None
            is_first = True
        header.name = records.get(_SPARSE + b"name") or header.name
        size = records.get(_SPARSE + b"size") or records.get(_SPARSE + b"realsize")
        if size:
            header.size = _decimal(size)
        if not is_first:
            return self._pieces_in_data()
        count = _decimal(records.get(_SPARSE + b"numblocks", b""))
        text = records.get(_SPARSE + b"map", b"")
        numbers = text.split(b",") if text else []
        if count < 0 or len(numbers) != 2 * count:
            raise _bad_header()
        return _paired(numbers)

    def _pieces_in_data(self) -> list[tuple[int, int]]:
        """Return the parts that the first blocks of a file's data list, one number a line."""
        text, lines = bytearray(), 0
        first_end, wanted = -1, 1
        while lines < wanted:
            if len(text) + _BLOCK > _MOST_SPECIAL:
                raise TarError("archive/tar: sparse map too long")
            if self._left < _BLOCK:
                self._take(self._left)
                raise TarError("unexpected EOF")
            block = self._take(_BLOCK)
            self._count(_BLOCK)
            text += block
            lines += block.count(b"\n")
            if first_end < 0 and lines:
                first_end = text.index(b"\n")
                count = _decimal(bytes(text[:first_end]))
                if not 0 <= count < 1 << 62:
                    raise _bad_header()
                wanted += 2 * count
        return _paired(bytes(text).split(b"\n", wanted)[1:wanted])


def _is_checked(block: bytes) -> bool:
    """Return whether the checksum of a header is right, by the sum of its bytes with or without their signs."""
    try:
        stated = _octal(block[148:156])
    except TarError:
        return False
    rest = block[:148] + block[156:]
    total = sum(rest) + 8 * 0x20
    return stated == total or stated == total - 256 * sum(byte > 127 for byte in rest)


def _has_times(block: bytes) -> bool:
    """Return whether a GNU header has its further times, or nothing, in their places."""
    try:
        for at in (345, 357):
            if block[at]:
                _number(block[at : at + 12])
    except TarError:
        return False
    return True


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _number(field: bytes) -> int:
    """Return the number in a field of a header: octal digits, or bytes in two's complement behind a set bit."""
    if not field[0] & 0x80:
        return _octal(field)
    data = field
    if field[0] & 0x40:
        data = bytes(byte ^ 0xFF for byte in field)
    number = int.from_bytes(bytes([data[0] & 0x7F]) + data[1:], "big")
    if number >> 63:
        raise _bad_header()
    return ~number if field[0] & 0x40 else number


def _octal(field: bytes) -> int:
    digits = _text(field.strip(b" \0"))
    if digits.strip(b"01234567"):
        raise _bad_header()
    return int(digits or b"0", 8)


def _decimal(text: bytes) -> int:
    """Return a number of 64 bits."""
    number, problem = atoi(text.decode("latin-1"))
    if problem:
        raise _bad_header()
    return number


def _paired(numbers: list[bytes]) -> list[tuple[int, int]]:
    values = [_decimal(number) for number in numbers]
    return list(zip(values[::2], values[1::2], strict=True))


def _fit(pieces: list[tuple[int, int]], size: int) -> bool:
    """Return whether parts of a file lie in it, one behind the other."""
    end = 0
    for offset, length in pieces:
        if offset < end or length < 0 or offset + length > size:
            return False
        end = offset + length
    return size >= 0


def _records(text: bytes) -> dict[bytes, bytes]:
    """Return PAX records: ``LENGTH KEY=VALUE``, a line each, where the length is that of the whole line.

    # go: the numbers of the sparse format 0.0, which are in records of the same key, become the map of 0.1
    """
    found: dict[bytes, bytes] = {}
    sparse: list[bytes] = []
    at = 0
    while at < len(text):
        space = text.find(b" ", at)
        length = _decimal(text[at:space]) if space >= 0 else 0
        end = at + length
        if length < 5 or end > len(text) or end <= space + 1 or text[end - 1 : end] != b"\n":
            raise _bad_header()
        key, equals, value = text[space + 1 : end - 1].partition(b"=")
        if not (key and equals) or b"\0" in (value if key in _TEXTS else key):
            raise _bad_header()
        if key in (_SPARSE + b"offset", _SPARSE + b"numbytes"):
            if (len(sparse) % 2 == 0) != (key == _SPARSE + b"offset") or b"," in value:
                raise _bad_header()
            sparse.append(value)
        else:
            found[key] = value
        at = end
    if sparse:
        found[_SPARSE + b"map"] = b",".join(sparse)
    return found


def _apply(records: dict[bytes, bytes], header: _Header) -> None:
    """Let records take the place of what a header says."""
    for key, value in records.items():
        if not value:
            continue
        if key == b"path":
            header.name = value
        elif key in _NUMBERS:
            number = _decimal(value)
            if key == b"size":
                header.size = number
        elif key in _TIMES:
            moment = _moment(value)
            if key == b"mtime":
                header.modified = moment


def _moment(text: bytes) -> float:
    """Return the seconds that a record states, with or without a fraction."""
    seconds, _, fraction = text.partition(b".")
    whole = _decimal(seconds)
    if fraction.strip(b"0123456789"):
        raise _bad_header()
    part = int(fraction[:9].ljust(9, b"0")) / 1e9
    return whole - part if seconds.startswith(b"-") else whole + part
