"""One finding: where, how bad, what it is and what to do."""

from __future__ import annotations

from steersman.record import Record

OK, NOTE, WARNING, ERROR = "ok", "note", "warning", "error"


class Finding(Record):
    """One thing that was looked at.

    Attributes:
        area: the part that it belongs to (``cluster``, ``caches`` …).
        level: ``ok``; ``note``: good to know; ``warning``: works, but not well; ``error``: commands will fail.
        message: what was found.
        advice: what to do about it, ``""`` where nothing is to be done.
    """

    area: str
    level: str
    message: str
    advice: str = ""
