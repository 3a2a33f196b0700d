"""Events of a ``Client`` at work, and the cancellation of its work."""

from __future__ import annotations

import threading

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Waiting(Record):
    """An operation waits for objects to be ready; told about once a second.

    Attributes:
        objects: each object as ``Kind/name``, with the reason why it is not ready (or ``""``).
        seconds: how long the wait has lasted.
    """

    objects: tuple[tuple[str, str], ...]
    seconds: float


class ServerWarning(Record):
    """The API server answered with a warning."""

    text: str


class HookLog(Record):
    """A piece of a hook's log, whose annotation asks for it."""

    namespace: str
    pod: str
    container: str
    data: bytes


class Explanation(Record):
    """The reasons found for a failure, before its changes are undone."""

    text: str


Event: TypeAlias = "Waiting | ServerWarning | HookLog | Explanation"


class Cancellation:
    """Cancels the operations that it was given to.

    An operation that is cancelled raises ``steersman.errors.Interrupted`` as soon as what it does can be recorded;
    a release is left as after Ctrl-C at the command.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Cancel; may be called from any thread, and more than once."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._event.is_set()

    def __repr__(self) -> str:
        return f"<Cancellation{' (cancelled)' if self.is_cancelled else ''}>"
