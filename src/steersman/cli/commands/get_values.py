"""``get values``: the values of a release."""

from __future__ import annotations

from steersman.action.get import get_values
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.releases import write_structured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show the user's values, or all of them."""
    values = get_values(make_configuration(ctx), args[0], flags["revision"], all_values=flags["all"])
    if flags["output"] == "table":
        ctx.out.write("COMPUTED VALUES:\n" if flags["all"] else "USER-SUPPLIED VALUES:\n")
        write_structured(ctx, values, "yaml")
    else:
        write_structured(ctx, values, flags["output"])
    return 0
