"""Repositories of a registry that have a blob, remembered so that a push can mount it instead of sending it.

One small file a blob, written aside, so that parallel runs do no harm. It is a hint: a registry says itself what
it has.
"""

from __future__ import annotations

from steersman.registry.reference import Reference
from steersman.runtime.private import NOWHERE, Cache

_KIND = "blobs"
_MOST = 8  # repositories that are remembered of one blob


class BlobPlaces:
    """The memory in a cache."""

    def __init__(self, cache: Cache = NOWHERE) -> None:
        self._cache = cache

    def _known(self, digest: str) -> list[str]:
        return (self._cache.read(_KIND, digest) or b"").decode("utf-8", "surrogateescape").split()

    def others(self, reference: Reference, digest: str) -> tuple[str, ...]:
        """Return other repositories of the same registry that had the blob, the last one first."""
        mine = f"{reference.registry}/{reference.repository}"
        prefix = f"{reference.registry}/"
        return tuple(k.removeprefix(prefix) for k in self._known(digest) if k.startswith(prefix) and k != mine)

    def remember(self, reference: Reference, digest: str) -> None:
        """Note that a repository has a blob."""
        mine = f"{reference.registry}/{reference.repository}"
        known = self._known(digest)
        if known[:1] == [mine]:
            return
        lines = [mine, *(k for k in known if k != mine)][:_MOST]
        self._cache.write(_KIND, digest, "\n".join(lines).encode("utf-8", "surrogateescape"))
