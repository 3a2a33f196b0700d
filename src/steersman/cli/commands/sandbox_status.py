"""``sandbox status``: whether the embedded cluster runs, and where."""

from __future__ import annotations

from steersman.cli.commands.sandbox_up import described, folder
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct
from steersman.sandbox.process import find, problems

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print it; the exit code is 1 where none runs."""
    where = folder(ctx)
    running = find(where)
    answer = Answer(ctx, flags)
    if running is None:
        answer.say("The sandbox is not running\n")
        answer.give(Struct(running=False))
        return 1
    if answer.is_structured:
        answer.give(Struct(running=True, **described(running), problems=problems(where)))
        return 0
    kept = running.data or "memory"
    ctx.out.write(
        f"URL:        {running.url}\nKUBECONFIG: {running.kubeconfig}\nDATA:       {kept}\nPID:        {running.pid}\n"
    )
    trouble = problems(where)
    if trouble:
        ctx.out.write("PROBLEMS:\n" + "".join(f"  {line}\n" for line in trouble))
    return 0
