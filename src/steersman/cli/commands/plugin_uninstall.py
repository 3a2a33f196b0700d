"""``plugin uninstall``: plugins are removed."""

from __future__ import annotations

from steersman.action.plugins.manage import uninstall
from steersman.cli.inputs.plugin_places import places_of
from steersman.cli.terminal.answer import Answer
from steersman.errors import UsageError
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Remove each of them."""
    if not args:
        raise UsageError("please provide plugin name to uninstall")
    ctx.debug("loading installer plugins", dir=ctx.settings.plugins)
    answer = Answer(ctx, flags)
    uninstall(args, places_of(ctx), answer.say, ctx.log)
    answer.give([Struct(name=name) for name in args])
    return 0
