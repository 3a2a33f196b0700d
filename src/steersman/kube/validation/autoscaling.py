"""HorizontalPodAutoscalers and PodDisruptionBudgets."""

from __future__ import annotations

from steersman.kube.validation import names
from steersman.kube.validation.metadata import selector_mistakes, shown_selector
from steersman.kube.validation.mistake import (
    NOT_NEGATIVE,
    Place,
    every,
    forbidden,
    invalid,
    number,
    one_if_given,
    placed,
    required,
    struct,
    text,
    unsupported,
)
from steersman.kube.validation.quantities import quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_SPEC = Place().field("spec")
_SOURCES = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_MOST_WINDOW = 3600  # seconds
_MOST_PERIOD = 1800


def autoscaler(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a HorizontalPodAutoscaler of autoscaling/v2."""
    spec = struct(value, "spec") or {}
    least = number(spec, "minReplicas")
    if least is not None and least < 1:
        yield invalid(_SPEC.field("minReplicas"), least, "must be greater than or equal to 1")
    most, where = number(spec, "maxReplicas") or 0, _SPEC.field("maxReplicas")
    if most < 1:
        yield required(where, "must be set and greater than 0")
    if most < (1 if least is None else least):
        yield invalid(where, most, "must be greater than or equal to `minReplicas`")
    yield from _target_reference(struct(spec, "scaleTargetRef") or {}, _SPEC.field("scaleTargetRef"), is_target=True)
    metrics = list(placed(spec, _SPEC, "metrics"))
    for metric, at in metrics:
        yield from _metric(metric, at)
    if least == 0 and not any(text(one, "type") in ("Object", "External") for one, _ in metrics):
        problem = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield forbidden(_SPEC.field("metrics"), problem)
    behavior = struct(spec, "behavior") or {}
    for direction in ("scaleUp", "scaleDown"):
        rules = struct(behavior, direction)
        if rules is not None:
            yield from _rules(rules, _SPEC.field("behavior", direction))


def autoscaler_v1(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a HorizontalPodAutoscaler of autoscaling/v1."""
    spec = struct(value, "spec") or {}
    share = number(spec, "targetCPUUtilizationPercentage")
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": share}}
    metrics = [] if share is None else [{"type": "Resource", "resource": metric}]
    yield from autoscaler({**value, "spec": {**spec, "metrics": metrics}})


def _target_reference(target: Fields, place: Place, *, is_target: bool = False) -> Iterator[Mistake]:
    for field in ("kind", "name"):
        name = text(target, field)
        if not name:
            yield required(place.field(field))
        else:
            yield from every(place.field(field), name, names.path_segment_problems(name))
    version = text(target, "apiVersion")
    if version.count("/") > 1:
        yield invalid(place.field("apiVersion"), version, f"unexpected GroupVersion string: {version}")
    elif is_target and not version.rpartition("/")[0] and text(target, "kind") != "ReplicationController":
        yield invalid(place.field("apiVersion"), version, "apiVersion must specify API group")


def _metric(metric: Fields, place: Place) -> Iterator[Mistake]:
    kind, where = text(metric, "type"), place.field("type")
    if not kind:
        yield required(where, "must specify a metric source type")
    if kind not in _SOURCES:
        # k8s: both the type and the source that goes with it are looked for
        yield unsupported(where, kind, _SOURCES)
        yield unsupported(where, kind, _SOURCES)
        return
    source = struct(metric, _SOURCES[kind])
    if source is None:
        yield required(place.field(_SOURCES[kind]), "must populate information for the given metric source")
        return
    for other in _SOURCES.values():
        if other != _SOURCES[kind] and struct(metric, other) is not None:
            yield forbidden(place.field(other), "must populate the given metric source only")
    yield from _metric_source(kind, source, place.field(_SOURCES[kind]))


def _metric_source(kind: str, source: Fields, place: Place) -> Iterator[Mistake]:
    target, where = struct(source, "target") or {}, place.field("target")
    if kind == "Object":
        yield from _target_reference(struct(source, "describedObject") or {}, place.field("describedObject"))
    if kind in ("Object", "Pods", "External"):
        identifier, at = struct(source, "metric") or {}, place.field("metric")
        name = text(identifier, "name")
        if not name:
            yield required(at.field("name"))
        else:
            yield from every(at.field("name"), name, names.path_segment_problems(name))
    yield from _target(target, where)
    share, average, value = number(target, "averageUtilization"), target.get("averageValue"), target.get("value")
    if kind in ("Resource", "ContainerResource"):
        if not text(source, "name"):
            yield required(place.field("name"), "must specify a resource name")
        if kind == "ContainerResource" and not text(source, "container"):
            yield required(place.field("container"), "must specify a container")
        if share is None and average is None:
            yield required(
                where.field("averageUtilization"), "must set either a target raw value or a target utilization"
            )
        if share is not None and average is not None:
            yield forbidden(where.field("averageValue"), "may not set both a target raw value and a target utilization")
    elif kind == "Pods":
        if average is None or quantity(average) <= 0:
            yield required(where.field("averageValue"), "must specify a positive target averageValue")
    elif value is None and average is None:
        yield required(where.field("averageValue"), "must set either a target value or averageValue")


def _target(target: Fields, place: Place) -> Iterator[Mistake]:
    kind, where = text(target, "type"), place.field("type")
    if not kind:
        yield required(where, "must specify a metric target type")
    if kind not in ("Utilization", "Value", "AverageValue"):
        yield invalid(where, kind, "must be either Utilization, Value, or AverageValue")
    share = number(target, "averageUtilization")
    if share is not None and share < 1:
        yield invalid(place.field("averageUtilization"), share, "must be greater than 0")
    for field in ("value", "averageValue"):
        value = target.get(field)
        if value is not None and quantity(value) <= 0:
            yield invalid(place.field(field), str(value), "must be positive")


def _rules(rules: Fields, place: Place) -> Iterator[Mistake]:
    window, where = number(rules, "stabilizationWindowSeconds"), place.field("stabilizationWindowSeconds")
    if window is not None and window < 0:
        yield invalid(where, window, "must be greater than or equal to zero")
    if window is not None and window > _MOST_WINDOW:
        yield invalid(where, window, f"must be less than or equal to {_MOST_WINDOW}")
    yield from one_if_given(rules, place, "selectPolicy", ("Disabled", "Max", "Min"))
    policies = rules.get("policies")
    if isinstance(policies, list) and not policies:
        yield required(place.field("policies"), "must specify at least one Policy")
    for one, at in placed(rules, place, "policies"):
        kind = text(one, "type")
        if kind not in ("Percent", "Pods"):
            yield unsupported(at.field("type"), kind, ("Percent", "Pods"))
        for field in ("value", "periodSeconds"):
            amount = number(one, field) or 0
            if amount <= 0:
                yield invalid(at.field(field), amount, "must be greater than zero")
            elif field == "periodSeconds" and amount > _MOST_PERIOD:
                yield invalid(at.field(field), amount, f"must be less than or equal to {_MOST_PERIOD}")


def budget(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a PodDisruptionBudget."""
    spec = struct(value, "spec") or {}
    least, most, selector = spec.get("minAvailable"), spec.get("maxUnavailable"), struct(spec, "selector")
    policy = spec.get("unhealthyPodEvictionPolicy")
    if least is not None and most is not None:
        shown = {
            "MinAvailable": least,
            "Selector": None if selector is None else shown_selector(selector),
            "MaxUnavailable": most,
            "UnhealthyPodEvictionPolicy": policy,
        }
        yield invalid(_SPEC, shown, "minAvailable and maxUnavailable cannot be both set")
    for field in ("minAvailable", "maxUnavailable"):
        yield from _part(spec.get(field), _SPEC.field(field))
    yield from selector_mistakes(selector, _SPEC.field("selector"))
    yield from one_if_given(spec, _SPEC, "unhealthyPodEvictionPolicy", ("AlwaysAllow", "IfHealthyBudget"))


def _part(value: object, place: Place) -> Iterator[Mistake]:
    """Yield the mistake in a number or a percentage of pods."""
    from steersman.kube.formats import percentage_problems

    if isinstance(value, str):
        yield from every(place, value, percentage_problems(value))
    elif isinstance(value, int) and value < 0:
        yield invalid(place, value, NOT_NEGATIVE)
