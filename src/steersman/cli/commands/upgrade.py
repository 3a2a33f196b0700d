"""``upgrade``: a release to its next revision, or with ``--install`` to its first."""

from __future__ import annotations

from steersman.action.history import last_status
from steersman.action.upgrade import UpgradeOptions, reused, upgrade
from steersman.cli.inputs.cluster import cancelled_by_signals, make_configuration
from steersman.cli.inputs.options import dry_run_of, is_set, render_options, wait_options, wait_strategy, write_options
from steersman.cli.inputs.refusals import add_places
from steersman.cli.inputs.release import CommandFailed, load_chart_and_values, run_install
from steersman.cli.terminal.releases import write_release
from steersman.engine.context import Facts
from steersman.errors import SteerError
from steersman.release.model import UNINSTALLED
from steersman.storage.driver import ReleaseNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Upgrade, or install what is not there, and show the release."""
    strategy = wait_strategy(ctx, flags)
    dry_run = dry_run_of(ctx, flags, template=False)
    config = make_configuration(ctx)
    name, output = args[0], flags["output"]
    how = {"debug": ctx.settings.debug, "hide_notes": flags["hide-notes"]}
    if flags["install"]:
        found = _found(config, name)
        if found in ("", UNINSTALLED):
            if output == "table":
                ctx.out.write(f'Release "{name}" does not exist. Installing it now.\n')
            release = run_install(
                ctx,
                flags,
                args,
                config,
                dry_run=dry_run,
                strategy=strategy,
                replace_uninstalled=found == UNINSTALLED,
            )
            write_release(ctx, release, output, **how)
            return 0
    chart, values = load_chart_and_values(ctx, flags, args[1])
    options = _options(ctx, flags, args[1], dry_run, strategy)
    try:
        with cancelled_by_signals(ctx, config, name):
            release = upgrade(config, name, chart, values, options)
    except SteerError as error:
        facts = Facts(name, config.namespace, 2, is_install=False, is_upgrade=True)
        add_places(ctx, flags, config, lambda: reused(config, name, chart, values, options), facts, error)
        raise CommandFailed("UPGRADE FAILED", error) from error
    if output == "table":
        ctx.out.write(f'Release "{name}" has been upgraded. Happy Helming!\n')
    write_release(ctx, release, output, **how)
    return 0


def _found(config: Configuration, name: str) -> str:
    """Return the status of the last revision, ``""`` when there is none."""
    try:
        return last_status(config, name)
    except ReleaseNotFound:
        return ""


def _options(ctx: Context, flags: Flags, chart_ref: str, dry_run: str, strategy: str) -> UpgradeOptions:
    return UpgradeOptions(
        disable_hooks=flags["no-hooks"],
        dry_run=dry_run,
        reset_values=flags["reset-values"],
        reuse_values=flags["reuse-values"],
        reset_then_reuse_values=flags["reset-then-reuse-values"],
        max_history=flags["history-max"],
        rollback_on_failure=is_set(flags, "rollback-on-failure", "atomic"),
        cleanup_on_fail=flags["cleanup-on-fail"],
        description=flags["description"],
        labels=flags["labels"],
        recover=is_set(flags, "recover"),
        render=render_options(ctx, flags, "upgrade", chart_ref),
        write=write_options(flags),
        wait=wait_options(flags, strategy),
    )
