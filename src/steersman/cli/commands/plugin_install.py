"""``plugin install``: a plugin from a folder, an archive, git, HTTP or a registry."""

from __future__ import annotations

from steersman.action.plugins.manage import install
from steersman.cli.inputs.plugin_places import install_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Install it and say so."""
    install(args[0], install_options(ctx, flags))
    return 0
