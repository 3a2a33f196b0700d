"""``template`` with a cluster: its capabilities, look-ups, and what its validation says.

Answers to ``helm template --dry-run=server`` (a dry-run install in Helm's own words).
"""

from __future__ import annotations

from steersman.action.chart_source import name_and_chart
from steersman.action.install import InstallOptions, check_cluster, check_objects
from steersman.action.render import RenderFailed, RenderOptions, crd_files, processed, render_release, render_values
from steersman.action.rendering import cluster_capabilities
from steersman.cli.chart_input import ChartInput, compiled_templates
from steersman.cli.cluster import make_configuration
from steersman.cli.release_input import with_dependencies
from steersman.cli.rendering import Shown, check_labels, check_name, write_crds
from steersman.engine.context import Facts
from steersman.engine.render import Impure
from steersman.kube.lookup import make_lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def server_render(ctx: Context, flags: Flags, args: list[str]) -> Shown:
    """Do what ``template`` does with a cluster at hand, up to printing.

    Raises:
        SteerError: for everything that goes wrong before there is a release to speak of.
    """
    from steersman.action.chart_source import check_installable

    name, chart_ref = name_and_chart(
        args,
        generate_name=flags["generate-name"],
        name_template=flags["name-template"],
        default_name="release-name",
        now=ctx.now,
    )
    source = ChartInput(ctx, flags)
    path = source.locate(chart_ref)
    values = source.values()
    chart = source.load(path)
    check_installable(chart, ctx.log)
    chart = with_dependencies(ctx, flags, source, chart, path)
    config = make_configuration(ctx)
    check_cluster(config)
    check_name(ctx, name)
    chart = processed(chart, values, ctx.log)
    if crd_files(chart) and not flags["skip-crds"]:
        ctx.warn("This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.")
    is_upgrade = flags["is-upgrade"]
    facts = Facts(name, ctx.namespace(), 1, not is_upgrade, is_upgrade)
    options = _options(ctx, flags, config)
    merged = render_values(chart, values, ctx.debug, skip_schema_validation=flags["skip-schema-validation"])
    check_labels(flags["labels"])
    try:
        rendered = render_release(chart, merged, facts, options)
    except RenderFailed as error:
        return Shown(name, text=error.text, error=error)
    if flags["output-dir"] and flags["include-crds"]:
        write_crds(ctx, flags, chart)
    install = InstallOptions(
        name=name,
        namespace=ctx.namespace(),
        disable_openapi_validation=flags["disable-openapi-validation"],
        take_ownership=flags["take-ownership"],
    )
    check_objects(config, rendered.manifest, install, check_owners=not is_upgrade)
    return Shown(name, rendered)


def _options(ctx: Context, flags: Flags, config: Configuration) -> RenderOptions:
    import os
    import time

    lookup = make_lookup(config.client, config.discovery, config.log)
    return RenderOptions(
        capabilities=cluster_capabilities(config),
        impure=Impure(ctx.log, time.time_ns, os.urandom, lookup=lookup, dns=flags["enable-dns"]),
        compiled=compiled_templates(ctx),
        include_crds=flags["include-crds"] and not flags["output-dir"],
        post_render=ctx.post_render,
    )
