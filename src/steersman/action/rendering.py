"""A chart to the parts of a release that come from it, with a cluster's capabilities.

Asks the cluster what charts may ask of it, hands that to ``render`` and turns what comes
back into release hooks, manifest and notes. Answers to the calls around
``renderResources`` in Helm's install and upgrade.
"""

from __future__ import annotations

from steersman.action.render import RenderOptions, crd_files, render_release, render_values
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, KubeVersion
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.render import Impure
from steersman.record import Record
from steersman.release.model import Hook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart


class RenderRequest(Record):
    """The facts of a render and the flags about it.

    Attributes:
        asks_server: whether templates may look things up on the cluster.
        needs_cluster: take the cluster's capabilities even when templates may not ask it.
    """

    name: str
    namespace: str
    revision: int = 1
    is_upgrade: bool = False
    asks_server: bool = True
    needs_cluster: bool = False
    sub_notes: bool = False
    enable_dns: bool = False
    hide_secret: bool = False
    skip_schema_validation: bool = False
    post_render: Callable[[str], str] | None = None


class RenderedRelease(Record):
    """What of a release comes from its chart."""

    manifest: str
    hooks: tuple[Hook, ...]
    notes: str


def render_chart(
    config: Configuration, chart: Chart, values: dict[str, Any], request: RenderRequest
) -> RenderedRelease:
    """Render ``chart`` (dependencies processed) with the user's ``values``.

    Raises:
        SteerError: with Helm's message.
    """
    capabilities = DEFAULT_CAPABILITIES
    if request.asks_server or request.needs_cluster:
        capabilities = cluster_capabilities(config)
    merged = render_values(chart, values, config.debug, skip_schema_validation=request.skip_schema_validation)
    facts = Facts(request.name, request.namespace, request.revision, not request.is_upgrade, request.is_upgrade)
    rendered = render_release(
        chart,
        merged,
        facts,
        RenderOptions(
            capabilities=capabilities,
            impure=_impure(config, request),
            compiled=_compiled(config),
            sub_notes=request.sub_notes,
            hide_secret=request.hide_secret,
            post_render=request.post_render,
        ),
    )
    hooks = tuple(
        Hook(
            name=hook.name,
            kind=hook.kind,
            path=hook.path,
            manifest=hook.manifest,
            events=hook.events,
            weight=hook.weight,
            delete_policies=hook.delete_policies,
            output_log_policies=hook.output_log_policies,
        )
        for hook in rendered.hooks
    )
    return RenderedRelease(rendered.manifest, hooks, rendered.notes)


def cluster_capabilities(config: Configuration) -> Capabilities:
    """Return what the cluster can do, asked anew."""
    version, api_versions = config.capabilities()
    # helm: constraints are checked against the cluster's own text, pre-release and all
    kube = KubeVersion(version.git_version, version.major, version.minor, version.git_version)
    return Capabilities(kube, tuple(api_versions))


def definitions_of(chart: Chart) -> list[tuple[str, str]]:
    """Return the chart's custom resource definitions: name for messages, and text."""
    return [(path.partition("/")[2], data.decode("utf-8", "replace")) for path, data in crd_files(chart)]


def _impure(config: Configuration, request: RenderRequest) -> Impure:
    import os
    import time

    lookup = None
    if request.asks_server:
        from steersman.kube.lookup import make_lookup

        lookup = make_lookup(config.client, config.discovery, config.log)
    return Impure(log=config.log, now_ns=time.time_ns, random_bytes=os.urandom, lookup=lookup, dns=request.enable_dns)


def _compiled(config: Configuration) -> Compiled:
    import os

    from steersman.gotemplate.store import CodeStore

    folder = config.surroundings.cache_folder
    return Compiled(CodeStore(os.path.join(folder, "templates")) if folder else None)
