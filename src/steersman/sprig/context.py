"""The context that bound functions receive from the render: the clock, randomness, name resolution, views of maps.

A render may hand in anything with these members; without one (``None``) the system's are used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from steersman.gotemplate.values_map import ValuesMap, Views

    class Context(Protocol):
        """The parts of the render's context that functions marked ``bound`` use."""

        views: Views

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


def view_of(context: Context | None, plain: dict[str, Any]) -> ValuesMap | None:
    """Return the named view of a map, which has to change with it; None where there is none."""
    return context.views.get(id(plain)) if context is not None and context.views else None
