"""``plugin update``: plugins as their repositories have them now."""

from __future__ import annotations

from steersman.action.plugins.manage import update
from steersman.cli.inputs.plugin_places import places_of
from steersman.cli.terminal.answer import Answer
from steersman.errors import UsageError
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Update each of them."""
    if not args:
        raise UsageError("please provide plugin name to update")
    ctx.debug("loading installed plugins", path=ctx.settings.plugins)
    answer = Answer(ctx, flags)
    update(args, places_of(ctx), answer.say, ctx.log)
    answer.give([Struct(name=name) for name in args])
    return 0
