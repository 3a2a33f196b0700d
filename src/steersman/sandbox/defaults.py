"""The few defaults and rules of built-in kinds that clients notice."""

from __future__ import annotations

import json

from steersman.kube.objects import nested
from steersman.sandbox.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sandbox.resources import Resource

_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def defaulted(resource: Resource, value: dict[str, Any]) -> dict[str, Any]:
    """Return the object with the server's defaults."""
    fill = _DEFAULTS.get(resource.kind)
    return fill(value) if fill is not None else value


def _with_spec(value: dict[str, Any], **defaults: Any) -> dict[str, Any]:
    spec = value.get("spec") or {}
    missing = {k: v for k, v in defaults.items() if k not in spec}
    return {**value, "spec": {**spec, **missing}} if missing else value


def _workload(value: dict[str, Any]) -> dict[str, Any]:
    return _with_spec(value, replicas=1)


def _namespace(value: dict[str, Any]) -> dict[str, Any]:
    labels = {**(value["metadata"].get("labels") or {}), "kubernetes.io/metadata.name": value["metadata"]["name"]}
    value = {**value, "metadata": {**value["metadata"], "labels": labels}}
    value = _with_spec(value, finalizers=["kubernetes"])
    return value if "status" in value else {**value, "status": {"phase": "Active"}}


def _service(value: dict[str, Any]) -> dict[str, Any]:
    value = _with_spec(value, type="ClusterIP", sessionAffinity="None")
    spec = value["spec"]
    if not spec.get("clusterIP") and spec["type"] != "ExternalName":
        address = _address(value["metadata"].get("uid", value["metadata"]["name"]))
        spec = {**spec, "clusterIP": address, "clusterIPs": [address]}
    ports = [{"protocol": "TCP", **p} for p in spec.get("ports") or ()]
    ports = [p if "targetPort" in p or "port" not in p else {**p, "targetPort": p["port"]} for p in ports]
    if ports != (spec.get("ports") or []):
        spec = {**spec, "ports": ports}
    return {**value, "spec": spec, "status": value.get("status") or {"loadBalancer": {}}}


def _address(seed: str) -> str:
    from hashlib import sha256

    digest = sha256(seed.encode()).digest()
    return f"10.96.{digest[0]}.{digest[1] or 1}"


def _secret(value: dict[str, Any]) -> dict[str, Any]:
    from base64 import b64encode

    value = value if "type" in value else {**value, "type": "Opaque"}
    if "stringData" not in value:
        return value
    data = {**(value.get("data") or {})}
    data.update({k: b64encode(str(v).encode()).decode() for k, v in (value["stringData"] or {}).items()})
    return {**{k: v for k, v in value.items() if k != "stringData"}, "data": data}


def _job(value: dict[str, Any]) -> dict[str, Any]:
    return _with_spec(value, completions=1, parallelism=1, backoffLimit=6)


_DEFAULTS = {
    "Deployment": _workload,
    "ReplicaSet": _workload,
    "StatefulSet": _workload,
    "Namespace": _namespace,
    "Service": _service,
    "Secret": _secret,
    "Job": _job,
}


def generated(resource: Resource, value: dict[str, Any]) -> dict[str, Any]:
    """Return a new object with what a server puts into it once, before it is kept: of a Job, labels and the selector.

    Raises:
        ApiRefusal: when the object has its own selector, and does not say so.
    """
    if resource.kind != "Job" or not isinstance(value.get("spec"), dict):
        return value
    spec, metadata = value["spec"], value["metadata"]
    uid, name = metadata["uid"], metadata["name"]
    template = spec.get("template") or {}
    inner = template.get("metadata") or {}
    labels = inner.get("labels") or {}
    if not spec.get("manualSelector"):
        own = {
            "batch.kubernetes.io/controller-uid": uid,
            "batch.kubernetes.io/job-name": name,
            "controller-uid": uid,
            "job-name": name,
        }
        selector = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
        if spec.get("selector"):
            merged = {"matchLabels": {**(spec["selector"].get("matchLabels") or {}), **selector["matchLabels"]}}
            shown = json.dumps(merged, sort_keys=True, separators=(",", ":"))
            problem = ("spec.selector", f"Invalid value: {shown}: `selector` not auto-generated")
            raise invalid(resource.kind, resource.group, name, [problem])
        labels = {**own, **labels}
        inner = {**inner, "labels": labels}
        spec = {**spec, "selector": selector, "template": {**template, "metadata": inner}}
    if not metadata.get("labels") and labels:
        metadata = {**metadata, "labels": labels}
    return {**value, "metadata": metadata, "spec": spec}


def problems_of(resource: Resource, value: dict[str, Any]) -> list[tuple[str, str]]:
    """Return which rules the object breaks: pairs of a field and what is wrong with it."""
    name = value["metadata"]["name"]
    found: list[tuple[str, str]] = []
    rbac = resource.group == "rbac.authorization.k8s.io"
    if not rbac and not _is_name(name):
        found.append(("metadata.name", f'Invalid value: "{name}": {_SUBDOMAIN}'))
    spec = value.get("spec")
    is_workload = resource.group == "apps" and resource.kind != "ControllerRevision"
    if is_workload and (not isinstance(spec, dict) or not spec.get("selector")):
        found.append(("spec.selector", "Required value"))
    if resource.kind == "Service" and isinstance(spec, dict) and not spec.get("ports"):
        portless = spec.get("clusterIP") == "None" or spec.get("type") == "ExternalName"
        found += [] if portless else [("spec.ports", "Required value")]
    template = _job_template(resource.kind, spec)
    if template is not None:
        pod = nested(template[1], "spec")
        if not isinstance(pod, dict) or pod.get("restartPolicy") not in ("OnFailure", "Never"):
            field = f"{template[0]}.spec.restartPolicy"
            found.append((field, 'Required value: valid values: "OnFailure", "Never"'))
    if resource.kind == "Job" and isinstance(spec, dict) and spec.get("manualSelector") and not spec.get("selector"):
        found.append(("spec.selector", "Required value"))
    return found


def _job_template(kind: str, spec: Any) -> tuple[str, Any] | None:
    """Return the place and the template of a job's pods."""
    if kind == "Job":
        return "spec.template", nested({"spec": spec}, "spec", "template")
    if kind == "CronJob":
        path = ("jobTemplate", "spec", "template")
        return "spec." + ".".join(path), nested({"spec": spec}, "spec", *path)
    return None


def _is_name(name: str) -> bool:
    return 0 < len(name) <= 253 and _NAME.issuperset(name) and name[0] not in "-." and name[-1] not in "-."
