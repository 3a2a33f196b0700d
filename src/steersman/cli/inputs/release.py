"""Chart, values and options from the flags of ``install`` and ``upgrade``, and the run of both.

Answers to ``runInstall`` and the first half of ``upgrade`` in Helm's ``pkg/cmd``.
"""

from __future__ import annotations

from steersman import errors
from steersman.action.chart_source import check_installable, name_and_chart
from steersman.action.install import InstallOptions, install
from steersman.cli.inputs.chart import ChartInput, with_dependencies
from steersman.cli.inputs.cluster import cancelled_by_signals
from steersman.cli.inputs.options import is_set, render_options, wait_options, write_options
from steersman.cli.inputs.refusals import add_places
from steersman.engine.context import Facts
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.release.model import Release


class CommandFailed(errors.ReleaseError):
    """An action that failed, under the heading that its command gives failures."""

    def __init__(self, heading: str, cause: errors.SteerError) -> None:
        super().__init__(f"{heading}: {cause}", hint=cause.hint, detail=cause.detail)
        self.is_told = cause.is_told


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
        environ=ctx.environment,
    )
    ctx.debug("Original chart version", version=flags["version"])
    source = ChartInput(ctx, flags)
    path = source.locate(chart_ref)
    ctx.debug("Chart path", path=path)
    values = source.values()
    chart = source.load(path)
    check_installable(chart, ctx.log)
    chart = with_dependencies(ctx, flags, source, chart, path)
    options = install_options(ctx, flags, name, chart_ref, dry_run, strategy)
    if replace_uninstalled:
        options = replace(options, replace=True)
    try:
        with cancelled_by_signals(ctx, config, args[0]):
            return install(config, chart, values, options)
    except errors.SteerError as error:
        add_places(ctx, flags, config, lambda: (chart, values), Facts(name, config.namespace), error)
        raise


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


def install_options(
    ctx: Context, flags: Flags, name: str, chart_ref: str, dry_run: str, strategy: str
) -> InstallOptions:
    """Return what the flags of ``install``, or those that ``upgrade`` shares with it, say."""
    return InstallOptions(
        name=name,
        namespace=ctx.namespace(),
        create_namespace=flags["create-namespace"],
        disable_hooks=flags["no-hooks"],
        replace=is_set(flags, "replace"),
        dry_run=dry_run,
        description=flags["description"],
        rollback_on_failure=is_set(flags, "rollback-on-failure", "atomic"),
        skip_crds=flags["skip-crds"],
        labels=flags["labels"],
        render=render_options(ctx, flags, "install", chart_ref),
        write=write_options(flags),
        wait=wait_options(flags, strategy),
    )
