"""``sandbox down``: stop the embedded cluster."""

from __future__ import annotations

from steersman.cli.commands.sandbox_up import folder
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct
from steersman.sandbox.process import down

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Stop it, or say that none runs."""
    answer = Answer(ctx, flags)
    has_run = down(folder(ctx))
    answer.say("The sandbox is stopped\n" if has_run else "The sandbox is not running\n")
    answer.give(Struct(stopped=has_run))
    return 0
