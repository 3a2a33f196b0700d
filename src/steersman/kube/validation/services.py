"""Services."""

from __future__ import annotations

from steersman.kube.validation import names
from steersman.kube.validation.containers import PROTOCOLS
from steersman.kube.validation.metadata import label_mistakes
from steersman.kube.validation.mistake import (
    PORT_RANGE,
    Place,
    duplicate,
    every,
    forbidden,
    invalid,
    is_port,
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_SPEC = Place().field("spec")
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_POLICIES = ("Cluster", "Local")
_MOST_TIMEOUT = 86400  # seconds


def service(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a Service."""
    spec = struct(value, "spec") or {}
    kind = text(spec, "type") or "ClusterIP"
    addresses = _addresses(spec)
    is_headless = addresses[:1] == ["None"]
    ports = list(placed(spec, _SPEC, "ports"))
    if not ports and not is_headless and kind != "ExternalName":
        yield required(_SPEC.field("ports"))
    first = _SPEC.named("clusterIPs[0]")
    if kind == "LoadBalancer":
        for one, at in ports:
            if number(one, "port") == 10250:
                yield invalid(at, 10250, "may not expose port 10250 externally since it is used by kubelet")
    if kind in ("LoadBalancer", "NodePort") and is_headless:
        yield invalid(first, "None", f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        if addresses:
            yield forbidden(_SPEC.named("clusterIPs"), "may not be set for ExternalName services")
        yield from _external_name(text(spec, "externalName"))
    known: set[str] = set()
    for one, at in ports:
        yield from _port(one, at, known, needs_name=len(ports) > 1)
    yield from label_mistakes(mapping(spec, "selector"), _SPEC.field("selector"))
    yield from one_of(spec, _SPEC, "sessionAffinity", ("ClientIP", "None"))
    if text(spec, "sessionAffinity") == "ClientIP":
        settings = struct(struct(spec, "sessionAffinityConfig") or {}, "clientIP") or {}
        timeout = number(settings, "timeoutSeconds")
        if timeout is not None and not 0 < timeout <= _MOST_TIMEOUT:
            where = _SPEC.field("sessionAffinityConfig", "clientIP", "timeoutSeconds")
            yield invalid(where, timeout, f"must be greater than 0 and less than {_MOST_TIMEOUT}")
    for at_, address in enumerate(texts(spec, "externalIPs")):
        where = _SPEC.field("externalIPs").item(at_)
        yield from every(where, address, names.address_problems(address) or _special(address))
    yield from one_of(spec, _SPEC, "type", _TYPES)
    if kind == "ClusterIP":
        for one, at in ports:
            if number(one, "nodePort"):
                yield forbidden(at.field("nodePort"), "may not be used when `type` is 'ClusterIP'")
    yield from _repeated(ports)
    yield from _exposure(spec, kind)


def _addresses(spec: Fields) -> list[str]:
    address = text(spec, "clusterIP")
    return texts(spec, "clusterIPs") or ([address] if address else [])


def addresses_first(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in the addresses inside the cluster, which are given out before anything else is looked at."""
    spec = struct(value, "spec") or {}
    if text(spec, "type") == "ExternalName":
        return
    for at, family in enumerate(texts(spec, "ipFamilies")):
        if family not in ("IPv4", "IPv6"):
            yield unsupported(_SPEC.field("ipFamilies").item(at), family, ("IPv4", "IPv6"))
    yield from one_if_given(spec, _SPEC, "ipFamilyPolicy", ("PreferDualStack", "RequireDualStack", "SingleStack"))
    for at, address in enumerate(_addresses(spec)):
        if address != "None":
            there = Place(f"spec.clusterIPs[{at}]", ("spec", "clusterIPs" if spec.get("clusterIPs") else "clusterIP"))
            yield from every(there, address, names.address_problems(address))


def _external_name(name: str) -> Iterator[Mistake]:
    where = _SPEC.field("externalName")
    if not name:
        yield required(where)
    else:
        yield from every(where, name, names.subdomain_problems(name.removesuffix(".")))


def _port(port: Fields, place: Place, known: set[str], *, needs_name: bool) -> Iterator[Mistake]:
    name = text(port, "name")
    if not name:
        if needs_name:
            yield required(place.field("name"))
    else:
        yield from every(place.field("name"), name, names.dotless_label_problems(name))
        if name in known:
            yield duplicate(place.field("name"), name)
        known.add(name)
    value = number(port, "port") or 0
    if not is_port(value):
        yield invalid(place.field("port"), value, PORT_RANGE)
    yield from one_of(port, place, "protocol", PROTOCOLS)
    target = port.get("targetPort") or value  # k8s: the default
    if isinstance(target, str):
        yield from every(place.field("targetPort"), target, names.port_name_problems(target))
    elif not is_port(target):
        yield invalid(place.field("targetPort"), target, PORT_RANGE)
    protocol = port.get("appProtocol")
    if isinstance(protocol, str):
        yield from every(place.field("appProtocol"), protocol, names.label_key_problems(protocol))


def _special(address: str) -> list[str]:
    """Return why an address is not one of another machine."""
    import ipaddress

    one = ipaddress.ip_address(address)
    if one.is_unspecified:
        return [f"may not be unspecified ({address})"]
    if one.is_loopback:
        return ["may not be in the loopback range (127.0.0.0/8, ::1/128)"]
    if one.is_link_local:
        return ["may not be in the link-local range (169.254.0.0/16, fe80::/10)"]
    if one.is_multicast and (
        one in ipaddress.ip_network("224.0.0.0/24") if one.version == 4 else one.packed[1] & 15 == 2
    ):
        return ["may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"]
    return []


def ports_last(value: Fields) -> Iterator[Mistake]:
    """Yield the ports of nodes that are there twice: they are given out once all else is right."""
    known: set[tuple[str, int]] = set()
    for one, at in placed(struct(value, "spec") or {}, _SPEC, "ports"):
        port = (text(one, "protocol") or "TCP", number(one, "nodePort") or 0)
        if port[1] and port in known:
            yield invalid(at.field("nodePort"), port[1], "provided port is already allocated")
        known.add(port)


def _repeated(ports: list[tuple[Fields, Place]]) -> Iterator[Mistake]:
    known: set[tuple[str, int]] = set()
    for one, at in ports:
        protocol, value = text(one, "protocol") or "TCP", number(one, "port") or 0
        if (protocol, value) in known:
            shown = {
                "Name": "",
                "Protocol": protocol,
                "AppProtocol": None,
                "Port": value,
                "TargetPort": 0,
                "NodePort": 0,
            }
            yield duplicate(at, shown)
        known.add((protocol, value))


def _exposure(spec: Fields, kind: str) -> Iterator[Mistake]:
    """Yield the mistakes in what only a service that is reached from outside may have."""
    ranges, where = texts(spec, "loadBalancerSourceRanges"), _SPEC.named("LoadBalancerSourceRanges")
    if ranges and kind != "LoadBalancer":
        yield forbidden(where, "may only be used when `type` is 'LoadBalancer'")
    else:
        for at, block in enumerate(ranges):
            yield from every(
                Place(f"{where.text}[{at}]", ("spec", "loadBalancerSourceRanges", at)),
                block,
                names.network_problems(block.strip()),
            )
    name = text(spec, "loadBalancerClass")
    if name:
        if kind != "LoadBalancer":
            yield forbidden(_SPEC.field("loadBalancerClass"), "may only be used when `type` is 'LoadBalancer'")
        else:
            yield from every(_SPEC.field("loadBalancerClass"), name, names.label_key_problems(name))
    outside, there = text(spec, "externalTrafficPolicy"), _SPEC.field("externalTrafficPolicy")
    is_outside = kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(texts(spec, "externalIPs")))
    if outside and not is_outside:
        yield invalid(there, outside, "may only be set for externally-accessible services")
    elif outside and outside not in _POLICIES:
        yield unsupported(there, outside, _POLICIES)
    yield from one_if_given(spec, _SPEC, "internalTrafficPolicy", _POLICIES)
