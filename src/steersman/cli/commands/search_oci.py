"""``search oci``: what a repository of a registry has."""

from __future__ import annotations

from steersman.action.registry import search
from steersman.cli.inputs.registry import client_of
from steersman.cli.terminal.output import table, write_structured
from steersman.errors import RepoError, UsageError
from steersman.registry.reference import is_oci
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print the newest version of the chart, or every version."""
    if not is_oci(args[0]):
        raise UsageError(f"{args[0]} is not in a registry: its URL begins with oci://")
    version = flags["version"] or (">0.0.0-0" if flags["devel"] else ">0.0.0")
    found = search(client_of(ctx, flags), args[0], version=version, every=flags["versions"])
    if not found and flags["fail-on-no-result"]:
        raise RepoError("no results found")
    if flags["output"] != "table":
        rows = [
            Struct(
                name=f.name, version=f.version, app_version=f.app_version, description=f.description, digest=f.digest
            )
            for f in found
        ]
        write_structured(ctx, rows, flags["output"])
    elif not found:
        ctx.out.write("No results found\n")
    else:
        cells = [("NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION")]
        cells += [(f.name, f.version, f.app_version, f.description) for f in found]
        ctx.out.write(table(ctx, cells, flags["max-col-width"]) + "\n")
    return 0
