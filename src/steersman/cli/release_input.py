"""Chart, values and options from the flags of ``install`` and ``upgrade``, and the run of both.

Answers to ``runInstall`` and the first half of ``upgrade`` in Helm's ``pkg/cmd``.
"""

from __future__ import annotations

from steersman.action.chart_source import check_dependencies, check_installable, name_and_chart
from steersman.action.install import InstallOptions, install
from steersman.cli.chart_input import ChartInput
from steersman.cli.cluster import cancelled_by_signals
from steersman.errors import ReleaseError, SteerError
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags
    from steersman.release.model import Release


class CommandFailed(ReleaseError):
    """An action that failed, under the heading that its command gives failures."""

    def __init__(self, heading: str, cause: SteerError) -> None:
        # an error without text was logged already
        super().__init__(f"{heading}: {cause}" if str(cause) else "", hint=cause.hint, detail=cause.detail)


def is_set(flags: Flags, *names: str) -> bool:
    """Tell whether one of several names of a flag is on."""
    return any(name in flags and flags[name] for name in names)


def wait_strategy(ctx: Context, flags: Flags) -> str:
    """Return how to wait, with Helm's warning for the flag's old boolean form.

    Called before anything else of a command: Helm warns while it reads the flags.
    """
    value = str(flags["wait"])
    new = {"true": "watcher", "false": "hookOnly"}.get(value)
    if new is None:
        return value
    ctx.warn(f"--wait={value} is deprecated (boolean value) and can be replaced with --wait={new}")
    return new


def run_install(
    ctx: Context,
    flags: Flags,
    args: list[str],
    config: Configuration,
    *,
    dry_run: str,
    strategy: str,
    replace_uninstalled: bool = False,
) -> Release:
    """Install what the arguments name.

    Raises:
        SteerError: with Helm's message.
    """
    name, chart_ref = name_and_chart(
        args,
        generate_name=is_set(flags, "generate-name"),
        name_template=flags["name-template"] if is_set(flags, "name-template") else "",
        default_name="",
        now=ctx.now,
    )
    ctx.debug("Original chart version", version=flags["version"])
    source = ChartInput(ctx, flags)
    path = source.locate(chart_ref)
    ctx.debug("Chart path", path=path)
    values = source.values()
    chart = source.load(path)
    check_installable(chart, ctx.log)
    chart = with_dependencies(ctx, flags, source, chart, path)
    options = install_options(ctx, flags, name, dry_run, strategy)
    if replace_uninstalled:
        options = replace(options, replace=True)
    with cancelled_by_signals(ctx, args[0]):
        return install(config, chart, values, options)


def load_chart_and_values(ctx: Context, flags: Flags, chart_ref: str) -> tuple[Chart, dict[str, Any]]:
    """Return the chart and the user's values for ``upgrade``.

    Raises:
        SteerError: with Helm's message.
    """
    source = ChartInput(ctx, flags)
    path = source.locate(chart_ref)
    values = source.values()
    chart = with_dependencies(ctx, flags, source, source.load(path), path)
    if chart.metadata.deprecated:
        ctx.warn("this chart is deprecated")
    return chart, values


def with_dependencies(ctx: Context, flags: Flags, source: ChartInput, chart: Chart, path: str) -> Chart:
    """Return the chart with its dependencies inside, fetching them with ``--dependency-update``.

    Raises:
        ChartError: when they are missing.
    """
    if not chart.metadata.dependencies:
        return chart
    try:
        check_dependencies(chart)
    except SteerError:
        if not flags["dependency-update"]:
            raise
        from steersman.cli.dependency import update_dependencies

        update_dependencies(ctx, flags, path)
        chart = source.load(path)
    return chart


def install_options(ctx: Context, flags: Flags, name: str, dry_run: str, strategy: str) -> InstallOptions:
    """Return what the flags of ``install``, or those that ``upgrade`` shares with it, say."""
    server_side = flags["server-side"]
    return InstallOptions(
        name=name,
        namespace=ctx.namespace(),
        create_namespace=flags["create-namespace"],
        force_replace=is_set(flags, "force-replace", "force"),
        force_conflicts=flags["force-conflicts"],
        # upgrade's flag has three values, of which two mean the server
        server_side=server_side if isinstance(server_side, bool) else server_side != "false",
        disable_hooks=flags["no-hooks"],
        replace=is_set(flags, "replace"),
        timeout=flags["timeout"],
        wait_strategy=strategy,
        wait_for_jobs=flags["wait-for-jobs"],
        dry_run=dry_run,
        description=flags["description"],
        disable_openapi_validation=flags["disable-openapi-validation"],
        rollback_on_failure=is_set(flags, "rollback-on-failure", "atomic"),
        skip_crds=flags["skip-crds"],
        sub_notes=flags["render-subchart-notes"],
        post_render=ctx.post_render,
        skip_schema_validation=flags["skip-schema-validation"],
        labels=flags["labels"],
        enable_dns=flags["enable-dns"],
        hide_secret=flags["hide-secret"],
        take_ownership=flags["take-ownership"],
    )
