"""``dependency list``: the dependencies of a chart and how they are."""

from __future__ import annotations

import os

from steersman.action.dependencies.list import status, strangers
from steersman.chart.loader import load_undetected
from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.output import table
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print a table, and warnings about what is not in Chart.yaml."""
    path = os.path.normpath(args[0]) if args else "."
    chart = load_undetected(path)
    wanted = chart.metadata.dependencies
    answer = Answer(ctx, flags)
    if answer.is_structured:
        answer.give(
            [
                Struct(name=d.name, version=d.version, repository=d.repository, status=status(path, d, chart))
                for d in wanted
            ]
        )
        return 0
    if not chart.metadata.has_dependencies:
        ctx.out.write(f"WARNING: no dependencies at {os.path.normpath(os.path.join(path, 'charts'))}\n")
        return 0
    rows = [("NAME", "VERSION", "REPOSITORY", "STATUS")]
    rows += [(d.name, d.version, d.repository, status(path, d, chart)) for d in wanted]
    ctx.out.write(table(ctx, rows, flags["max-col-width"]) + "\n\n")
    ctx.out.write("".join(strangers(path, wanted)))
    return 0
