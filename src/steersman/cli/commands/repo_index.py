"""``repo index``: the index of a folder of archives."""

from __future__ import annotations

from steersman.action.repo import make_index
from steersman.cli.inputs.fetching import places
from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.output import rfc3339_now
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write ``index.yaml`` into the folder."""
    index = make_index(args[0], flags["url"], flags["merge"], places(ctx), rfc3339_now(ctx.now()), json=flags["json"])
    Answer(ctx, flags).give(
        [
            Struct(name=name, version=one.metadata.version, digest=one.digest, urls=list(one.urls or ()))
            for name, versions in sorted(index.entries.items())
            for one in versions
        ]
    )
    return 0
