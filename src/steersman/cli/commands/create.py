"""``create``: a new chart."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write the scaffold, or a copy of the starter."""
    path = args[0]
    ctx.out.write(f"Creating {path}\n")
    name = os.path.basename(os.path.normpath(path)) if path else "."
    folder = os.path.dirname(path) or "."
    if flags["starter"]:
        from steersman.action.create import create_from

        starter = flags["starter"]
        if not os.path.isabs(starter):
            starter = os.path.join(ctx.settings.data_home, "starters", starter)
        create_from(name, folder, starter)
    else:
        from steersman.chart.create import create

        create(name, folder, ctx.out.write)
    return 0
