"""``push``: a chart's archive into a registry."""

from __future__ import annotations

from steersman.action.push import push
from steersman.cli.inputs.registry import blob_places, client_of
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Push the archive and say what its manifest's digest is."""
    client = client_of(ctx, flags)  # helm: what is wrong with certificates shows before the archive is looked for
    answer = Answer(ctx, flags)
    pushed = push(args[0], args[1], lambda: client, blob_places(ctx), answer.say)
    answer.give(Struct(reference=pushed.reference, digest=pushed.digest))
    return 0
