"""Indexes that were read before, kept so that one chart is found without reading the others.

A head (which file it was made from, where each chart stands, what search looks at) and a part for each chart, in one
piece of the user's cache. The file it was made from is known by size and times; any other makes the piece void. A part
that was damaged is found when it is read: the index is then read again.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Mapping

from steersman.runtime.private import Cache, Piece, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.repo.index_entries import LazyEntries, Row

    Trees = list[dict[str, Any]]
    Identity = tuple[int, int, int, int]
    Place = tuple[int, int, bytes]  # where a part begins in the body, its length and digest

_KIND = "indexes"
SMALLEST = 64 * 1024  # bytes: a smaller index is read faster than a cache is looked for


def identity(path: str) -> Identity | None:
    """Return what tells a file from what was at its place before, or None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def name_of(path: str) -> str:
    """Return the name of what is kept of the index at ``path``."""
    return os.path.abspath(path)


class Kept:
    """The cached parts of an index: head fields, names, and entries that are parsed on demand."""

    __slots__ = ("_again", "_entries", "_parts", "_piece", "_rows_at", "head", "warnings")

    def __init__(self, piece: Piece, head: tuple[Any, ...], again: Callable[[], LazyEntries]) -> None:
        _identity, self.head, self.warnings, self._parts, self._rows_at = head
        self._piece = piece
        self._again = again
        self._entries: LazyEntries | None = None

    def trees(self) -> Mapping[str, list[Any]]:
        """Return the versions' trees of each chart, newest first."""
        return _Trees(self, self._parts)

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return for each chart what search looks at."""
        data = self._piece.part(*self._rows_at)
        found: list[tuple[str, list[Row]]] = list(self.entries().rows()) if data is None else marshal.loads(data)
        return found

    def trees_of(self, name: str, at: Place) -> list[Any]:
        """Return the versions' trees of a chart."""
        data = self._piece.part(*at)
        found: list[Any] = self.entries().sorted_trees(name) if data is None else marshal.loads(data)
        return found

    def entries(self) -> LazyEntries:
        """Return what the index says, read again and kept in place of what was damaged."""
        if self._entries is None:
            self._entries = self._again()
        return self._entries


class _Trees(Mapping[str, "list[Any]"]):
    def __init__(self, kept: Kept, parts: dict[str, Place]) -> None:
        self._kept = kept
        self._parts = parts

    def __getitem__(self, name: str) -> list[Any]:
        return self._kept.trees_of(name, self._parts[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __contains__(self, name: object) -> bool:
        return name in self._parts


def look(cache: Cache, path: str, again: Callable[[], LazyEntries]) -> Kept | None:
    """Return what is kept of the index at ``path``, or None; ``again`` reads the index."""
    known = identity(path)
    if known is None or known[0] < SMALLEST:
        return None
    piece = cache.open(_KIND, name_of(path))
    if piece is None:
        return None
    head = marshal.loads(piece.head)
    return Kept(piece, head, again) if head[0] == known else None


def keep(
    cache: Cache,
    path: str,
    known: Identity | None,
    head: dict[str, Any],
    warnings: list[tuple[str, dict[str, str]]],
    charts: Iterator[tuple[str, Trees, list[Row]]],
) -> None:
    """Keep an index; ``known`` is its file's identity from before it was read."""
    if cache.is_off or known is None or known[0] < SMALLEST or identity(path) != known:
        return
    body: list[bytes] = []
    at = 0

    def place_of(part: bytes) -> Place:
        nonlocal at
        body.append(part)
        at += len(part)
        return at - len(part), len(part), digest(part)

    places: dict[str, Place] = {}
    rows = []
    for name, trees, shown in charts:
        places[name] = place_of(marshal.dumps(trees))
        rows.append((name, shown))
    rows_at = place_of(marshal.dumps(rows))
    cache.write(_KIND, name_of(path), marshal.dumps((known, head, warnings, places, rows_at)), body)
