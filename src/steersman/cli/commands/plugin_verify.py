"""``plugin verify``: who signed a plugin's archive."""

from __future__ import annotations

from steersman.action.plugins.manage import verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Say who did."""
    ctx.out.write(verify(args[0], flags["keyring"]).lines("Plugin"))
    return 0
