"""A mistake in a rendered object, and the words for it."""

from __future__ import annotations

from steersman.insight.nearness import edits, most_edits
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from steersman.engine.trace import Path


class Problem(Record):
    """A mistake in an object: the rule, how bad it is, the keys of the field, and a sentence."""

    rule: str
    severity: str
    path: Path
    message: str


def is_whole(value: Any) -> bool:
    """Return whether a value is a whole number; ``1.0`` becomes one on its way through JSON."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def shown(value: Any) -> str:
    """Return a value as a message shows it.

    >>> shown("80"), shown(True), shown({"a": 1})
    ('the text "80"', 'true', 'a map')
    """
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        from json import dumps

        return f"the text {dumps(value if len(value) < 40 else value[:40] + '…', ensure_ascii=False)}"
    if isinstance(value, bool):
        return str(value).lower()
    return f"the number {value}"


def meant(key: str, names: Iterable[str]) -> str:
    """Return the question after the name that was probably meant, or ``""``."""
    found = [(distance, name) for name in names if (distance := edits(key, name, most_edits(key))) >= 0]
    return f"; did you mean {min(found)[1]}?" if found else ""
