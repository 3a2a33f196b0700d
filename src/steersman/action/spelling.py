"""Names near a misspelt one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def distance(a: str, b: str, *, swaps: bool = False) -> int:
    """Return the Levenshtein distance of two words, ignoring case; with ``swaps`` two letters swapped are one edit.

    >>> distance("wbe", "web"), distance("wbe", "web", swaps=True)
    (2, 1)
    """
    a, b = a.lower(), b.lower()
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            edits = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if swaps and i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                edits = min(edits, before[j - 2] + 1)
            row.append(edits)
        before = above
    return row[-1]


def closest(word: str, names: Iterable[str]) -> list[str]:
    """Return the names that ``word`` may be a misspelling of, the nearest first.

    A name may differ by a third of its letters; one that begins with the word counts as well.
    """
    most = max(1, len(word) // 3)
    rated = [(distance(word, name, swaps=True), name) for name in names]
    starts = len(word) > 2
    return [
        name
        for far, name in sorted(rated)
        if 0 < far <= most or (starts and name != word and name.lower().startswith(word.lower()))
    ]
