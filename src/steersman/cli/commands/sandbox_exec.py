"""``sandbox exec -- COMMAND``: run a command with the embedded cluster as its cluster."""

from __future__ import annotations

from steersman.cli.commands.sandbox_up import folder
from steersman.errors import UsageError
from steersman.go.errno import errno_text
from steersman.sandbox.process import SandboxError, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Run it and return its exit code."""
    import subprocess

    if not args:
        raise UsageError('"sandbox exec" needs a command after --')
    running = find(folder(ctx))
    if running is None:
        raise SandboxError("the sandbox is not running", hint=f"Run '{ctx.program} sandbox up' to start it.")
    ctx.out.flush()
    environment = {k: v for k, v in ctx.environment.items() if not k.startswith("HELM_KUBE")}
    try:
        return subprocess.run(args, env={**environment, "KUBECONFIG": running.kubeconfig}).returncode
    except OSError as error:
        raise SandboxError(f"{args[0]}: {errno_text(error)}") from error
