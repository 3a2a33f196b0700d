"""``get manifest``: the manifest of a release."""

from __future__ import annotations

from steersman.action.get import get
from steersman.cli.inputs.cluster import make_configuration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print the manifest."""
    release = get(make_configuration(ctx), args[0], flags["revision"])
    ctx.out.write(f"{release.manifest}\n")
    return 0
