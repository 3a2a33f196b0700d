"""``rollback``: an earlier revision becomes the next one."""

from __future__ import annotations

from steersman.action.rollback import RollbackOptions, check_description, rollback
from steersman.cli.cluster import cancelled_by_signals, make_configuration
from steersman.cli.release_input import is_set, wait_strategy
from steersman.cli.rendering import dry_run_of
from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Roll back and say so."""
    strategy = wait_strategy(ctx, flags)
    revision = _revision(args[1]) if len(args) > 1 else 0
    check_description(flags["description"])
    options = RollbackOptions(
        revision=revision,
        timeout=flags["timeout"],
        wait_strategy=strategy,
        wait_for_jobs=flags["wait-for-jobs"],
        disable_hooks=flags["no-hooks"],
        dry_run=dry_run_of(ctx, flags, template=False),
        force_replace=is_set(flags, "force-replace", "force"),
        force_conflicts=flags["force-conflicts"],
        server_side=flags["server-side"],
        cleanup_on_fail=flags["cleanup-on-fail"],
        max_history=flags["history-max"],
        description=flags["description"],
    )
    with cancelled_by_signals(ctx):
        rollback(make_configuration(ctx), args[0], options)
    ctx.out.write("Rollback was a success! Happy Helming!\n")
    return 0


def _revision(text: str) -> int:
    from steersman.gointeger import atoi

    revision, problem = atoi(text)
    if not problem:
        return revision
    from steersman.goquote import quote

    raise UsageError(f"could not convert revision to a number: strconv.Atoi: parsing {quote(text)}: {problem}")
