"""``cache list``: what is kept on this disk to save time."""

from __future__ import annotations

from steersman.action.cache import kept
from steersman.cli.terminal.output import aligned, write_structured
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.cache import Kept
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def derived(ctx: Context) -> str:
    """Return the folder of derived data, ``""`` where others may have put something into it."""
    from steersman.runtime.homes import derived_folder
    from steersman.runtime.private import folder_problem

    folder = derived_folder(ctx.settings.cache_home)
    return "" if folder_problem(folder, ctx.settings.home) else folder


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print it, and how much it is."""
    found = list(kept(ctx.settings.content_cache, derived(ctx)))
    if flags["output"] != "table":
        rows = [Struct(kind=k.kind, name=k.name, size=k.size, used=_day(k.used), path=k.path) for k in found]
        write_structured(ctx, rows, flags["output"])
        return 0
    problem = ctx.cache().problem()
    if problem:
        ctx.err.write(f"WARNING: the cache of derived data is not used: {problem}\n")
    table = [("KIND", "NAME", "SIZE", "LAST USED")]
    table += [(k.kind, k.name, size_text(k.size), _day(k.used)) for k in found]
    ctx.out.write(aligned(list(table)) + "\n" + total(found) + "\n")
    return 0


def _day(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def size_text(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size} B" if size < 1000 else f"{size / 1e3:.1f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"


def total(found: list[Kept]) -> str:
    """Return how many files there are, and how large they are together."""
    files = "1 file" if len(found) == 1 else f"{len(found)} files"
    return f"{files}, {size_text(sum(k.size for k in found))}"
