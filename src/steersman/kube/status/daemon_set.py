"""A DaemonSet is ready when every node that should has an updated, available pod."""

from __future__ import annotations

from steersman.kube.objects import nested
from steersman.kube.status.result import CURRENT, IN_PROGRESS, Status, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(content: dict[str, Any]) -> Status:
    """Return the DaemonSet's status."""
    kind = content.get("kind")
    for path in (("metadata", "generation"), ("status", "observedGeneration")):
        if nested(content, *path) is None:
            return Status(IN_PROGRESS, f"{kind} {'.'.join(path)} not found")
    desired = number(content, "status", "desiredNumberScheduled", default=-1)
    if desired == -1:
        return Status(IN_PROGRESS, "Missing .status.desiredNumberScheduled")
    for word, field in (
        ("Current", "currentNumberScheduled"),
        ("Updated", "updatedNumberScheduled"),
        ("Available", "numberAvailable"),
        ("Ready", "numberReady"),
    ):
        reached = number(content, "status", field)
        if desired > reached:
            return Status(IN_PROGRESS, f"{word}: {reached}/{desired}")
    return Status(CURRENT, f"All replicas scheduled as expected. Replicas: {desired}")
