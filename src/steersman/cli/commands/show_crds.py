"""``show crds``: one part of what a chart says about itself."""

from __future__ import annotations

from steersman.cli.commands.show_all import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print the chart's crds."""
    return show(ctx, flags, args, "crds")
