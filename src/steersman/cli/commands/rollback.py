"""``rollback``: an earlier revision becomes the next one."""

from __future__ import annotations

from steersman.action.rollback import RollbackOptions, check_description, rollback
from steersman.cli.inputs.cluster import cancelled_by_signals, make_configuration
from steersman.cli.inputs.options import dry_run_of, wait_options, wait_strategy, write_options
from steersman.cli.terminal.answer import Answer
from steersman.errors import UsageError
from steersman.release.codec import release_to_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Roll back and say so."""
    strategy = wait_strategy(ctx, flags)
    revision = _revision(args[1]) if len(args) > 1 else 0
    check_description(flags["description"])
    options = RollbackOptions(
        revision=revision,
        disable_hooks=flags["no-hooks"],
        dry_run=dry_run_of(ctx, flags, template=False),
        cleanup_on_fail=flags["cleanup-on-fail"],
        max_history=flags["history-max"],
        description=flags["description"],
        write=write_options(flags),
        wait=wait_options(flags, strategy),
    )
    config = make_configuration(ctx)
    with cancelled_by_signals(ctx, config):
        release = rollback(config, args[0], options)
    answer = Answer(ctx, flags)
    answer.say("Rollback was a success! Happy Helming!\n")
    if answer.is_structured:
        answer.give(release_to_dict(release))
    return 0


def _revision(text: str) -> int:
    from steersman.go.integer import atoi

    revision, problem = atoi(text)
    if not problem:
        return revision
    from steersman.go.quote import quote

    raise UsageError(f"could not convert revision to a number: strconv.Atoi: parsing {quote(text)}: {problem}")
