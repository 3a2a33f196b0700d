"""``template``: render a chart without a cluster."""

from __future__ import annotations

from steersman.cli.rendering import Shown, local_render, print_shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Render and print, or write to ``--output-dir``; with ``--show-compiled``, print the templates as Python."""
    if flags["show-compiled"]:
        from steersman.cli.show_compiled import show_compiled

        return show_compiled(ctx, flags, args)
    shown: Shown = local_render(ctx, flags, args)
    return print_shown(ctx, flags, shown)
