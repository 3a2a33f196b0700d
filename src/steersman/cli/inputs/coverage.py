"""Coverage as the flags want it: printed, written to files, and held to a minimum."""

from __future__ import annotations

from steersman.coverage.least import Least
from steersman.coverage.model import CoveredChart
from steersman.coverage.outputs import report_for, write_coverage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.coverage.model import Coverage
    from steersman.insight.guesses import Setting


class CoverageReport:
    """Prints and writes coverage.

    Args:
        ctx: where to print.
        flags: ``min``, ``min-branches``, ``coverage-output`` and ``show-all``.

    Raises:
        UsageError: for a file whose ending is not known, or a minimum that is not a percentage.
    """

    def __init__(self, ctx: Context, flags: Flags) -> None:
        self._ctx = ctx
        self._least = Least(flags["min"], flags["min-branches"])
        self._least.check()
        self._shows_all: bool = flags["show-all"]
        self._outputs: list[str] = flags["coverage-output"]
        for path in self._outputs:
            report_for(path)
        self._charts: list[CoveredChart] = []

    def show(self, folder: str, coverage: Coverage, hints: dict[int, tuple[Setting, ...]]) -> None:
        """Print the coverage of the chart in a folder, and keep it for the files."""
        from steersman.coverage.text import coverage_lines

        lines = coverage_lines(coverage, hints, shows_all=self._shows_all)
        self._ctx.out.write("".join(f"{line}\n" for line in lines))
        self._charts.append(CoveredChart(folder, coverage, hints))

    def finish(self) -> bool:
        """Write the files; return whether each chart has the least coverage."""
        for path in self._outputs:
            write_coverage(path, self._charts)
        is_enough = True
        for chart in self._charts:
            for shortfall in self._least.shortfalls(chart.coverage):
                is_enough = False
                self._ctx.err.write(f"Error: coverage of {chart.coverage.code.name}: {shortfall}\n")
        return is_enough
