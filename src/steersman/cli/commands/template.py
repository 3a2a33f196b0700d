"""``template``: render a chart without a cluster."""

from __future__ import annotations

from steersman.cli.inputs.rendering import show_options, template_shown
from steersman.cli.terminal.manifests import print_shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Render and print, or write to ``--output-dir``; with ``--show-compiled``, print the templates as Python."""
    if flags["show-compiled"]:
        from steersman.cli.inputs.show_compiled import show_compiled

        return show_compiled(ctx, flags, args)
    if flags["source-map"]:
        from steersman.cli.inputs.source_map import template_with_map

        return template_with_map(ctx, flags, args)
    return print_shown(ctx, template_shown(ctx, flags, args), show_options(flags))
