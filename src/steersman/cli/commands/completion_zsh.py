"""``completion zsh``: the completion script for zsh."""

from __future__ import annotations

from steersman.cli.completion import script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print the script."""
    ctx.out.write(script("zsh", ctx.program, descriptions=not flags["no-descriptions"]))
    return 0
