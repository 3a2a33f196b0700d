"""Values of the program with the control characters in their texts escaped, before colors are put around them."""

from __future__ import annotations

from steersman.cli.terminal.streams import visible_on
from steersman.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO, TypeVar

    T = TypeVar("T")


def visible_record(stream: TextIO, value: T) -> T:
    """Return a record with all texts in it, and in what it is made of, as a stream shows them (``visible_on``)."""
    shown: T = _visible(stream, value)
    return shown


def _visible(stream: TextIO, value: Any) -> Any:
    if isinstance(value, str):
        return visible_on(stream, value)
    if isinstance(value, Record):
        changed = {name: _visible(stream, getattr(value, name)) for name in value.__fields__}
        return replace(value, **changed)
    if isinstance(value, dict):
        return {_visible(stream, key): _visible(stream, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_visible(stream, item) for item in value)
    return value
