"""The ``lookup`` of templates without a cluster: finds objects that were read from files as an API server does."""

from __future__ import annotations

from steersman.values.coalesce import copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any


def lookup_among(
    objects: Iterable[dict[str, Any]], namespace: str, on_same: Callable[[str, int, int], None] | None = None
) -> Callable[[str, str, str, str], dict[str, Any]]:
    """Return the function ``lookup`` of a cluster that has these objects and no others.

    It gives a copy of an object, or a list without a name, in the order of namespaces and names; an empty map where
    there is no such object, or no such kind.

    Args:
        objects: as ``flattened`` gives them; of two with the same name, the last one counts.
        namespace: of objects that name none, as with ``kubectl apply``.
        on_same: is called for two with the same name: with ``Secret web/keys`` and the numbers of both, from 0.
    """
    objects = list(objects)
    scopes = _Scopes(objects)
    by_kind: dict[tuple[str, str], dict[tuple[str, str], dict[str, Any]]] = {}
    numbers: dict[tuple[str, str, str, str], int] = {}
    for number, item in enumerate(objects):
        kind = str(item["apiVersion"]), str(item["kind"])
        is_namespaced = scopes.is_namespaced(*kind)
        inside = "" if is_namespaced is False else _text(item, "namespace")
        if is_namespaced and not inside:
            inside = namespace
            item = {**item, "metadata": {**item["metadata"], "namespace": namespace}}
        name = _text(item, "name")
        before = numbers.get((*kind, inside, name))
        if before is not None and on_same is not None:
            on_same(f"{kind[1]} {inside}/{name}" if inside else f"{kind[1]} {name}", before, number)
        numbers[(*kind, inside, name)] = number
        by_kind.setdefault(kind, {})[inside, name] = item

    def lookup(api_version: str, kind: str, inside: str, name: str) -> dict[str, Any]:
        is_namespaced = scopes.is_namespaced(api_version, kind)
        if is_namespaced is False:
            inside = ""
        found = by_kind.get((api_version, kind), {})
        if name:
            item = found.get((inside, name))
            if item is None and is_namespaced is None:
                item = found.get(("", name))
            return {} if item is None else copy_tree(item)
        if not found and not scopes.is_known(api_version, kind):
            return {}
        places = sorted(place for place in found if not inside or place[0] in (inside, *_everywhere(is_namespaced)))
        return {
            "apiVersion": api_version,
            "kind": f"{kind}List",
            "metadata": {"resourceVersion": ""},
            "items": [copy_tree(found[place]) for place in places],
        }

    return lookup


def flattened(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a document: itself, or the items of a list of any kind.

    Raises:
        ValueError: where it is not an object of Kubernetes, saying why.
    """
    if not isinstance(tree, dict):
        raise ValueError("not a map")
    for field in ("apiVersion", "kind"):
        if not isinstance(tree.get(field), str) or not tree[field]:
            raise ValueError(f"it has no {field}")
    items = tree.get("items")
    if tree["kind"].endswith("List") and (isinstance(items, list) or "items" in tree):
        kind = tree["kind"].removesuffix("List")
        for at, item in enumerate(items or ()):
            # k8s: items of a typed list have neither field (test_items_of_typed_lists)
            named = (
                {"apiVersion": tree["apiVersion"], "kind": kind, **item} if isinstance(item, dict) and kind else item
            )
            try:
                yield from flattened(named)
            except ValueError as error:
                raise ValueError(f"items[{at}]: {error}") from error
        return
    metadata = tree.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not name:
        raise ValueError("it has no metadata.name" if name in (None, "") else "its metadata.name is not a text")
    yield tree


class _Scopes:
    """The scopes of kinds: Kubernetes' own, and those that definitions among objects add."""

    def __init__(self, objects: Iterable[dict[str, Any]]) -> None:
        self._custom: dict[tuple[str, str], bool] = {}
        self._seen: set[tuple[str, str]] = set()
        for item in objects:
            self._seen.add((str(item["apiVersion"]), str(item["kind"])))
            spec = item.get("spec")
            if item["kind"] == "CustomResourceDefinition" and isinstance(spec, dict):
                names = spec.get("names")
                kind = names.get("kind") if isinstance(names, dict) else None
                self._custom[str(spec.get("group")), str(kind)] = spec.get("scope") != "Cluster"

    def is_namespaced(self, api_version: str, kind: str) -> bool | None:
        """Return whether objects of a kind are in namespaces; None where that is not known."""
        from steersman.kube.facts import facts

        known = facts().kind(api_version, kind)
        if known is not None:
            return known.is_namespaced
        return self._custom.get((api_version.rpartition("/")[0], kind))

    def is_known(self, api_version: str, kind: str) -> bool:
        """Return whether there is such a kind."""
        return (api_version, kind) in self._seen or self.is_namespaced(api_version, kind) is not None


def _everywhere(is_namespaced: bool | None) -> tuple[str, ...]:
    """Return the namespaces in whose place an object of a kind may be, besides the one that is asked for."""
    return ("",) if is_namespaced is None else ()


def _text(item: dict[str, Any], field: str) -> str:
    metadata = item.get("metadata")
    value = metadata.get(field) if isinstance(metadata, dict) else None
    return value if isinstance(value, str) else ""
