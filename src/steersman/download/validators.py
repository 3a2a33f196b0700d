"""Validators (``ETag``, ``Last-Modified``) of cached indexes, so that unchanged ones are not sent again.

Kept next to what was read of the index, for one file, one URL and one state of the file: whoever else writes the file
makes it void.
"""

from __future__ import annotations

from steersman.download.getters import Answer
from steersman.repo import index_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.runtime.private import Cache

_KIND = "validators"


class Validators:
    """The validators of the index at ``path``, which came from ``url``."""

    def __init__(self, cache: Cache, path: str, url: str) -> None:
        self._cache = cache
        self._path = path
        self._url = url

    def load(self) -> Answer | None:
        """Return what the server said of the file as it is now, or None."""
        from steersman.go.errors import JSONError
        from steersman.go.json import loads

        data = self._cache.read(_KIND, index_cache.name_of(self._path))
        known = index_cache.identity(self._path)
        if data is None or known is None:
            return None
        try:
            tree = loads(data.decode(), numbers=int)
        except (JSONError, UnicodeDecodeError):
            return None
        if not isinstance(tree, dict) or tree.get("url") != self._url or tree.get("file") != list(known):
            return None
        return Answer(None, str(tree.get("etag") or ""), str(tree.get("modified") or ""))

    def keep(self, answer: Answer) -> None:
        """Keep what the server said of the file, which was just written."""
        from steersman.go.json import dumps

        known = index_cache.identity(self._path)
        if known is None or not (answer.etag or answer.modified):
            return
        tree = {"url": self._url, "file": list(known), "etag": answer.etag, "modified": answer.modified}
        self._cache.write(_KIND, index_cache.name_of(self._path), dumps(tree).encode("utf-8", "surrogateescape"))
