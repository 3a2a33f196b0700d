"""``repo list``: the chart repositories."""

from __future__ import annotations

from steersman.cli.terminal.output import table, write_structured
from steersman.errors import SteerError
from steersman.release.codec import Struct
from steersman.repo.config import load_readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print names and URLs.

    helm: a file that cannot be read is a list without entries (test_repo_list_without_repositories)
    """
    try:
        entries = load_readable(ctx.settings.repository_config)
    except SteerError:
        entries = []
    if flags["output"] != "table":
        write_structured(ctx, [Struct(name=e.name, url=e.url) for e in entries], flags["output"])
    elif not entries:
        ctx.err.write("no repositories to show\n")
    else:
        head = [] if flags["no-headers"] else [("NAME", "URL")]
        ctx.out.write(table(ctx, [*head, *((e.name, e.url) for e in entries)]) + "\n")
    return 0
