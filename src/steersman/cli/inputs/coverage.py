"""Coverage as the flags want it: printed, written to files, and held to a minimum."""

from __future__ import annotations

from steersman.coverage.model import CoveredChart
from steersman.coverage.outputs import check_least, report_for, write_coverage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.coverage.missing import Setting
    from steersman.coverage.model import Coverage


class CoverageReport:
    """Prints and writes coverage.

    Args:
        ctx: where to print.
        flags: ``min``, ``coverage-output`` and ``show-all``.

    Raises:
        UsageError: for a file whose ending is not known, or a minimum that is not a percentage.
    """

    def __init__(self, ctx: Context, flags: Flags) -> None:
        self._ctx = ctx
        self._least: float = flags["min"]
        check_least(self._least)
        self._shows_all: bool = flags["show-all"]
        self._outputs: list[str] = flags["coverage-output"]
        for path in self._outputs:
            report_for(path)
        self._charts: list[CoveredChart] = []

    def show(self, folder: str, coverage: Coverage, hints: dict[int, tuple[Setting, ...]]) -> None:
        """Print the coverage of the chart in a folder, and keep it for the files."""
        from steersman.cli.terminal.streams import write_with_sequences
        from steersman.coverage.text import coverage_lines

        lines = coverage_lines(coverage, hints, shows_all=self._shows_all)
        write_with_sequences(self._ctx.out, "".join(f"{line}\n" for line in lines))
        self._charts.append(CoveredChart(folder, coverage, hints))

    def finish(self) -> bool:
        """Write the files; return whether each chart has the least coverage."""
        for path in self._outputs:
            write_coverage(path, self._charts)
        is_enough = True
        for chart in self._charts:
            coverage = chart.coverage
            if coverage.percent < self._least:
                from steersman.coverage.text import percent

                is_enough = False
                self._ctx.err.write(
                    f"Error: coverage of {coverage.code.name}: {percent(coverage.percent)} %, "
                    f"less than {self._least:g} %\n"
                )
        return is_enough
