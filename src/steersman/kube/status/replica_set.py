"""A ReplicaSet is ready when as many pods as asked for are labelled, available and ready."""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, IN_PROGRESS, Status, conditions, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(content: dict[str, Any]) -> Status:
    """Return the ReplicaSet's status."""
    if any(c.get("type") == "ReplicaFailure" and c.get("status") == "True" for c in conditions(content)):
        return Status(IN_PROGRESS, "Replica Failure condition. Check Pods")
    wanted = number(content, "spec", "replicas", default=1)
    there = number(content, "status", "replicas")
    for word, field in (
        ("Labelled", "fullyLabeledReplicas"),
        ("Available", "availableReplicas"),
        ("Ready", "readyReplicas"),
    ):
        reached = number(content, "status", field)
        if wanted > reached:
            return Status(IN_PROGRESS, f"{word}: {reached}/{wanted}")
    if there > wanted:
        return Status(IN_PROGRESS, f"Pending termination: {there - wanted}")
    return Status(CURRENT, f"ReplicaSet is available. Replicas: {there}")
