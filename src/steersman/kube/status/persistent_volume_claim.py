"""A PersistentVolumeClaim is ready when it is bound."""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, IN_PROGRESS, Status, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(content: dict[str, Any]) -> Status:
    """Return the claim's status."""
    phase = text(content, "status", "phase", default="unknown")
    if phase != "Bound":
        return Status(IN_PROGRESS, f"PVC is not Bound. phase: {phase}")
    return Status(CURRENT, "PVC is Bound")
