"""What impure functions get from the render: the clock, randomness, name resolution.

A render may hand in anything with these three methods; without one (``None``) the system's are
used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Context(Protocol):
        """What functions marked ``bound`` use of the render's context."""

        def now_ns(self) -> int:
            """Return nanoseconds since the epoch."""

        def random_bytes(self, count: int) -> bytes:
            """Return unpredictable bytes."""

        def resolve_host(self, name: str) -> str:
            """Return an address of a host, or ``""``."""


def now_ns(context: Context | None) -> int:
    """Return the time of the render."""
    if context is not None:
        return context.now_ns()
    import time

    return time.time_ns()


def random_bytes(context: Context | None, count: int) -> bytes:
    """Return random bytes for the render."""
    if context is not None:
        return context.random_bytes(count)
    import os

    return os.urandom(count)
