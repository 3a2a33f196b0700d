"""The least coverage of a chart: of lines and branches together, and of branches alone.

Long templates of constant text, such as definitions of custom resources, have thousands of lines that one test covers;
branches are not drowned by them.
"""

from __future__ import annotations

from steersman.coverage.text import percent
from steersman.errors import UsageError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.coverage.model import Coverage


class Least(Record):
    """Minimums in percent; 0 for none."""

    together: float = 0.0
    branches: float = 0.0

    def check(self) -> None:
        """Check that both are percentages.

        Raises:
            UsageError: for a number that is not.
        """
        for number in (self.together, self.branches):
            if not 0 <= number <= 100:
                raise UsageError(f"the least coverage must be a number from 0 to 100, not {number:g}")

    def shortfalls(self, coverage: Coverage) -> list[str]:
        """Return how a chart's coverage falls short: ``60 %, less than 80 %``."""
        found = []
        if coverage.percent < self.together:
            found.append(f"{percent(coverage.percent)} %, less than {self.together:g} %")
        branches = coverage.branches.percent
        if branches < self.branches:
            found.append(f"{percent(branches)} % of branches, less than {self.branches:g} %")
        return found
