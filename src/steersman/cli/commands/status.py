"""``status``: a release and what it is made of."""

from __future__ import annotations

from steersman.action.status import status
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.releases import write_release
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show the release; its chart is left out."""
    output = flags["output"]
    release = status(make_configuration(ctx), args[0], flags["revision"], as_tables=output == "table")
    write_release(ctx, replace(release, chart=None), output)
    return 0
