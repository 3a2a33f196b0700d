"""The table of kinds, and what all of them have."""

from __future__ import annotations

from steersman.kube.validation import access, autoscaling, configuration, jobs, networking, services, workloads
from steersman.kube.validation.metadata import metadata_mistakes
from steersman.kube.validation.mistake import Place, forbidden, struct
from steersman.kube.validation.pods import preemption_mistakes
from steersman.kube.validation.volumes import claim_mistakes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.kube.validation.mistake import Fields, Mistake

_RBAC = "rbac.authorization.k8s.io"
_MOST_PRIORITY = 1_000_000_000


def mistakes(value: Fields) -> list[Mistake]:
    """Return the mistakes in an object whose fields have the right types, in the order of a server."""
    if value.get("kind") == "Service" and value.get("apiVersion") == "v1":
        first = list(services.addresses_first(value))
        return first or _all(value) or list(services.ports_last(value))
    return _all(value)


def _all(value: Fields) -> list[Mistake]:
    group, _, version = str(value.get("apiVersion", "")).rpartition("/")
    kind = str(value.get("kind", ""))
    found = list(metadata_mistakes(group, kind, value))
    check = _KINDS.get((group, kind)) if version == "v1" else None
    if (group, version, kind) == ("autoscaling", "v2", "HorizontalPodAutoscaler"):
        check = autoscaling.autoscaler
    if check is not None:
        found += check(value)
    return found


def _claim(value: Fields) -> Iterator[Mistake]:
    yield from claim_mistakes(struct(value, "spec") or {}, Place().field("spec"))


def _priority_class(value: Fields) -> Iterator[Mistake]:
    priority: Any = value.get("value")
    name = (struct(value, "metadata") or {}).get("name") or ""
    if isinstance(priority, int) and priority > _MOST_PRIORITY and not str(name).startswith("system-"):
        problem = f"maximum allowed value of a user defined priority is {_MOST_PRIORITY}"
        yield forbidden(Place().field("value"), problem)
    yield from preemption_mistakes(value, Place())


_KINDS: dict[tuple[str, str], Callable[[Fields], Iterator[Mistake]]] = {
    ("", "Pod"): workloads.pod,
    ("", "ReplicationController"): workloads.replication_controller,
    ("", "Service"): services.service,
    ("", "ConfigMap"): configuration.config_map,
    ("", "Secret"): configuration.secret,
    ("", "PersistentVolumeClaim"): _claim,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("batch", "Job"): jobs.job,
    ("batch", "CronJob"): jobs.cron_job,
    ("networking.k8s.io", "Ingress"): networking.ingress,
    ("networking.k8s.io", "NetworkPolicy"): networking.network_policy,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaling.autoscaler_v1,
    ("policy", "PodDisruptionBudget"): autoscaling.budget,
    (_RBAC, "Role"): access.role,
    (_RBAC, "ClusterRole"): access.cluster_role,
    (_RBAC, "RoleBinding"): access.role_binding,
    (_RBAC, "ClusterRoleBinding"): access.cluster_role_binding,
    ("scheduling.k8s.io", "PriorityClass"): _priority_class,
}
