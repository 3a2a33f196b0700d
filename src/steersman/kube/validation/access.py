"""Roles and their bindings."""

from __future__ import annotations

from steersman.kube.validation import names
from steersman.kube.validation.metadata import selector_mistakes
from steersman.kube.validation.mistake import (
    Place,
    every,
    invalid,
    placed,
    required,
    struct,
    text,
    texts,
    unsupported,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_GROUP = "rbac.authorization.k8s.io"
_KINDS = ("ServiceAccount", "User", "Group")


def role(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a Role."""
    for rule, at in placed(value, Place(), "rules"):
        yield from _rule(rule, at, in_namespace=True)


def cluster_role(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a ClusterRole."""
    for rule, at in placed(value, Place(), "rules"):
        yield from _rule(rule, at, in_namespace=False)
    aggregation, where = struct(value, "aggregationRule"), Place().field("aggregationRule")
    if aggregation is None:
        return
    if not aggregation.get("clusterRoleSelectors"):
        problem = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        yield required(where.field("clusterRoleSelectors"), problem)
    for selector, at in placed(aggregation, where, "clusterRoleSelectors"):
        found = list(selector_mistakes(selector, at))
        yield from found
        if found:
            yield invalid(at, None, "invalid label selector.")


def _rule(rule: Fields, place: Place, *, in_namespace: bool) -> Iterator[Mistake]:
    if not rule.get("verbs"):
        yield required(place.field("verbs"), "verbs must contain at least one value")
    urls, where = texts(rule, "nonResourceURLs"), place.field("nonResourceURLs")
    if urls:
        if in_namespace:
            yield invalid(where, urls, "namespaced rules cannot apply to non-resource URLs")
        if any(rule.get(field) for field in ("apiGroups", "resources", "resourceNames")):
            yield invalid(where, urls, "rules cannot apply to both regular resources and non-resource URLs")
        return
    if not rule.get("apiGroups"):
        yield required(place.field("apiGroups"), "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield required(place.field("resources"), "resource rules must supply at least one resource")


def role_binding(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a RoleBinding."""
    yield from _binding(value, ("Role", "ClusterRole"), needs_namespace=False)


def cluster_role_binding(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a ClusterRoleBinding."""
    yield from _binding(value, ("ClusterRole",), needs_namespace=True)


def _binding(value: Fields, kinds: tuple[str, ...], *, needs_namespace: bool) -> Iterator[Mistake]:
    reference, where = struct(value, "roleRef") or {}, Place().field("roleRef")
    group = text(reference, "apiGroup") or _GROUP  # k8s: the default
    if group != _GROUP:
        yield unsupported(where.field("apiGroup"), group, (_GROUP,))
    kind, name = text(reference, "kind"), text(reference, "name")
    if kind not in kinds:
        yield unsupported(where.field("kind"), kind, kinds)
    if not name:
        yield required(where.field("name"))
    else:
        yield from every(where.field("name"), name, names.path_segment_problems(name))
    for subject, at in placed(value, Place(), "subjects"):
        yield from _subject(subject, at, needs_namespace=needs_namespace)


def _subject(subject: Fields, place: Place, *, needs_namespace: bool) -> Iterator[Mistake]:
    kind, name, group = text(subject, "kind"), text(subject, "name"), text(subject, "apiGroup")
    if not name:
        yield required(place.field("name"))
    if kind == "ServiceAccount":
        if name:
            yield from every(place.field("name"), name, names.subdomain_problems(name))
        if group:
            yield unsupported(place.field("apiGroup"), group, ("",))
        if needs_namespace and not text(subject, "namespace"):
            yield required(place.field("namespace"))
    elif kind in _KINDS:
        if (group or _GROUP) != _GROUP:
            yield unsupported(place.field("apiGroup"), group, (_GROUP,))
    else:
        yield unsupported(place.field("kind"), kind, _KINDS)
