"""The top-level objects of templates: ``.Values``, ``.Chart``, ``.Release``, ``.Capabilities``, ``.Files`` and more."""

from __future__ import annotations

from steersman.engine.files import of_chart
from steersman.go.values import StringMap
from steersman.gotemplate.values_map import ValuesMap
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart, Dependency, Metadata
    from steersman.gotemplate.values_map import Views


class Facts(Record):
    """Facts about the release that a render needs."""

    name: str
    namespace: str
    revision: int = 1
    is_install: bool = True
    is_upgrade: bool = False

    def as_map(self) -> dict[str, Any]:
        """Return the value of ``.Release``."""
        return {
            "Name": self.name,
            "Namespace": self.namespace,
            "IsUpgrade": self.is_upgrade,
            "IsInstall": self.is_install,
            "Revision": self.revision,
            "Service": "Helm",
        }


class Renderable(Record):
    """A template's bytes with what it sees at the top and the folder its ``.Template.BasePath`` names."""

    data: bytes
    top: ValuesMap
    base_path: str


class _NilStringMap(StringMap):
    """``map[string]string`` that is nil."""

    __slots__ = ()
    is_nil = True


def metadata_map(data: Metadata, *, is_root: bool) -> dict[str, Any]:
    """Return the value of ``.Chart``.

    helm: Helm 4 gives templates the metadata as a map under the names of Go's fields, so a field that does not
    exist is not an error (test_chart_metadata_is_a_map).
    """
    return {
        "Name": data.name,
        "Home": data.home,
        "Sources": list(data.sources),
        "Version": data.version,
        "Description": data.description,
        "Keywords": list(data.keywords),
        "Maintainers": [{"Name": m.name, "Email": m.email, "URL": m.url} for m in data.maintainers if m is not None],
        "Icon": data.icon,
        "APIVersion": data.api_version,
        "Condition": data.condition,
        "Tags": data.tags,
        "AppVersion": data.app_version,
        "Deprecated": data.deprecated,
        "Annotations": StringMap(data.annotations) if data.annotations else _NilStringMap(),
        "KubeVersion": data.kube_version,
        "Dependencies": [_dependency_map(d) for d in data.dependencies],
        "Type": data.type,
        "IsRoot": is_root,
    }


def _dependency_map(data: Dependency) -> dict[str, Any]:
    return {
        "Name": data.name,
        "Version": data.version,
        "Repository": data.repository,
        "Condition": data.condition,
        "Tags": list(data.tags),
        "Enabled": data.enabled,
        "ImportValues": [StringMap(v) if isinstance(v, dict) else v for v in data.import_values],
        "Alias": data.alias,
    }


def all_templates(
    chart: Chart, values: dict[str, Any], facts: Facts, capabilities: Any, views: Views
) -> dict[str, Renderable]:
    """Return every template of the chart and its subcharts by its full name, with its data.

    Args:
        chart: the chart that takes part.
        values: coalesced values; the top level is copied, so that ``set`` does not reach the caller's.
        facts: the release.
        capabilities: the cluster, as templates see it.
        views: receives the named views of the values of each chart.
    """
    templates: dict[str, Renderable] = {}
    _collect(chart, ValuesMap.over(dict(values), views), facts.as_map(), capabilities, templates)
    return templates


def _collect(
    chart: Chart, values: ValuesMap, release: dict[str, Any], capabilities: Any, templates: dict[str, Renderable]
) -> dict[str, Any]:
    subcharts: dict[str, Any] = {}
    data: dict[str, Any] = {
        "Chart": metadata_map(chart.metadata, is_root=chart.is_root),
        "Files": of_chart(chart.files),
        "Release": release,
        "Capabilities": capabilities,
        "Values": values,
        "Subcharts": subcharts,
    }
    for child in chart.dependencies:
        own = values.get(child.name)
        # helm: the parent's map itself under the named type, so both see what a template sets there
        # (test_values_of_a_subchart_have_the_named_type)
        view = ValuesMap.over(own if isinstance(own, dict) else {}, values.views)
        subcharts[child.name] = _collect(child, view, release, capabilities, templates)
    prefix = chart.full_path
    base = f"{prefix}/templates"
    for file in chart.templates:
        if chart.is_library and not file.name.rpartition("/")[2].startswith("_"):
            continue
        # helm: the cursor has the named type, .Subcharts.NAME the unnamed one (test_the_top_has_the_named_type)
        templates[f"{prefix}/{file.name}"] = Renderable(file.data, ValuesMap.over(data, values.views), base)
    return data
