"""``cache prune``: what was kept and not used for some time is removed."""

from __future__ import annotations

from steersman.action.cache import prune
from steersman.cli.commands.cache_list import derived, total
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Remove it and say how much it was."""
    removed = prune(ctx.settings.content_cache, derived(ctx), ctx.now() - flags["older-than"])
    answer = Answer(ctx, flags)
    answer.say(f"Removed {total(removed)}\n")
    answer.give([Struct(kind=k.kind, name=k.name, size=k.size, path=k.path) for k in removed])
    return 0
