"""Events of a ``Client`` at work, and the cancellation of its work."""

from __future__ import annotations

from contextlib import contextmanager

from steersman.record import Record
from steersman.runtime.scope import Scope, current, working_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
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

    An operation that is cancelled raises ``steersman.Interrupted``. Connecting, reading and waiting end at once; a
    write that has begun is completed, and what was done is recorded: a release is left as after Ctrl-C at the command.
    """

    def __init__(self) -> None:
        self._scope = Scope()

    def cancel(self) -> None:
        """Cancel; may be called from any thread, and more than once."""
        self._scope.cancel()

    @property
    def is_cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._scope.is_cancelled

    def __repr__(self) -> str:
        return f"<Cancellation{' (cancelled)' if self.is_cancelled else ''}>"


@contextmanager
def cancellable(cancel: Cancellation | None = None) -> Iterator[Scope]:
    """Run a block as one operation; it ends when ``cancel`` is cancelled, or whatever this thread works under already.

    Raises:
        Interrupted: when one of them was cancelled before, and wherever the block waits after that.
    """
    scope = Scope()
    above = [one for one in (None if cancel is None else cancel._scope, current()) if one is not None]
    try:
        for one in above:
            one.add(scope, scope.cancel)
        with working_in(scope):
            yield scope
    finally:
        for one in above:
            one.remove(scope)
