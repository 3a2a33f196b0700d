"""Charts by their SHA-256 on this disk: Helm's content cache, shared with it.

Answers to ``DiskCache`` of Helm's ``pkg/downloader``. Files are written aside and put in their place, so
any number of runs may use it at once; what is read is checked against its name.
"""

from __future__ import annotations

import os
from hashlib import sha256

from steersman.errors import ChartError
from steersman.go.errno import errno_text
from steersman.record import Record
from steersman.runtime.files import write_aside
from steersman.runtime.system import BINARY, can_unlink_open_files, try_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHART, PROV = ".chart", ".prov"


class Entry(Record):
    """A file of the cache: path, kind (``.chart`` or ``.prov``), size in bytes, when it was last used (seconds)."""

    path: str
    digest: str
    kind: str
    size: int
    used: float


class ContentCache:
    """The cache in ``folder``."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._held: list[int] = []  # open until the process ends

    def path(self, digest: str, kind: str = CHART) -> str:
        """Return where a chart's archive (or its provenance) is kept; ``digest`` is the archive's, in hex."""
        return os.path.join(self.folder, digest[:2], digest + kind)

    def chart(self, digest: str) -> bytes | None:
        """Return the archive with a digest, or None where it is not here, or is not what its name says."""
        data = self._read(self.path(digest))
        return data if data is not None and sha256(data).hexdigest() == digest else None

    def provenance(self, digest: str) -> bytes | None:
        """Return the provenance of the archive with a digest, or None."""
        return self._read(self.path(digest, PROV))

    def _read(self, path: str) -> bytes | None:
        try:
            with open(path, "rb") as file:
                data = file.read()
            os.utime(path)
        except OSError:
            return None
        return data or None

    def keep(self, data: bytes) -> str:
        """Keep an archive and return its path.

        Raises:
            ChartError: when it cannot be written.
        """
        return self._write(self.path(sha256(data).hexdigest()), data)

    def hold(self, data: bytes) -> str:
        """Keep an archive, also from whoever tidies up as long as this run lasts, and return its path.

        Raises:
            ChartError: when it cannot be written.
        """
        path = self.path(sha256(data).hexdigest())
        while True:
            try:
                descriptor = os.open(path, os.O_RDONLY | BINARY)
            except FileNotFoundError:
                self.keep(data)
                continue
            except OSError as error:
                verb = "stat" if isinstance(error, NotADirectoryError) else "open"
                raise ChartError(f"{verb} {path}: {errno_text(error)}") from error
            if can_unlink_open_files() and not _lock_shared(descriptor):
                os.close(descriptor)  # it is being removed
                continue
            if _is_at(path, descriptor):
                self._held.append(descriptor)
                return path
            os.close(descriptor)

    def keep_provenance(self, digest: str, data: bytes) -> str:
        """Keep the provenance of the archive with a digest and return its path.

        Raises:
            ChartError: when it cannot be written.
        """
        return self._write(self.path(digest, PROV), data)

    def _write(self, path: str, data: bytes) -> str:
        try:
            write_aside(path, data, is_exact=True)
        except OSError as error:
            raise ChartError(f"open {path}: {errno_text(error)}") from error
        return path

    def entries(self) -> Iterator[Entry]:
        """Yield what is in the cache, by path."""
        for first in _names(self.folder):
            if len(first) != 2:
                continue
            for name in _names(os.path.join(self.folder, first)):
                digest, kind = os.path.splitext(name)
                if kind not in (CHART, PROV) or len(digest) != 64:
                    continue
                path = os.path.join(self.folder, first, name)
                try:
                    status = os.stat(path)
                except OSError:
                    continue  # another process pruned it meanwhile
                yield Entry(path, digest, kind, status.st_size, status.st_mtime)


def digest_problem(digest: str) -> str:
    """Say in Go's words why a text is not a SHA-256 in hex; ``""`` where it is one, or empty."""
    from steersman.go.quote import quote

    wrong = next((c for c in digest if c not in "0123456789abcdefABCDEF"), "")
    if wrong:
        byte = wrong.encode("utf-8", "surrogateescape")[0]
        return f"encoding/hex: invalid byte: U+{byte:04X} {quote(chr(byte), chr(39))}"
    if len(digest) % 2:
        return "encoding/hex: odd length hex string"
    return f"invalid digest length: {len(digest) // 2}" if digest and len(digest) != 64 else ""


def drop(path: str) -> bool:
    """Remove a file of the cache unless it is in use; return whether it was removed."""
    try:
        if not can_unlink_open_files():
            os.unlink(path)
            return True
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        if not try_lock(descriptor) or not _is_at(path, descriptor):
            return False
        os.unlink(path)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _lock_shared(descriptor: int) -> bool:
    """Lock a file against its removal; return false where somebody has been removing it for a while."""
    import time

    for _ in range(_LOCK_TRIES):
        if try_lock(descriptor, shared=True):
            return True
        time.sleep(_LOCK_PAUSE)
    return False


_LOCK_TRIES, _LOCK_PAUSE = 100, 0.005  # seconds; a file is removed in less than a millisecond


def _is_at(path: str, descriptor: int) -> bool:
    """Return whether an open file is still the one at ``path``."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError:
        return False


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
