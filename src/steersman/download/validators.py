"""What a server called the state of an index that is cached here, so that only another one is sent.

Kept beside what was read of the index, for one file, one URL and one state of the file: whoever else writes the file
makes it void.
"""

from __future__ import annotations

from steersman.download.getters import Answer
from steersman.repo import index_cache


class Validators:
    """The validators of the index at ``path``, which is what was at ``url``; no folder, nothing kept."""

    def __init__(self, folder: str, path: str, url: str) -> None:
        self._folder = folder
        self._path = path
        self._url = url

    def _place(self) -> str:
        return index_cache.place(self._folder, self._path) + ".state"

    def load(self) -> Answer | None:
        """Return what the server said of the file as it is now, or None."""
        from steersman.gojson import JSONError, loads
        from steersman.private import read_private

        data = read_private(self._place()) if self._folder else None
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
        from steersman.gojson import dumps
        from steersman.private import write_private

        known = index_cache.identity(self._path)
        if not self._folder or known is None or not (answer.etag or answer.modified):
            return
        tree = {"url": self._url, "file": list(known), "etag": answer.etag, "modified": answer.modified}
        write_private(self._place(), dumps(tree).encode())
