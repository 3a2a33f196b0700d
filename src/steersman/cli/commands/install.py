"""``install``: a chart onto the cluster."""

from __future__ import annotations

from steersman.cli.cluster import make_configuration
from steersman.cli.release_input import CommandFailed, run_install, wait_strategy
from steersman.cli.release_output import write_release
from steersman.cli.rendering import dry_run_of
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


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
