"""Coverage as data: a chart's code, and what each of several renders came to."""

from __future__ import annotations

from functools import cached_property

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from steersman.engine.trace import Path
    from steersman.insight.code import Code, Covered, Define, File, Side
    from steersman.insight.guesses import Setting


class Count(Record):
    """A number of things that were covered, and of those that there are."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """100 where there is nothing to cover."""
        return 100.0 if self.total == 0 else 100.0 * self.covered / self.total

    def __add__(self, other: Count) -> Count:
        return Count(self.covered + other.covered, self.total + other.total)


NONE = Count(0, 0)


class FileCoverage(Record):
    """The counts of one template."""

    file: File
    lines: Count
    branches: Count
    includes: Count


class Coverage:
    """The code of a chart, and the part of it that renders came to.

    Args:
        code: of the chart.
        runs: the name of each test or values file, with what it came to. Runs of one name count as one.

    Attributes:
        code: the same.
        names: of the runs, each once.
    """

    def __init__(self, code: Code, runs: Iterable[tuple[str, Covered]]) -> None:
        self.code = code
        self._points: dict[str, int] = {}
        self._values = 0
        for name, covered in runs:
            self._points[name] = self._points.get(name, 0) | covered.points
            self._values |= covered.values
        self._all = 0
        for points in self._points.values():
            self._all |= points

    @property
    def names(self) -> Sequence[str]:
        """The names of the runs."""
        return list(self._points)

    def has(self, point: int) -> bool:
        """Return whether any run came to a point."""
        return bool(self._all >> point & 1)

    def runs(self, points: Iterable[int]) -> int:
        """Return the runs that came to one of these points: a bit for each, in the order of ``names``."""
        mask = 0
        for point in points:
            mask |= 1 << point
        runs = 0
        for number, found in enumerate(self._points.values()):
            if found & mask:
                runs |= 1 << number
        return runs

    def hits(self, points: Iterable[int]) -> int:
        """Return how many runs came to one of these points."""
        return self.runs(points).bit_count()

    def runs_of(self, point: int) -> list[str]:
        """Return the names of the runs that came to a point."""
        return [name for name, found in self._points.items() if found >> point & 1]

    @cached_property
    def files(self) -> tuple[FileCoverage, ...]:
        """The counts of each template, by path."""
        return tuple(map(self._file, self.code.files.values()))

    def _file(self, file: File) -> FileCoverage:
        lines = [any(map(self.has, points)) for points in file.lines.values()]
        return FileCoverage(
            file,
            Count(sum(lines), len(lines)),
            Count(sum(self.has(side.point) for side in file.sides), len(file.sides)),
            Count(sum(self.has(define.point) for define in file.defines), len(file.defines)),
        )

    @property
    def lines(self) -> Count:
        """The lines with a statement, in all templates."""
        return sum((file.lines for file in self.files), NONE)

    @property
    def branches(self) -> Count:
        """The sides of choices."""
        return sum((file.branches for file in self.files), NONE)

    @property
    def includes(self) -> Count:
        """The definitions."""
        return sum((file.includes for file in self.files), NONE)

    @property
    def values(self) -> Count:
        """The values of the chart's values.yaml, read or not."""
        return Count(self._values.bit_count(), len(self.code.values))

    @property
    def percent(self) -> float:
        """Lines and branches together: what a minimum is about."""
        return (self.lines + self.branches).percent

    @property
    def unread(self) -> list[Path]:
        """The paths of values that no run has read."""
        return [path for at, path in enumerate(self.code.values) if not self._values >> at & 1]

    @property
    def untaken(self) -> list[Side]:
        """The sides of choices that no run took, by file and place."""
        return [side for file in self.code.files.values() for side in file.sides if not self.has(side.point)]

    @property
    def unused(self) -> list[tuple[File, Define]]:
        """The definitions that no run included, by file and place."""
        return [(file, one) for file in self.code.files.values() for one in file.defines if not self.has(one.point)]


class CoveredChart(Record):
    """The coverage of the chart in a folder, and values that would take an untaken side, by its point."""

    folder: str
    coverage: Coverage
    hints: Mapping[int, Sequence[Setting]]
