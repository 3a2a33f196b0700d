"""``repo remove``: forget chart repositories."""

from __future__ import annotations

from steersman.action.repo import remove
from steersman.cli.inputs.fetching import places
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Remove the entries and what is cached of them."""
    answer = Answer(ctx, flags)
    remove(args, places(ctx), answer.say)
    answer.give([Struct(name=name) for name in args])
    return 0
