"""The ``dependency`` commands and the ``--dependency-update`` flags: settings and flags to options."""

from __future__ import annotations

import os

from steersman.action.dependencies.source import DependencyOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def options_of(
    ctx: Context, flags: Flags, *, skip_refresh: bool, verify: bool = False, must_verify: bool = True
) -> DependencyOptions:
    """Return how dependencies are fetched here.

    Raises:
        UsageError: when ``SOURCE_DATE_EPOCH`` is not a number of seconds.
    """
    from steersman.cli.inputs.fetching import sources_of
    from steersman.cli.inputs.source_date_epoch import source_date_epoch
    from steersman.cli.terminal.output import rfc3339_now
    from steersman.download.getters import DEFAULT_TIMEOUT

    sources = sources_of(ctx, flags, ctx.out.write)
    return DependencyOptions(
        sources=sources,
        say=ctx.out.write,
        now=rfc3339_now(ctx.now()),
        timeout=DEFAULT_TIMEOUT,
        skip_refresh=skip_refresh,
        debug=ctx.settings.debug,
        time=source_date_epoch(ctx),
        keyring=flags["keyring"] if verify else "",
        must_verify=must_verify,
    )


def chart_folder(args: list[str]) -> str:
    """Return the chart's folder that the arguments name, by default this one."""
    return os.path.normpath(args[0]) if args else "."


def update_dependencies(ctx: Context, flags: Flags, path: str, *, quiet: bool = False) -> None:
    """Fetch the dependencies of the chart in the folder ``path`` (``--dependency-update``).

    Args:
        ctx: what is around.
        flags: the command's.
        path: the chart's folder.
        quiet: print no progress.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.action.dependencies.update import update
    from steersman.record import replace

    skip_refresh = "skip-refresh" in flags and bool(flags["skip-refresh"])
    options = options_of(ctx, flags, skip_refresh=skip_refresh)
    if quiet:
        options = replace(options, say=lambda _text: None)
    update(path, options)
