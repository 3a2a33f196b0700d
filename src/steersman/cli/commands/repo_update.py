"""``repo update``: the newest indexes of the chart repositories."""

from __future__ import annotations

from steersman.action.repo import update
from steersman.cli.inputs.fetching import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch the indexes and say how each went."""

    def say(text: str) -> None:
        ctx.out.write(text)
        ctx.out.flush()

    update(args, places(ctx), flags["timeout"], say)
    return 0
