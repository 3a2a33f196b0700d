"""``search repo``: charts of the configured repositories by words."""

from __future__ import annotations

from steersman.action.search import search
from steersman.cli.inputs.fetching import places
from steersman.cli.terminal.output import table, write_structured
from steersman.errors import RepoError
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print what was found."""
    ctx.debug("original chart version", version=flags["version"])
    if not flags["version"]:
        ctx.debug(f"setting version to {'>0.0.0-0' if flags['devel'] else '>0.0.0'}")
    version = flags["version"] or (">0.0.0-0" if flags["devel"] else ">0.0.0")
    results = search(args, places(ctx), regexp=flags["regexp"], versions=flags["versions"], version=version)
    if not results and flags["fail-on-no-result"]:
        raise RepoError("no results found")
    if flags["output"] != "table":
        rows = [
            Struct(name=r.name, version=r.version, app_version=r.app_version, description=r.description)
            for r in results
        ]
        write_structured(ctx, rows, flags["output"])
    elif not results:
        ctx.out.write("No results found\n")
    else:
        cells = [("NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION")]
        for r in results:
            cells.append((r.name, r.version, r.app_version, r.description))
        ctx.out.write(table(ctx, cells, flags["max-col-width"]) + "\n")
    return 0
