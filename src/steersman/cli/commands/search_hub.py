"""``search hub``: charts of Artifact Hub by words."""

from __future__ import annotations

from steersman.action.hub import search_hub
from steersman.cli.terminal.output import table, write_structured
from steersman.errors import RepoError
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print what was found."""
    found = search_hub(args, flags["endpoint"], ctx.environment)
    if not found and flags["fail-on-no-result"]:
        raise RepoError("no results found")
    if flags["output"] != "table":
        rows = [
            Struct(
                url=f.url,
                version=f.version,
                app_version=f.app_version,
                description=f.description,
                repository=Struct(url=f.repo_url, name=f.repo_name),
            )
            for f in found
        ]
        write_structured(ctx, rows, flags["output"])
    elif not found:
        ctx.out.write("No results found\n")
    else:
        more = flags["list-repo-url"]
        cells = [["URL", "CHART VERSION", "APP VERSION", "DESCRIPTION", *(["REPO URL"] if more else [])]]
        for f in found:
            cells.append([f.url, f.version, f.app_version, f.description, *([f.repo_url] if more else [])])
        ctx.out.write(table(ctx, cells, flags["max-col-width"]) + "\n")
    return 0
