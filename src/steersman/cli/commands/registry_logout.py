"""``registry logout``: the credentials for a registry are forgotten."""

from __future__ import annotations

from steersman.action.registry import logout
from steersman.cli.inputs.registry import stores_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Forget them."""
    logout(args[0], stores_of(ctx))
    ctx.out.write(f"Removing login credentials for {args[0]}\n")
    return 0
