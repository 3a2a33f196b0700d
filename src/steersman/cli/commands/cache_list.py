"""``cache list``: what is kept on this disk to save time."""

from __future__ import annotations

from steersman.action.cache import kept
from steersman.cli.chart_input import cache_folder
from steersman.cli.output import aligned, write_structured
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.cache import Kept
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print it, and how much it is."""
    found = list(kept(ctx.settings.content_cache, cache_folder(ctx, "")))
    if flags["output"] != "table":
        rows = [Struct(kind=k.kind, name=k.name, size=k.size, used=_day(k.used), path=k.path) for k in found]
        write_structured(ctx, rows, flags["output"])
        return 0
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
