"""The cluster as charts see it: its capabilities and its objects. Answers to ``getCapabilities`` of Helm."""

from __future__ import annotations

from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, KubeVersion
from steersman.engine.compiled import Compiled
from steersman.engine.impure import from_system
from steersman.manifest.heads import HeadStore
from steersman.rendering import World, crd_files
from steersman.values.schema_access import SchemaAccess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart


def cluster_world(config: Configuration, *, looks_up: bool, has_cluster: bool = True) -> World:
    """Return what a render may ask for.

    Args:
        config: the cluster.
        looks_up: whether templates may look objects up.
        has_cluster: whether the cluster's capabilities hold, asked anew, and not the built-in ones.
    """
    from steersman.gotemplate.store import CodeStore

    surroundings = config.surroundings
    lookup = None
    if looks_up:
        from steersman.kube.lookup import make_lookup

        lookup = make_lookup(config.client, config.discovery, config.log)
    observer = None
    if config.notice is not None:
        from steersman.notices import Noticing

        observer = Noticing(config.notice)
    return World(
        from_system(config.log, lookup),
        (lambda: _capabilities(config)) if has_cluster else (lambda: DEFAULT_CAPABILITIES),
        Compiled(CodeStore(surroundings.cache)),
        SchemaAccess(surroundings.fetch_schema, config.debug, config.warning, surroundings.schema_ignore_global),
        observer,
        HeadStore(surroundings.cache),
    )


def definitions_of(chart: Chart) -> list[tuple[str, str]]:
    """Return the chart's custom resource definitions: name for messages, and text."""
    return [(path.partition("/")[2], data.decode("utf-8", "replace")) for path, data in crd_files(chart)]


def _capabilities(config: Configuration) -> Capabilities:
    version, api_versions = config.capabilities()
    # helm: constraints are checked against the cluster's own text, pre-release and all
    kube = KubeVersion(version.git_version, version.major, version.minor, version.git_version)
    return Capabilities(kube, tuple(api_versions))
