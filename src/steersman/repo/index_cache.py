"""Indexes that were read before, kept so that one chart is found without reading the others.

A file of this user's own: a head (which file it was made from, where each chart stands, what search looks at) and a
piece for each chart. The file it was made from is known by size and times; any other makes the cache void.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Mapping
from hashlib import sha256

from steersman.private import open_private, write_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Trees = list[dict[str, Any]]
    Identity = tuple[int, int, int, int]

_FORMAT = 1
_LENGTH = 8  # bytes that hold the length of a part
SMALLEST = 64 * 1024  # bytes: a smaller index is read faster than a cache is looked for


def identity(path: str) -> Identity | None:
    """Return what tells a file from what was at its place before, or None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def place(folder: str, path: str) -> str:
    """Return where the cache of the index at ``path`` is."""
    return os.path.join(folder, sha256(os.path.abspath(path).encode("utf-8", "surrogateescape")).hexdigest()[:32])


class Kept:
    """A cache that fits its index: head fields, names, and pieces read when asked for."""

    __slots__ = ("_descriptor", "_pieces", "_rows_at", "_start", "head", "warnings")

    def __init__(self, descriptor: int, head: tuple[Any, ...], start: int) -> None:
        _format, _identity, self.head, self.warnings, self._pieces, self._rows_at = head
        self._descriptor = descriptor
        self._start = start

    def trees(self) -> Mapping[str, Trees]:
        """Return the versions' trees of each chart, newest first."""
        return _Pieces(self, self._pieces)

    def piece(self, at: tuple[int, int]) -> Any:
        """Return what stands at an offset, of a length."""
        return marshal.loads(os.pread(self._descriptor, at[1], self._start + at[0]))

    def rows(self) -> list[tuple[str, list[tuple[str, str, str, str, tuple[str, ...]]]]]:
        """Return for each chart what search looks at."""
        found: list[tuple[str, list[tuple[str, str, str, str, tuple[str, ...]]]]] = self.piece(self._rows_at)
        return found

    def __del__(self) -> None:
        os.close(self._descriptor)


class _Pieces(Mapping[str, "Trees"]):
    def __init__(self, kept: Kept, pieces: dict[str, tuple[int, int]]) -> None:
        self._kept = kept
        self._pieces = pieces

    def __getitem__(self, name: str) -> Trees:
        found: Trees = self._kept.piece(self._pieces[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._pieces)

    def __len__(self) -> int:
        return len(self._pieces)

    def __contains__(self, name: object) -> bool:
        return name in self._pieces


def look(folder: str, path: str) -> Kept | None:
    """Return what is kept of the index at ``path``, or None."""
    known = identity(path)
    if not folder or known is None or known[0] < SMALLEST:
        return None
    descriptor = open_private(place(folder, path))
    if descriptor is None:
        return None
    try:
        length = int.from_bytes(os.read(descriptor, _LENGTH), "big")
        head = marshal.loads(os.read(descriptor, length))
        if head[0] == _FORMAT and head[1] == known:
            return Kept(descriptor, head, _LENGTH + length)
    except (ValueError, EOFError, TypeError, IndexError, OSError):
        pass  # not one of ours: as if there were none
    os.close(descriptor)
    return None


def keep(
    folder: str,
    path: str,
    known: Identity | None,
    head: dict[str, Any],
    warnings: list[tuple[str, dict[str, str]]],
    charts: Iterator[tuple[str, Trees, list[tuple[str, str, str, str, tuple[str, ...]]]]],
) -> None:
    """Keep an index; ``known`` is its file's identity from before it was read."""
    if not folder or known is None or known[0] < SMALLEST or identity(path) != known:
        return
    pieces: dict[str, tuple[int, int]] = {}
    parts: list[bytes] = []
    rows = []
    at = 0
    for name, trees, shown in charts:
        part = marshal.dumps(trees)
        pieces[name] = (at, len(part))
        at += len(part)
        parts.append(part)
        rows.append((name, shown))
    parts.append(marshal.dumps(rows))
    start = marshal.dumps((_FORMAT, known, head, warnings, pieces, (at, len(parts[-1]))))
    write_private(place(folder, path), len(start).to_bytes(_LENGTH, "big") + start + b"".join(parts))
