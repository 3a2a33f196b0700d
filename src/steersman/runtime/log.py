"""Messages about which no caller has said where they go: Helm logs them while it loads charts and merges values.

A program says once where they go; the library's go to ``logging``, to the logger ``steersman``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Log = Callable[..., None]


class ErrorFollows(str):
    """The level of a message about the error that ends the operation: the program under its own name leaves it out.

    Helm logs such errors before it prints them.
    """

    __slots__ = ()


def _to_logging(level: str, message: str, **fields: object) -> None:
    import logging

    logger = logging.getLogger("steersman")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # a program without handlers would see warnings on standard error
    text = " ".join([message, *(f"{name}={value}" for name, value in fields.items())])
    # LINE is what Go's plain log package prints: problems that do not end an operation
    logger.log(getattr(logging, level, logging.WARNING), "%s", text)


_target: Log = _to_logging


def send_to(target: Log) -> None:
    """Hand all messages to ``target`` from now on, as ``target(level, message, **fields)``."""
    global _target
    _target = target


def log(level: str, message: str, **fields: object) -> None:
    """Log a message; ``level`` is ``INFO``, ``WARNING`` or ``ERROR``."""
    _target(level, message, **fields)


def info(message: str) -> None:
    """Log a message that is for people to know."""
    _target("INFO", message)
