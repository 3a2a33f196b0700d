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
    return KnownPaths(known).nearest(path)


class KnownPaths:
    """Paths that mistyped ones may mean, for many questions.

    Keys of one map are compared with each other up to a number of times in all; after that only what does not have to
    be searched for is found.
    """

    def __init__(self, known: Iterable[Path]) -> None:
        self._left = _MOST_COMPARED
        # by what they are in, without indexes of lists, and by their last key
        self._siblings: dict[Path, dict[str, list[Path]]] = {}
        self._parents: dict[str, dict[Path, list[Path]]] = {}
        for path in known:
            key = path[-1] if path else None
            if isinstance(key, str):
                parent = _without_indexes(path[:-1])
                siblings = self._siblings.setdefault(parent, {})
                found = siblings.setdefault(key, [])
                self._parents.setdefault(key, {})[parent] = found
                if path not in found:
                    found.append(path)
                    if len(found) > _ENOUGH:
                        found.sort(key=str)
                        found.pop()

    def nearest(self, path: Path) -> Path | None:
        """Return the path that ``path`` was probably meant to be, or None; see the function of this name."""
        key = path[-1]
        if not isinstance(key, str):
            return None
        parent = _without_indexes(path[:-1])
        near: list[tuple[int, str, Path]] = []
        most = most_edits(key)
        for sibling, paths in self._siblings.get(parent, {}).items():
            if self._left <= 0:
                break
            self._left -= 1
            distance = edits(key, sibling, most)
            if distance >= 0:
                near += [(distance, str(one), one) for one in paths if one != path]
        if near:
            return min(near)[2]
        elsewhere: list[Path] = []
        for other, paths in self._parents.get(key, {}).items():
            elsewhere += paths if other != parent else []
            if len(elsewhere) > 1:
                return None
        return elsewhere[0] if elsewhere else None


_MOST_COMPARED = 50_000
_ENOUGH = 2  # paths that differ in indexes of lists only: one may be what is asked about


def _without_indexes(path: Path) -> Path:
    return tuple([None if type(key) is int else key for key in path])


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
    far = most + 1
    width = len(b) + 1
    before = [far] * width
    row = [min(at, far) for at in range(width)]
    for i, x in enumerate(a, 1):
        next_row = [far] * width
        next_row[0] = min(i, far)
        # a column further from the diagonal takes more edits
        least = next_row[0]
        for j in range(max(1, i - most), min(len(b), i + most) + 1):
            y = b[j - 1]
            cost = min(row[j] + 1, next_row[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            next_row[j] = cost
            least = min(least, cost)
        if least > most and min(row) > most:
            return -1
        before, row = row, next_row
    # a key that has nothing but mistakes is another key
    return row[-1] if row[-1] <= most and row[-1] < max(len(a), len(b), 1) else -1


def _plain(key: str) -> str:
    return key.lower().replace("-", "").replace("_", "")
