"""``history``: the revisions of a release."""

from __future__ import annotations

from steersman.action.history import history
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.releases import write_history

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show the last revisions, oldest first."""
    releases = history(make_configuration(ctx), args[0], most=flags["max"])
    write_history(ctx, releases, flags["output"], show_rollback=flags["show-rollback-revision"])
    return 0
