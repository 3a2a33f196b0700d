"""``sandbox up``: start the embedded cluster."""

from __future__ import annotations

import os

from steersman.sandbox.process import find, up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def folder(ctx: Context) -> str:
    """Return the folder that holds the sandbox's state."""
    return ctx.environment.get("STEER_SANDBOX_HOME") or os.path.join(
        os.path.dirname(ctx.settings.cache_home), "steersman", "sandbox"
    )


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Start it, or say that it runs."""
    where = folder(ctx)
    was = find(where)
    data = os.path.abspath(flags["data"]) if flags["data"] else ""
    running = up(where, data=data, port=flags["port"])
    if was is not None:
        ctx.out.write(f"The sandbox already runs at {running.url}\n")
    else:
        ctx.out.write(f"The sandbox runs at {running.url}\n")
    ctx.out.write(f"export KUBECONFIG={running.kubeconfig}\n")
    return 0
