"""Objects with a mistake that a server refuses; what a real one said is in ``mistakes.json`` next to this file.

``python -m tests.sandbox.mistakes`` writes that file anew on the control plane that STEER_TEST_SERVER names.
"""

from __future__ import annotations

import copy
import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GONE: Any = object()  # the value of a field that a change takes away
RECORDED = Path(__file__).with_name("mistakes.json")
_LONG = "a" * 64

_CONTAINER = {"name": "c", "image": "i"}
_POD_SPEC = {"containers": [_CONTAINER]}
_TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": _POD_SPEC}
_WORKLOAD = {"selector": {"matchLabels": {"a": "b"}}, "template": _TEMPLATE}
_ONCE = {"template": {"spec": {"restartPolicy": "Never", "containers": [_CONTAINER]}}}
_RBAC = "rbac.authorization.k8s.io"

# kind: plural, API version, fields
OBJECTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "Pod": ("pods", "v1", {"spec": _POD_SPEC}),
    "Deployment": ("deployments", "apps/v1", {"spec": _WORKLOAD}),
    "ReplicaSet": ("replicasets", "apps/v1", {"spec": _WORKLOAD}),
    "DaemonSet": ("daemonsets", "apps/v1", {"spec": _WORKLOAD}),
    "StatefulSet": ("statefulsets", "apps/v1", {"spec": {**_WORKLOAD, "serviceName": "s"}}),
    "ReplicationController": ("replicationcontrollers", "v1", {"spec": {"selector": {"a": "b"}, "template": _TEMPLATE}}),
    "Job": ("jobs", "batch/v1", {"spec": _ONCE}),
    "CronJob": ("cronjobs", "batch/v1", {"spec": {"schedule": "* * * * *", "jobTemplate": {"spec": _ONCE}}}),
    "Service": ("services", "v1", {"spec": {"ports": [{"port": 80}]}}),
    "ConfigMap": ("configmaps", "v1", {"data": {"a": "b"}}),
    "Secret": ("secrets", "v1", {"data": {"a": "YQ=="}}),
    "ServiceAccount": ("serviceaccounts", "v1", {}),
    "Namespace": ("namespaces", "v1", {}),
    "Ingress": ("ingresses", "networking.k8s.io/v1", {"spec": {"rules": [{"host": "a.b", "http": {"paths": [
        {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}}]}}]}}),
    "NetworkPolicy": ("networkpolicies", "networking.k8s.io/v1", {"spec": {"podSelector": {}}}),
    "HorizontalPodAutoscaler": ("horizontalpodautoscalers", "autoscaling/v2", {"spec": {
        "maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "d", "apiVersion": "apps/v1"},
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]}}),
    "PodDisruptionBudget": ("poddisruptionbudgets", "policy/v1", {"spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}}),
    "PersistentVolumeClaim": ("persistentvolumeclaims", "v1", {"spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}),
    "Role": ("roles", f"{_RBAC}/v1", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
    "ClusterRole": ("clusterroles", f"{_RBAC}/v1", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
    "RoleBinding": ("rolebindings", f"{_RBAC}/v1", {
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "name": "s", "namespace": "n"}]}),
    "ClusterRoleBinding": ("clusterrolebindings", f"{_RBAC}/v1", {
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "name": "s", "namespace": "n"}]}),
    "PriorityClass": ("priorityclasses", "scheduling.k8s.io/v1", {"value": 1}),
}  # fmt: skip
_CLUSTER_WIDE = frozenset(("Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass"))
_POD_SPECS = {
    "Pod": "spec", "Deployment": "spec.template.spec", "StatefulSet": "spec.template.spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
}  # fmt: skip


def _container(**fields: Any) -> dict[str, Any]:
    return {"containers": [{k: v for k, v in {**_CONTAINER, **fields}.items() if v is not GONE}]}


def _volumes(*volumes: dict[str, Any], mounts: Any = ()) -> dict[str, Any]:
    return {"volumes": list(volumes), **_container(volumeMounts=list(mounts))}


_HTTP = {"httpGet": {"path": "/", "port": 80}}
_EXEC = {"exec": {"command": ["a"]}}
_EMPTY: dict[str, Any] = {"emptyDir": {}}
_TERM = {"labelSelector": {"matchLabels": {"a": "b"}}, "topologyKey": "zone"}

# Changes of a pod's spec, each tried on several kinds.
PODS: dict[str, dict[str, Any]] = {
    "no containers": {"containers": []},
    "containers missing": {"containers": GONE},
    "container without a name": _container(name=GONE),
    "container named with an underscore": _container(name="my_app"),
    "container named in capitals": _container(name="App"),
    "container with a long name": _container(name=_LONG),
    "two containers of a name": {"containers": [_CONTAINER, _CONTAINER]},
    "init container of the same name": {"initContainers": [_CONTAINER]},
    "two init containers of a name": {"initContainers": [{"name": "d", "image": "i"}, {"name": "d", "image": "i"}]},
    "init container without an image": {"initContainers": [{"name": "d"}]},
    "init container with a probe": {"initContainers": [{"name": "d", "image": "i", "livenessProbe": _EXEC}]},
    "init container with a readiness probe": {"initContainers": [{"name": "d", "image": "i", "readinessProbe": _EXEC}]},
    "init container with lifecycle": {"initContainers": [{"name": "d", "image": "i", "lifecycle": {"preStop": _EXEC}}]},
    "init container that restarts": {"initContainers": [{"name": "d", "image": "i", "restartPolicy": "Always", "readinessProbe": _EXEC}]},
    "init container with a bad port": {"initContainers": [{"name": "d", "image": "i", "ports": [{"containerPort": 0}]}]},
    "image missing": _container(image=GONE),
    "image empty": _container(image=""),
    "image with spaces": _container(image=" i "),
    "pull policy": _container(imagePullPolicy="Sometimes"),
    "port missing": _container(ports=[{"name": "a"}]),
    "port 0": _container(ports=[{"containerPort": 0}]),
    "port 70000": _container(ports=[{"containerPort": 70000}]),
    "host port 70000": _container(ports=[{"containerPort": 80, "hostPort": 70000}]),
    "host ports twice": {"containers": [{**_CONTAINER, "ports": [{"containerPort": 80, "hostPort": 80}]},
                                        {"name": "d", "image": "i", "ports": [{"containerPort": 81, "hostPort": 80}]}]},
    "host network with another host port": {"hostNetwork": True, **_container(ports=[{"containerPort": 80, "hostPort": 81}])},
    "port with a long name": _container(ports=[{"containerPort": 80, "name": "a-very-long-port-name"}]),
    "port named in capitals": _container(ports=[{"containerPort": 80, "name": "HTTP"}]),
    "port named with an underscore": _container(ports=[{"containerPort": 80, "name": "my_port"}]),
    "port named with digits": _container(ports=[{"containerPort": 80, "name": "8080"}]),
    "port names twice": _container(ports=[{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]),
    "port protocol": _container(ports=[{"containerPort": 80, "protocol": "HTTP"}]),
    "port protocol in small letters": _container(ports=[{"containerPort": 80, "protocol": "tcp"}]),
    "env without a name": _container(env=[{"value": "a"}]),
    "env with an equals sign": _container(env=[{"name": "A=B", "value": "a"}]),
    "env with a control character": _container(env=[{"name": "A\u0001", "value": "a"}]),
    "env with a space": _container(env=[{"name": "A B", "value": "a"}]),
    "env with a value and a source": _container(env=[{"name": "A", "value": "a", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]),
    "env from two sources": _container(env=[{"name": "A", "valueFrom": {
        "fieldRef": {"fieldPath": "metadata.name"}, "configMapKeyRef": {"name": "a", "key": "b"}}}]),
    "env from no source": _container(env=[{"name": "A", "valueFrom": {}}]),
    "env from an unknown field": _container(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.nme"}}}]),
    "env from a field without a path": _container(env=[{"name": "A", "valueFrom": {"fieldRef": {}}}]),
    "env from a field that env has not": _container(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.containers"}}}]),
    "env from labels": _container(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels"}}}]),
    "env from a label": _container(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a']"}}}]),
    "env from a key without a name": _container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"key": "b"}}}]),
    "env from a config map without a key": _container(env=[{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "b"}}}]),
    "env from a bad key": _container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "b", "key": "a/b"}}}]),
    "env from an unknown resource": _container(env=[{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.gpu"}}}]),
    "env from a resource": _container(env=[{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}}]),
    "env from without a source": _container(envFrom=[{}]),
    "env from without a name": _container(envFrom=[{"configMapRef": {}}]),
    "env from a secret without a name": _container(envFrom=[{"secretRef": {"name": ""}}]),
    "env from with two sources": _container(envFrom=[{"secretRef": {"name": "a"}, "configMapRef": {"name": "a"}}]),
    "env from with a bad prefix": _container(envFrom=[{"prefix": "a=", "secretRef": {"name": "a"}}]),
    "volumes twice": _volumes({"name": "v", **_EMPTY}, {"name": "v", **_EMPTY}),
    "volume without a name": _volumes(_EMPTY),
    "volume named with an underscore": _volumes({"name": "my_volume", **_EMPTY}),
    "volume with two sources": _volumes({"name": "v", **_EMPTY, "configMap": {"name": "a"}}),
    "volume without a source": _volumes({"name": "v"}),
    "volume of a claim without a name": _volumes({"name": "v", "persistentVolumeClaim": {}}),
    "volume of a secret without a name": _volumes({"name": "v", "secret": {}}),
    "volume of a config map without a name": _volumes({"name": "v", "configMap": {}}),
    "volume with a bad mode": _volumes({"name": "v", "configMap": {"name": "a", "defaultMode": 1000}}),
    "volume of a secret with a bad mode": _volumes({"name": "v", "secret": {"secretName": "a", "defaultMode": -1}}),
    "volume items without a key": _volumes({"name": "v", "configMap": {"name": "a", "items": [{"path": "p"}]}}),
    "volume items without a path": _volumes({"name": "v", "secret": {"secretName": "a", "items": [{"key": "p"}]}}),
    "volume items with an absolute path": _volumes({"name": "v", "configMap": {"name": "a", "items": [{"key": "k", "path": "/p"}]}}),
    "volume items with a path up": _volumes({"name": "v", "configMap": {"name": "a", "items": [{"key": "k", "path": "../p", "mode": 9999}]}}),
    "volume of a host without a path": _volumes({"name": "v", "hostPath": {}}),
    "volume of a host with a path up": _volumes({"name": "v", "hostPath": {"path": "/a/../b"}}),
    "volume of a host with a bad type": _volumes({"name": "v", "hostPath": {"path": "/a", "type": "Folder"}}),
    "volume with a negative size": _volumes({"name": "v", "emptyDir": {"sizeLimit": "-1"}}),
    "volume of nfs": _volumes({"name": "v", "nfs": {"path": "a"}}),
    "volume of csi without a driver": _volumes({"name": "v", "csi": {}}),
    "volume projected without a source": _volumes({"name": "v", "projected": {"sources": [{}]}}),
    "volume projected from no name": _volumes({"name": "v", "projected": {"sources": [{"secret": {}}, {"configMap": {}}]}}),
    "volume projected from two": _volumes({"name": "v", "projected": {"sources": [{"secret": {"name": "a"}, "configMap": {"name": "a"}}]}}),
    "volume projected of a token": _volumes({"name": "v", "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 1}}]}}),
    "volume of the downward API": _volumes({"name": "v", "downwardAPI": {"items": [{"path": "a"}, {"fieldRef": {"fieldPath": "spec.x"}}]}}),
    "mount of no volume": _container(volumeMounts=[{"name": "v", "mountPath": "/a"}]),
    "mount without a name": _container(volumeMounts=[{"mountPath": "/a"}]),
    "mount without a path": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v"}]),
    "mounts at the same path": _volumes({"name": "v", **_EMPTY}, {"name": "w", **_EMPTY},
                                        mounts=[{"name": "v", "mountPath": "/a"}, {"name": "w", "mountPath": "/a"}]),
    "mount with an absolute sub path": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v", "mountPath": "/a", "subPath": "/b"}]),
    "mount with a sub path up": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v", "mountPath": "/a", "subPath": "../b"}]),
    "mount with two sub paths": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v", "mountPath": "/a", "subPath": "b", "subPathExpr": "c"}]),
    "mount with a bad propagation": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v", "mountPath": "/a", "mountPropagation": "Both"}]),
    "mount both ways without privileges": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v", "mountPath": "/a", "mountPropagation": "Bidirectional"}]),
    "mount in an init container of no volume": {"initContainers": [{"name": "d", "image": "i", "volumeMounts": [{"name": "v", "mountPath": "/a"}]}]},
    "device of no volume": _container(volumeDevices=[{"name": "v", "devicePath": "/a"}]),
    "request above the limit": _container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
    "request of memory above the limit": _container(resources={"requests": {"memory": "1Gi", "cpu": "1"}, "limits": {"memory": "512Mi", "cpu": "1000m"}}),
    "request negative": _container(resources={"requests": {"cpu": "-1"}}),
    "limit of an unknown resource": _container(resources={"limits": {"gpu": "1"}}),
    "limit of storage": _container(resources={"limits": {"storage": "1"}}),
    "limit of pods": _container(resources={"limits": {"pods": "1"}}),
    "limit of a native resource": _container(resources={"limits": {"kubernetes.io/a": "1"}}),
    "huge pages alone": _container(resources={"limits": {"hugepages-2Mi": "2Mi"}}),
    "huge pages requested otherwise": _container(resources={"limits": {"hugepages-2Mi": "4Mi", "cpu": 1}, "requests": {"hugepages-2Mi": "2Mi"}}),
    "request of 1.5 above 1": _container(resources={"requests": {"cpu": 1.5}, "limits": {"cpu": 1}}),
    "request in other units above the limit": _container(resources={"requests": {"memory": "1.5Gi"}, "limits": {"memory": "1024Mi"}}),
    "request in powers of ten above the limit": _container(resources={"requests": {"memory": "2e9"}, "limits": {"memory": "1000M"}}),
    "request of bytes above the limit": _container(resources={"requests": {"memory": "2000000"}, "limits": {"memory": "1000000"}}),
    "limit of a bad name": _container(resources={"limits": {"a b": "1"}}),
    "device requested but not limited": _container(resources={"requests": {"nvidia.com/gpu": "1"}}),
    "device requested otherwise than limited": _container(resources={"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "2"}}),
    "device in parts": _container(resources={"limits": {"nvidia.com/gpu": "500m"}}),
    "restart policy": {"restartPolicy": "Sometimes"},
    "restart policy OnFailure": {"restartPolicy": "OnFailure"},
    "restart policy Never": {"restartPolicy": "Never"},
    "restart policy Always": {"restartPolicy": "Always"},
    "dns policy": {"dnsPolicy": "Other"},
    "dns policy None": {"dnsPolicy": "None"},
    "dns with too many servers": {"dnsConfig": {"nameservers": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.x"]}},
    "grace period negative": {"terminationGracePeriodSeconds": -1},
    "deadline 0": {"activeDeadlineSeconds": 0},
    "probe with two handlers": _container(livenessProbe={**_HTTP, **_EXEC}),
    "probe without a handler": _container(readinessProbe={"periodSeconds": 5}),
    "probe with negative numbers": _container(livenessProbe={
        **_HTTP, "initialDelaySeconds": -1, "timeoutSeconds": -1, "periodSeconds": -1, "successThreshold": -1, "failureThreshold": -1}),
    "liveness probe that has to succeed twice": _container(livenessProbe={**_HTTP, "successThreshold": 2}),
    "startup probe that has to succeed twice": _container(startupProbe={**_HTTP, "successThreshold": 2}),
    "readiness probe that has to succeed twice": _container(readinessProbe={**_HTTP, "successThreshold": 2}),
    "readiness probe with a grace period": _container(readinessProbe={**_HTTP, "terminationGracePeriodSeconds": 2}),
    "liveness probe with no grace period": _container(livenessProbe={**_HTTP, "terminationGracePeriodSeconds": 0}),
    "probe without a path": _container(livenessProbe={"httpGet": {"port": 80}}),
    "probe without a port": _container(livenessProbe={"httpGet": {"path": "/"}}),
    "probe with a bad scheme": _container(livenessProbe={"httpGet": {"path": "/", "port": 80, "scheme": "http"}}),
    "probe with a bad header": _container(livenessProbe={"httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "a b", "value": "c"}]}}),
    "probe with a bad port": _container(livenessProbe={"tcpSocket": {"port": 70000}}),
    "probe of grpc with a bad port": _container(livenessProbe={"grpc": {"port": 0}}),
    "probe without a command": _container(livenessProbe={"exec": {}}),
    "lifecycle with two handlers": _container(lifecycle={"preStop": {**_HTTP, **_EXEC}}),
    "lifecycle without a handler": _container(lifecycle={"postStart": {}}),
    "termination message policy": _container(terminationMessagePolicy="Other"),
    "security context as nobody and root": _container(securityContext={"runAsUser": -1, "privileged": True, "allowPrivilegeEscalation": False}),
    "security context with CAP_SYS_ADMIN": _container(securityContext={"capabilities": {"add": ["CAP_SYS_ADMIN"]}, "allowPrivilegeEscalation": False}),
    "security context with all": _container(securityContext={
        "capabilities": {"add": ["CAP_SYS_ADMIN"], "drop": ["ALL"]}, "seLinuxOptions": {"level": "s0"}, "allowPrivilegeEscalation": False,
        "seccompProfile": {"type": "RuntimeDefault"}, "appArmorProfile": {"type": "Unconfined"}, "runAsNonRoot": True, "procMount": "Default"}),
    "seccomp profile": _container(securityContext={"seccompProfile": {"type": "Localhost"}}),
    "seccomp profile of a bad type": _container(securityContext={"seccompProfile": {"type": "Runtime"}}),
    "seccomp profile without a type": _container(securityContext={"seccompProfile": {}}),
    "pod security context": {"securityContext": {"runAsUser": -1, "runAsGroup": -2, "fsGroup": -1, "supplementalGroups": [-1]}},
    "sysctl": {"securityContext": {"sysctls": [{"name": "a b", "value": "1"}, {"value": "1"}]}},
    "node selector key": {"nodeSelector": {"a b": "c"}},
    "node selector value": {"nodeSelector": {"a": "b c"}},
    "service account name": {"serviceAccountName": "My_Account"},
    "pull secret without a name": {"imagePullSecrets": [{}]},
    "pull secret with a bad name": {"imagePullSecrets": [{"name": "a_b"}]},
    "hostname": {"hostname": "a.b"},
    "subdomain": {"subdomain": "A"},
    "host alias": {"hostAliases": [{"ip": "x", "hostnames": ["a_b"]}]},
    "priority class name": {"priorityClassName": "A_b"},
    "runtime class name": {"runtimeClassName": "A_b"},
    "toleration operator": {"tolerations": [{"key": "a", "operator": "Is"}]},
    "toleration that exists with a value": {"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]},
    "toleration without a key": {"tolerations": [{"operator": "Equal", "value": "b"}]},
    "toleration key": {"tolerations": [{"key": "a b", "operator": "Exists"}]},
    "toleration effect": {"tolerations": [{"key": "a", "operator": "Exists", "effect": "No"}]},
    "toleration with seconds": {"tolerations": [{"key": "a", "operator": "Exists", "effect": "NoSchedule", "tolerationSeconds": 5}]},
    "toleration value": {"tolerations": [{"key": "a", "value": "b c"}]},
    "spread without a key": {"topologySpreadConstraints": [{"maxSkew": 0, "whenUnsatisfiable": "Maybe"}]},
    "spread twice": {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}] * 2},
    "spread selector": {"topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"a": "b c"}}}]},
    "affinity without a key": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": {}}]}}},
    "affinity weight": {"affinity": {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 0, "podAffinityTerm": _TERM}]}}},
    "affinity operator": {"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "zone", "labelSelector": {"matchExpressions": [{"key": "a", "operator": "Is"}, {"key": "a", "operator": "In"},
                                                                       {"key": "a", "operator": "Exists", "values": ["b"]}]}}]}}},
    "node affinity without terms": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}}},
    "node affinity operator": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "a", "operator": "Is"}, {"key": "a b", "operator": "In"}, {"key": "a", "operator": "Exists", "values": ["b"]},
                              {"key": "a", "operator": "Gt", "values": ["b", "c"]}, {"key": "a", "operator": "In", "values": ["b c"]}]}]}}}},
    "node affinity weight": {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 101, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}]}}},
    "empty choices": {
        "restartPolicy": "", "dnsPolicy": "", "volumes": [{"name": "v", "hostPath": {"path": "/", "type": ""}}], "priorityClassName": "", "hostname": "",
        "containers": [{**_CONTAINER, "imagePullPolicy": "", "terminationMessagePolicy": "", "ports": [{"containerPort": 1, "protocol": "", "name": ""}],
                        "livenessProbe": {"httpGet": {"port": 80, "scheme": "", "path": ""}},
                        "volumeMounts": [{"name": "v", "mountPath": "/a", "subPath": ""}]}]},
    "empty propagation": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v", "mountPath": "/a", "mountPropagation": ""}]),
    "empty preemption": {"preemptionPolicy": ""},
    "empty change of group": {"securityContext": {"fsGroupChangePolicy": ""}},
    "empty kind of proc": _container(securityContext={"procMount": ""}),
    "a mistake in each part of the pod": {
        "restartPolicy": "x", "dnsPolicy": "y", "nodeSelector": {"a": "b c"}, "activeDeadlineSeconds": 0, "hostname": "a.b", "subdomain": "A",
        "tolerations": [{"operator": "Is", "key": "a"}], "hostAliases": [{"ip": "x"}], "priorityClassName": "A_b", "runtimeClassName": "A_b",
        "serviceAccountName": "A_b", "securityContext": {"runAsUser": -1}, "topologySpreadConstraints": [{}],
        "affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}, "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {}}},
        "dnsConfig": {"nameservers": ["x"]}, "volumes": [{"name": "A", "secret": {}}], "initContainers": [{"name": "A"}], "imagePullSecrets": [{}],
        "schedulerName": "A_b", "nodeName": "A_b", "readinessGates": [{"conditionType": "a b"}], "preemptionPolicy": "z", "enableServiceLinks": True,
        "containers": [{
            "name": "A", "ports": [{}], "env": [{}], "envFrom": [{}], "volumeMounts": [{}], "volumeDevices": [{}], "imagePullPolicy": "x",
            "resources": {"limits": {"cpu": "-1"}}, "securityContext": {"runAsUser": -1}, "livenessProbe": {}, "readinessProbe": {}, "startupProbe": {},
            "lifecycle": {"preStop": {}, "postStart": {}}, "terminationMessagePolicy": "x"}]},
    "several mistakes": {"restartPolicy": "x", **_container(name="A", image="", ports=[{"containerPort": 0, "name": "A"}])},
}  # fmt: skip

_SELECTED = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")


def _paths(*paths: dict[str, Any]) -> dict[str, Any]:
    """Change the paths of the Ingress."""
    backend = {"service": {"name": "s", "port": {"number": 80}}}
    return {
        "spec.rules": [
            {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend, **path} for path in paths]}}
        ]
    }


def _backend(backend: Any) -> dict[str, Any]:
    return _paths({"backend": backend})


def _ports(*ports: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"spec.ports": list(ports), **{f"spec.{key}": value for key, value in spec.items()}}


def _metric(metric: dict[str, Any]) -> dict[str, Any]:
    return {"spec.metrics": [metric]}


# A name, the kind, the changes of its object.
CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    *((f"{name}, {kind}", kind, {f"{path}.{key}": value for key, value in change.items()})
      for name, change in PODS.items() for kind, path in _POD_SPECS.items()),
    *(("no mistake", kind, {}) for kind in OBJECTS),
    *(("no spec", kind, {"spec": GONE}) for kind, (_, _, fields) in OBJECTS.items() if "spec" in fields),
    *((f"label {key!r} {value!r}"[:40], "ConfigMap", {"metadata.labels": {key: value}}) for key, value in (
        ("a b", "c"), ("a/b/c", "d"), ("ok", "e f"), ("-x", "y"), ("A.b/c", "d"), ("", "e"), ("long", _LONG), (_LONG, ""), ("/a", "b"), ("a/", "b"), ("a", "-b"))),
    *(("label", kind, {"metadata.labels": {"a": "b c"}}) for kind in OBJECTS if kind != "Job"),
    *(("annotation", kind, {"metadata.annotations": {"a b": "c", "A/b": "c"}}) for kind in OBJECTS),
    ("annotation without a prefix", "ConfigMap", {"metadata.annotations": {"/x": "y"}}),
    ("annotations that are too long", "ConfigMap", {"metadata.annotations": {"x": "y" * (256 * 1024)}}),
    *(("name in capitals", kind, {"metadata.name": "Abc"}) for kind in OBJECTS),
    *(("name with a colon", kind, {"metadata.name": "a:b"}) for kind in OBJECTS),
    *(("name with a dot", kind, {"metadata.name": "a.b"}) for kind in OBJECTS),
    *(("name that begins with a digit", kind, {"metadata.name": "1a"}) for kind in OBJECTS),
    *(("long name", kind, {"metadata.name": "a" * 60}) for kind in OBJECTS),
    *(("longer name", kind, {"metadata.name": _LONG}) for kind in OBJECTS),
    *(("name that is too long", kind, {"metadata.name": "a" * 254}) for kind in OBJECTS),
    ("name with a slash", "Role", {"metadata.name": "a%2Fb"}),
    ("name with a bad start", "ConfigMap", {"metadata.name": "-a"}),
    ("finalizer", "ConfigMap", {"metadata.finalizers": ["a", "a b"]}),
    ("owner", "ConfigMap", {"metadata.ownerReferences": [{"apiVersion": "", "kind": "", "name": "", "uid": ""}]}),
    *(("selector that does not match", kind, {"spec.selector": {"matchLabels": {"a": "c"}}}) for kind in _SELECTED),
    *(("selector and template without labels", kind, {"spec.template.metadata": GONE}) for kind in _SELECTED),
    *(("selector missing", kind, {"spec.selector": GONE}) for kind in _SELECTED),
    *(("selector empty", kind, {"spec.selector": {}}) for kind in _SELECTED),
    *(("selector with a bad value", kind, {"spec.selector": {"matchLabels": {"a": "b c"}}}) for kind in _SELECTED),
    *(("selector with a bad key", kind, {"spec.selector": {"matchLabels": {"a b": "b"}}}) for kind in _SELECTED),
    *(("selector with expressions", kind, {"spec.selector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["c"]}]}}) for kind in _SELECTED),
    *(("selector with wrong expressions", kind, {"spec.selector": {"matchExpressions": [{"key": "a", "operator": "Is", "values": ["c"]}]}}) for kind in _SELECTED),
    *(("template missing", kind, {"spec.template": GONE}) for kind in (*_SELECTED, "ReplicationController", "Job")),
    *(("replicas negative", kind, {"spec.replicas": -1}) for kind in ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")),
    *(("seconds negative", kind, {"spec.minReadySeconds": -1}) for kind in _SELECTED),
    *(("restart policy of pods", kind, {"spec.template.spec.restartPolicy": "Never"}) for kind in (*_SELECTED, "ReplicationController")),
    *(("deadline of pods", kind, {"spec.template.spec.activeDeadlineSeconds": 5}) for kind in (*_SELECTED, "ReplicationController")),
    *(("labels of pods", kind, {"spec.template.metadata.labels": {"a": "b", "f": "g h"}}) for kind in (*_SELECTED, "Job")),
    *(("annotations of pods", kind, {"spec.template.metadata.annotations": {"c d": "e"}}) for kind in (*_SELECTED, "Job")),
    ("selector that does not match", "ReplicationController", {"spec.selector": {"a": "c"}}),
    ("strategy", "Deployment", {"spec.strategy": {"type": "Replace"}}),
    ("strategy that recreates with settings", "Deployment", {"spec.strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}}),
    ("strategy without progress", "Deployment", {"spec.strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}}),
    ("deadline of progress", "Deployment", {"spec.minReadySeconds": 600}),
    ("history negative", "Deployment", {"spec.revisionHistoryLimit": -1, "spec.progressDeadlineSeconds": -1}),
    ("strategy of a DaemonSet", "DaemonSet", {"spec.updateStrategy": {"type": "Recreate"}}),
    ("strategy of a DaemonSet without progress", "DaemonSet", {"spec.updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}}}),
    ("strategy of a StatefulSet", "StatefulSet", {"spec.updateStrategy": {"type": "Recreate"}}),
    ("partition of a StatefulSet", "StatefulSet", {"spec.updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": -1}}}),
    ("settings of a StatefulSet that updates on delete", "StatefulSet", {"spec.updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}}),
    ("management of pods", "StatefulSet", {"spec.podManagementPolicy": "Serial"}),
    ("a mistake in each part", "StatefulSet", {
        "spec.replicas": -1, "spec.minReadySeconds": -1, "spec.updateStrategy": {"type": "x"}, "spec.podManagementPolicy": "y", "spec.serviceName": "A",
        "spec.selector": {"matchLabels": {"a": "c"}}, "spec.template.metadata.labels": {"a": "b c"}, "spec.template.spec.restartPolicy": "Never",
        "spec.volumeClaimTemplates": [{"metadata": {"name": "A"}, "spec": {}}], "spec.template.spec.containers": [{"name": "c"}],
        "metadata.labels": {"a": "b c"}, "metadata.name": "A", "spec.persistentVolumeClaimRetentionPolicy": {"whenDeleted": "x"}}),
    ("a mistake in each part", "Deployment", {
        "spec.replicas": -1, "spec.minReadySeconds": -1, "spec.strategy": {"type": "x"}, "spec.revisionHistoryLimit": -1,
        "spec.selector": {"matchLabels": {"a": "c"}}, "spec.template.metadata.labels": {"a": "b c"}, "spec.template.spec.restartPolicy": "Never",
        "spec.template.metadata.annotations": {"a b": "c"}, "metadata.annotations": {"a b": "c"},
        "spec.template.spec.containers": [{"name": "c"}], "metadata.labels": {"a": "b c"}, "metadata.name": "A"}),
    ("a mistake in each part", "DaemonSet", {
        "spec.minReadySeconds": -1, "spec.updateStrategy": {"type": "x"}, "spec.revisionHistoryLimit": -1,
        "spec.selector": {"matchLabels": {"a": "c"}}, "spec.template.metadata.labels": {"a": "b c"}, "spec.template.spec.restartPolicy": "Never",
        "spec.template.spec.containers": [{"name": "c"}], "metadata.labels": {"a": "b c"}, "metadata.name": "A"}),
    ("a mistake in each part", "Job", {
        "spec.parallelism": -1, "spec.completions": -1, "spec.activeDeadlineSeconds": -1, "spec.backoffLimit": -1, "spec.ttlSecondsAfterFinished": -1,
        "spec.completionMode": "x", "spec.podReplacementPolicy": "y", "spec.template.metadata": {"labels": {"a": "b c"}},
        "spec.template.spec": {"containers": [{"name": "c"}], "restartPolicy": "Often"}, "metadata.labels": {"a": "b c"}, "metadata.name": "A"}),
    ("a mistake in each part", "CronJob", {
        "spec.schedule": "x", "spec.timeZone": "y", "spec.startingDeadlineSeconds": -1, "spec.concurrencyPolicy": "z", "spec.successfulJobsHistoryLimit": -1,
        "spec.failedJobsHistoryLimit": -1, "spec.jobTemplate.spec.parallelism": -1, "metadata.labels": {"a": "b c"}, "metadata.name": "A" * 60,
        "spec.jobTemplate.spec.template.spec.containers": [{"name": "c"}]}),
    ("a mistake in each part", "Service", {
        "spec.type": "LoadBalancer", "spec.ports": [{"port": 0, "name": "A", "nodePort": 80, "targetPort": 70000, "protocol": "x", "appProtocol": "y z"},
                                                    {"port": 80}, {"port": 80}, {"port": 10250, "name": "b"}],
        "spec.selector": {"a": "b c"}, "spec.sessionAffinity": "x", "spec.clusterIP": "y", "spec.externalIPs": ["z"], "spec.ipFamilies": ["IPv5"],
        "spec.loadBalancerSourceRanges": ["x"], "spec.externalTrafficPolicy": "y", "spec.internalTrafficPolicy": "z", "metadata.name": "A",
        "spec.loadBalancerClass": "A_b!", "spec.ipFamilyPolicy": "x", "spec.loadBalancerIP": "y", "spec.trafficDistribution": "z"}),
    ("headless node ports", "Service", {"spec.type": "NodePort", "spec.clusterIP": "None"}),
    ("headless target port", "Service", {"spec.clusterIP": "None", "spec.ports": [{"port": 80, "targetPort": 81}]}),
    ("timeout of sessions without affinity", "Service", {"spec.sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 0}}}),
    ("external name with a type of ports", "Service", {"spec.type": "ExternalName", "spec.externalName": "a.b.", "spec.ports": [{"port": 80}]}),
    ("empty choices", "Job", {"spec.completionMode": "", "spec.podReplacementPolicy": ""}),
    ("empty choices", "CronJob", {"spec.concurrencyPolicy": ""}),
    ("empty choices", "StatefulSet", {"spec.podManagementPolicy": "", "spec.updateStrategy": {"type": ""},
                                      "spec.persistentVolumeClaimRetentionPolicy": {"whenDeleted": "", "whenScaled": ""}}),
    ("empty choices", "Deployment", {"spec.strategy": {"type": ""}}),
    ("empty choices", "DaemonSet", {"spec.updateStrategy": {"type": ""}}),
    ("empty choices", "Service", {"spec.type": "", "spec.sessionAffinity": "", "spec.externalTrafficPolicy": "", "spec.internalTrafficPolicy": ""}),
    ("empty policy of families", "Service", {"spec.ipFamilyPolicy": ""}),
    ("empty path type", "Ingress", _paths({"pathType": ""})),
    ("empty class", "Ingress", {"spec.ingressClassName": ""}),
    ("empty choices", "NetworkPolicy", {"spec.ingress": [{"ports": [{"protocol": "", "port": 1}]}], "spec.policyTypes": [""]}),
    ("empty choices", "HorizontalPodAutoscaler", {"spec.behavior": {"scaleUp": {"selectPolicy": "", "policies": [
        {"type": "Pods", "value": 1, "periodSeconds": 1}]}}}),
    ("empty choices", "PodDisruptionBudget", {"spec.unhealthyPodEvictionPolicy": ""}),
    ("empty choices", "PersistentVolumeClaim", {"spec.volumeMode": ""}),
    ("empty choices", "PriorityClass", {"preemptionPolicy": ""}),
    ("surge", "Deployment", {"spec.strategy": {"rollingUpdate": {"maxSurge": "1", "maxUnavailable": "101%"}}}),
    ("surge", "DaemonSet", {"spec.updateStrategy": {"rollingUpdate": {"maxSurge": "1", "maxUnavailable": "101%"}}}),
    ("surge of a share", "Deployment", {"spec.strategy": {"rollingUpdate": {"maxSurge": "200%", "maxUnavailable": "0%"}}}),
    ("surge of a share", "DaemonSet", {"spec.updateStrategy": {"rollingUpdate": {"maxSurge": "200%", "maxUnavailable": "0%"}}}),
    ("unavailable only", "Deployment", {"spec.strategy": {"rollingUpdate": {"maxUnavailable": 0}}}),
    ("surge only", "Deployment", {"spec.strategy": {"rollingUpdate": {"maxSurge": 0}}}),
    ("surge and unavailable", "DaemonSet", {"spec.updateStrategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}}}),
    ("surge only", "DaemonSet", {"spec.updateStrategy": {"rollingUpdate": {"maxSurge": 1}}}),
    ("mounted claim that is not there", "StatefulSet", {
        "spec.volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
        "spec.template.spec": _container(volumeMounts=[{"name": "w", "mountPath": "/a"}])}),
    ("claim of the name of a volume", "StatefulSet", {
        "spec.volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
        "spec.template.spec": _volumes({"name": "v", **_EMPTY}, mounts=[{"name": "v", "mountPath": "/a"}])}),
    ("claims of a name", "StatefulSet", {
        "spec.volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}] * 2}),
    ("claim with a bad name", "StatefulSet", {
        "spec.volumeClaimTemplates": [{"metadata": {"name": "V_v"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}),
    ("claim without a name", "StatefulSet", {
        "spec.volumeClaimTemplates": [{"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}),
    ("claim in a volume without a size", "Deployment", {"spec.template.spec": _volumes({"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}})}),
    ("claim in a volume missing", "Deployment", {"spec.template.spec": _volumes({"name": "v", "ephemeral": {}})}),
    ("mounted claim", "StatefulSet", {
        "spec.volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
        "spec.template.spec": _container(volumeMounts=[{"name": "v", "mountPath": "/a"}])}),
    ("claim without a size", "StatefulSet", {"spec.volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]}),
    ("service name", "StatefulSet", {"spec.serviceName": "A_b"}),
    ("history negative", "StatefulSet", {"spec.revisionHistoryLimit": -1}),
    ("completions negative", "Job", {"spec.completions": -1, "spec.parallelism": -1, "spec.backoffLimit": -1}),
    ("seconds negative", "Job", {"spec.activeDeadlineSeconds": -1, "spec.ttlSecondsAfterFinished": -1}),
    ("completion mode", "Job", {"spec.completionMode": "Sorted"}),
    ("indexes without completions", "Job", {"spec.completionMode": "Indexed"}),
    ("policy of replacement", "Job", {"spec.podReplacementPolicy": "Never"}),
    ("schedule missing", "CronJob", {"spec.schedule": GONE}),
    *((f"schedule {text!r}", "CronJob", {"spec.schedule": text}) for text in (
        "", "every day", "* * * *", "60 * * * *", "* 24 * * *", "*/0 * * * *", "5-2 * * * *", "@daily", "@hourly", "@every 1h", "@every x", "@often",
        "* * 0 * *", "* * * 13 *", "* * * * 8", "* * * * 7", "* * * JAN MON-FRI", "a * * * *", "* * * * * *", "0 0 ? * *", "1,2,3 * * * *", "1/5 * * * *",
        "TZ=UTC * * * * *", "CRON_TZ=Europe/Berlin 0 1 * * *", "*/5 */2 1-10/3 * 1-5", "-1 * * * *", "1-2-3 * * * *", "1/2/3 * * * *", "*/x * * * *")),
    ("concurrency", "CronJob", {"spec.concurrencyPolicy": "Sometimes"}),
    ("negative numbers", "CronJob", {"spec.startingDeadlineSeconds": -1, "spec.successfulJobsHistoryLimit": -1, "spec.failedJobsHistoryLimit": -1}),
    ("time zone", "CronJob", {"spec.timeZone": "Mars/Base"}),
    ("time zone empty", "CronJob", {"spec.timeZone": ""}),
    ("time zone local", "CronJob", {"spec.timeZone": "Local"}),
    ("time zone of a city", "CronJob", {"spec.timeZone": "Europe/Berlin"}),
    ("job template with negative numbers", "CronJob", {"spec.jobTemplate.spec.completions": -1, "spec.jobTemplate.spec.parallelism": -1}),
    ("job template missing", "CronJob", {"spec.jobTemplate": GONE}),
    ("job template with a selector", "CronJob", {"spec.jobTemplate.spec.selector": {"matchLabels": {"a": "b"}}}),
    ("job template labels", "CronJob", {"spec.jobTemplate.metadata": {"labels": {"a": "b c"}}}),
    ("type", "Service", {"spec.type": "Internal"}),
    ("no ports", "Service", {"spec.ports": []}),
    ("no ports without an address", "Service", {"spec.ports": [], "spec.clusterIP": "None"}),
    ("port 0", "Service", _ports({"port": 0})),
    ("port 70000", "Service", _ports({"port": 70000})),
    ("port missing", "Service", _ports({"name": "a"})),
    ("target port 0", "Service", _ports({"port": 80, "targetPort": 70000})),
    ("target port that is a text", "Service", _ports({"port": 80, "targetPort": "Http_port"})),
    ("port name", "Service", _ports({"port": 80, "name": "my_port"})),
    ("port name in capitals", "Service", _ports({"port": 80, "name": "HTTP"})),
    ("long port name", "Service", _ports({"port": 80, "name": _LONG})),
    ("ports without names", "Service", _ports({"port": 80}, {"port": 81})),
    ("port names twice", "Service", _ports({"port": 80, "name": "a"}, {"port": 81, "name": "a"})),
    ("ports twice", "Service", _ports({"port": 80, "name": "a"}, {"port": 80, "name": "b"})),
    ("ports of two protocols", "Service", _ports({"port": 80, "name": "a"}, {"port": 80, "name": "b", "protocol": "UDP"})),
    ("node ports twice", "Service", _ports({"port": 80, "name": "a", "nodePort": 30001}, {"port": 81, "name": "b", "nodePort": 30001}, type="NodePort")),
    ("node port of a cluster address", "Service", _ports({"port": 80, "nodePort": 30001})),
    ("node port out of range", "Service", _ports({"port": 80, "nodePort": 80}, type="NodePort")),
    ("protocol", "Service", _ports({"port": 80, "protocol": "HTTP"})),
    ("app protocol", "Service", _ports({"port": 80, "appProtocol": "a b"})),
    ("selector", "Service", {"spec.selector": {"a": "b c"}}),
    ("affinity of sessions", "Service", {"spec.sessionAffinity": "Cookie"}),
    ("timeout of sessions", "Service", {"spec.sessionAffinity": "ClientIP", "spec.sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 0}}}),
    ("address", "Service", {"spec.clusterIP": "x"}),
    ("external address", "Service", {"spec.externalIPs": ["x", "127.0.0.1"]}),
    ("external name missing", "Service", {"spec.type": "ExternalName", "spec.ports": GONE}),
    ("external name", "Service", {"spec.type": "ExternalName", "spec.externalName": "a_b!"}),
    ("external name with an address", "Service", {"spec.type": "ExternalName", "spec.externalName": "a", "spec.clusterIP": "10.96.0.9"}),
    ("load balancer without an address", "Service", {"spec.type": "LoadBalancer", "spec.clusterIP": "None"}),
    ("traffic policy", "Service", {"spec.type": "NodePort", "spec.externalTrafficPolicy": "Near"}),
    ("traffic policy of a cluster address", "Service", {"spec.externalTrafficPolicy": "Local"}),
    ("internal traffic policy", "Service", {"spec.internalTrafficPolicy": "Near"}),
    ("source ranges", "Service", {"spec.type": "LoadBalancer", "spec.loadBalancerSourceRanges": ["1.2.3.4", "1.2.3.0/24"]}),
    ("source ranges of a cluster address", "Service", {"spec.loadBalancerSourceRanges": ["1.2.3.0/24"]}),
    ("load balancer class", "Service", {"spec.loadBalancerClass": "a/b"}),
    ("families", "Service", {"spec.ipFamilies": ["IPv5"]}),
    ("policy of families", "Service", {"spec.ipFamilyPolicy": "Dual"}),
    ("key with a slash", "ConfigMap", {"data": {"a/b": "c"}}),
    ("key with a space", "ConfigMap", {"data": {"a b": "c"}}),
    ("key that is ..", "ConfigMap", {"data": {"..": "c"}}),
    ("key that is .", "ConfigMap", {"data": {".": "c"}}),
    ("key that begins with ..", "ConfigMap", {"data": {"..a": "c"}}),
    ("key empty", "ConfigMap", {"data": {"": "c"}}),
    ("key too long", "ConfigMap", {"data": {"a" * 254: "c"}}),
    ("key in both", "ConfigMap", {"binaryData": {"a": "YQ=="}}),
    ("binary key", "ConfigMap", {"binaryData": {"a:b": "YQ=="}}),
    ("too much", "ConfigMap", {"data": {"a": "b" * (1024 * 1024 + 1)}}),
    ("key with a slash", "Secret", {"data": {"a/b": "YQ=="}}),
    ("key of a text", "Secret", {"stringData": {"a b": "c"}}),
    ("too much", "Secret", {"stringData": {"a": "b" * (1024 * 1024 + 1)}}),
    ("certificate without a key", "Secret", {"type": "kubernetes.io/tls", "data": {"tls.crt": "YQ=="}}),
    ("certificate without anything", "Secret", {"type": "kubernetes.io/tls", "data": GONE}),
    ("password missing", "Secret", {"type": "kubernetes.io/basic-auth", "data": GONE}),
    ("key for ssh missing", "Secret", {"type": "kubernetes.io/ssh-auth"}),
    ("docker configuration missing", "Secret", {"type": "kubernetes.io/dockerconfigjson"}),
    ("docker configuration that is not JSON", "Secret", {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "a"}}),
    ("docker configuration empty", "Secret", {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": ""}}),
    ("docker configuration that is a list", "Secret", {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "[1]"}}),
    ("docker configuration cut off", "Secret", {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "{"}}),
    ("old docker configuration missing", "Secret", {"type": "kubernetes.io/dockercfg"}),
    ("token without an account", "Secret", {"type": "kubernetes.io/service-account-token"}),
    ("path type missing", "Ingress", _paths({"pathType": None})),
    ("path type", "Ingress", _paths({"pathType": "Regex"})),
    ("path without a slash", "Ingress", _paths({"path": "a"})),
    ("path missing", "Ingress", _paths({"path": None})),
    ("path missing, of its own kind", "Ingress", _paths({"path": None, "pathType": "ImplementationSpecific"})),
    ("path with a regular expression", "Ingress", _paths({"path": "/a(/|$)(.*)", "pathType": "ImplementationSpecific"})),
    ("path of its own kind without a slash", "Ingress", _paths({"path": "a", "pathType": "ImplementationSpecific"})),
    *((f"path {path}", "Ingress", _paths({"path": path})) for path in ("/a//b", "/a/../b", "/./a", "/a/..", "/a/.", "/a%2f", "/a%2Fb")),
    ("no paths", "Ingress", _paths()),
    ("no rules", "Ingress", {"spec.rules": []}),
    ("backend missing", "Ingress", _backend(None)),
    ("backend without a service", "Ingress", _backend({})),
    ("backend without a name", "Ingress", _backend({"service": {"port": {"number": 80}}})),
    ("backend with a bad name", "Ingress", _backend({"service": {"name": "A_b", "port": {"number": 80}}})),
    ("backend without a port", "Ingress", _backend({"service": {"name": "s"}})),
    ("backend with two ports", "Ingress", _backend({"service": {"name": "s", "port": {"number": 80, "name": "a"}}})),
    ("backend with a bad port", "Ingress", _backend({"service": {"name": "s", "port": {"number": 70000}}})),
    ("backend with a bad port name", "Ingress", _backend({"service": {"name": "s", "port": {"name": "A_very_long_port_name"}}})),
    ("backend with a service and a resource", "Ingress", _backend({"service": {"name": "s", "port": {"number": 80}}, "resource": {"kind": "a", "name": "b"}})),
    ("default backend", "Ingress", {"spec.defaultBackend": {"service": {"name": "S", "port": {"number": 0}}}}),
    ("host", "Ingress", {"spec.rules": [{"host": "A_b"}]}),
    ("host with a port", "Ingress", {"spec.rules": [{"host": "a:80"}]}),
    ("host that is an address", "Ingress", {"spec.rules": [{"host": "1.2.3.4"}]}),
    ("host with a star", "Ingress", {"spec.rules": [{"host": "*.a.b"}]}),
    ("host with two stars", "Ingress", {"spec.rules": [{"host": "*.*.b"}]}),
    ("host that is a star", "Ingress", {"spec.rules": [{"host": "*"}]}),
    ("host of a certificate", "Ingress", {"spec.tls": [{"hosts": ["a b", "*"], "secretName": "A"}]}),
    ("class name", "Ingress", {"spec.ingressClassName": "A_b"}),
    ("class twice", "Ingress", {"spec.ingressClassName": "a", "metadata.annotations": {"kubernetes.io/ingress.class": "b"}}),
    ("selector", "NetworkPolicy", {"spec.podSelector": {"matchLabels": {"a": "b c"}}}),
    ("port", "NetworkPolicy", {"spec.ingress": [{"ports": [{"port": 0, "protocol": "HTTP"}, {"port": 1, "endPort": 0}]}]}),
    ("peer", "NetworkPolicy", {"spec.ingress": [{"from": [{}, {"ipBlock": {"cidr": "x"}}, {"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}]}]}),
    ("block", "NetworkPolicy", {"spec.egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16", "10.0.0.0/8"]}}]}]}),
    ("block with bits behind the prefix", "NetworkPolicy", {"spec.egress": [{"to": [
        {"ipBlock": {"cidr": "10.1.2.3/8"}}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.2.3/16", "x"]}}, {"ipBlock": {"cidr": ""}}]}]}),
    ("types", "NetworkPolicy", {"spec.policyTypes": ["In"]}),
    ("min above max", "HorizontalPodAutoscaler", {"spec.minReplicas": 5}),
    ("min 0", "HorizontalPodAutoscaler", {"spec.minReplicas": 0}),
    ("max 0", "HorizontalPodAutoscaler", {"spec.maxReplicas": 0}),
    ("max missing", "HorizontalPodAutoscaler", {"spec.maxReplicas": GONE}),
    ("target missing", "HorizontalPodAutoscaler", {"spec.scaleTargetRef": GONE}),
    ("target bad", "HorizontalPodAutoscaler", {"spec.scaleTargetRef": {"kind": "a/b", "name": "c%d", "apiVersion": "a/b/c"}}),
    ("metric without a type", "HorizontalPodAutoscaler", _metric({})),
    ("metric type", "HorizontalPodAutoscaler", _metric({"type": "Cpu"})),
    ("metric without its source", "HorizontalPodAutoscaler", _metric({"type": "Resource"})),
    ("metric of another source", "HorizontalPodAutoscaler", _metric({"type": "Pods", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}})),
    ("metric without a target", "HorizontalPodAutoscaler", _metric({"type": "Resource", "resource": {"name": "cpu"}})),
    ("metric utilization 0", "HorizontalPodAutoscaler", _metric({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 0}}})),
    ("metric of two values", "HorizontalPodAutoscaler", _metric({"type": "Resource", "resource": {"name": "cpu", "target": {
        "type": "Utilization", "averageUtilization": 50, "averageValue": "1"}}})),
    ("metric target type", "HorizontalPodAutoscaler", _metric({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Percent", "averageUtilization": 50}}})),
    ("metric without a name", "HorizontalPodAutoscaler", _metric({"type": "Resource", "resource": {"target": {"type": "Utilization", "averageUtilization": 50}}})),
    ("behavior", "HorizontalPodAutoscaler", {"spec.behavior": {"scaleDown": {"stabilizationWindowSeconds": -1, "policies": [
        {"type": "Pod", "value": 0, "periodSeconds": 0}, {"type": "Pods", "value": 1, "periodSeconds": 2000}]}, "scaleUp": {"selectPolicy": "Mid", "policies": []}}}),
    ("both", "PodDisruptionBudget", {"spec.maxUnavailable": 1}),
    ("negative", "PodDisruptionBudget", {"spec.minAvailable": -1}),
    ("percentage above 100", "PodDisruptionBudget", {"spec.minAvailable": "101%"}),
    ("text", "PodDisruptionBudget", {"spec.minAvailable": "1"}),
    ("selector", "PodDisruptionBudget", {"spec.selector": {"matchLabels": {"a": "b c"}}}),
    ("selector missing", "PodDisruptionBudget", {"spec.selector": GONE}),
    ("eviction policy", "PodDisruptionBudget", {"spec.unhealthyPodEvictionPolicy": "Never"}),
    ("modes missing", "PersistentVolumeClaim", {"spec.accessModes": GONE}),
    ("mode", "PersistentVolumeClaim", {"spec.accessModes": ["RWO"]}),
    ("modes that exclude each other", "PersistentVolumeClaim", {"spec.accessModes": ["ReadWriteOncePod", "ReadWriteOnce"]}),
    ("size missing", "PersistentVolumeClaim", {"spec.resources": GONE}),
    ("size 0", "PersistentVolumeClaim", {"spec.resources": {"requests": {"storage": "0"}}}),
    ("size negative", "PersistentVolumeClaim", {"spec.resources": {"requests": {"storage": "-1Gi"}}}),
    ("class", "PersistentVolumeClaim", {"spec.storageClassName": "A_b"}),
    ("class empty", "PersistentVolumeClaim", {"spec.storageClassName": ""}),
    ("volume mode", "PersistentVolumeClaim", {"spec.volumeMode": "Disk"}),
    ("selector", "PersistentVolumeClaim", {"spec.selector": {"matchLabels": {"a": "b c"}}}),
    ("data source", "PersistentVolumeClaim", {"spec.dataSource": {"kind": "Pod", "name": ""}}),
    *((f"rule without {field}", kind, {"rules": [{k: v for k, v in OBJECTS[kind][2]["rules"][0].items() if k != field}]})
      for kind in ("Role", "ClusterRole") for field in ("verbs", "apiGroups", "resources")),
    ("rule of URLs", "Role", {"rules": [{"nonResourceURLs": ["/a"], "verbs": ["get"]}]}),
    ("rule of URLs", "ClusterRole", {"rules": [{"nonResourceURLs": ["/a"], "verbs": ["get"]}]}),
    ("rule of URLs and resources", "ClusterRole", {"rules": [{"nonResourceURLs": ["/a"], "verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]}),
    ("rule of anything without a slash", "ClusterRole", {"rules": [{"nonResourceURLs": ["a", "*", "/a*b"], "verbs": ["get"]}]}),
    ("aggregation", "ClusterRole", {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b c"}}]}}),
    ("aggregation of nothing", "ClusterRole", {"aggregationRule": {}}),
    *(("role", kind, {"roleRef": {"apiGroup": "x", "kind": "y", "name": ""}}) for kind in ("RoleBinding", "ClusterRoleBinding")),
    *(("role missing", kind, {"roleRef": GONE}) for kind in ("RoleBinding", "ClusterRoleBinding")),
    *(("role of another kind", kind, {"roleRef": {"apiGroup": _RBAC, "kind": other, "name": "r"}})
      for kind, other in (("RoleBinding", "ClusterRole"), ("ClusterRoleBinding", "Role"))),
    *(("subjects", kind, {"subjects": [{"kind": "ServiceAccount", "name": "A_b"}, {"kind": "ServiceAccount", "name": "a"}, {"kind": "User", "name": ""},
                                      {"kind": "Group", "name": "g", "apiGroup": "x"}, {"kind": "Robot", "name": "r"},
                                      {"kind": "ServiceAccount", "name": "a", "namespace": "b", "apiGroup": "c"}]}) for kind in ("RoleBinding", "ClusterRoleBinding")),
    ("value too high", "PriorityClass", {"value": 2000000000}),
    ("preemption", "PriorityClass", {"preemptionPolicy": "Sometimes"}),
]  # fmt: skip
CASES = {
    f"{name}, {kind}" if not name.endswith(f", {kind}") else name: (kind, change) for name, kind, change in CHANGES
}


_MERGE, _APPLY = "application/merge-patch+json", "application/apply-patch+yaml"
_BAD = {"containers": [{"name": "A_b", "image": "i", "ports": [{"containerPort": 0}]}]}
# A name, the kind of an object that is there, and how it is changed: method, type of the body, fields.
CHANGED: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "merge patch of a Deployment": ("Deployment", "PATCH", _MERGE, {"spec": {"replicas": -1, "template": {"spec": _BAD}}}),
    **{f"merge patch of labels of a {kind}": (kind, "PATCH", _MERGE, {"metadata": {"labels": {"a": "b c"}}})
       for kind in OBJECTS if kind != "Namespace"},
    "merge patch of annotations": ("ConfigMap", "PATCH", _MERGE, {"metadata": {"annotations": {"a b": "c"}}}),
    "merge patch of a name": ("CronJob", "PATCH", _MERGE, {"spec": {"schedule": "x"}}),
    "strategic patch with an order": ("Deployment", "PATCH", "application/strategic-merge-patch+json", {"spec": {"template": {"spec": {
        **_BAD, "$setElementOrder/containers": [{"name": "c"}, {"name": "A_b"}]}}}}),
    "JSON patch of a Service": ("Service", "PATCH", "application/json-patch+json", [{"op": "add", "path": "/spec/ports/-", "value": {"port": 80}}]),
    "strategic patch of a Deployment": ("Deployment", "PATCH", "application/strategic-merge-patch+json", {"spec": {"template": {"spec": _BAD}}}),
    "update of an Ingress": ("Ingress", "PUT", "application/json", _paths({"path": "a"})),
    "update of a StatefulSet": ("StatefulSet", "PUT", "application/json", {"spec.replicas": -1}),
    "update of a CronJob": ("CronJob", "PUT", "application/json", {"spec.schedule": "x"}),
    "merge patch of a budget": ("PodDisruptionBudget", "PATCH", _MERGE, {"spec": {"maxUnavailable": 1}}),
    "update of an autoscaler": ("HorizontalPodAutoscaler", "PUT", "application/json", {"spec.minReplicas": 4}),
    "apply of a Deployment": ("Deployment", "PATCH", _APPLY, {"spec.replicas": -1, "spec.template.spec": _BAD}),
    "apply of a Service": ("Service", "PATCH", _APPLY, {"spec.ports": [{"port": 81, "name": "A"}]}),
    "apply of Service ports around one": ("Service", "PATCH", _APPLY, {"spec.ports": [
        {"port": 81, "name": "A"}, {"port": 80, "name": "B"}, {"port": 82, "name": "C"}]}),
    "apply of a container in front of one": ("Deployment", "PATCH", _APPLY, {"spec.template.spec": {"containers": [{"name": "D"}, _CONTAINER]}}),
    "apply of a container without the other": ("Deployment", "PATCH", _APPLY, {"spec.template.spec": {"containers": [{"name": "D"}]}}),
    "apply of a Secret": ("Secret", "PATCH", _APPLY, {"data": {"a b": "YQ=="}}),
}  # fmt: skip


def changed(value: Any, path: str, new: Any) -> Any:
    """Return a value with a field of it changed."""
    name, _, rest = path.partition(".")
    left = {**value}
    if rest:
        left[name] = changed(left.get(name, {}), rest, new)
    elif new is GONE:
        left.pop(name, None)
    else:
        left[name] = new
    return left


def made(kind: str, change: dict[str, Any]) -> dict[str, Any]:
    """Return the object of a case."""
    _, version, fields = OBJECTS[kind]
    value = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, **fields}
    for path, new in change.items():
        # of metadata and fields whose keys have dots only the first names are a path
        value = changed(value, path, new)
    return copy.deepcopy(value)


def collection(kind: str, namespace: str) -> str:
    """Return the path of the URL for a new object."""
    plural, version, _ = OBJECTS[kind]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    return f"{root}/{plural}" if kind in _CLUSTER_WIDE else f"{root}/namespaces/{namespace}/{plural}"


class Server:
    """Sends requests to a server and shortens the answers."""

    def __init__(self, url: str, token: str, namespace: str = "default") -> None:
        self._url = url
        self._token = token
        self._namespace = namespace
        self._context = ssl._create_unverified_context()

    def send(self, method: str, path: str, body: Any, content: str = "application/json") -> tuple[int, Any]:
        request = urllib.request.Request(
            self._url + path,
            method=method,
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": content},
        )
        try:
            with urllib.request.urlopen(request, context=self._context, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def answer(self, name: str) -> dict[str, Any]:
        """Return the answer to the creation of a case's object."""
        kind, change = CASES[name]
        return shortened(*self.send("POST", collection(kind, self._namespace) + "?dryRun=All", made(kind, change)))

    def change(self, name: str) -> dict[str, Any]:
        """Return the answer to a change of an object."""
        kind, method, content, change = CHANGED[name]
        folder = collection(kind, self._namespace)
        code, _ = self.send("POST", folder, made(kind, {}))
        assert code == 201, name
        body = change if content not in (_APPLY, "application/json") else made(kind, change)
        options = "?dryRun=All&fieldManager=other&force=true" if content == _APPLY else "?dryRun=All"
        try:
            answer = shortened(*self.send(method, f"{folder}/x{options}", body, content))
        finally:
            self.send("DELETE", f"{folder}/x", {"propagationPolicy": "Background"})
        # a real server looks at the metadata of a changed object up to four times
        once = {tuple(cause): cause for cause in answer.get("causes", ())}
        return {**answer, **({"causes": list(once.values())} if once else {})}

    def answers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the answers to all cases."""
        for name in CASES:
            yield name, self.answer(name)
        for name in CHANGED:
            yield name, self.change(name)


def shortened(code: int, body: Any) -> dict[str, Any]:
    """Return what a refusal says; of another answer only its code."""
    if code < 300:
        return {"code": code}
    details = body.get("details", {})
    causes = [
        [cause.get("reason", ""), cause.get("field", ""), cause.get("message", "")]
        for cause in details.get("causes", ())
    ]
    answer = {"code": code, "reason": body.get("reason", ""), "message": body["message"], "causes": causes}
    if causes:
        lines = list(dict.fromkeys(f"{field}: {message}" for _, field, message in causes))
        group = details.get("group")
        what = f'{details["kind"]}{"." if group else ""}{group or ""} "{details.get("name", "")}" is invalid: '
        if body["message"] == what + (lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"):
            answer["message"] = f"{what}…"  # what the causes say
    return answer


def recorded() -> dict[str, dict[str, Any]]:
    """Return what a real server said to each case."""
    found: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text("utf-8"))
    return found


if __name__ == "__main__":
    real = Server(os.environ["STEER_TEST_SERVER"], os.environ["STEER_TEST_TOKEN"])
    RECORDED.write_text(
        "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in real.answers()) + "\n}\n", "utf-8"
    )
