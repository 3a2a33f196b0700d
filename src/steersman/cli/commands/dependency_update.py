"""``dependency update``: what Chart.yaml asks for into ``charts/``."""

from __future__ import annotations

from steersman.action.dependencies.update import update
from steersman.cli.inputs.dependency import chart_folder, options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch the archives and print the progress."""
    update(chart_folder(args), options_of(ctx, flags, skip_refresh=flags["skip-refresh"], verify=flags["verify"]))
    return 0
