"""``uninstall``: releases off the cluster."""

from __future__ import annotations

from steersman.action.uninstall import UninstallOptions, uninstall
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.inputs.options import wait_options, wait_strategy
from steersman.cli.terminal.answer import Answer
from steersman.errors import UsageError
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Uninstall one release after another; the first failure ends it."""
    strategy = wait_strategy(ctx, flags)
    cascade = flags["cascade"]
    if cascade not in ("background", "foreground", "orphan"):
        raise UsageError(f'invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan"')
    options = UninstallOptions(
        disable_hooks=flags["no-hooks"],
        dry_run=flags["dry-run"],
        ignore_not_found=flags["ignore-not-found"],
        keep_history=flags["keep-history"],
        cascade=cascade,
        description=flags["description"],
        wait=wait_options(flags, strategy),
    )
    config = make_configuration(ctx)
    answer, rows = Answer(ctx, flags), []
    for name in args:
        done = uninstall(config, name, options)
        if done is not None and done.info:
            answer.say(f"{done.info}\n")
        answer.say(f'release "{name}" uninstalled\n')
        release = done.release if done is not None else None
        row = Struct(name=name, namespace=config.namespace, revision=release.revision if release is not None else 0)
        rows.append(Struct(**row, found=release is not None, info=done.info if done is not None else ""))
    answer.give(rows)
    return 0
