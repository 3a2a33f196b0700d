"""Interruptions that wait while something must not be left half done.

Who handles signals calls ``arrive``. Outside of everything, and where it is allowed, that raises at once; while it is
held it is kept until a place that allows it. The cancellation of a scope is put off in the same way.
"""

from __future__ import annotations

import threading

from steersman import errors
from steersman.runtime.scope import CANCELLED, Scope, current, enter

_HELD = "held"
_ALLOWED = "allowed"


class Interrupts(threading.local):
    """The state of interruptions in one thread."""

    def __init__(self) -> None:
        self._states: list[str] = []
        self._scopes: list[Scope | None] = []  # that the thread worked in before each state
        self._is_due = False

    def arrive(self) -> None:
        """Interrupt this thread, now or as soon as it may be.

        Raises:
            Interrupted: when it may be now.
        """
        if self._states and self._states[-1] == _HELD:
            self._is_due = True
            return
        raise errors.Interrupted(CANCELLED)

    def check(self) -> None:
        """Raise where this thread's work has been cancelled and that may be now.

        Raises:
            Interrupted: when it is so.
        """
        scope = current()
        if scope is not None:
            scope.check()

    def settle(self) -> None:
        """Let the rest of the work through: whoever answers an interruption has it."""
        for scope in (*self._scopes, current()):
            if scope is not None:
                scope.settle()

    def hold(self) -> None:
        """Put interruptions off until ``leave``."""
        self._states.append(_HELD)
        self._scopes.append(enter(None))

    def allow(self) -> None:
        """Let interruptions through until ``leave``.

        Raises:
            Interrupted: when one has been put off.
        """
        self._raise_if_due()
        scope = self._scopes[0] if self._scopes else current()
        if scope is not None:
            scope.check()
        self._states.append(_ALLOWED)
        self._scopes.append(enter(scope))

    def leave(self) -> None:
        """Go back to what was before the last ``hold`` or ``allow``.

        Raises:
            Interrupted: when one has been put off and is allowed again.
        """
        self._states.pop()
        enter(self._scopes.pop())
        if self._states and self._states[-1] == _ALLOWED:
            self._raise_if_due()
            self.check()

    def held(self) -> _Held:
        """Return a block in which interruptions are put off."""
        return _Held(self)

    def allowed(self) -> _Allowed:
        """Return a block inside ``held`` in which interruptions are let through."""
        return _Allowed(self)

    def _raise_if_due(self) -> None:
        if self._is_due:
            self._is_due = False
            raise errors.Interrupted(CANCELLED)


class _Held:
    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    def __enter__(self) -> None:
        self._interrupts.hold()

    def __exit__(self, *_exc: object) -> None:
        self._interrupts.leave()


class _Allowed:
    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    def __enter__(self) -> None:
        self._interrupts.allow()

    def __exit__(self, *_exc: object) -> None:
        self._interrupts.leave()
