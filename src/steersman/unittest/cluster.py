"""The made-up cluster of ``kubernetesProvider``: what ``lookup`` finds in it."""

from __future__ import annotations

from steersman.errors import ClusterError
from steersman.values.coalesce import copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from steersman.unittest.suite import Provider, Resource


def lookup_in(provider: Provider) -> Callable[[str, str, str, str], dict[str, Any]]:
    """Return the function ``lookup`` of a cluster with these objects."""
    by_place: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for item in provider.objects:
        by_place.setdefault(_place(item), []).append(item)

    problem = _problem(provider.objects)

    def lookup(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
        if problem:
            raise ClusterError(problem)
        resource = provider.scheme.get("/".join(filter(None, (api_version, kind))))
        if resource is None:
            if name:
                return {}
            raise ClusterError(f"kubernetesProvider.scheme has no {api_version}/{kind}, whose objects cannot be listed")
        inside = namespace if resource.namespaced else ""
        found = [item for item in by_place.get(_key(resource), ()) if not inside or _namespace(item) == inside]
        if name:
            # k8s: without a namespace an object of none is meant (test_lookup_without_a_namespace)
            exact = [item for item in found if _metadata(item, "name") == name and _namespace(item) == inside]
            return _answer(exact[0]) if exact else {}
        if _key(resource) not in by_place:
            raise ClusterError(f"kubernetesProvider.objects has no {resource.resource}, which cannot be listed")
        items = sorted(found, key=lambda item: (_namespace(item), _metadata(item, "name")))
        of_list = {"apiVersion": _api_version(resource), "kind": f"{found[0]['kind'] if found else kind}List"}
        return {
            **of_list,
            "metadata": {"continue": "", "resourceVersion": ""},
            "items": [_answer(item) for item in items],
        }

    return lookup


def _problem(objects: Sequence[dict[str, Any]]) -> str:
    """Return why a cluster cannot hold all of these objects, or ``""``; every lookup in it fails then.

    k8s: the object tracker of client-go's fake clients (test_objects_that_a_cluster_cannot_hold)
    """
    known: set[tuple[tuple[str, str, str], str, str]] = set()
    for item in objects:
        if isinstance(item.get("items"), list):
            return "*unstructured.Unstructured is not a list: no Items field in this object"
        if not item.get("kind"):
            return (
                "failed to convert to unstructured - unable to get GVK Object 'Kind' is missing in "
                "'unstructured object has no kind'"
            )
        place = _place(item)
        name = _metadata(item, "name")
        key = place, _namespace(item), name
        if key in known:
            group, _, resource = place
            return f'{resource}{"." if group else ""}{group} "{name}" already exists'
        known.add(key)
    return ""


def _answer(item: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = copy_tree(item)
    return answer


def _api_version(resource: Resource) -> str:
    return f"{resource.group}/{resource.version}" if resource.group else resource.version


def _place(item: dict[str, Any]) -> tuple[str, str, str]:
    group, _, version = str(item.get("apiVersion", "")).rpartition("/")
    return group, version, plural(str(item.get("kind", "")))


def _key(resource: Resource) -> tuple[str, str, str]:
    return resource.group, resource.version, resource.resource


def plural(kind: str) -> str:
    """Return the plural that a kind probably has.

    k8s: meta.UnsafeGuessKindToResource
    """
    word = kind.lower()
    if word.endswith("endpoints"):
        return word
    if word.endswith("s"):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") else word + "s"


def _metadata(item: dict[str, Any], field: str) -> str:
    metadata = item.get("metadata")
    return str(metadata.get(field, "")) if isinstance(metadata, dict) else ""


def _namespace(item: dict[str, Any]) -> str:
    return _metadata(item, "namespace")
