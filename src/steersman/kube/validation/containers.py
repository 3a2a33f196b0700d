"""Containers of pods: ports, environment, mounts, resources, probes."""

from __future__ import annotations

from steersman.kube.validation import names
from steersman.kube.validation.mistake import (
    NOT_NEGATIVE,
    PORT_RANGE,
    Place,
    duplicate,
    every,
    forbidden,
    invalid,
    is_port,
    items,
    mapping,
    not_found,
    not_negative,
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
from steersman.kube.validation.quantities import canonical, quantity
from steersman.kube.validation.sources import field_mistakes, resource_mistakes
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.kube.validation.mistake import Fields, Mistake

PROTOCOLS = ("SCTP", "TCP", "UDP")
_MOST_USER = (1 << 31) - 1
_INIT_ONLY = "may not be set for init containers without restartPolicy=Always"
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


class Pod(Record):
    """The facts about a pod that its containers depend on.

    Attributes:
        volumes: the names of its volumes that are right.
        is_pod: whether it is a pod, not a template: a server fills in requests from limits.
        has_host_network: whether ports of containers are ports of the host.
    """

    volumes: frozenset[str]
    is_pod: bool
    has_host_network: bool


def container_mistakes(spec: Fields, place: Place, pod: Pod) -> Iterator[Mistake]:
    """Yield the mistakes in the containers of a pod, then those in its init containers."""
    where = place.field("containers")
    containers = list(placed(spec, place, "containers"))
    if not containers:
        yield required(where)
    known: set[str] = set()
    for one, at in containers:
        yield from _common(one, at, pod)
        name = text(one, "name")
        if name in known:
            yield duplicate(at.field("name"), name)
        known.add(name)
        yield from _lifecycle(one, at)
        for probe in _PROBES:
            yield from _probe(one, at, probe)
    yield from _host_ports(containers)
    for one, at in placed(spec, place, "initContainers"):
        yield from _common(one, at, pod)
        name = text(one, "name")
        if name in known:
            yield duplicate(at.field("name"), name)
        elif name:
            known.add(name)
        yield from _host_ports([(one, at)])
        if text(one, "restartPolicy") == "Always":
            yield from _lifecycle(one, at)
            for probe in _PROBES:
                yield from _probe(one, at, probe)
            continue
        for field in ("lifecycle", *_PROBES):
            if one.get(field) is not None:
                yield forbidden(at.field(field), _INIT_ONLY)


def image_mistakes(spec: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the images with spaces around them, which only pods may not have."""
    for field in ("containers", "initContainers"):
        for one, at in placed(spec, place, field):
            image = text(one, "image")
            if image != image.strip():
                yield invalid(at.field("image"), image, "must not have leading or trailing whitespace")


def _common(container: Fields, place: Place, pod: Pod) -> Iterator[Mistake]:
    name = text(container, "name")
    if not name:
        yield required(place.field("name"))
    else:
        yield from every(place.field("name"), name, names.dns_label_problems(name))
    if not text(container, "image"):
        yield required(place.field("image"))
    yield from one_of(container, place, "terminationMessagePolicy", ("File", "FallbackToLogsOnError"))
    yield from _ports(container, place, pod)
    yield from _environment(container, place)
    yield from _mounts(container, place, pod)
    yield from one_of(container, place, "imagePullPolicy", ("Always", "IfNotPresent", "Never"))
    yield from resources_mistakes(container, place, pod)
    security = struct(container, "securityContext")
    if security is not None:
        yield from _security(security, place.field("securityContext"))


# Ports


def _ports(container: Fields, place: Place, pod: Pod) -> Iterator[Mistake]:
    known: set[str] = set()
    for one, at in placed(container, place, "ports"):
        name = text(one, "name")
        problems = names.port_name_problems(name) if name else []
        yield from every(at.field("name"), name, problems)
        if name and not problems:
            if name in known:
                yield duplicate(at.field("name"), name)
            known.add(name)
        port, host = number(one, "containerPort") or 0, number(one, "hostPort") or 0
        if not port:
            yield required(at.field("containerPort"))
        elif not is_port(port):
            yield invalid(at.field("containerPort"), port, PORT_RANGE)
        if host and not is_port(host):
            yield invalid(at.field("hostPort"), host, PORT_RANGE)
        yield from one_of(one, at, "protocol", PROTOCOLS)


def _host_ports(containers: list[tuple[Fields, Place]]) -> Iterator[Mistake]:
    taken: set[str] = set()
    for container, place in containers:
        for one, at in placed(container, place, "ports"):
            host = number(one, "hostPort") or 0
            if host:
                shown = f"{text(one, 'protocol') or 'TCP'}/{text(one, 'hostIP')}/{host}"
                if shown in taken:
                    yield duplicate(at.field("hostPort"), shown)
                taken.add(shown)


def host_network_mistakes(spec: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the ports of a host that are not those of the containers, where both are the same network."""
    if spec.get("hostNetwork"):
        for container, at in placed(spec, place, "containers"):
            for one, where in placed(container, at, "ports"):
                host = number(one, "hostPort") or 0
                if host and host != number(one, "containerPort"):
                    yield invalid(
                        where.field("hostPort"), host, "must match `containerPort` when `hostNetwork` is true"
                    )


# Environment


def _environment(container: Fields, place: Place) -> Iterator[Mistake]:
    for one, at in placed(container, place, "env"):
        name = text(one, "name")
        if not name:
            yield required(at.field("name"))
        else:
            yield from every(at.field("name"), name, names.env_problems(name))
        source = struct(one, "valueFrom")
        if source is not None:
            yield from _source(source, at.field("valueFrom"), has_value=bool(one.get("value")))
    where = place.field("envFrom")
    for one, at in placed(container, place, "envFrom"):
        prefix = text(one, "prefix")
        if prefix:
            yield from every(at.field("prefix"), prefix, names.env_problems(prefix))
        count = 0
        for field in ("configMapRef", "secretRef"):
            reference = struct(one, field)
            if reference is not None:
                count += 1
                named, there = text(reference, "name"), at.field(field, "name")
                if named:
                    yield from every(there, named, names.subdomain_problems(named))
                else:
                    yield required(there)
        if count != 1:
            few = "must specify one of: `configMapRef` or `secretRef`"
            yield invalid(where, "", "may not have more than one field specified at a time" if count else few)


_VARIABLES = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
    "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip


def _source(source: Fields, place: Place, *, has_value: bool) -> Iterator[Mistake]:
    count = 0
    for field in ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"):
        one = struct(source, field)
        if one is None:
            continue
        count += 1
        where = place.field(field)
        if field == "fieldRef":
            yield from field_mistakes(one, where, _VARIABLES)
        elif field == "resourceFieldRef":
            yield from resource_mistakes(one, where, needs_container=False)
        elif field != "fileKeyRef":
            yield from every(where.field("name"), text(one, "name"), names.subdomain_problems(text(one, "name")))
            key = text(one, "key")
            if key:
                yield from every(where.field("key"), key, names.config_key_problems(key))
            else:
                yield required(where.field("key"))
    if not count:
        choices = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        yield invalid(place, "", f"must specify one of: {choices}")
    elif has_value:
        yield invalid(place, "", "may not be specified when `value` is not empty")
    elif count > 1:
        yield invalid(place, "", "may not have more than one field specified at a time")


# Mounts


def _mounts(container: Fields, place: Place, pod: Pod) -> Iterator[Mistake]:
    mounts = list(placed(container, place, "volumeMounts"))
    devices = list(placed(container, place, "volumeDevices"))
    by_name, paths = {text(one, "name") for one, _ in devices}, {text(one, "devicePath") for one, _ in devices}
    list_place = place.field("volumeMounts")
    known: set[str] = set()
    for one, at in mounts:
        name, path = text(one, "name"), text(one, "mountPath")
        if not name:
            yield required(at.field("name"))
        if name not in pod.volumes:
            yield not_found(at.field("name"), name)
        if not path:
            yield required(at.field("mountPath"))
        if path in known:
            yield invalid(at.field("mountPath"), path, "must be unique")
        known.add(path)
        if name in by_name:
            yield invalid(at.field("name"), name, "must not already exist in volumeDevices")
        if path in paths:
            yield invalid(at.field("mountPath"), path, "must not already exist as a path in volumeDevices")
        # k8s: these are named without the item
        below, template = text(one, "subPath"), text(one, "subPathExpr")
        if below:
            yield from every(_unnumbered(list_place, at, "subPath"), below, names.relative_path_problems(below))
        if template:
            if below:
                yield invalid(at.field("subPathExpr"), template, "subPathExpr and subPath are mutually exclusive")
            yield from every(
                _unnumbered(list_place, at, "subPathExpr"), template, names.relative_path_problems(template)
            )
        propagation = one.get("mountPropagation")
        where = _unnumbered(list_place, at, "mountPropagation")
        if propagation is not None:
            if propagation not in ("Bidirectional", "HostToContainer", "None"):
                yield unsupported(where, propagation, ("Bidirectional", "HostToContainer", "None"))
            elif propagation == "Bidirectional" and not (struct(container, "securityContext") or {}).get("privileged"):
                yield forbidden(where, "Bidirectional mount propagation is available only to privileged containers")
    yield from _devices(devices, mounts, pod)


def _unnumbered(where: Place, at: Place, field: str) -> Place:
    return Place(f"{where.text}.{field}", (*at.keys, field))


def _devices(devices: list[tuple[Fields, Place]], mounts: list[tuple[Fields, Place]], pod: Pod) -> Iterator[Mistake]:
    by_name, paths = {text(one, "name") for one, _ in mounts}, {text(one, "mountPath") for one, _ in mounts}
    for one, at in devices:
        name, path = text(one, "name"), text(one, "devicePath")
        if not name:
            yield required(at.field("name"))
        if name not in pod.volumes:
            yield not_found(at.field("name"), name)
        if not path:
            yield required(at.field("devicePath"))
        if name in by_name:
            yield invalid(at.field("name"), name, "must not already exist in volumeMounts")
        if path in paths:
            yield invalid(at.field("devicePath"), path, "must not already exist as a path in volumeMounts")


# Resources

_OF_CONTAINERS = frozenset(("cpu", "memory", "ephemeral-storage"))
_STANDARD = _OF_CONTAINERS | frozenset((
    "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
    "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
    "persistentvolumeclaims", "storage", "requests.storage", "services.nodeports", "services.loadbalancers",
))  # fmt: skip
_WHOLE = frozenset(("pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
                    "persistentvolumeclaims", "services.nodeports", "services.loadbalancers"))  # fmt: skip


def resources_mistakes(container: Fields, place: Place, pod: Pod) -> Iterator[Mistake]:
    """Yield the mistakes in the requests and limits of a container."""
    resources = struct(container, "resources")
    if resources is None:
        return
    where = place.field("resources")
    limits, requests = mapping(resources, "limits"), mapping(resources, "requests")
    if pod.is_pod:
        requests = {**requests, **{name: value for name, value in limits.items() if name not in requests}}
    for name, value in limits.items():
        yield from _amount(name, value, where.field("limits").key(name))
    for name, value in requests.items():
        yield from _amount(name, value, where.field("requests").key(name))
        yield from _over(name, value, limits, where)
    every_name = {*limits, *requests}
    if any(name.startswith("hugepages-") for name in every_name) and not every_name & {"cpu", "memory"}:
        yield forbidden(where, "HugePages require cpu or memory")


def _over(name: str, value: Any, limits: Fields, where: Place) -> Iterator[Mistake]:
    """Yield the mistake of a request that does not go with the limit."""
    can_differ = _is_native(name) and not name.startswith("hugepages-")
    if name in limits:
        limit = limits[name]
        if quantity(value) != quantity(limit) and not can_differ:
            problem = "must be equal to"
        elif quantity(value) > quantity(limit):
            problem = "must be less than or equal to"
        else:
            return
        yield invalid(where.field("requests"), canonical(value), f"{problem} {name} limit of {canonical(limit)}")
    elif not can_differ:
        yield required(where.field("limits"), "Limit must be set for non overcommitable resources")


def _is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name


def _amount(name: str, value: Any, place: Place) -> Iterator[Mistake]:
    problems = names.label_key_problems(name)
    yield from every(place, name, problems)
    if "/" not in name:
        if not problems and name not in _STANDARD and not name.startswith("hugepages-"):
            yield invalid(place, name, "must be a standard resource type or fully qualified")
        if name not in _OF_CONTAINERS and not name.startswith("hugepages-"):
            yield invalid(place, name, "must be a standard resource for containers")
    elif not _is_native(name) and (name.startswith("requests.") or names.label_key_problems(f"requests.{name}")):
        yield invalid(place, name, "doesn't follow extended resource name standard")
    amount = quantity(value)
    if amount < 0:
        yield invalid(place, canonical(value), NOT_NEGATIVE)
    if (name in _WHOLE or not _is_native(name)) and amount.denominator != 1:
        yield invalid(place, canonical(value), "must be an integer")


# Security


def _security(security: Fields, place: Place) -> Iterator[Mistake]:
    yield from user_mistakes(security, place, ("runAsUser", "runAsGroup"))
    yield from one_if_given(security, place, "procMount", ("Default", "Unmasked"))
    yield from seccomp_mistakes(security, place)
    added = texts(struct(security, "capabilities") or {}, "add")
    if security.get("allowPrivilegeEscalation") is False:
        head = "cannot set `allowPrivilegeEscalation` to false and "
        if security.get("privileged"):
            yield invalid(place, _shown_security(security), head + "`privileged` to true")
        if "CAP_SYS_ADMIN" in added:
            yield invalid(place, _shown_security(security), head + "`capabilities.Add` CAP_SYS_ADMIN")


def user_mistakes(security: Fields, place: Place, fields: tuple[str, ...]) -> Iterator[Mistake]:
    """Yield the users and groups that cannot be."""
    for field in fields:
        value = number(security, field)
        if value is not None and not 0 <= value <= _MOST_USER:
            yield invalid(place.field(field), value, f"must be between 0 and {_MOST_USER}, inclusive")


def seccomp_mistakes(security: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistakes in a seccomp profile."""
    profile, where = struct(security, "seccompProfile"), place.field("seccompProfile")
    if profile is None:
        return
    kind, local = text(profile, "type"), profile.get("localhostProfile")
    if kind == "Localhost":
        if not local:
            yield required(where.field("localhostProfile"), "must be set when seccomp type is Localhost")
        else:
            yield from every(where.field("localhostProfile"), local, names.relative_path_problems(str(local)))
        return
    if local is not None:
        yield invalid(where.field("localhostProfile"), local, "can only be set when seccomp type is Localhost")
    if not kind:
        yield required(where.field("type"), "type is required when seccompProfile is set")
    elif kind not in ("RuntimeDefault", "Unconfined"):
        yield unsupported(where.field("type"), kind, ("Localhost", "RuntimeDefault", "Unconfined"))


def _shown_security(security: Fields) -> Fields:
    """Return a security context in the server's internal form."""
    capabilities, linux = struct(security, "capabilities"), struct(security, "seLinuxOptions")
    shown: Fields = {name[0].upper() + name[1:]: security.get(name) for name in _SECURITY}
    if capabilities is not None:
        shown["Capabilities"] = {"Add": capabilities.get("add"), "Drop": capabilities.get("drop")}
    shown["SELinuxOptions"] = linux
    if linux is not None:
        shown["SELinuxOptions"] = {key.capitalize(): text(linux, key) for key in ("user", "role", "type", "level")}
    for name in ("SeccompProfile", "AppArmorProfile"):
        profile = shown[name]
        if isinstance(profile, dict):
            shown[name] = {"Type": text(profile, "type"), "LocalhostProfile": profile.get("localhostProfile")}
    return {name: shown[name] for name in _SHOWN}


_SECURITY = (
    "capabilities", "privileged", "windowsOptions", "runAsUser", "runAsGroup", "runAsNonRoot", "readOnlyRootFilesystem",
    "allowPrivilegeEscalation", "procMount", "seccompProfile", "appArmorProfile",
)  # fmt: skip
_SHOWN = (
    "Capabilities", "Privileged", "SELinuxOptions", "WindowsOptions", "RunAsUser", "RunAsGroup", "RunAsNonRoot",
    "ReadOnlyRootFilesystem", "AllowPrivilegeEscalation", "ProcMount", "SeccompProfile", "AppArmorProfile",
)  # fmt: skip


# Probes


def _lifecycle(container: Fields, place: Place) -> Iterator[Mistake]:
    lifecycle = struct(container, "lifecycle")
    for field in ("postStart", "preStop"):
        handler = struct(lifecycle or {}, field)
        if handler is not None:
            yield from _handler(handler, place.field("lifecycle", field))


def _handler(handler: Fields, place: Place) -> Iterator[Mistake]:
    count = 0
    for field in _HANDLERS:
        one = struct(handler, field)
        if one is None:
            continue
        count += 1
        if count > 1:
            yield forbidden(place.field(field), "may not specify more than 1 handler type")
        else:
            check = _HANDLER_CHECKS.get(field)
            if check is not None:
                yield from check(one, place.field(field))
    if not count:
        yield required(place, "must specify a handler type")


def _command(handler: Fields, place: Place) -> Iterator[Mistake]:
    if not handler.get("command"):
        yield required(place.field("command"))


def _request(handler: Fields, place: Place) -> Iterator[Mistake]:
    yield from _port(handler, place)
    yield from one_of(handler, place, "scheme", ("HTTP", "HTTPS"))
    for header in items(handler, "httpHeaders"):
        name = text(header, "name")
        yield from every(place.field("httpHeaders"), name, names.header_problems(name))


def _port(handler: Fields, place: Place) -> Iterator[Mistake]:
    value = handler.get("port")
    if isinstance(value, str):
        yield from every(place.field("port"), value, names.port_name_problems(value))
    else:
        port = number(handler, "port") or 0
        if not is_port(port):
            yield invalid(place.field("port"), port, PORT_RANGE)


_HANDLER_CHECKS: dict[str, Callable[[Fields, Place], Iterator[Mistake]]] = {
    "exec": _command,
    "httpGet": _request,
    "tcpSocket": _port,
    "grpc": _port,
}


def _probe(container: Fields, place: Place, field: str) -> Iterator[Mistake]:
    probe, where = struct(container, field), place.field(field)
    if probe is None:
        return
    yield from _handler(probe, where)
    numbers = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
    yield from not_negative(probe, where, *numbers)
    grace, successes = number(probe, "terminationGracePeriodSeconds"), number(probe, "successThreshold")
    if grace is not None and grace <= 0:
        yield invalid(where.field("terminationGracePeriodSeconds"), grace, "must be greater than 0")
    if field != "readinessProbe":
        if successes not in (None, 0, 1):  # k8s: the default stands in for 0
            yield invalid(where.field("successThreshold"), successes, "must be 1")
    elif grace is not None:
        yield invalid(where.field("terminationGracePeriodSeconds"), grace, "must not be set for readinessProbes")
