"""A Pod is ready when it runs and says so, or when it is done.

``hook_status`` is for hooks, where only the end counts.
"""

from __future__ import annotations

import time

from steersman.kube.objects import nested
from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, UNKNOWN, Status, conditions, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEDULE_WINDOW = 15.0  # seconds a pod may be unschedulable before that counts as a failure


def status(content: dict[str, Any]) -> Status:
    """Return the Pod's status."""
    phase = text(content, "status", "phase")
    if phase == "Succeeded":
        return Status(CURRENT, "Pod has completed successfully")
    if phase == "Failed":
        return Status(CURRENT, "Pod has completed, but not successfully")
    if phase == "Running":
        return _running(content)
    if phase == "Pending":
        return _pending(content)
    if not phase:
        return Status(IN_PROGRESS, "Pod phase not available")
    return Status(UNKNOWN, f"unknown phase {phase}")


def hook_status(content: dict[str, Any]) -> Status:
    """Return the status of a Pod that is a hook."""
    name = text(content, "metadata", "name")
    phase = text(content, "status", "phase")
    if phase == "Succeeded":
        return Status(CURRENT, f"pod {name} succeeded")
    if phase == "Failed":
        return Status(FAILED, f"pod {name} failed")
    return Status(IN_PROGRESS, "Pod in progress")


def _running(content: dict[str, Any]) -> Status:
    if any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions(content)):
        return Status(CURRENT, "Pod is Ready")
    looping = [
        container.get("name") or ""
        for container in nested(content, "status", "containerStatuses") or ()
        if nested(container, "state", "waiting", "reason") == "CrashLoopBackOff"
    ]
    if looping:
        return Status(FAILED, f"Containers in CrashLoop state: {','.join(looping)}")
    return Status(IN_PROGRESS, "Pod is running but is not Ready")


def _pending(content: dict[str, Any]) -> Status:
    for condition in conditions(content):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            if condition.get("reason") != "Unschedulable":
                break
            if _age(content) < SCHEDULE_WINDOW:
                return Status(IN_PROGRESS, "Pod has not been scheduled")
            return Status(FAILED, "Pod could not be scheduled")
    return Status(IN_PROGRESS, "Pod is in the Pending phase")


def _age(content: dict[str, Any]) -> float:
    from steersman.release.timestamps import parse

    try:
        created = parse(text(content, "metadata", "creationTimestamp"))
    except ValueError:
        created = None
    return time.time() - created.seconds if created else SCHEDULE_WINDOW
