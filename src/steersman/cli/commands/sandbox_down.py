"""``sandbox down``: stop the embedded cluster."""

from __future__ import annotations

from steersman.cli.commands.sandbox_up import folder
from steersman.sandbox.process import down

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Stop it, or say that none runs."""
    ctx.out.write("The sandbox is stopped\n" if down(folder(ctx)) else "The sandbox is not running\n")
    return 0
