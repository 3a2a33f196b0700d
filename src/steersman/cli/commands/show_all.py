"""``show all|chart|values|readme|crds``: what a chart says about itself."""

from __future__ import annotations

from steersman.action.show import PARTS
from steersman.action.show import show as show_parts
from steersman.cli.inputs.chart import ChartInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print everything."""
    return show(ctx, flags, args, *PARTS)


def show(ctx: Context, flags: Flags, args: list[str], *parts: str) -> int:
    """Print the named parts of the chart that ``args`` name; more than one are separated by ``---``.

    Raises:
        SteerError: with Helm's message.
    """
    source = ChartInput(ctx, flags)
    ctx.debug("original chart version", version=flags["version"])
    if not flags["version"] and flags["devel"]:
        ctx.debug("setting version to >0.0.0-0")
    path = source.locate(args[0])
    chart = source.load(path, tells_why=True)
    jsonpath = flags["jsonpath"] if "jsonpath" in flags else ""  # noqa: SIM401  (Flags is not a dict)
    ctx.out.write(show_parts(chart, parts, jsonpath))
    return 0
