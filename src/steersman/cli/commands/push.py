"""``push``: a chart's archive into a registry."""

from __future__ import annotations

from steersman.action.push import push
from steersman.cli.registry import blob_places, client_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Push the archive and say what its manifest's digest is."""
    push(args[0], args[1], lambda: client_of(ctx, flags), blob_places(ctx), ctx.out.write)
    return 0
