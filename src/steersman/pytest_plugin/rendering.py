"""The results of a render, for assertions: objects by kind and name, values by path."""

from __future__ import annotations

from steersman.action.template import TemplateOptions, template
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.engine.impure import from_system
from steersman.pytest_plugin.charts import compiled, heads, loaded
from steersman.rendering import RenderOptions, World
from steersman.unittest.path import find
from steersman.unittest.show import PLAIN, diff_lines
from steersman.unittest.texts import as_yaml
from steersman.values.schema_access import SchemaAccess
from steersman.values.sources import Sources, collect
from steersman.yamlio import version3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from steersman.pytest_plugin.coverage import Observation
    from steersman.rendering import Rendered


class KubernetesObject(dict[str, object]):
    """A rendered object: a dict, with values by their paths."""

    def at(self, path: str) -> Any:
        """Return the one value that a JSONPath finds.

        Raises:
            LookupError: when it finds none, or several.
        """
        found = self.all(path)
        if len(found) != 1:
            raise LookupError(f"{path} finds {len(found)} values in {name_of(self)}")
        return found[0]

    def all(self, path: str) -> list[Any]:
        """Return all values that a JSONPath finds."""
        return find(self, path)


class Rendering:
    """The objects, hooks and notes of a chart.

    Attributes:
        manifest: the text of all objects but hooks.
        notes: the text of NOTES.txt.
        objects: all objects, hooks among them.
    """

    def __init__(self, rendered: Rendered) -> None:
        self.manifest = rendered.manifest
        self.notes = rendered.notes
        parts = [m.text for m in rendered.manifests] + [hook.manifest for hook in rendered.hooks]
        trees = [version3.load(text) for text in parts]
        self.objects = [KubernetesObject(tree) for tree in trees if isinstance(tree, dict)]

    def __getitem__(self, name: str) -> KubernetesObject:
        """Return the object of a name like ``Deployment/web``, with a namespace ``Deployment/shop/web``.

        Raises:
            KeyError: naming the objects that there are.
        """
        found = [item for item in self.objects if name in _names(item)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(sorted(map(name_of, self.objects))) or "none"
        raise KeyError(f"{len(found)} objects are named {name}; there are: {known}")

    def __contains__(self, name: object) -> bool:
        return any(name in _names(item) for item in self.objects)

    def __iter__(self) -> Iterator[KubernetesObject]:
        return iter(self.objects)

    def __len__(self) -> int:
        return len(self.objects)

    def of_kind(self, kind: str) -> list[KubernetesObject]:
        """Return the objects of a kind."""
        return [item for item in self.objects if item.get("kind") == kind]


def _names(item: KubernetesObject) -> tuple[str, str]:
    metadata = item.get("metadata")
    fields = metadata if isinstance(metadata, dict) else {}
    kind, name = item.get("kind"), fields.get("name")
    return f"{kind}/{name}", f"{kind}/{fields.get('namespace', '')}/{name}"


def name_of(item: KubernetesObject) -> str:
    """Return an object's kind and name."""
    return _names(item)[0]


def render_chart(
    path: str,
    values: dict[str, Any] | None = None,
    *,
    set: Sequence[str] = (),
    files: Sequence[str] = (),
    name: str = "release-name",
    namespace: str = "default",
    is_upgrade: bool = False,
    kube_version: str = "",
    api_versions: Sequence[str] = (),
    observation: Observation | None = None,
) -> Rendering:
    """Render a chart as ``steer template`` does.

    Args:
        path: the chart.
        values: values over the chart's own and those of ``files``.
        set: assignments as for ``--set``, over all others.
        files: values files.
        name, namespace: of the release.
        is_upgrade: whether to render as for an upgrade.
        kube_version, api_versions: of the cluster that is made believe.
        observation: sees the render, for coverage.

    Raises:
        SteerError: with Helm's message.
    """
    given = collect(Sources(files=tuple(files), json=_as_json(values), sets=tuple(set)), _read)
    kube = parse_kube_version(kube_version) if kube_version else DEFAULT_CAPABILITIES.kube_version
    capabilities = Capabilities(kube, (*DEFAULT_CAPABILITIES.api_versions, *api_versions))
    impure = from_system(lambda *_words, **_fields: None)
    world = World(impure, lambda: capabilities, compiled(), SchemaAccess(), heads=heads())
    render = RenderOptions()
    if observation is not None:
        render = RenderOptions(inspect=observation.rendered, diagnose=observation.failed)
    options = TemplateOptions(name, namespace, is_upgrade=is_upgrade, render=render)
    return Rendering(template(loaded(path), given, options, world))


def _as_json(values: dict[str, Any] | None) -> tuple[str, ...]:
    import json

    return (json.dumps(values),) if values else ()


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def difference(left: object, right: object) -> list[str]:
    """Return how two objects differ, as pytest shows it."""
    return ["objects differ:", *diff_lines(as_yaml(_plain(right)), as_yaml(_plain(left)), PLAIN)]


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, dict) else value
