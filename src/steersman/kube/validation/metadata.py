"""Metadata of any object: its name, labels, annotations, owners and finalizers; and selectors of labels."""

from __future__ import annotations

from steersman.kube.validation import names
from steersman.kube.validation.mistake import (
    Place,
    every,
    forbidden,
    invalid,
    items,
    mapping,
    placed,
    required,
    struct,
    text,
    texts,
    too_long,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_MOST_ANNOTATIONS = 256 * 1024  # bytes
_FINALIZERS = frozenset(("kubernetes", "orphan", "foregroundDeletion"))
_LONGEST_CRON_JOB = 52  # k8s: its jobs' names have eleven more

# k8s: the labels of the template stand in for their own
_LABELED_BY_TEMPLATE = frozenset((("batch", "Job"), ("", "ReplicationController")))

# Kinds whose names are not DNS subdomains.
_NAMES: dict[tuple[str, str], Callable[[str], list[str]]] = {
    ("", "Namespace"): names.dotless_label_problems,
    ("", "Service"): names.dotless_label_problems,
    ("", "ReplicationController"): names.subdomain_of_bytes_problems,
    ("apps", "StatefulSet"): names.dotless_label_problems,
    ("policy", "PodDisruptionBudget"): names.path_segment_problems,
    ("rbac.authorization.k8s.io", "Role"): names.path_segment_problems,
    ("rbac.authorization.k8s.io", "RoleBinding"): names.path_segment_problems,
    ("rbac.authorization.k8s.io", "ClusterRole"): names.path_segment_problems,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): names.path_segment_problems,
}


def metadata_mistakes(group: str, kind: str, value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in the metadata of an object."""
    place, metadata = Place().field("metadata"), struct(value, "metadata") or {}
    labels = mapping(metadata, "labels")
    if (group, kind) in _LABELED_BY_TEMPLATE and not labels:
        template = struct(struct(value, "spec") or {}, "template") or {}
        labels = mapping(struct(template, "metadata") or {}, "labels")
    name = text(metadata, "name")
    problems = _NAMES.get((group, kind), names.subdomain_problems)(name)
    if name:  # one is made from generateName otherwise
        yield from every(place.field("name"), name, problems)
    yield from label_mistakes(labels, place.field("labels"))
    if (group, kind) == ("", "Namespace") and name:
        # k8s: a label has the name of the namespace
        yield from every(place.field("labels"), name, names.label_value_problems(name))
    yield from annotation_mistakes(mapping(metadata, "annotations"), place.field("annotations"))
    for owner, at in placed(metadata, place, "ownerReferences"):
        for field in ("apiVersion", "kind", "name", "uid"):
            if not text(owner, field):
                # k8s: named without the item
                where = Place(f"metadata.ownerReferences.{field}", (*at.keys, field))
                problem = "version must not be empty" if field == "apiVersion" else "must not be empty"
                yield invalid(where, "", problem)
    finalizers, where = texts(metadata, "finalizers"), place.field("finalizers")
    for one in finalizers:
        yield from every(where, one, names.label_key_problems(one))
    for number, one in enumerate(finalizers):
        if "/" not in one and one not in _FINALIZERS and _is_built_in(group):
            yield invalid(
                where.item(number), one, "name is neither a standard finalizer name nor is it fully qualified"
            )


def _is_built_in(group: str) -> bool:
    return "." not in group or group.endswith(".k8s.io")


def cron_job_name_mistakes(metadata: Fields) -> Iterator[Mistake]:
    """Yield the mistake in the name of a CronJob that leaves no room for those of its jobs."""
    name = text(metadata, "name")
    if len(name) > _LONGEST_CRON_JOB:
        yield invalid(Place().field("metadata", "name"), name, f"must be no more than {_LONGEST_CRON_JOB} characters")


def label_mistakes(labels: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistakes in labels."""
    for key, value in labels.items():
        yield from every(place, key, names.label_key_problems(key))
        yield from every(place, value, names.label_value_problems(value))


def annotation_mistakes(annotations: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistakes in annotations."""
    for key in annotations:
        yield from every(place, key, names.label_key_problems(key.lower()))
    size = sum(len(one.encode("utf-8", "surrogateescape")) for pair in annotations.items() for one in pair)
    if size > _MOST_ANNOTATIONS:
        yield too_long(place, _MOST_ANNOTATIONS)


def template_metadata_mistakes(metadata: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistakes in the labels and annotations of a template, whose ``metadata`` the server does not name."""
    yield from label_mistakes(
        mapping(metadata, "labels"), Place(f"{place.text}.labels", (*place.keys, "metadata", "labels"))
    )
    where = Place(f"{place.text}.annotations", (*place.keys, "metadata", "annotations"))
    yield from annotation_mistakes(mapping(metadata, "annotations"), where)


# Selectors


def selector_mistakes(selector: Fields | None, place: Place) -> Iterator[Mistake]:
    """Yield the mistakes in a selector of labels."""
    if selector is None:
        return
    yield from label_mistakes(mapping(selector, "matchLabels"), place.field("matchLabels"))
    for one, where in placed(selector, place, "matchExpressions"):
        operator, values = text(one, "operator"), texts(one, "values")
        if operator in ("In", "NotIn"):
            if not values:
                yield required(where.field("values"), "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                yield forbidden(
                    where.field("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                )
        else:
            yield invalid(where.field("operator"), operator, "not a valid selector operator")
        yield from every(where.field("key"), text(one, "key"), names.label_key_problems(text(one, "key")))
        for at, value in enumerate(values):
            yield from every(where.field("values").item(at), value, names.label_value_problems(value))


def is_empty(selector: Fields | None) -> bool:
    """Return whether a selector lets everything through."""
    return not selector or not (selector.get("matchLabels") or selector.get("matchExpressions"))


def selects(selector: Fields | None, labels: Fields) -> bool:
    """Return whether a selector lets labels through; one that is absent lets nothing through."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in mapping(selector, "matchLabels").items()):
        return False
    for one in items(selector, "matchExpressions"):
        key, values = text(one, "key"), texts(one, "values")
        found = {
            "In": labels.get(key) in values if key in labels else False,
            "NotIn": key not in labels or labels[key] not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }.get(text(one, "operator"), True)
        if not found:
            return False
    return True


def shown_selector(selector: Fields) -> Fields:
    """Return a selector as messages show it: the fields in their order, without those that are empty."""
    given: Fields = {}
    labels = mapping(selector, "matchLabels")
    if labels:
        given["matchLabels"] = dict(sorted(labels.items()))
    expressions = items(selector, "matchExpressions")
    if expressions:
        given["matchExpressions"] = [
            {key: one[key] for key in ("key", "operator", "values") if one.get(key) or key != "values"}
            for one in expressions
        ]
    return given


def template_selected(selector: Fields | None, template: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistake of a template whose labels its own selector does not let through."""
    metadata = struct(template, "metadata") or {}
    labels = mapping(metadata, "labels")
    if not selects(selector, labels):
        value = dict(sorted(labels.items())) if struct(metadata, "labels") is not None else None
        yield invalid(place.field("metadata", "labels"), value, "`selector` does not match template `labels`")
