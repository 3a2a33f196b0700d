"""``repo remove``: forget chart repositories."""

from __future__ import annotations

from steersman.action.repo import remove
from steersman.cli.fetching import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Remove the entries and what is cached of them."""
    remove(args, places(ctx), ctx.out.write)
    return 0
