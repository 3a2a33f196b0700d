"""Writing files so that nobody ever sees half of one, and locking them for a change."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


def write_aside(path: str, data: bytes, mode: int = 0o644) -> None:
    """Write ``data`` beside ``path`` and put it in its place; the folder is made if need be.

    Raises:
        OSError: when that cannot be done; nothing is left behind then.
    """
    folder = os.path.dirname(path) or "."
    os.makedirs(folder, mode=0o755, exist_ok=True)
    partial = os.path.join(folder, f".{os.path.basename(path)}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


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
            os.makedirs(os.path.dirname(self._path) or ".", mode=0o755, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
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
