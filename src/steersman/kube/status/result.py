"""The answer of a status rule, and how rules read objects."""

from __future__ import annotations

from steersman.kube.objects import nested
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CURRENT = "Current"
IN_PROGRESS = "InProgress"
FAILED = "Failed"
TERMINATING = "Terminating"
NOT_FOUND = "NotFound"
UNKNOWN = "Unknown"


class Status(Record):
    """One of the words above, and a sentence about it."""

    word: str
    message: str = ""

    @property
    def is_current(self) -> bool:
        return self.word == CURRENT


def conditions(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the object's status conditions."""
    found = nested(content, "status", "conditions")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def number(content: dict[str, Any], *path: str, default: Any = 0) -> Any:
    """Return the integer at ``path``, or ``default``."""
    value = nested(content, *path)
    return value if isinstance(value, int) else default


def text(content: dict[str, Any], *path: str, default: str = "") -> str:
    """Return the text at ``path``, or ``default``."""
    value = nested(content, *path)
    return value if isinstance(value, str) else default
