"""``list``: the releases there are."""

from __future__ import annotations

from steersman.action.list import ListOptions, list_releases
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.releases import write_release_list, write_structured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


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
    config = make_configuration(ctx, all_namespaces=flags["all-namespaces"])
    if flags["all-namespaces"] and config.is_detached:
        # helm: for all namespaces all is set up anew, with a cluster, and with a memory that has nothing
        # (test_all_namespaces_of_a_memory_ask_the_cluster)
        config.ask_version()
        releases = []
    else:
        releases = list_releases(config, options)
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
