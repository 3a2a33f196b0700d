"""Heads of manifests that were read before: a document that is known is not read again to be sorted.

Between renders in one process a ``HeadMemory`` keeps them, between runs a ``HeadStore``: one file for each chart, by
the paths of its templates. In it each document has its digest, so a changed one is read, and errors are never kept. The
cache vouches for what it returns.
"""

from __future__ import annotations

import marshal

from steersman.manifest.head import Head
from steersman.runtime.private import Cache, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_KIND = "heads"
_MOST = 5000  # documents of a chart: one that makes new ones each time shall not grow the file
_MOST_TEXT = 16 << 20  # characters of documents that a process remembers
_SHORTEST = 64  # characters: a shorter document is read about as fast as it is looked up


class HeadMemory:
    """The heads of a process's own renders; may be used from several threads."""

    def __init__(self) -> None:
        self._heads: dict[str, Head] = {}
        self._size = 0

    def open(self, _paths: Iterable[str]) -> HeadMemory:
        """Return what is known of documents, wherever they come from."""
        return self

    def get(self, document: str) -> Head | None:
        """Return the head of a document, or None where it has to be read."""
        return self._heads.get(document)

    def put(self, document: str, head: Head) -> None:
        """Take over a head that was read."""
        if len(self._heads) >= _MOST or self._size + len(document) > _MOST_TEXT:
            self._heads, self._size = {}, 0
        self._heads[document] = head
        self._size += len(document)

    def save(self) -> None:
        """Do nothing: what is known is kept."""


class HeadStore:
    """The heads that a cache holds."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def open(self, paths: Iterable[str]) -> KeptHeads:
        """Return what is known of the documents that templates of these paths have made."""
        return KeptHeads(self._cache, digest(repr(sorted(paths)).encode("utf-8", "surrogateescape")).hex())


class KeptHeads:
    """The heads of one chart's documents by the documents' digests."""

    def __init__(self, cache: Cache, name: str) -> None:
        self._cache = cache
        self._name = name
        data = cache.read(_KIND, name)
        self._known: dict[bytes, tuple[str, str, str, dict[str, str]]] = {} if data is None else marshal.loads(data)
        self._used: dict[bytes, tuple[str, str, str, dict[str, str]]] = {}
        self._is_new = False

    def get(self, document: str) -> Head | None:
        """Return the head of a document, or None where it has to be read."""
        if len(document) < _SHORTEST:
            return None
        key = _key(document)
        row = self._known.get(key)
        if row is None:
            return None
        self._used[key] = row
        return Head(*row)

    def put(self, document: str, head: Head) -> None:
        """Take over a head that was read."""
        if len(document) >= _SHORTEST:
            self._is_new = True
            self._used[_key(document)] = (head.api_version, head.kind, head.name, head.annotations)

    def save(self) -> None:
        """Write the heads, in a run that repeats another: many a chart is rendered once."""
        if not self._is_new or self._cache.is_off or not Cache.has_read:
            return
        older = [(key, row) for key, row in self._known.items() if key not in self._used]
        kept = dict([*self._used.items(), *older][:_MOST])
        self._cache.write(_KIND, self._name, marshal.dumps(kept))


def _key(document: str) -> bytes:
    return digest(document.encode("utf-8", "surrogatepass"))
