"""Many texts with few different lines: each line is stored once, and a text is a list of small numbers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class LineTable:
    """The different lines of texts, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._numbers: dict[str, int] = {}

    def add(self, lines: Iterable[str]) -> list[int]:
        """Return the numbers of lines, each as its distance from the one before: runs of new lines become ones."""
        numbers = []
        for line in lines:
            number = self._numbers.get(line)
            if number is None:
                number = self._numbers[line] = len(self.lines)
                self.lines.append(line)
            numbers.append(number)
        return distances(numbers)


def distances(numbers: Iterable[int]) -> list[int]:
    """Return each number as its distance from the one before.

    >>> distances([4, 5, 6, 2])
    [4, 1, 1, -4]
    """
    before = 0
    found = []
    for number in numbers:
        found.append(number - before)
        before = number
    return found
