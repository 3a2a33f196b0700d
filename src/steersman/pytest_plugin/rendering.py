"""The results of a render, for assertions: objects by kind and name, values by path."""

from __future__ import annotations

import os

from steersman.action.template import TemplateOptions, template
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.engine.impure import from_system
from steersman.insight import failures
from steersman.insight.origins import GivenValues
from steersman.pytest_plugin.charts import compiled, heads, loaded
from steersman.record import replace
from steersman.rendering import RenderOptions, World
from steersman.runtime.files import shown_path
from steersman.unittest.path import find
from steersman.unittest.path_syntax import PathError
from steersman.unittest.show import PLAIN, diff_lines
from steersman.unittest.texts import as_yaml
from steersman.values.schema_access import SchemaAccess
from steersman.values.sources import Sources, collect
from steersman.yamlio import version3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from steersman.errors import SteerError
    from steersman.pytest_plugin.coverage import Observation
    from steersman.rendering import Broken, Rendered

__tracebackhide__ = True  # pytest: a failure that this module reports is not one of its lines


class KubernetesObject(dict[str, object]):
    """A rendered object: a dict, with values by their paths."""

    def at(self, path: str) -> Any:
        """Return the one value that a JSONPath finds.

        Raises:
            LookupError: when it finds none, or several.
        """
        found = self.all(path)
        if len(found) != 1:
            raise LookupError(f"{path} finds {len(found) or 'no'} value{'s' if found else ''} in {name_of(self)}")
        return found[0]

    def all(self, path: str) -> list[Any]:
        """Return all values that a JSONPath finds.

        Raises:
            PathError: when it is not a JSONPath.
        """
        try:
            return find(self, path)
        except PathError as error:
            raise explained(error) from None


class Rendering:
    """The objects, hooks and notes of a chart.

    Attributes:
        manifest: the text of all objects but hooks.
        notes: the text of NOTES.txt.
        text: everything but the notes, as ``steer template`` prints it.
        objects: all objects, hooks among them.
    """

    def __init__(self, rendered: Rendered) -> None:
        self.manifest = rendered.manifest
        self.notes = rendered.notes
        self.text = rendered.text()
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
        count = len(found) or "no"
        raise KeyError(f"{count} object{'s are' if found else ' is'} named {name}; the render has: {known}")

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
    set: str | Sequence[str] = (),
    files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
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
        files: values files; relative paths are from the chart's folder.
        name, namespace: of the release.
        is_upgrade: whether to render as for an upgrade.
        kube_version, api_versions: of the cluster that is made believe.
        observation: sees the render, for coverage.

    Raises:
        SteerError: with Helm's message.
        TypeError: for an argument of another type.
        FileNotFoundError: for a values file that is not there.
    """
    sources = Sources(files=_values_files(path, files), json=_as_json(values), sets=_assignments(set))
    texts: dict[str, bytes] = {}

    def read(file: str) -> bytes:
        with open(file, "rb") as opened:
            texts[file] = opened.read()
        return texts[file]

    def diagnose(broken: Broken) -> str:
        if observation is not None:
            observation.failed(broken)
        # without the dict: "the given values" says more than the flag that it is given with here
        return failures.diagnose(broken, GivenValues(replace(sources, json=()), texts))

    given = collect(sources, read)
    kube = parse_kube_version(kube_version) if kube_version else DEFAULT_CAPABILITIES.kube_version
    capabilities = Capabilities(kube, (*DEFAULT_CAPABILITIES.api_versions, *api_versions))
    impure = from_system(lambda *_words, **_fields: None)
    world = World(impure, lambda: capabilities, compiled(), SchemaAccess(), heads=heads())
    render = RenderOptions(diagnose=diagnose, inspect=None if observation is None else observation.rendered)
    options = TemplateOptions(name, namespace, is_upgrade=is_upgrade, render=render)
    return Rendering(template(loaded(path), given, options, world))


def explained(error: SteerError) -> SteerError:
    """Return an error without the calls that it went through, and with everything that is known about it."""
    for note in (error.detail, error.hint):
        if note:
            error.add_note(note)
    return error.with_traceback(None)


def _as_json(values: dict[str, Any] | None) -> tuple[str, ...]:
    import json

    if values is not None and not isinstance(values, dict):
        raise TypeError(f"render takes the values as a dict, not as a {type(values).__name__}")
    try:
        return (json.dumps(values),) if values else ()
    except (TypeError, ValueError) as error:
        raise TypeError(f"the values of render have to be data that JSON can hold: {error}") from None


def _assignments(given: object) -> tuple[str, ...]:
    items = (given,) if isinstance(given, str) else given if isinstance(given, (list, tuple)) else None
    if items is None or not all(isinstance(item, str) for item in items):
        advice = "; a dict of values is the first argument: render({...})" if isinstance(given, dict) else ""
        raise TypeError(f"set= takes assignments as texts, such as set=['replicas=2'], not {given!r}{advice}")
    return tuple(items)


def _values_files(chart: str, given: object) -> tuple[str, ...]:
    items = (given,) if isinstance(given, (str, os.PathLike)) else given if isinstance(given, (list, tuple)) else None
    if items is None or not all(isinstance(item, (str, os.PathLike)) for item in items):
        advice = "; values are the first argument: render({...})" if isinstance(given, dict) else ""
        raise TypeError(f"files= takes paths of values files, such as files=['ci/small.yaml'], not {given!r}{advice}")
    paths = [os.path.join(chart, os.fspath(item)) for item in items]
    for item, path in zip(items, paths):
        if not os.path.isfile(path):
            raise FileNotFoundError(f"files={os.fspath(item)!r}: there is no file {path}")
    return tuple(shown_path(path) for path in paths)


def difference(left: object, right: object) -> list[str]:
    """Return how two objects differ, as pytest shows it."""
    return ["objects differ:", *diff_lines(as_yaml(_plain(right)), as_yaml(_plain(left)), PLAIN)]


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, dict) else value
