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
_SOURCE = "Forbidden: spec.persistentvolumesource is immutable after creation"
_NOT_A_SOURCE = frozenset(
    (
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    )
)
_TOLERATIONS = "Forbidden: existing toleration can not be modified except its tolerationSeconds"
_SCHEDULING = frozenset(("affinity", "nodeSelector", "schedulingGates", "tolerations"))
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


def _renamed(**paths: str) -> Callable[[Object, Object], list[Problem]]:
    """Return a check of fields that a server's messages name otherwise: their places by the names in messages."""
    return lambda live, value: [
        (name.replace("__", "."), f"Invalid value: {_shown(_at(value, path))}: field is immutable")
        for name, path in paths.items()
        if _at(value, path) != _at(live, path)
    ]


def _fields(*paths: str) -> Callable[[Object, Object], list[Problem]]:
    def check(live: Object, value: Object) -> list[Problem]:
        return [
            (path, f"Invalid value: {_shown(_at(value, path))}: field is immutable")
            for path in paths
            if _at(value, path) != _at(live, path)
        ]

    return check


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "matchExpressions" in value and "matchLabels" in value:
        # k8s: a selector is shown in the order of its fields, not of their names
        inner = (f'"{field}":{_shown(value[field])}' for field in ("matchLabels", "matchExpressions"))
        return f"{{{','.join(inner)}}}"
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
    problems: list[Problem] = []
    if was and "ExternalName" not in (before.get("type"), after.get("type")) and was != now:
        problems.append(("spec.clusterIPs[0]", f"Invalid value: {_shown([now])}: may not change once set"))
    if before.get("type") == after.get("type") == "LoadBalancer":
        name = after.get("loadBalancerClass")
        if name != before.get("loadBalancerClass"):
            problems.append(("spec.loadBalancerClass", f"Invalid value: {_shown(name)}: may not change once set"))
    return problems


def _job(live: Object, value: Object) -> list[Problem]:
    before, after = live.get("spec") or {}, value.get("spec") or {}
    problems = _completions(before, after)
    problems += _fields("spec.selector")(live, value)
    if _without_scheduling(before) != _without_scheduling(after):
        problems += _fields("spec.template")(live, value)
    return problems + _fields("spec.completionMode", "spec.podFailurePolicy", "spec.managedBy")(live, value)


def _completions(before: Object, after: Object) -> list[Problem]:
    count = after.get("completions")
    if count == before.get("completions"):
        return []
    if after.get("completionMode") != "Indexed" or count is None or before.get("completions") is None:
        return [("spec.completions", f"Invalid value: {_shown(count)}: field is immutable")]
    if count == after.get("parallelism") and before.get("completions") == before.get("parallelism"):
        return []
    return [
        ("spec.completions", f"Invalid value: {_shown(count)}: can only be modified in tandem with spec.parallelism")
    ]


def _without_scheduling(job: Object) -> Any:
    """Return the template of a Job without what may change while it is suspended and has not started."""
    template = job.get("template") or {}
    if not job.get("suspend"):
        return template
    spec = {k: v for k, v in (template.get("spec") or {}).items() if k not in _SCHEDULING}
    for field in ("containers", "initContainers"):
        if field in spec:
            spec[field] = [{k: v for k, v in one.items() if k != "resources"} for one in spec[field]]
    metadata = {k: v for k, v in (template.get("metadata") or {}).items() if k not in ("labels", "annotations")}
    return {**template, "metadata": metadata, "spec": spec}


def _claim(live: Object, value: Object) -> list[Problem]:
    mutable = {"volumeName"} if not _at(live, "spec.volumeName") else set()
    if _at(live, "status.phase") == "Bound":
        mutable |= {"resources", "volumeAttributesClassName"}
    return _all_but(frozenset(mutable), _CLAIM)(live, value)


def _volume(live: Object, value: Object) -> list[Problem]:
    before, after = ({k: v for k, v in (o.get("spec") or {}).items() if k not in _NOT_A_SOURCE} for o in (live, value))
    problems: list[Problem] = []
    if before != after:
        problems.append(("spec.persistentvolumesource", _SOURCE))
    return problems + _renamed(volumeMode="spec.volumeMode")(live, value)


def _role_binding(live: Object, value: Object) -> list[Problem]:
    if live.get("roleRef") == value.get("roleRef"):
        return []
    given = value.get("roleRef") or {}
    shown = {"APIGroup": given.get("apiGroup", ""), "Kind": given.get("kind", ""), "Name": given.get("name", "")}
    return [("roleRef", f"Invalid value: {_shown(shown)}: cannot change roleRef")]


def _pod(live: Object, value: Object) -> list[Problem]:
    before, after = live.get("spec") or {}, value.get("spec") or {}
    if len(before.get("containers") or ()) != len(after.get("containers") or ()):
        return [("spec.containers", "Forbidden: pod updates may not add or remove containers")]

    def fixed(spec: Object) -> Object:
        kept = {k: v for k, v in spec.items() if k not in ("activeDeadlineSeconds", "tolerations")}
        for field in ("containers", "initContainers"):
            if field in kept:
                kept[field] = [{k: v for k, v in item.items() if k != "image"} for item in kept[field]]
        return kept

    problems: list[Problem] = []
    there = [_toleration(one) for one in after.get("tolerations") or ()]
    if any(_toleration(one) not in there for one in before.get("tolerations") or ()):
        problems.append(("spec.tolerations", _TOLERATIONS))
    if fixed(before) != fixed(after):
        problems.append(("spec", _POD))
    return problems


def _toleration(value: Object) -> Object:
    return {k: v for k, v in value.items() if k != "tolerationSeconds"}


def _priority_class(live: Object, value: Object) -> list[Problem]:
    same = live.get("value") == value.get("value")
    problems = [] if same else [("value", "Forbidden: may not be changed in an update.")]
    return problems + _fields("preemptionPolicy")(live, value)


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
    "Job": _job,
    "ConfigMap": _data,
    "Secret": _secret,
    "Service": _service,
    "RoleBinding": _role_binding,
    "ClusterRoleBinding": _role_binding,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "EndpointSlice": _fields("addressType"),
    "ResourceQuota": _fields("spec.scopes"),
    "ControllerRevision": _fields("data"),
    "RuntimeClass": _fields("handler"),
    "CSIDriver": _renamed(spec__attachedRequired="spec.attachRequired"),
    "Pod": _pod,
    "StorageClass": _fields("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
    "PriorityClass": _priority_class,
    "IngressClass": _fields("spec.controller"),
    "CustomResourceDefinition": _fields("spec.group", "spec.scope", "spec.names.kind"),
}
