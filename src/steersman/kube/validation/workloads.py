"""Deployments, ReplicaSets, DaemonSets, StatefulSets and ReplicationControllers."""

from __future__ import annotations

from steersman.kube.formats import percentage_problems
from steersman.kube.validation import names
from steersman.kube.validation.metadata import (
    is_empty,
    selector_mistakes,
    shown_selector,
    template_metadata_mistakes,
    template_selected,
)
from steersman.kube.validation.mistake import (
    NOT_NEGATIVE,
    Place,
    every,
    forbidden,
    invalid,
    items,
    not_negative,
    number,
    one_of,
    placed,
    required,
    struct,
    text,
    unsupported,
)
from steersman.kube.validation.pods import spec_mistakes, template_mistakes
from steersman.kube.validation.volumes import claim_mistakes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_SPEC = Place().field("spec")
_TEMPLATE = _SPEC.field("template")
_PROGRESS = 600  # seconds; k8s: the default of a Deployment


def pod(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a Pod."""
    yield from spec_mistakes(struct(value, "spec") or {}, _SPEC, is_pod=True)


def deployment(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a Deployment."""
    spec = struct(value, "spec") or {}
    yield from not_negative(spec, _SPEC, "replicas")
    yield from _replicated(spec, "ReplicaSet")
    yield from _strategy(struct(spec, "strategy") or {}, _SPEC.field("strategy"))
    yield from not_negative(spec, _SPEC, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    seconds = number(spec, "progressDeadlineSeconds")
    deadline = _PROGRESS if seconds is None else seconds
    if deadline <= (number(spec, "minReadySeconds") or 0):
        yield invalid(_SPEC.field("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds")


def replica_set(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a ReplicaSet."""
    spec = struct(value, "spec") or {}
    yield from not_negative(spec, _SPEC, "replicas", "minReadySeconds")
    yield from _replicated(spec, "ReplicaSet")


def _replicated(spec: Fields, owner: str) -> Iterator[Mistake]:
    selector, template = struct(spec, "selector"), struct(spec, "template") or {}
    where = _SPEC.field("selector")
    found = list(selector_mistakes(selector, where))
    if selector is None:
        yield required(where)
    yield from found
    if selector is not None and is_empty(selector):
        yield invalid(where, shown_selector(selector), "empty selector is invalid for deployment")
    if selector is not None and found:
        yield invalid(where, shown_selector(selector), "invalid label selector")
        return
    yield from template_selected(selector, template, _TEMPLATE)
    yield from template_mistakes(template, _TEMPLATE)
    yield from _always(template, owner)


def _always(template: Fields, owner: str) -> Iterator[Mistake]:
    """Yield the mistakes of pods that do not run forever."""
    spec, where = struct(template, "spec") or {}, _TEMPLATE.field("spec")
    yield from one_of(spec, where, "restartPolicy", ("Always",))
    if number(spec, "activeDeadlineSeconds") is not None:
        yield forbidden(where.field("activeDeadlineSeconds"), f"activeDeadlineSeconds in {owner} is not Supported")


def _strategy(strategy: Fields, place: Place) -> Iterator[Mistake]:
    kind, rolling = text(strategy, "type") or "RollingUpdate", struct(strategy, "rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            yield forbidden(place.field("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'")
    elif kind == "RollingUpdate":
        yield from _amounts(rolling or {}, place.field("rollingUpdate"))
        if rolling is not None and all(_is_nothing(rolling.get(name)) for name in ("maxSurge", "maxUnavailable")):
            shown = rolling["maxUnavailable"]
            yield invalid(place.field("rollingUpdate", "maxUnavailable"), shown, "may not be 0 when `maxSurge` is 0")
        yield from _shares(rolling or {}, place.field("rollingUpdate"), "maxUnavailable")
    else:
        yield unsupported(
            place, {"Type": kind, "RollingUpdate": _shown_rolling(rolling)}, ("Recreate", "RollingUpdate")
        )


def _amounts(rolling: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the numbers and percentages that are not written as one, or negative."""
    for field in ("maxUnavailable", "maxSurge"):
        value = rolling.get(field)
        if isinstance(value, str):
            yield from every(place.field(field), value, percentage_problems(value, can_be_more=True))
        elif isinstance(value, int) and value < 0:
            yield invalid(place.field(field), value, NOT_NEGATIVE)


def _shares(rolling: Fields, place: Place, *fields: str) -> Iterator[Mistake]:
    """Yield the percentages of more than all."""
    for field in fields:
        value = rolling.get(field)
        if isinstance(value, str) and not percentage_problems(value, can_be_more=True):
            yield from every(place.field(field), value, percentage_problems(value))


def _shown_rolling(rolling: Fields | None) -> Fields | None:
    if rolling is None:
        return None
    return {"MaxUnavailable": rolling.get("maxUnavailable", 0), "MaxSurge": rolling.get("maxSurge", 0)}


def _is_nothing(value: object) -> bool:
    """Return whether a number or percentage is given and is zero."""
    return value == 0 or (isinstance(value, str) and value.endswith("%") and value[:-1].strip("0") == "")


def daemon_set(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a DaemonSet."""
    spec = struct(value, "spec") or {}
    selector, template, where = struct(spec, "selector"), struct(spec, "template") or {}, _SPEC.field("selector")
    found = list(selector_mistakes(selector, where))
    yield from found
    if not found:
        yield from template_selected(selector, template, _TEMPLATE)
    if selector is not None and is_empty(selector):
        yield invalid(where, {}, "empty selector is invalid for daemonset")
    yield from template_mistakes(template, _TEMPLATE)
    yield from _always(template, "DaemonSet")
    yield from not_negative(spec, _SPEC, "minReadySeconds")
    strategy, at = struct(spec, "updateStrategy") or {}, _SPEC.field("updateStrategy")
    kind, rolling = text(strategy, "type") or "RollingUpdate", struct(strategy, "rollingUpdate") or {}
    if kind not in ("RollingUpdate", "OnDelete"):
        shown = {"Type": kind, "RollingUpdate": _shown_rolling(struct(strategy, "rollingUpdate"))}
        yield unsupported(at, shown, ("RollingUpdate", "OnDelete"))
    elif kind == "RollingUpdate":
        yield from _amounts(rolling, at.field("rollingUpdate"))
        yield from _shares(rolling, at.field("rollingUpdate"), "maxUnavailable", "maxSurge")
        has_surge = not _is_nothing(rolling.get("maxSurge", 0))
        has_unavailable = not _is_nothing(rolling.get("maxUnavailable", 1))
        if has_surge and has_unavailable:
            yield invalid(
                at.field("rollingUpdate", "maxSurge"),
                rolling.get("maxSurge"),
                "may not be set when maxUnavailable is non-zero",
            )
        elif not has_surge and not has_unavailable:
            yield required(at.field("rollingUpdate", "maxUnavailable"), "cannot be 0 when maxSurge is 0")
    yield from not_negative(spec, _SPEC, "revisionHistoryLimit")


def stateful_set(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a StatefulSet."""
    spec = struct(value, "spec") or {}
    management = text(spec, "podManagementPolicy") or "OrderedReady"
    if management not in ("OrderedReady", "Parallel"):
        yield invalid(_SPEC.field("podManagementPolicy"), management, "must be 'OrderedReady' or 'Parallel'")
    yield from _stateful_strategy(struct(spec, "updateStrategy") or {}, _SPEC.field("updateStrategy"))
    policy = "persistentVolumeClaimRetentionPolicy"
    for field in ("whenDeleted", "whenScaled"):
        yield from one_of(struct(spec, policy) or {}, _SPEC.field(policy), field, ("Retain", "Delete"))
    for claim, at in placed(spec, _SPEC, "volumeClaimTemplates"):
        yield from claim_mistakes(struct(claim, "spec") or {}, at.field("spec"))
    yield from not_negative(spec, _SPEC, "replicas", "minReadySeconds")
    name = text(spec, "serviceName")
    if name:
        yield from every(_SPEC.field("serviceName"), name, names.dns_label_problems(name))
    selector, template, where = struct(spec, "selector"), struct(spec, "template") or {}, _SPEC.field("selector")
    found = list(selector_mistakes(selector, where))
    if selector is None:
        yield required(where)
    yield from found
    if selector is not None and is_empty(selector):
        yield invalid(where, {}, "empty selector is invalid for statefulset")
    if selector is not None and found:
        yield invalid(where, shown_selector(selector), "")
    else:
        yield from template_selected(selector, template, _TEMPLATE)
        yield from template_mistakes(_named_by_server(template), _TEMPLATE, _mounted(spec, template))
        yield from template_metadata_mistakes(struct(template, "metadata") or {}, _TEMPLATE)
    yield from _always(template, "StatefulSet")


def _named_by_server(template: Fields) -> Fields:
    """Return a template without the names that the server replaces with those of the pods."""
    spec = {key: one for key, one in (struct(template, "spec") or {}).items() if key not in ("hostname", "subdomain")}
    return {**template, "spec": spec}


def _mounted(spec: Fields, template: Fields) -> list[Fields]:
    """Return the volumes of the pods: a claim stands in for a volume of its name."""
    claims = {text(struct(one, "metadata") or {}, "name"): None for one in items(spec, "volumeClaimTemplates")}
    own = items(struct(template, "spec") or {}, "volumes")
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    return [*volumes, *(one for one in own if text(one, "name") not in claims)]


def _stateful_strategy(strategy: Fields, place: Place) -> Iterator[Mistake]:
    kind, rolling = text(strategy, "type") or "RollingUpdate", struct(strategy, "rollingUpdate")
    shown = None if rolling is None else {"Partition": rolling.get("partition", 0), "MaxUnavailable": None}
    if kind == "OnDelete":
        if rolling is not None:
            yield invalid(place.field("rollingUpdate"), shown, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind == "RollingUpdate":
        yield from not_negative(rolling or {}, place.field("rollingUpdate"), "partition")
    else:
        yield invalid(place, {"Type": kind, "RollingUpdate": shown}, "must be 'RollingUpdate' or 'OnDelete'")


def replication_controller(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a ReplicationController."""
    spec = struct(value, "spec") or {}
    template = struct(spec, "template")
    # k8s: the labels of the template stand in for a selector
    labels = struct(struct(template or {}, "metadata") or {}, "labels")
    selector = struct(spec, "selector") or labels
    yield from not_negative(spec, _SPEC, "replicas", "minReadySeconds")
    if not selector:
        yield required(_SPEC.field("selector"))
    if template is None:
        yield required(_TEMPLATE)
        return
    if selector:
        yield from template_selected({"matchLabels": selector}, template, _TEMPLATE)
    yield from template_mistakes(template, _TEMPLATE)
    yield from _always(template, "ReplicationController")
