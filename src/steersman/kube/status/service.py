"""A Service is ready; one of type LoadBalancer once it has a cluster IP."""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, IN_PROGRESS, Status, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(content: dict[str, Any]) -> Status:
    """Return the Service's status."""
    if text(content, "spec", "type") == "LoadBalancer" and not text(content, "spec", "clusterIP"):
        return Status(IN_PROGRESS, "ClusterIP not set. Service type: LoadBalancer")
    return Status(CURRENT, "Service is ready")
