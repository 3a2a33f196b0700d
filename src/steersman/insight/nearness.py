"""The known path that a mistyped one probably means."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from steersman.engine.trace import Path


def nearest(path: Path, known: Iterable[Path]) -> Path | None:
    """Return the path among ``known`` that ``path`` was probably meant to be, or None.

    A key of the same map that is spelt almost alike, or else the only path that ends in the same key.

    >>> nearest(("image", "tga"), [("image", "tag"), ("image", "name")])
    ('image', 'tag')
    >>> nearest(("tag",), [("image", "tag"), ("image", "name")])
    ('image', 'tag')
    """
    key = path[-1]
    if not isinstance(key, str):
        return None
    near: list[tuple[int, Path]] = []
    elsewhere = set()
    for one in known:
        if not one or one == path or not isinstance(one[-1], str):
            continue
        if _same(one[:-1], path[:-1]):
            distance = edits(key, one[-1], most_edits(key))
            if distance >= 0:
                near.append((distance, one))
        elif one[-1] == key:
            elsewhere.add(one)
    if near:
        return min(near, key=lambda found: (found[0], str(found[1])))[1]
    return elsewhere.pop() if len(elsewhere) == 1 else None


def _same(left: Path, right: Path) -> bool:
    """Return whether two paths differ only in indexes of lists."""
    return len(left) == len(right) and all(a == b or (type(a) is type(b) is int) for a, b in zip(left, right))


def most_edits(key: str) -> int:
    """Return how many mistakes a key of this length may have."""
    return 1 if len(key) < 6 else 2


def edits(a: str, b: str, most: int) -> int:
    """Return the number of insertions, deletions, replacements and swaps between two keys; -1 for more than ``most``.

    Upper and lower case, hyphens and underscores count for nothing.

    >>> edits("tga", "tag", 1), edits("pull-policy", "pullPolicy", 1), edits("tag", "name", 1)
    (1, 0, -1)
    """
    a, b = _plain(a), _plain(b)
    if abs(len(a) - len(b)) > most:
        return -1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        next_row = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, next_row[-1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            next_row.append(cost)
        before, row = row, next_row
    # a key that has nothing but mistakes is another key
    return row[-1] if row[-1] <= most and row[-1] < max(len(a), len(b), 1) else -1


def _plain(key: str) -> str:
    return key.lower().replace("-", "").replace("_", "")
