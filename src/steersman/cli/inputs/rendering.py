"""``template``: flags to a chart, values and options, and the render."""

from __future__ import annotations

from steersman import errors
from steersman.action.chart_source import check_installable, name_and_chart
from steersman.action.template import TemplateOptions, template
from steersman.cli.inputs.chart import ChartInput, compiled_templates, kept_heads, with_dependencies
from steersman.cli.inputs.options import dry_run_of, render_options
from steersman.cli.inputs.schema_access import schema_access
from steersman.cli.terminal.manifests import Shown, ShowOptions, write_crds
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.engine.context import Facts
from steersman.engine.impure import Impure, from_system
from steersman.record import replace
from steersman.rendering import World
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.action.configuration import Configuration
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.engine.impure import Lookup


def impure(ctx: Context, lookup: Lookup | None = None) -> Impure:
    """Return the clock, randomness and log of this process for a render."""
    return from_system(ctx.log, lookup)


def given_lookup(ctx: Context, flags: Flags) -> Lookup | None:
    """Return what ``--lookup-from`` has ``lookup`` find, or None without it.

    Raises:
        UsageError: when something there cannot be read.
    """
    if not flags["lookup-from"]:
        return None
    from steersman.action.lookup_from import lookup_from

    return lookup_from(flags["lookup-from"], ctx.namespace(), ctx.log)


def template_shown(ctx: Context, flags: Flags, args: list[str]) -> Shown:
    """Do what ``template`` does, up to printing.

    Raises:
        SteerError: for everything that goes wrong before there is a release to speak of.
    """
    capabilities = capabilities_of(flags)
    has_cluster = dry_run_of(ctx, flags, template=True) == "server" or flags["validate"]
    if has_cluster and flags["lookup-from"]:
        raise errors.UsageError("--lookup-from answers in place of a cluster; it cannot be used with one")
    name, chart_ref = name_and_chart(
        args,
        generate_name=flags["generate-name"],
        name_template=flags["name-template"],
        default_name="release-name",
        now=ctx.now,
        environ=ctx.environment,
    )
    source = ChartInput(ctx, flags)
    ctx.debug("Original chart version", version=flags["version"])
    if not flags["version"] and flags["devel"]:
        ctx.debug("setting version to >0.0.0-0")
    path = source.locate(chart_ref)
    ctx.debug("Chart path", path=path)
    values = source.values()
    memory = BoundedMemory()
    with memory:
        chart = source.load(path)
    check_installable(chart, ctx.log)
    chart = with_dependencies(ctx, flags, source, chart, path)
    config = _reachable_cluster(ctx) if has_cluster else None
    options = TemplateOptions(
        name,
        ctx.namespace(),
        is_upgrade=flags["is-upgrade"],
        labels=flags["labels"],
        warns_of_crds=config is not None and not flags["skip-crds"],
        render=render_options(ctx, flags, "template", chart_ref),
    )
    if options.render.post_render is not None:
        render = replace(options.render, post_render=memory.outside(options.render.post_render))
        options = replace(options, render=render)
    try:
        with memory:
            world = _world(ctx, flags, capabilities) if config is None else _cluster_world(config)
            rendered = template(chart, values, options, world)
    except errors.RenderFailed as error:
        return Shown(name, text=error.text, error=error)
    if flags["output-dir"] and flags["include-crds"]:
        write_crds(ctx, flags["output-dir"], rendered.source.chart)
    if config is not None:
        try:
            _check_objects(config, flags, name, rendered.manifest)
        except errors.SteerError as error:
            from steersman.cli.inputs.refusals import add_places

            facts = Facts(name, ctx.namespace(), 1, not options.is_upgrade, options.is_upgrade)
            add_places(ctx, flags, config, lambda: (chart, values), facts, error)
            raise
    # the process ends soon: to free what a render has made takes milliseconds for nothing
    _held[:] = (chart, world, rendered)
    return Shown(name, rendered)


_held: list[object] = []


def given_files(paths: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the values files of this machine with their texts, for notices; they have been read already."""
    import os

    found = []
    for path in paths:
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                found.append((path, file.read()))
    return tuple(found)


def show_options(flags: Flags) -> ShowOptions:
    """Return what the flags say about what is printed."""
    return ShowOptions(
        only=tuple(flags["show-only"]),
        folder=flags["output-dir"],
        has_name=flags["release-name"],
        hooks=not flags["no-hooks"],
        tests=not flags["skip-tests"],
    )


def capabilities_of(flags: Flags) -> Capabilities:
    """Return what the flags say that the cluster can do.

    Raises:
        UsageError: for a version that cannot be read.
    """
    kube = DEFAULT_CAPABILITIES.kube_version
    if flags["kube-version"]:
        try:
            kube = parse_kube_version(flags["kube-version"])
        except errors.SteerError as error:
            raise errors.UsageError(f"invalid kube version '{flags['kube-version']}': {error}") from error
    return Capabilities(kube, (*DEFAULT_CAPABILITIES.api_versions, *flags["api-versions"]))


def _world(ctx: Context, flags: Flags, capabilities: Capabilities) -> World:
    observer = None
    notice = ctx.notices()
    if notice is not None:
        from steersman.notices import Noticing

        observer = Noticing(notice, given_files(flags["values"]))
    lookup = given_lookup(ctx, flags)
    access, heads = schema_access(ctx), kept_heads(ctx)
    return World(impure(ctx, lookup), lambda: capabilities, compiled_templates(ctx), access, observer, heads)


def _cluster_world(config: Configuration) -> World:
    from steersman.action.cluster_world import cluster_world

    return cluster_world(config, looks_up=True)


def _reachable_cluster(ctx: Context) -> Configuration:
    from steersman.action.install import check_cluster
    from steersman.cli.inputs.cluster import make_configuration

    config = make_configuration(ctx)
    check_cluster(config)
    return config


def _check_objects(config: Configuration, flags: Flags, name: str, manifest: str) -> None:
    from steersman.action.install import InstallOptions, check_objects
    from steersman.cli.inputs.options import write_options

    options = InstallOptions(name, config.namespace, write=write_options(flags))
    check_objects(config, manifest, options, check_owners=not flags["is-upgrade"])
