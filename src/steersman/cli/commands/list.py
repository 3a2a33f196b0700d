"""``list``: the releases there are."""

from __future__ import annotations

from steersman.action.list import ListOptions, list_releases
from steersman.cli.cluster import make_configuration
from steersman.cli.release_output import write_release_list, write_structured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show releases, or only their names."""
    options = ListOptions(
        filter=flags["filter"],
        selector=flags["selector"],
        limit=flags["max"],
        offset=flags["offset"],
        by_date=flags["date"],
        reverse=flags["reverse"],
        deployed=flags["deployed"],
        uninstalled=flags["uninstalled"],
        uninstalling=flags["uninstalling"],
        pending=flags["pending"],
        failed=flags["failed"],
        superseded=flags["superseded"],
        heads_only=True,
    )
    releases = list_releases(make_configuration(ctx, all_namespaces=flags["all-namespaces"]), options)
    output = flags["output"]
    if flags["short"]:
        names = [release.name for release in releases]
        if output == "table":
            ctx.out.write("".join(f"{name}\n" for name in names))
        else:
            write_structured(ctx, names, output)
        return 0
    write_release_list(ctx, releases, output, time_format=flags["time-format"], no_headers=flags["no-headers"])
    return 0
