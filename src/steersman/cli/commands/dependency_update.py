"""``dependency update``: what Chart.yaml asks for into ``charts/``."""

from __future__ import annotations

from steersman.action.dependency_update import update
from steersman.cli.dependency import chart_folder, options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch the archives and say what is going on."""
    update(chart_folder(args), options_of(ctx, flags, skip_refresh=flags["skip-refresh"], verify=flags["verify"]))
    return 0
