"""Writing files so that nobody ever sees half of one, and locking them for a change."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import ENOTDIR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

_TRIES = 50


def make_folders(path: str, mode: int = 0o755) -> None:
    """Make the folder at ``path`` and those above it, all with ``mode`` (as the umask allows).

    Raises:
        OSError: when that cannot be done.
    """
    if os.path.isdir(path):
        return
    above = os.path.dirname(path.rstrip("/"))
    if above and above != path:
        make_folders(above, mode)
    try:
        os.mkdir(path, mode)
    except FileExistsError as error:
        if not os.path.isdir(path):  # go: what is in the way is no folder (test_a_cache_that_cannot_be)
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), path) from error


def write_aside(path: str, data: bytes, mode: int = 0o644, *, is_exact: bool = False) -> None:
    """Write ``data`` beside ``path`` and put it in its place; the folder is made if need be.

    ``is_exact`` gives the file its mode whatever the umask is.

    Raises:
        OSError: when that cannot be done; nothing is left behind then.
    """
    folder = os.path.dirname(path) or "."
    partial = os.path.join(folder, f".{os.path.basename(path)}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        descriptor = _create(partial, mode)
        with os.fdopen(descriptor, "wb") as file:
            if is_exact:
                os.fchmod(descriptor, mode)
            file.write(data)
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


def _create(path: str, mode: int) -> int:
    """Open a new file; its folder is made again where somebody who tidies up has removed it meanwhile."""
    tries = 0
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileNotFoundError:
            tries += 1
            if tries > _TRIES:
                raise
        with suppress(FileNotFoundError):
            make_folders(os.path.dirname(path))


def rewrite(path: str, data: bytes, mode: int, *, keeps_mode: bool = True) -> None:
    """Write a file of the user's own: through links, with the owner (and mode) it has; ``mode`` is for a new one.

    What is no file (a device, a pipe) is written to, and not replaced.

    Raises:
        OSError: when that cannot be done.
    """
    from stat import S_IMODE, S_ISREG

    path = os.path.realpath(path)
    try:
        before = os.stat(path)
    except FileNotFoundError:
        write_aside(path, data, mode)
        return
    if not S_ISREG(before.st_mode):
        with open(path, "wb") as file:
            file.write(data)
        return
    write_aside(path, data, S_IMODE(before.st_mode) if keeps_mode else mode, is_exact=True)
    _give(path, before)


def _give(path: str, before: os.stat_result) -> None:
    """Give a file that was put in another's place to its owner: who works for somebody else must not take it away."""
    now = os.stat(path)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        try:
            os.chown(path, before.st_uid, before.st_gid)
        except PermissionError:
            return


def remove_folder(folder: str) -> None:
    """Remove a folder that has files only, as far as that is possible."""
    try:
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)
    except OSError:
        pass  # what is left is in nobody's way


class Locked:
    """Holds the lock file (or the folder) at ``path`` while entered, as Helm does (flock): others wait for ``seconds``.

    Raises:
        TimeoutError: when somebody else held it all that time.
    """

    def __init__(self, path: str, seconds: float = 30) -> None:
        self._path = path
        self._seconds = seconds
        self._descriptor = -1

    def __enter__(self) -> None:
        import fcntl
        import time

        if os.path.isdir(self._path):
            self._descriptor = os.open(self._path, os.O_RDONLY)
        else:
            make_folders(os.path.dirname(self._path) or ".")
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CREAT, 0o600)
        end = time.monotonic() + self._seconds
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > end:
                    os.close(self._descriptor)
                    raise TimeoutError("context deadline exceeded") from None
                time.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
