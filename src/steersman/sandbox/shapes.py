"""Check the JSON types of fields, with the messages of a real API server's decoder."""

from __future__ import annotations

from steersman.sandbox.errors import ApiRefusal, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sandbox.resources import Resource

# Go's name of a type: what of JSON it takes.
_TAKES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "int32": (int,),
    "bool": (bool,),
    "map[string]string": (dict,),
    "[]string": (list,),
    "[]v1.OwnerReference": (list,),
    "v1.ObjectMeta": (dict,),
    "v1.PodTemplateSpec": (dict,),
    "[]v1.ServicePort": (list,),
}
_METADATA = {
    "name": "string", "generateName": "string", "namespace": "string", "uid": "string", "resourceVersion": "string",
    "labels": "map[string]string", "annotations": "map[string]string", "finalizers": "[]string",
    "ownerReferences": "[]v1.OwnerReference",
}  # fmt: skip
_WORKLOAD = {"replicas": "int32", "template": "v1.PodTemplateSpec", "minReadySeconds": "int32"}
_SPECS: dict[str, dict[str, str]] = {
    "Deployment": {**_WORKLOAD, "paused": "bool"},
    "ReplicaSet": _WORKLOAD,
    "StatefulSet": {**_WORKLOAD, "serviceName": "string"},
    "DaemonSet": {"template": "v1.PodTemplateSpec", "minReadySeconds": "int32"},
    "Job": {"completions": "int32", "parallelism": "int32", "backoffLimit": "int32", "template": "v1.PodTemplateSpec"},
    "Service": {"ports": "[]v1.ServicePort", "selector": "map[string]string", "type": "string", "clusterIP": "string"},
}
_TOPS: dict[str, dict[str, str]] = {
    "ConfigMap": {"data": "map[string]string", "immutable": "bool"},
    "Secret": {"stringData": "map[string]string", "type": "string", "immutable": "bool"},
}


def check_shape(resource: Resource, value: dict[str, Any]) -> None:
    """Raise where a field has another JSON type than Kubernetes' own type of it.

    Raises:
        ApiRefusal: with the message of a real API server.
    """
    kind = resource.kind
    metadata = value.get("metadata")
    if not isinstance(metadata, dict | None):
        raise _wrong(resource, metadata, f"{kind}.metadata", "v1.ObjectMeta")
    _check(resource, metadata or {}, _METADATA, "ObjectMeta.metadata")
    _check(resource, value, _TOPS.get(kind, {}), kind)
    spec, fields = value.get("spec"), _SPECS.get(kind, {})
    if fields and not isinstance(spec, dict | None):
        raise _wrong(resource, spec, f"{kind}.spec", f"{resource.version}.{kind}Spec")
    _check(resource, spec or {}, fields, f"{kind}Spec.spec")


def _check(resource: Resource, value: dict[str, Any], fields: dict[str, str], where: str) -> None:
    for name, wanted in fields.items():
        given: Any = value.get(name)
        if given is None:
            continue
        field = f"{where}.{name}"
        if not isinstance(given, _TAKES[wanted]) or (wanted == "int32" and isinstance(given, bool)):
            raise _wrong(resource, given, field, wanted)
        for item in _items(given):
            if wanted in ("map[string]string", "[]string"):
                if item is not None and not isinstance(item, str):
                    raise _wrong(resource, item, field, "string")
            elif wanted.startswith("[]") and not isinstance(item, dict):
                raise _wrong(resource, item, field, wanted[2:])


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _wrong(resource: Resource, given: Any, field: str, wanted: str) -> ApiRefusal:
    return bad_request(
        f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: '
        f"json: cannot unmarshal {_json_type(given)} into Go struct field {field} of type {wanted}"
    )


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "null"


def without_nulls(value: Any) -> Any:
    """Return an object without its nulls, which a real server drops when it decodes; an item of a list stays."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
