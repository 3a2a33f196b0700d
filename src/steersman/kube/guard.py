"""The guard before every write of an action on a release: the one place that may refuse it.

A write is sent only while the action holds its release, and one that has begun is not broken off by an interruption:
nobody would know whether the server has it.
"""

from __future__ import annotations

from steersman.errors import ClusterError
from steersman.runtime.scope import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.runtime.interrupts import Interrupts


class LeaseLost(ClusterError):
    """This client has lost its lease to another one, or it was released."""

    def __init__(self, *, hint: str = "") -> None:
        text = "the lease on the release is lost; another client may be at work on it, so nothing more was written"
        super().__init__(text, hint=hint)


class WriteGuard:
    """Entered around each write.

    Args:
        interrupts: put off while a write is under way.

    Attributes:
        is_lost: a write was refused because the release is not held any more.
    """

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self._check: Callable[[], None] | None = None
        self.is_lost = False

    def require(self, check: Callable[[], None] | None) -> None:
        """Call ``check`` before each write from now on; it raises where there must be none."""
        self._check = check
        self.is_lost = False

    def __enter__(self) -> None:
        self._interrupts.check()
        self._interrupts.hold()
        try:
            self._may_write()
        except BaseException:
            self._interrupts.leave()
            raise

    def __exit__(self, *_exc: object) -> None:
        self._interrupts.leave()

    def pause(self, seconds: float) -> None:
        """Wait inside a write that the server wants to have repeated later, and look again whether it may be sent."""
        with self._interrupts.allowed():
            sleep(seconds)
        self._may_write()

    def lose(self) -> None:
        """Refuse all writes from now on."""
        self.is_lost = True

    def raise_if_lost(self) -> None:
        """Raise where writes are refused.

        Raises:
            LeaseLost: when the release is not held any more.
        """
        if self.is_lost:
            raise LeaseLost

    def _may_write(self) -> None:
        if self._check is None:
            return
        self.raise_if_lost()
        try:
            self._check()
        except LeaseLost:
            self.is_lost = True
            raise
