"""``registry logout``: the credentials for a registry are forgotten."""

from __future__ import annotations

from steersman.action.registry import logout
from steersman.cli.inputs.registry import stores_of
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Forget them."""
    logout(args[0], stores_of(ctx))
    answer = Answer(ctx, flags)
    answer.say(f"Removing login credentials for {args[0]}\n")
    answer.give(Struct(host=args[0]))
    return 0
