"""``cache list``: what is kept on this disk to save time."""

from __future__ import annotations

from steersman.action.cache import image, kept
from steersman.cli.terminal.output import table, write_structured
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

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
    program = image()
    found = [*kept(ctx.settings.content_cache, derived(ctx)), *([] if program is None else [program])]
    if flags["output"] != "table":
        rows = [Struct(kind=k.kind, name=k.name, size=k.size, used=_moment(k.used), path=k.path) for k in found]
        write_structured(ctx, rows, flags["output"])
        return 0
    problem = ctx.cache().problem()
    if problem:
        ctx.err.write(f"WARNING: the cache of derived data is not used: {problem}\n")
    cells = [("KIND", "NAME", "SIZE", "USED")]
    cells += [(kind, name, size_text(size), age_text(ctx.now() - used)) for kind, name, size, used in _rows(found)]
    ctx.out.write(table(ctx, cells) + "\n" + total(found) + "\n")
    return 0


def _rows(found: list[Kept]) -> Iterator[tuple[str, str, int, float]]:
    """Yield a row for each chart, and one for each kind of derived data, whose files have digests for names."""
    derived: dict[str, list[Kept]] = {}
    for one in found:
        if one.kind in ("chart", "provenance", "image"):
            yield one.kind, one.name, one.size, one.used
        else:
            derived.setdefault(one.kind, []).append(one)
    for kind, group in derived.items():
        yield kind, _files(len(group)), sum(one.size for one in group), max(one.used for one in group)


def age_text(seconds: float) -> str:
    """Return how long ago something was.

    >>> age_text(42), age_text(7260), age_text(1e6)
    ('42 s ago', '2 h ago', '11 days ago')
    """
    for size, unit in ((2 * 86400.0, "days"), (2 * 3600.0, "h"), (120.0, "min")):
        if seconds >= size:
            return f"{int(seconds * 2 // size)} {unit} ago"
    return f"{max(0, int(seconds))} s ago"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _moment(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def size_text(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size} B" if size < 1000 else f"{size / 1e3:.1f} kB" if size < 1e6 else f"{size / 1e6:.1f} MB"


def total(found: list[Kept]) -> str:
    """Return how many files there are, and how large they are together."""
    return f"{_files(len(found))}, {size_text(sum(k.size for k in found))}"
