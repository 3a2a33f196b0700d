"""Which repositories of a registry have a blob, remembered so that a push can mount it instead of sending it.

One small file a blob, written aside, so that parallel runs do no harm. It is a hint: a registry says itself what
it has.
"""

from __future__ import annotations

import os

from steersman.registry.reference import Reference

_MOST = 8  # repositories that are remembered of one blob


class BlobPlaces:
    """The memory in ``folder``; ``""`` remembers nothing."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def _path(self, digest: str) -> str:
        return os.path.join(self._folder, digest.partition(":")[2])

    def _known(self, digest: str) -> list[str]:
        if not self._folder:
            return []
        try:
            with open(self._path(digest), encoding="utf-8") as file:
                return file.read(64 * 1024).split()
        except (OSError, ValueError):
            return []

    def others(self, reference: Reference, digest: str) -> tuple[str, ...]:
        """Return other repositories of the same registry that had the blob, the last one first."""
        mine = f"{reference.registry}/{reference.repository}"
        prefix = f"{reference.registry}/"
        return tuple(k.removeprefix(prefix) for k in self._known(digest) if k.startswith(prefix) and k != mine)

    def remember(self, reference: Reference, digest: str) -> None:
        """Note that a repository has a blob."""
        mine = f"{reference.registry}/{reference.repository}"
        known = self._known(digest)
        if not self._folder or known[:1] == [mine]:
            return
        from steersman.files import write_aside

        lines = [mine, *(k for k in known if k != mine)][:_MOST]
        try:
            write_aside(self._path(digest), "".join(f"{line}\n" for line in lines).encode())
        except OSError:
            return  # a hint that cannot be kept is none
