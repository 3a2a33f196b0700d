"""``plugin install``: a plugin from a folder, an archive, git, HTTP or a registry."""

from __future__ import annotations

from steersman.action.plugins.manage import install
from steersman.cli.inputs.plugin_places import install_options
from steersman.cli.terminal.answer import Answer
from steersman.record import replace
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Install it and say so."""
    answer = Answer(ctx, flags)
    plugin = install(args[0], replace(install_options(ctx, flags), say=answer.say))
    answer.give(Struct(name=plugin.name, version=plugin.version, path=plugin.folder))
    return 0
