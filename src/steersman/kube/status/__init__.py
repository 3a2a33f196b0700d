"""Is an object ready, and why not: one small file per kind.

``compute`` looks at the general signs first (deletion, generation, the ``Reconciling`` and
``Stalled`` conditions), then at the kind's own rules, then at a ``Ready`` condition. The
rules are those of ``sigs.k8s.io/cli-utils``' kstatus.
"""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, TERMINATING, Status, conditions, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# (group, kind) -> module in this package
_RULES = {
    ("", "Service"): "service",
    ("", "Pod"): "pod",
    ("", "Secret"): "always",
    ("", "ConfigMap"): "always",
    ("", "PersistentVolumeClaim"): "persistent_volume_claim",
    ("apps", "StatefulSet"): "stateful_set",
    ("apps", "DaemonSet"): "daemon_set",
    ("extensions", "DaemonSet"): "daemon_set",
    ("apps", "Deployment"): "deployment",
    ("extensions", "Deployment"): "deployment",
    ("apps", "ReplicaSet"): "replica_set",
    ("extensions", "ReplicaSet"): "replica_set",
    ("policy", "PodDisruptionBudget"): "pod_disruption_budget",
    ("batch", "CronJob"): "always",
    ("batch", "Job"): "job",
    ("apiextensions.k8s.io", "CustomResourceDefinition"): "custom_resource_definition",
}


def compute(content: dict[str, Any]) -> Status:
    """Return the status of a live object."""
    general = _general(content)
    if general is not None:
        return general
    rule = _rule_for(content)
    if rule is not None:
        return rule(content)
    return _ready_condition(content) or Status(CURRENT, "Resource is current")


def _rule_for(content: dict[str, Any]) -> Callable[[dict[str, Any]], Status] | None:
    group, _slash, _version = str(content.get("apiVersion") or "").rpartition("/")
    module = _RULES.get((group, str(content.get("kind") or "")))
    if module is None:
        return None
    from importlib import import_module

    found: Callable[[dict[str, Any]], Status] = import_module(f"steersman.kube.status.{module}").status
    return found


def _general(content: dict[str, Any]) -> Status | None:
    metadata = content.get("metadata") or {}
    if metadata.get("deletionTimestamp"):
        return Status(TERMINATING, "Resource scheduled for deletion")
    generation = metadata.get("generation")
    observed = number(content, "status", "observedGeneration", default=None)
    if generation is not None and observed is not None and observed != generation:
        kind = content.get("kind")
        return Status(IN_PROGRESS, f"{kind} generation is {generation}, but latest observed generation is {observed}")
    for condition in conditions(content):
        if condition.get("type") == "Reconciling" and condition.get("status") == "True":
            return Status(IN_PROGRESS, condition.get("message") or "")
        if condition.get("type") == "Stalled" and condition.get("status") == "True":
            return Status(FAILED, condition.get("message") or "")
    return None


def _ready_condition(content: dict[str, Any]) -> Status | None:
    for condition in conditions(content):
        if condition.get("type") == "Ready":
            if condition.get("status") == "True":
                return Status(CURRENT, "Resource is Ready")
            if condition.get("status") in ("False", "Unknown"):
                return Status(IN_PROGRESS, condition.get("message") or "")
    return None
