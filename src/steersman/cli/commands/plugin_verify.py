"""``plugin verify``: who signed a plugin's archive."""

from __future__ import annotations

from steersman.action.plugin import verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Say who did."""
    ctx.out.write(verify(args[0], flags["keyring"]).lines("Plugin"))
    return 0
