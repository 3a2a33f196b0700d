"""The deadline of an exchange: one point in time for all of its parts, however slowly each arrives."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

NO_HEAD = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
NO_BODY = "context deadline exceeded (Client.Timeout or context cancellation while reading body)"


class Deadline:
    """The end of ``seconds`` from now; ``None`` for no end."""

    __slots__ = ("_end",)

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return the seconds that are left, ``None`` for no end.

        Raises:
            TimeoutError: when there are none.
        """
        if self._end is None:
            return None
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("timed out")
        return seconds

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self._end is not None and time.monotonic() >= self._end

    def limit(self, sock: socket.socket) -> None:
        """Let the next operation of a socket last no longer than what is left.

        Raises:
            TimeoutError: when nothing is left.
        """
        sock.settimeout(self.left())


NEVER = Deadline(None)
