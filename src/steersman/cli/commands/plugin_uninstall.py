"""``plugin uninstall``: plugins are removed."""

from __future__ import annotations

from steersman.action.plugins.manage import uninstall
from steersman.cli.inputs.plugin_places import places_of
from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Remove each of them."""
    if not args:
        raise UsageError("please provide plugin name to uninstall")
    ctx.debug("loading installer plugins", dir=ctx.settings.plugins)
    uninstall(args, places_of(ctx), ctx.out.write, ctx.log)
    return 0
