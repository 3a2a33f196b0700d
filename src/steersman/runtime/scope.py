"""Cancellation of calls: what a thread waits for ends when the scope that it works in is cancelled.

A thread works in one scope or in none, and threads that it starts with ``parallel.Thread`` work in the same one.
Whoever blocks says how it can be woken (``waking``), and raises ``Interrupted`` once that has happened. Code that must
not be broken off runs ``shielded``: it works in no scope.
"""

from __future__ import annotations

import threading
import time

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CANCELLED = "context canceled"  # go: the error of a context that was cancelled


class Scope:
    """Calls that are cancelled together."""

    def __init__(self) -> None:
        # reentrant, because a signal handler may cancel while this thread holds it
        self._lock = threading.RLock()
        self._wakes: dict[object, Callable[[], object]] = {}
        self._is_settled = False
        self.is_cancelled = False

    def cancel(self) -> None:
        """Cancel all calls; may be called from any thread, and more than once."""
        with self._lock:
            self.is_cancelled = True
            # inside the lock: what has been woken is not given to others meanwhile
            for wake in list(self._wakes.values()):
                wake()

    def settle(self) -> None:
        """Let calls through again, because the cancellation has reached the code that answers it."""
        self._is_settled = True

    def check(self) -> None:
        """Raise where the scope is cancelled.

        Raises:
            Interrupted: when it is.
        """
        if self.is_cancelled and not self._is_settled:
            raise errors.Interrupted(CANCELLED)

    def add(self, key: object, wake: Callable[[], object]) -> None:
        """Call ``wake`` when the scope is cancelled, until ``remove``; it must not block.

        Raises:
            Interrupted: when it is cancelled.
        """
        with self._lock:
            self._wakes[key] = wake
            if self.is_cancelled and not self._is_settled:
                del self._wakes[key]
                raise errors.Interrupted(CANCELLED)

    def remove(self, key: object) -> None:
        """Forget what ``add`` was given."""
        with self._lock:
            self._wakes.pop(key, None)


class _Here(threading.local):
    scope: Scope | None = None


_here = _Here()


def current() -> Scope | None:
    """Return the scope that this thread works in."""
    return _here.scope


def enter(scope: Scope | None) -> Scope | None:
    """Work in ``scope`` from now on; return the one before."""
    before, _here.scope = _here.scope, scope
    return before


class working_in:
    """A block that works in ``scope``."""

    __slots__ = ("_before", "_scope")

    def __init__(self, scope: Scope | None) -> None:
        self._scope = scope
        self._before: Scope | None = None

    def __enter__(self) -> None:
        self._before = enter(self._scope)

    def __exit__(self, *_exc: object) -> None:
        enter(self._before)


def shielded() -> working_in:
    """Return a block that is not broken off."""
    return working_in(None)


class waking:
    """A block that blocks, and that ``wake`` ends from another thread.

    Raises:
        Interrupted: when the scope was cancelled before the block or inside it.
    """

    __slots__ = ("_scope", "_wake")

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._scope: Scope | None = None

    def __enter__(self) -> None:
        scope = self._scope = _here.scope
        if scope is not None:
            scope.add(self, self._wake)

    def __exit__(self, kind: type[BaseException] | None, *_exc: object) -> None:
        scope = self._scope
        if scope is not None:
            scope.remove(self)
            # an error is the consequence of being woken; anything else is an interruption of its own
            if kind is None or issubclass(kind, Exception):
                scope.check()


def sleep(seconds: float) -> None:
    """Sleep, but no longer than until the scope is cancelled.

    Raises:
        Interrupted: when it is.
    """
    if _here.scope is None:
        time.sleep(seconds)
        return
    bell = threading.Lock()
    bell.acquire()

    def ring() -> None:
        if bell.locked():
            bell.release()

    with waking(ring):
        bell.acquire(timeout=max(0.0, seconds))
