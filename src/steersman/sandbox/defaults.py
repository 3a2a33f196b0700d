"""The few defaults of built-in kinds that clients notice."""

from __future__ import annotations

import json

from steersman.sandbox.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sandbox.resources import Resource


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
