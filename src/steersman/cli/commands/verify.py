"""``verify``: who signed a chart's archive."""

from __future__ import annotations

from steersman.action.verify import verify_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Say who did, by the provenance file next to the archive."""
    ctx.out.write(verify_file(args[0], f"{args[0]}.prov", flags["keyring"]).lines("Chart"))
    return 0
