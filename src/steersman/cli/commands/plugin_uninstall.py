"""``plugin uninstall``: plugins are removed."""

from __future__ import annotations

from steersman.action.plugin import uninstall
from steersman.cli.plugin_places import places_of
from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Remove each of them."""
    if not args:
        raise UsageError("please provide plugin name to uninstall")
    uninstall(args, places_of(ctx), ctx.out.write, ctx.log)
    return 0
