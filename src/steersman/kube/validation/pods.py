"""Pods and templates of pods: everything but containers and volumes."""

from __future__ import annotations

import re

from steersman.kube.validation import names
from steersman.kube.validation.containers import (
    Pod,
    container_mistakes,
    host_network_mistakes,
    image_mistakes,
    seccomp_mistakes,
    user_mistakes,
)
from steersman.kube.validation.metadata import label_mistakes, selector_mistakes, template_metadata_mistakes
from steersman.kube.validation.mistake import (
    Place,
    duplicate,
    every,
    forbidden,
    invalid,
    items,
    mapping,
    number,
    one_if_given,
    one_of,
    placed,
    required,
    struct,
    text,
    texts,
    unsupported,
)
from steersman.kube.validation.volumes import volume_mistakes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_SYSCTL = r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_MOST_SECONDS = (1 << 31) - 1


def template_mistakes(template: Fields, place: Place, volumes: list[Fields] | None = None) -> Iterator[Mistake]:
    """Yield the mistakes in a template of pods.

    Args:
        template: with ``metadata`` and ``spec``.
        place: of the template.
        volumes: the volumes that the pods have instead of those of the template.
    """
    yield from template_metadata_mistakes(struct(template, "metadata") or {}, place)
    spec = struct(template, "spec") or {}
    yield from spec_mistakes(spec if volumes is None else {**spec, "volumes": volumes}, place.field("spec"))


def spec_mistakes(spec: Fields, place: Place, *, is_pod: bool = False) -> Iterator[Mistake]:
    """Yield the mistakes in the ``spec`` of a pod."""
    found, volumes = volume_mistakes(spec, place)
    yield from found
    pod = Pod(volumes, is_pod, bool(spec.get("hostNetwork")))
    yield from container_mistakes(spec, place, pod)
    yield from one_of(spec, place, "restartPolicy", ("Always", "OnFailure", "Never"))
    yield from one_of(spec, place, "dnsPolicy", ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"))
    yield from label_mistakes(mapping(spec, "nodeSelector"), place.field("nodeSelector"))
    yield from host_network_mistakes(spec, place)
    yield from _security(struct(spec, "securityContext") or {}, place.field("securityContext"))
    yield from _affinity(struct(spec, "affinity") or {}, place.field("affinity"))
    yield from _dns(spec, place)
    for one, at in placed(spec, place, "readinessGates"):
        yield from every(
            at.field("conditionType"), text(one, "conditionType"), names.label_key_problems(text(one, "conditionType"))
        )
    yield from _spread(spec, place)
    for field in ("serviceAccountName", "nodeName"):
        if text(spec, field):
            yield from every(place.field(field), text(spec, field), names.subdomain_problems(text(spec, field)))
    deadline = number(spec, "activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= _MOST_SECONDS:
        yield invalid(
            place.field("activeDeadlineSeconds"), deadline, f"must be between 1 and {_MOST_SECONDS}, inclusive"
        )
    for field in ("hostname", "subdomain"):
        if text(spec, field):
            yield from every(place.field(field), text(spec, field), names.dotless_label_problems(text(spec, field)))
    for one, at in placed(spec, place, "tolerations"):
        yield from _toleration(one, at)
    for one, at in placed(spec, place, "hostAliases"):
        yield from every(at.field("ip"), text(one, "ip"), names.address_problems(text(one, "ip")))
        for number_, name in enumerate(texts(one, "hostnames")):
            yield from every(at.field("hostnames").item(number_), name, names.subdomain_problems(name))
    for field in ("priorityClassName", "runtimeClassName"):
        if text(spec, field):
            yield from every(place.field(field), text(spec, field), names.subdomain_problems(text(spec, field)))
    yield from preemption_mistakes(spec, place)
    if is_pod:
        yield from image_mistakes(spec, place)


def preemption_mistakes(fields: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistake in a policy of preemption, for which no default stands in."""
    if fields.get("preemptionPolicy") == "":
        yield required(place.field("preemptionPolicy"))
    yield from one_of(fields, place, "preemptionPolicy", ("PreemptLowerPriority", "Never"))


def _security(security: Fields, place: Place) -> Iterator[Mistake]:
    yield from user_mistakes(security, place, ("fsGroup", "runAsUser", "runAsGroup"))
    groups = security.get("supplementalGroups")
    for at, group in enumerate(groups if isinstance(groups, list) else ()):
        where = place.field("supplementalGroups").item(at)
        if isinstance(group, int) and not 0 <= group <= _MOST_SECONDS:
            yield invalid(where, group, f"must be between 0 and {_MOST_SECONDS}, inclusive")
    known: set[str] = set()
    for one, at_ in placed(security, place, "sysctls"):
        name = text(one, "name")
        if not name:
            yield required(at_.field("name"))
        elif len(name) > 253 or not re.fullmatch(_SYSCTL, name):
            yield invalid(at_.field("name"), name, f"must have at most 253 characters and match regex ^{_SYSCTL}$")
        elif name in known:
            yield duplicate(at_.field("name"), name)
        known.add(name)
    yield from one_if_given(security, place, "fsGroupChangePolicy", ("Always", "OnRootMismatch"))
    yield from seccomp_mistakes(security, place)


def _dns(spec: Fields, place: Place) -> Iterator[Mistake]:
    config, where = struct(spec, "dnsConfig"), place.field("dnsConfig")
    servers = texts(config or {}, "nameservers")
    if text(spec, "dnsPolicy") == "None":
        if config is None:
            yield required(where, "must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not servers:
            yield required(
                where.field("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None"
            )
            return
    if len(servers) > 3:
        yield invalid(where.field("nameservers"), servers, "must not have more than 3 nameservers")
    for at, server in enumerate(servers):
        yield from every(where.field("nameservers").item(at), server, names.address_problems(server))


def _toleration(one: Fields, place: Place) -> Iterator[Mistake]:
    key, operator, value = text(one, "key"), text(one, "operator"), text(one, "value")
    effect, where = text(one, "effect"), place.field("operator")
    if key:
        yield from every(place.field("key"), key, names.label_key_problems(key))
    if not key and operator != "Exists":
        yield invalid(
            where, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        )
    if number(one, "tolerationSeconds") is not None and effect != "NoExecute":
        yield invalid(place.field("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
    if operator in ("", "Equal"):
        yield from every(where, value, names.label_value_problems(value))
    elif operator == "Exists":
        if value:
            yield invalid(where, value, "value must be empty when `operator` is 'Exists'")
    else:
        yield unsupported(where, operator, ("Equal", "Exists"))
    if effect and effect not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
        yield unsupported(place.field("effect"), effect, ("NoSchedule", "PreferNoSchedule", "NoExecute"))


def _spread(spec: Fields, place: Place) -> Iterator[Mistake]:
    constraints = items(spec, "topologySpreadConstraints")
    pairs = [(text(one, "topologyKey"), text(one, "whenUnsatisfiable")) for one in constraints]
    for at, (one, where) in enumerate(placed(spec, place, "topologySpreadConstraints")):
        key, action = pairs[at]
        skew = number(one, "maxSkew") or 0
        if skew <= 0:
            yield invalid(where.field("maxSkew"), skew, "must be greater than zero")
        if not key:
            yield required(where.field("topologyKey"), "can not be empty")
        if action not in ("DoNotSchedule", "ScheduleAnyway"):
            yield unsupported(where.field("whenUnsatisfiable"), action, ("DoNotSchedule", "ScheduleAnyway"))
        if pairs[at] in pairs[at + 1 :]:
            yield duplicate(where.named("{topologyKey, whenUnsatisfiable}"), f"{{{key}, {action}}}")
        yield from selector_mistakes(struct(one, "labelSelector"), where.field("labelSelector"))


# Affinity

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _affinity(affinity: Fields, place: Place) -> Iterator[Mistake]:
    node, where = struct(affinity, "nodeAffinity") or {}, place.field("nodeAffinity")
    needed = struct(node, _REQUIRED)
    if needed is not None:
        if not items(needed, "nodeSelectorTerms"):
            yield required(where.field(_REQUIRED, "nodeSelectorTerms"), "must have at least one node selector term")
        for term, at in placed(needed, where.field(_REQUIRED), "nodeSelectorTerms"):
            yield from _node_term(term, at)
    for one, at in placed(node, where, _PREFERRED):
        yield from _weight(one, at)
        yield from _node_term(struct(one, "preference") or {}, at.field("preference"))
    for kind in ("podAffinity", "podAntiAffinity"):
        rules, there = struct(affinity, kind) or {}, place.field(kind)
        for term, at in placed(rules, there, _REQUIRED):
            yield from _pod_term(term, at)
        for one, at in placed(rules, there, _PREFERRED):
            yield from _weight(one, at)
            yield from _pod_term(struct(one, "podAffinityTerm") or {}, at.field("podAffinityTerm"))


def _weight(one: Fields, place: Place) -> Iterator[Mistake]:
    weight = number(one, "weight") or 0
    if not 1 <= weight <= 100:
        yield invalid(place.field("weight"), weight, "must be in the range 1-100")


def _node_term(term: Fields, place: Place) -> Iterator[Mistake]:
    for one, at in placed(term, place, "matchExpressions"):
        operator, values, where = text(one, "operator"), texts(one, "values"), at.field("values")
        if operator in ("In", "NotIn"):
            if not values:
                yield required(where, "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                yield forbidden(where, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        elif operator in ("Gt", "Lt"):
            if len(values) != 1:
                yield required(where, "must be specified single value when `operator` is 'Lt' or 'Gt'")
        else:
            yield invalid(at.field("operator"), operator, "not a valid selector operator")
        yield from every(at.field("key"), text(one, "key"), names.label_key_problems(text(one, "key")))
        for number_, value in enumerate(values):
            yield from every(where.item(number_), value, names.label_value_problems(value))


def _pod_term(term: Fields, place: Place) -> Iterator[Mistake]:
    for field in ("labelSelector", "namespaceSelector"):
        yield from selector_mistakes(struct(term, field), place.field(field))
    for name in texts(term, "namespaces"):
        yield from every(place.field("namespace"), name, names.dns_label_problems(name))
    key, where = text(term, "topologyKey"), place.field("topologyKey")
    if not key:
        yield required(where, "can not be empty")
    yield from every(where, key, names.label_key_problems(key))
