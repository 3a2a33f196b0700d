"""A Job is ready once it has started; ``completion_status`` waits for its end.

The second is what Helm uses for hooks and with ``--wait-for-jobs``.
"""

from __future__ import annotations

from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, Status, conditions, number, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def status(content: dict[str, Any]) -> Status:
    """Return the Job's status."""
    ended = _ended(content)
    if ended is not None:
        return ended
    if not text(content, "status", "startTime"):
        return Status(IN_PROGRESS, "Job not started")
    succeeded, active, failed = (number(content, "status", field) for field in ("succeeded", "active", "failed"))
    return Status(CURRENT, f"Job in progress. success:{succeeded}, active: {active}, failed: {failed}")


def completion_status(content: dict[str, Any]) -> Status:
    """Return whether the Job has ended, and how."""
    return _ended(content) or Status(IN_PROGRESS, "Job in progress")


def _ended(content: dict[str, Any]) -> Status | None:
    wanted = number(content, "spec", "completions", default=number(content, "spec", "parallelism", default=1))
    for condition in conditions(content):
        if condition.get("status") != "True":
            continue
        if condition.get("type") == "Complete":
            return Status(CURRENT, f"Job Completed. succeeded: {number(content, 'status', 'succeeded')}/{wanted}")
        if condition.get("type") == "Failed":
            return Status(FAILED, f"Job Failed. failed: {number(content, 'status', 'failed')}/{wanted}")
    return None
