"""``sandbox up``: start the embedded cluster."""

from __future__ import annotations

import os

from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct
from steersman.runtime.shell import shell_of
from steersman.sandbox.process import SandboxError, find, up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.sandbox.process import Running


def folder(ctx: Context) -> str:
    """Return the folder that holds the sandbox's state.

    Raises:
        SandboxError: when others may have put something into it: a process to stop, a kubeconfig that runs a program.
    """
    named = ctx.environment.get("STEER_SANDBOX_HOME", "")
    if named:
        return named
    from steersman.runtime.private import folder_problem

    where = os.path.join(ctx.settings.state_folder, "sandbox")
    problem = folder_problem(where, ctx.settings.home)
    if problem:
        raise SandboxError(
            f"no safe folder for the sandbox: {problem}", hint="Set STEER_SANDBOX_HOME to a folder of your own."
        )
    return where


def described(running: Running) -> Struct:
    """Return a sandbox that runs as programs see it."""
    return Struct(url=running.url, kubeconfig=running.kubeconfig, data=running.data, pid=running.pid)


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Start it, or say that it runs."""
    where = folder(ctx)
    was = find(where)
    data = os.path.abspath(flags["data"]) if flags["data"] else ""
    running = up(where, data=data, port=flags["port"])
    # standard output is for the shell, which evaluates it
    ctx.err.write(f"The sandbox {'already ' if was is not None else ''}runs at {running.url}\n")
    answer = Answer(ctx, flags)
    if answer.is_structured:
        answer.give(described(running))
    else:
        ctx.out.write(f"{shell_of(ctx.environment).assignment('KUBECONFIG', running.kubeconfig)}\n")
    return 0
