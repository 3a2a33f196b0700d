"""A StatefulSet is ready when all replicas are there, ready and of one revision."""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, IN_PROGRESS, Status, number, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(content: dict[str, Any]) -> Status:
    """Return the StatefulSet's status."""
    if text(content, "spec", "updateStrategy", "type") == "OnDelete":
        return Status(CURRENT, "StatefulSet is using the ondelete update strategy")
    wanted = number(content, "spec", "replicas", default=1)
    ready = number(content, "status", "readyReplicas")
    there = number(content, "status", "replicas")
    updated = number(content, "status", "updatedReplicas")
    current = number(content, "status", "currentReplicas")
    partition = number(content, "spec", "updateStrategy", "rollingUpdate", "partition", default=-1)
    if wanted > there:
        return Status(IN_PROGRESS, f"Replicas: {there}/{wanted}")
    if wanted > ready:
        return Status(IN_PROGRESS, f"Ready: {ready}/{wanted}")
    if there > wanted:
        return Status(IN_PROGRESS, f"Pending termination: {there - wanted}")
    if partition != -1:
        if updated < wanted - partition:
            return Status(IN_PROGRESS, f"updated: {updated}/{wanted - partition}")
        return Status(CURRENT, f"Partition rollout complete. updated: {updated}")
    if wanted > current:
        return Status(IN_PROGRESS, f"current: {current}/{wanted}")
    if text(content, "status", "currentRevision") != text(content, "status", "updateRevision"):
        return Status(IN_PROGRESS, "Waiting for updated revision to match current")
    return Status(CURRENT, f"All replicas scheduled as expected. Replicas: {there}")
