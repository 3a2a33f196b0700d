"""``dependency build``: what the lock says into ``charts/``."""

from __future__ import annotations

from steersman.action.dependency_update import build
from steersman.cli.dependency import chart_folder, options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch the archives and say what is going on."""
    # helm: what nobody signed is told of, and is fetched (test_building_with_what_nobody_signed)
    options = options_of(ctx, flags, skip_refresh=flags["skip-refresh"], verify=flags["verify"], must_verify=False)
    build(chart_folder(args), options)
    return 0
