"""A PodDisruptionBudget is ready once its generation is observed."""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(_content: dict[str, Any]) -> Status:
    """Return that it is ready."""
    return Status(CURRENT, "AllowedDisruptions has been computed.")
