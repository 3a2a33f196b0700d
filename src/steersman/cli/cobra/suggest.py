"""Names near a mistyped one, by cobra's rule."""

from __future__ import annotations

from steersman.action.spelling import distance


def suggestions(word: str, names: list[str]) -> list[str]:
    """Return the names at most two edits from ``word``, or that begin with it."""
    return [n for n in sorted(names) if distance(word, n) <= 2 or n.lower().startswith(word.lower())]
