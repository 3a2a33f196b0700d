"""``repo remove``: forget chart repositories."""

from __future__ import annotations

from steersman.action.repo import remove
from steersman.cli.inputs.fetching import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Remove the entries and what is cached of them."""
    remove(args, places(ctx), ctx.out.write)
    return 0
