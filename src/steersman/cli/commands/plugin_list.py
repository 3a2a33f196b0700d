"""``plugin list``: the plugins there are."""

from __future__ import annotations

import os

from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.output import table
from steersman.plugin.load import find
from steersman.plugin.signing import status
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print a table of them."""
    ctx.debug("pluginDirs", directory=ctx.settings.plugins)
    folder = os.path.join(ctx.settings.data_home, "plugins")
    rows = [("NAME", "VERSION", "TYPE", "APIVERSION", "PROVENANCE", "SOURCE")]
    for plugin in find(ctx.settings.plugins, ctx.log, kind=flags["type"]):
        source = plugin.source_url or "unknown"
        rows.append((plugin.name, plugin.version, plugin.type, plugin.api_version, status(plugin, folder), source))
    if ctx.program != "helm" and not flags["type"]:
        rows += _packages()
    answer = Answer(ctx, flags)
    if answer.is_structured:
        names = ("name", "version", "type", "api_version", "provenance", "source")
        answer.give([Struct(zip(names, row)) for row in rows[1:]])
        return 0
    ctx.out.write(table(ctx, rows) + "\n")
    return 0


def _packages() -> list[tuple[str, str, str, str, str, str]]:
    """Return the rows of plugins that are Python packages, which Helm does not know."""
    from steersman.plugin.python import COMMANDS, entry_points

    out = []
    for group, point in entry_points():
        version = point.dist.version if point.dist is not None else ""
        package = point.dist.name if point.dist is not None else "unknown"
        kind = "command" if group == COMMANDS else "postrenderer"
        out.append((point.name, version, kind, "python", "package", package))
    return out
