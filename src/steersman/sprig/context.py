"""The context that bound functions receive from the render: clock, randomness, keys, host names, views of maps.

A render may hand in anything with these members; without one (``None``) the system's are used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from steersman.gotemplate.values_map import ValuesMap, Views

    class Context(Protocol):
        """The parts of the render's context that functions marked ``bound`` use."""

        views: Views

        def now_ns(self) -> int:
            """Return nanoseconds since the epoch."""

        def validity_ns(self) -> int:
            """Return when a certificate that is made now begins to be valid, nanoseconds since the epoch."""

        def random_bytes(self, count: int) -> bytes:
            """Return unpredictable bytes."""

        def begin_key(self, kind: str) -> Callable[[], Any]:
            """Return what makes a private key of a kind of ``keys``, in whatever thread it is called."""

        def resolve_host(self, name: str) -> str:
            """Return an address of a host, or ``""``."""


def now_ns(context: Context | None) -> int:
    """Return the time of the render."""
    if context is not None:
        return context.now_ns()
    import time

    return time.time_ns()


def validity_ns(context: Context | None) -> int:
    """Return when a certificate that is made now begins to be valid, nanoseconds since the epoch."""
    return now_ns(None) if context is None else context.validity_ns()


def random_bytes(context: Context | None, count: int) -> bytes:
    """Return random bytes for the render."""
    if context is not None:
        return context.random_bytes(count)
    import os

    return os.urandom(count)


def begin_key(context: Context | None, kind: str) -> Callable[[], Any]:
    """Return what makes a private key for the render; which key it is, is settled now."""
    if context is not None:
        return context.begin_key(kind)
    from steersman.sprig.keys import new_key

    return lambda: new_key(kind)


def view_of(context: Context | None, plain: dict[str, Any]) -> ValuesMap | None:
    """Return the named view of a map, which has to change with it; None where there is none."""
    return context.views.get(id(plain)) if context is not None and context.views else None
