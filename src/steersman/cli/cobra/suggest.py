"""Names near a mistyped one, by cobra's rule."""

from __future__ import annotations


def distance(a: str, b: str) -> int:
    """Return the Levenshtein distance of two words, ignoring case."""
    a, b = a.lower(), b.lower()
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def suggestions(word: str, names: list[str]) -> list[str]:
    """Return the names at most two edits from ``word``, or that begin with it."""
    return [n for n in sorted(names) if distance(word, n) <= 2 or n.lower().startswith(word.lower())]
