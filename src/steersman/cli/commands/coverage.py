"""``coverage``: which lines and branches of a chart are run by renders with several values files."""

from __future__ import annotations

from steersman.action.coverage import cases_of, coverage_of_values, hints
from steersman.cli.inputs.chart import ChartInput, compiled_templates
from steersman.cli.inputs.coverage import CoverageReport
from steersman.cli.inputs.rendering import capabilities_of, impure
from steersman.cli.inputs.schema_access import schema_access
from steersman.rendering import World
from steersman.runtime.files import shown_path
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Render, and print the coverage; 1 where a render failed or the coverage is less than asked for."""
    report = CoverageReport(ctx, flags)
    source = ChartInput(ctx, flags)
    path = source.locate(args[0])
    chart = source.load(path)
    capabilities = capabilities_of(flags)
    world = World(impure(ctx), lambda: capabilities, compiled_templates(ctx), schema_access(ctx))
    with BoundedMemory():
        coverage, failed = coverage_of_values(chart, source.values_of_each() or cases_of(path, chart), world)
        report.show(shown_path(path), coverage, hints(chart, coverage, world))
    for problem in failed:
        ctx.err.write(f"Error: {problem}\n")
    is_enough = report.finish()
    return int(bool(failed) or not is_enough)
