"""A Deployment is ready when its new replicas are available and the old ones gone."""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, Status, conditions, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NO_DEADLINE = (1 << 31) - 1  # k8s: this deadline means that progress is not watched


def status(content: dict[str, Any]) -> Status:
    """Return the Deployment's status."""
    is_progressing = number(content, "spec", "progressDeadlineSeconds", default=_NO_DEADLINE) == _NO_DEADLINE
    is_available = False
    for condition in conditions(content):
        if condition.get("type") == "Progressing":
            if condition.get("reason") == "ProgressDeadlineExceeded":
                return Status(FAILED, "Progress deadline exceeded")
            if condition.get("status") == "True" and condition.get("reason") == "NewReplicaSetAvailable":
                is_progressing = True
        elif condition.get("type") == "Available" and condition.get("status") == "True":
            is_available = True
    replicas = _replicas(content)
    if replicas is not None:
        return replicas
    if not is_progressing:
        return Status(IN_PROGRESS, "ReplicaSet not Available")
    if not is_available:
        return Status(IN_PROGRESS, "Deployment not Available")
    return Status(CURRENT, f"Deployment is available. Replicas: {number(content, 'status', 'replicas')}")


def _replicas(content: dict[str, Any]) -> Status | None:
    wanted = number(content, "spec", "replicas", default=1)
    there = number(content, "status", "replicas")
    updated = number(content, "status", "updatedReplicas")
    ready = number(content, "status", "readyReplicas")
    available = number(content, "status", "availableReplicas")
    if wanted > there:
        return Status(IN_PROGRESS, f"Replicas: {there}/{wanted}")
    if wanted > updated:
        return Status(IN_PROGRESS, f"Updated: {updated}/{wanted}")
    if there > wanted:
        return Status(IN_PROGRESS, f"Pending termination: {there - wanted}")
    if updated > available:
        return Status(IN_PROGRESS, f"Available: {available}/{updated}")
    if wanted > ready:
        return Status(IN_PROGRESS, f"Ready: {ready}/{wanted}")
    return None
