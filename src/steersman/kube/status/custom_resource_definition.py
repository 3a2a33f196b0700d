"""A CustomResourceDefinition is ready when the server has established it."""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, Status, conditions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(content: dict[str, Any]) -> Status:
    """Return the definition's status."""
    for condition in conditions(content):
        kind, value = condition.get("type"), condition.get("status")
        if kind == "NamesAccepted" and value == "False":
            return Status(FAILED, condition.get("message") or "")
        if kind == "Established":
            if value == "False" and condition.get("reason") != "Installing":
                return Status(FAILED, condition.get("message") or "")
            if value == "True":
                return Status(CURRENT, "CRD is established")
    return Status(IN_PROGRESS, "Install in progress")
