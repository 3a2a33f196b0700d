"""Objects before and after a change that a server refuses, or lets through; tried on the sandbox and on a real one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
NEVER = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
_RBAC = "rbac.authorization.k8s.io"


def _with(value: Any, path: str, new: Any) -> Any:
    name, _, rest = path.partition(".")
    return {**value, name: _with(value.get(name, {}), rest, new) if rest else new}


def _object(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **fields}


def _workload(kind: str, **spec: Any) -> dict[str, Any]:
    return _object("apps/v1", kind, spec={"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE, **spec})


def _role_ref(name: str) -> dict[str, str]:
    return {"apiGroup": _RBAC, "kind": "Role", "name": name}


_OTHER = {"metadata": {"labels": {"a": "c"}}, "spec": TEMPLATE["spec"]}
_SET = _workload("StatefulSet", serviceName="one")
_DATA = {kind: _object("v1", kind, immutable=True, data={"a": "YQ=="}) for kind in ("ConfigMap", "Secret")}
_CLASS = _object("storage.k8s.io/v1", "StorageClass", provisioner="a", parameters={"p": "1"})
_CLAIM = _object(
    "v1",
    "PersistentVolumeClaim",
    spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
)
_POD = _object("v1", "Pod", spec={"containers": [{"name": "c", "image": "i"}]})
_JOB = _object("batch/v1", "Job", spec={"template": NEVER})
_SERVICE = _object("v1", "Service", spec={"clusterIP": "10.96.7.7", "ports": [{"port": 80}]})
_BINDING = _object(f"{_RBAC}/v1", "RoleBinding", roleRef=_role_ref("r"), subjects=[])
_INGRESS_CLASS = _object("networking.k8s.io/v1", "IngressClass", spec={"controller": "a.b/c"})
_SUSPENDED = _with(_JOB, "spec.suspend", True)
_INDEXED = _object(
    "batch/v1", "Job", spec={"template": NEVER, "completionMode": "Indexed", "completions": 2, "parallelism": 2}
)
_BALANCED = _with(_object("v1", "Service", spec={"ports": [{"port": 80}]}), "spec.type", "LoadBalancer")
_TOLERANT = _with(_POD, "spec.tolerations", [{"key": "k", "operator": "Exists"}])
_VOLUME = _object(
    "v1",
    "PersistentVolume",
    spec={"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/a"}},
)
_SLICE = _object("discovery.k8s.io/v1", "EndpointSlice", addressType="IPv4", endpoints=[])
_QUOTA = _object("v1", "ResourceQuota", spec={"hard": {"pods": "1"}, "scopes": ["BestEffort"]})
_REVISION = _object("apps/v1", "ControllerRevision", revision=1, data={"a": 1})
_RUNTIME = _object("node.k8s.io/v1", "RuntimeClass", handler="h")
_DRIVER = _object("storage.k8s.io/v1", "CSIDriver", spec={"attachRequired": True})
_OPEN_SCHEMA = {"openAPIV3Schema": {"type": "object"}}
_DEFINITION = {
    **_object("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    "metadata": {"name": "xs.changes.example"},
    "spec": {
        "group": "changes.example",
        "scope": "Namespaced",
        "names": {"plural": "xs", "singular": "x", "kind": "X", "listKind": "XList"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": _OPEN_SCHEMA}],
    },
}
_PRIORITY = _object("scheduling.k8s.io/v1", "PriorityClass", value=1)

# A name, the object before, the object after.
CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    *((f"selector of a {kind}", _workload(kind), _with(_with(_workload(kind), "spec.selector.matchLabels", {"a": "c"}), "spec.template", _OTHER))
      for kind in ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")),
    ("image of a Deployment", _workload("Deployment"), _with(_workload("Deployment"), "spec.template.spec.containers", [{"name": "c", "image": "j"}])),
    ("service of a StatefulSet", _SET, _with(_SET, "spec.serviceName", "two")),
    ("replicas of a StatefulSet", _SET, _with(_SET, "spec.replicas", 2)),
    ("template of a Job", _JOB, _with(_JOB, "spec.template.spec.containers", [{"name": "c", "image": "j"}])),
    ("completions of a Job", _with(_JOB, "spec.completions", 1), _with(_JOB, "spec.completions", 2)),
    ("label of a Job", _JOB, _with(_JOB, "metadata.labels", {"a": "b"})),
    ("address of a Service", _SERVICE, _with(_SERVICE, "spec.clusterIP", "10.96.7.8")),
    ("label of a Service", _SERVICE, _with(_SERVICE, "metadata.labels", {"a": "b"})),
    *((f"data of an immutable {kind}", one, _with(one, "data", {"a": "Yg=="})) for kind, one in _DATA.items()),
    *((f"an immutable {kind} made mutable", one, _with(one, "immutable", False)) for kind, one in _DATA.items()),
    *((f"label of an immutable {kind}", one, _with(one, "metadata.labels", {"a": "b"})) for kind, one in _DATA.items()),
    ("type of a Secret", _object("v1", "Secret", type="a/b"), _object("v1", "Secret", type="a/c")),
    ("role of a RoleBinding", _BINDING, _with(_BINDING, "roleRef", _role_ref("s"))),
    ("modes of a claim", _CLAIM, _with(_CLAIM, "spec.accessModes", ["ReadWriteMany"])),
    ("command of a Pod", _POD, _with(_POD, "spec.containers", [{"name": "c", "image": "i", "command": ["x"]}])),
    ("image of a Pod", _POD, _with(_POD, "spec.containers", [{"name": "c", "image": "j"}])),
    ("fields of a StorageClass", _CLASS, {**_CLASS, "provisioner": "b", "parameters": {"p": "2"}, "reclaimPolicy": "Retain"}),
    ("value of a PriorityClass", _PRIORITY, _with(_PRIORITY, "value", 2)),
    ("preemption of a PriorityClass", _PRIORITY, _with(_PRIORITY, "preemptionPolicy", "Never")),
    ("selector of a Deployment with expressions", _workload("Deployment"), _with(_workload("Deployment"), "spec.selector.matchExpressions", [{"key": "a", "operator": "Exists"}])),
    ("completions and parallelism of an indexed Job", _INDEXED, _with(_with(_INDEXED, "spec.completions", 3), "spec.parallelism", 3)),
    ("completions of an indexed Job", _INDEXED, _with(_INDEXED, "spec.completions", 3)),
    ("labels of a suspended Job's template", _SUSPENDED, _with(_SUSPENDED, "spec.template.metadata", {"labels": {"z": "y"}})),
    ("resources of a suspended Job", _SUSPENDED, _with(_SUSPENDED, "spec.template.spec.containers", [{"name": "c", "image": "i", "resources": {"limits": {"cpu": "1"}}}])),
    ("manager of a Job", _JOB, _with(_JOB, "spec.managedBy", "a.b/c")),
    ("class of a load balancer", _BALANCED, _with(_BALANCED, "spec.loadBalancerClass", "a/b")),
    ("toleration of a Pod", _TOLERANT, _with(_TOLERANT, "spec.tolerations", [])),
    ("containers of a Pod", _POD, _with(_POD, "spec.containers", [{"name": "c", "image": "i"}, {"name": "d", "image": "i"}])),
    ("path of a volume", _VOLUME, _with(_VOLUME, "spec.hostPath.path", "/b")),
    ("mode of a volume", _VOLUME, _with(_VOLUME, "spec.volumeMode", "Block")),
    ("capacity of a volume", _VOLUME, _with(_VOLUME, "spec.capacity.storage", "2Gi")),
    ("type of an EndpointSlice", _SLICE, _with(_SLICE, "addressType", "IPv6")),
    ("scopes of a ResourceQuota", _QUOTA, _with(_QUOTA, "spec.scopes", ["NotBestEffort"])),
    ("data of a ControllerRevision", _REVISION, _with(_REVISION, "data", {"a": 2})),
    ("revision of a ControllerRevision", _REVISION, _with(_REVISION, "revision", 2)),
    ("handler of a RuntimeClass", _RUNTIME, _with(_RUNTIME, "handler", "i")),
    ("attachment of a CSIDriver", _DRIVER, _with(_DRIVER, "spec.attachRequired", False)),
    ("group of a definition", _DEFINITION, _with(_DEFINITION, "spec.group", "other.example")),
    ("kind of a definition", _DEFINITION, _with(_DEFINITION, "spec.names.kind", "Y")),
    ("uid of a ServiceAccount", _object("v1", "ServiceAccount"), _with(_object("v1", "ServiceAccount"), "metadata.uid", "abc")),
    ("no stringData", _object("v1", "Secret"), _object("v1", "Secret", stringData=None)),
    ("controller of an IngressClass", _INGRESS_CLASS, _with(_INGRESS_CLASS, "spec.controller", "a.b/d")),
]  # fmt: skip


def answers(kubectl: str, environment: dict[str, str], namespace: str) -> Iterator[tuple[str, str]]:
    """Yield what the server of ``environment`` answers to each change, without what only it can know."""

    def run(value: dict[str, Any], *words: str) -> str:
        done = subprocess.run(
            [kubectl, "-n", namespace, *words, "-f", "-"], env=environment, input=json.dumps(value), capture_output=True, text=True,
            timeout=60,
        )  # fmt: skip
        return done.stderr or done.stdout

    for name, before, after in CHANGES:
        run(before, "create", "--validate=false")
        said = run(after, "apply", "--server-side", "--force-conflicts", "--validate=false")
        run(before, "delete", "--wait=true", "--grace-period=0", "--force")
        lines = said.partition("\n@@ ")[0].splitlines()  # the difference of the internal forms
        if name == "template of a Job":
            lines = [line.partition("Invalid value: ")[0] for line in lines]
        yield name, "\n".join(lines)
