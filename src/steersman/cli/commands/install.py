"""``install``: a chart onto the cluster."""

from __future__ import annotations

from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.inputs.options import dry_run_of, wait_strategy
from steersman.cli.inputs.release import CommandFailed, run_install
from steersman.cli.terminal.releases import write_release
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Install and show the release."""
    strategy = wait_strategy(ctx, flags)
    dry_run = dry_run_of(ctx, flags, template=False)
    try:
        release = run_install(ctx, flags, args, make_configuration(ctx), dry_run=dry_run, strategy=strategy)
    except SteerError as error:
        raise CommandFailed("INSTALLATION FAILED", error) from error
    write_release(ctx, release, flags["output"], debug=ctx.settings.debug, hide_notes=flags["hide-notes"])
    return 0
