"""``sandbox status``: whether the embedded cluster runs, and where."""

from __future__ import annotations

from steersman.cli.commands.sandbox_up import folder
from steersman.sandbox.process import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print it; the exit code is 1 where none runs."""
    running = find(folder(ctx))
    if running is None:
        ctx.out.write("No sandbox runs\n")
        return 1
    kept = running.data or "memory"
    ctx.out.write(
        f"URL:        {running.url}\nKUBECONFIG: {running.kubeconfig}\nDATA:       {kept}\nPID:        {running.pid}\n"
    )
    return 0
