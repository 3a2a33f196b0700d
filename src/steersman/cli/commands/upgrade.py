"""``upgrade``: a release to its next revision, or with ``--install`` to its first."""

from __future__ import annotations

from steersman.action.history import last_status
from steersman.action.upgrade import UpgradeOptions, upgrade
from steersman.cli.cluster import cancelled_by_signals, make_configuration
from steersman.cli.release_input import CommandFailed, is_set, load_chart_and_values, run_install, wait_strategy
from steersman.cli.release_output import write_release
from steersman.cli.rendering import dry_run_of
from steersman.errors import SteerError
from steersman.release.model import UNINSTALLED
from steersman.storage.driver import ReleaseNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


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
    options = _options(ctx, flags, dry_run, strategy)
    try:
        with cancelled_by_signals(ctx, name):
            release = upgrade(config, name, chart, values, options)
    except SteerError as error:
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


def _options(ctx: Context, flags: Flags, dry_run: str, strategy: str) -> UpgradeOptions:
    return UpgradeOptions(
        timeout=flags["timeout"],
        wait_strategy=strategy,
        wait_for_jobs=flags["wait-for-jobs"],
        disable_hooks=flags["no-hooks"],
        dry_run=dry_run,
        hide_secret=flags["hide-secret"],
        force_replace=is_set(flags, "force-replace", "force"),
        force_conflicts=flags["force-conflicts"],
        server_side=flags["server-side"],
        reset_values=flags["reset-values"],
        reuse_values=flags["reuse-values"],
        reset_then_reuse_values=flags["reset-then-reuse-values"],
        max_history=flags["history-max"],
        rollback_on_failure=is_set(flags, "rollback-on-failure", "atomic"),
        cleanup_on_fail=flags["cleanup-on-fail"],
        sub_notes=flags["render-subchart-notes"],
        post_render=ctx.post_render,
        skip_schema_validation=flags["skip-schema-validation"],
        description=flags["description"],
        labels=flags["labels"],
        disable_openapi_validation=flags["disable-openapi-validation"],
        enable_dns=flags["enable-dns"],
        take_ownership=flags["take-ownership"],
        recover=is_set(flags, "recover"),
    )
