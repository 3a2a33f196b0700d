"""Ingresses and NetworkPolicies."""

from __future__ import annotations

from steersman.kube.formats import port_name_problems
from steersman.kube.validation import names
from steersman.kube.validation.metadata import selector_mistakes
from steersman.kube.validation.mistake import (
    PORT_RANGE,
    Place,
    every,
    forbidden,
    invalid,
    is_port,
    mapping,
    number,
    one_if_given,
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

_SPEC = Place().field("spec")
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_NOT_IN_PATHS = ("//", "/./", "/../", "%2f", "%2F")
_NOT_AT_ENDS = ("/..", "/.")
_CLASS = "kubernetes.io/ingress.class"


def ingress(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in an Ingress."""
    spec = struct(value, "spec") or {}
    default = struct(spec, "defaultBackend")
    if not spec.get("rules") and default is None:
        yield invalid(_SPEC, spec.get("rules"), "either `defaultBackend` or `rules` must be specified")
    if default is not None:
        yield from _backend(default, _SPEC.field("defaultBackend"))
    for rule, at in placed(spec, _SPEC, "rules"):
        host, where = text(rule, "host"), at.field("host")
        if names.is_address(host):
            yield invalid(where, host, "must be a DNS name, not an IP address")
        yield from _host(host, where) if host else ()
        http = struct(rule, "http")
        if http is not None:
            yield from _paths(http, at.field("http"))
    for one, at in placed(spec, _SPEC, "tls"):
        for number_, host in enumerate(texts(one, "hosts")):
            yield from _host(host, at.field("hosts").item(number_))
        if text(one, "secretName"):
            name = text(one, "secretName")
            yield from every(at.field("secretName"), name, names.subdomain_problems(name))
    class_name = text(spec, "ingressClassName")
    if spec.get("ingressClassName") is not None:
        yield from every(_SPEC.field("ingressClassName"), class_name, names.subdomain_problems(class_name))
    annotated = mapping(struct(value, "metadata") or {}, "annotations").get(_CLASS)
    if annotated is not None and spec.get("ingressClassName") is not None and annotated != class_name:
        where = Place(f"annotations.{_CLASS}", ("metadata", "annotations", _CLASS))
        yield invalid(where, annotated, "must match `ingressClassName` when both are specified")


def _host(host: str, place: Place) -> Iterator[Mistake]:
    problems = names.wildcard_problems if "*" in host else names.subdomain_problems
    yield from every(place, host, problems(host))


def _paths(http: Fields, place: Place) -> Iterator[Mistake]:
    if not http.get("paths"):
        yield required(place.field("paths"))
    for one, at in placed(http, place, "paths"):
        kind, path, where = one.get("pathType"), text(one, "path"), at.field("path")
        if kind is None:
            yield required(at.field("pathType"), "pathType must be specified")
        elif kind not in _PATH_TYPES:
            yield unsupported(at.field("pathType"), kind, _PATH_TYPES)
        elif not path.startswith("/"):
            if path or kind != "ImplementationSpecific":
                yield invalid(where, path, "must be an absolute path")
        elif kind != "ImplementationSpecific":
            for part in _NOT_IN_PATHS:
                if part in path:
                    yield invalid(where, path, f"must not contain '{part}'")
            for end in _NOT_AT_ENDS:
                if path.endswith(end):
                    yield invalid(where, path, f"cannot end with '{end}'")
        yield from _backend(struct(one, "backend") or {}, at.field("backend"))


def _backend(backend: Fields, place: Place) -> Iterator[Mistake]:
    resource, service = struct(backend, "resource"), struct(backend, "service")
    if resource is not None and service is not None:
        yield invalid(place, "", "cannot set both resource and service backends")
    elif resource is not None:
        for field in ("kind", "name"):
            if not text(resource, field):
                yield required(place.field("resource", field))
    elif service is None:
        yield invalid(place, "", "resource or service backend is required")
    else:
        name, where = text(service, "name"), place.field("service", "name")
        if not name:
            yield required(where)
        else:
            yield from every(where, name, names.dotless_label_problems(name))
        yield from _backend_port(struct(service, "port") or {}, place)


def _backend_port(port: Fields, place: Place) -> Iterator[Mistake]:
    name, value, where = text(port, "name"), number(port, "number") or 0, place.field("service", "port")
    if name and value:
        yield invalid(place, "", "cannot set both port name & port number")
    elif name:
        yield from every(where.field("name"), name, port_name_problems(name))
    elif value:
        if not is_port(value):
            yield invalid(where.field("number"), value, PORT_RANGE)
    else:
        yield required(place, "port name or number is required")


# Network policies


def network_policy(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a NetworkPolicy."""
    spec = struct(value, "spec") or {}
    yield from selector_mistakes(struct(spec, "podSelector"), _SPEC.field("podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule, at in placed(spec, _SPEC, direction):
            for port, where in placed(rule, at, "ports"):
                yield from _policy_port(port, where)
            for peer, where in placed(rule, at, peers):
                yield from _peer(peer, where)
    for number_, kind in enumerate(texts(spec, "policyTypes")):
        if kind not in ("Ingress", "Egress"):
            yield unsupported(_SPEC.field("policyTypes").item(number_), kind, ("Ingress", "Egress"))


def _policy_port(port: Fields, place: Place) -> Iterator[Mistake]:
    yield from one_if_given(port, place, "protocol", ("TCP", "UDP", "SCTP"))
    value, end, where = port.get("port"), number(port, "endPort"), place.field("endPort")
    if isinstance(value, str):
        yield from every(place.field("port"), value, port_name_problems(value))
        if end is not None:
            yield invalid(where, end, "may not be specified when `port` is non-numeric")
    elif value is not None:
        first = number(port, "port") or 0
        if not is_port(first):
            yield invalid(place.field("port"), first, PORT_RANGE)
        if end is not None and end < first:
            yield invalid(where, first, "must be greater than or equal to `port`")
        if end is not None and not is_port(end):
            yield invalid(where, end, PORT_RANGE)
    elif end is not None:
        yield invalid(where, end, "may not be specified when `port` is not specified")


def _peer(peer: Fields, place: Place) -> Iterator[Mistake]:
    kinds = [kind for kind in ("podSelector", "namespaceSelector", "ipBlock") if struct(peer, kind) is not None]
    for kind in ("podSelector", "namespaceSelector"):
        yield from selector_mistakes(struct(peer, kind), place.field(kind))
    block = struct(peer, "ipBlock")
    if block is not None:
        yield from _block(block, place.field("ipBlock"))
    if not kinds:
        yield required(place, "must specify a peer")
    elif block is not None and len(kinds) > 1:
        yield forbidden(place, "may not specify both ipBlock and another peer")


def _block(block: Fields, place: Place) -> Iterator[Mistake]:
    import ipaddress

    whole = text(block, "cidr")
    if not whole:
        yield required(place.field("cidr"))
        return
    problems = names.exact_network_problems(whole)
    yield from every(place.field("cidr"), whole, problems)
    if problems:
        return
    outer = ipaddress.ip_network(whole, strict=False)
    for at, one in enumerate(texts(block, "except")):
        where = place.field("except").item(at)
        wrong = names.exact_network_problems(one)
        yield from every(where, one, wrong)
        if wrong:
            continue
        inner = ipaddress.ip_network(one, strict=False)
        is_inside = (
            inner.version == outer.version and inner.prefixlen > outer.prefixlen and inner.network_address in outer
        )
        if not is_inside:
            yield invalid(where, one, "must be a strict subset of `cidr`")
