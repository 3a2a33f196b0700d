"""Fields that may not change once an object is there, with the messages of a real API server.

Answers to the ``ValidateUpdate`` functions of ``k8s.io/kubernetes/pkg/apis``. A test compares each with the real
control plane. Where the real message shows Kubernetes' internal form of a value, this one shows the value itself.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Object = dict[str, Any]
    Problem = tuple[str, str]

_STATEFUL_SET = (
    "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
    "forbidden"
)
_CLAIM = (
    "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName "
    "for bound claims"
)
_POD = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_WHEN_SET = "Forbidden: field is immutable when `immutable` is set"


def changed_problems(kind: str, live: Object, value: Object) -> list[Problem]:
    """Return which immutable fields differ between the live object and the new one: pairs of field and message."""
    check = _CHECKS.get(kind)
    return check(live, value) if check is not None else []


def _at(value: Object, path: str) -> Any:
    found: Any = value
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _fields(*paths: str) -> Callable[[Object, Object], list[Problem]]:
    def check(live: Object, value: Object) -> list[Problem]:
        return [
            (path, f"Invalid value: {_shown(_at(value, path))}: field is immutable")
            for path in paths
            if _at(value, path) != _at(live, path)
        ]

    return check


def _shown(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _all_but(mutable: frozenset[str], message: str) -> Callable[[Object, Object], list[Problem]]:
    """Return a check of a spec of which only the ``mutable`` fields may change."""

    def check(live: Object, value: Object) -> list[Problem]:
        before, after = ({k: v for k, v in (o.get("spec") or {}).items() if k not in mutable} for o in (live, value))
        return [("spec", message)] if before != after else []

    return check


def _data(live: Object, value: Object) -> list[Problem]:
    problems: list[Problem] = []
    if live.get("immutable"):
        if not value.get("immutable"):
            problems.append(("immutable", _WHEN_SET))
        for field in ("data", "binaryData"):
            if (value.get(field) or {}) != (live.get(field) or {}):
                problems.append((field, _WHEN_SET))
    return problems


def _secret(live: Object, value: Object) -> list[Problem]:
    return [*_fields("type")(live, value), *_data(live, value)]


def _service(live: Object, value: Object) -> list[Problem]:
    before, after = live.get("spec") or {}, value.get("spec") or {}
    was, now = before.get("clusterIP"), after.get("clusterIP")
    if not was or "ExternalName" in (before.get("type"), after.get("type")) or was == now:
        return []
    return [("spec.clusterIPs[0]", f"Invalid value: {_shown([now])}: may not change once set")]


def _role_binding(live: Object, value: Object) -> list[Problem]:
    if live.get("roleRef") == value.get("roleRef"):
        return []
    given = value.get("roleRef") or {}
    shown = {"APIGroup": given.get("apiGroup", ""), "Kind": given.get("kind", ""), "Name": given.get("name", "")}
    return [("roleRef", f"Invalid value: {_shown(shown)}: cannot change roleRef")]


def _pod(live: Object, value: Object) -> list[Problem]:
    def fixed(spec: Object) -> Object:
        kept = {k: v for k, v in spec.items() if k not in ("activeDeadlineSeconds", "tolerations")}
        for field in ("containers", "initContainers"):
            if field in kept:
                kept[field] = [{k: v for k, v in item.items() if k != "image"} for item in kept[field]]
        return kept

    same = fixed(live.get("spec") or {}) == fixed(value.get("spec") or {})
    return [] if same else [("spec", _POD)]


def _priority_class(live: Object, value: Object) -> list[Problem]:
    same = live.get("value") == value.get("value")
    return [] if same else [("value", "Forbidden: may not be changed in an update.")]


_SELECTOR = _fields("spec.selector")
_CHECKS: dict[str, Callable[[Object, Object], list[Problem]]] = {
    "Deployment": _SELECTOR,
    "ReplicaSet": _SELECTOR,
    "DaemonSet": _SELECTOR,
    "StatefulSet": _all_but(
        frozenset(
            (
                "replicas",
                "ordinals",
                "template",
                "updateStrategy",
                "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy",
                "minReadySeconds",
            )
        ),
        _STATEFUL_SET,
    ),
    "Job": _fields("spec.completions", "spec.selector", "spec.template", "spec.completionMode"),
    "ConfigMap": _data,
    "Secret": _secret,
    "Service": _service,
    "RoleBinding": _role_binding,
    "ClusterRoleBinding": _role_binding,
    "PersistentVolumeClaim": _all_but(frozenset(("resources", "volumeAttributesClassName", "volumeName")), _CLAIM),
    "Pod": _pod,
    "StorageClass": _fields("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
    "PriorityClass": _priority_class,
    "IngressClass": _fields("spec.controller"),
    "CustomResourceDefinition": _fields("spec.scope"),
}
