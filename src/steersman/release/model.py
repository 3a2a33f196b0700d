"""The release as data: a chart installed under a name, one revision of it.

Answers to Helm's ``pkg/release/v1``. A release is never changed: a new state is a new
``Release`` made with ``record.replace``. The chart inside stays in the form its record has
(``codec`` makes a ``Chart`` of it where one is needed), because most commands never open it.
"""

from __future__ import annotations

from steersman.record import Record, factory, replace
from steersman.release.hook import Hook
from steersman.release.timestamps import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

DEPLOYED = "deployed"
UNINSTALLED = "uninstalled"
SUPERSEDED = "superseded"
FAILED = "failed"
UNINSTALLING = "uninstalling"
PENDING_INSTALL = "pending-install"
PENDING_UPGRADE = "pending-upgrade"
PENDING_ROLLBACK = "pending-rollback"
UNKNOWN = "unknown"

PENDING = (PENDING_INSTALL, PENDING_UPGRADE, PENDING_ROLLBACK)
STATUSES = frozenset((DEPLOYED, UNINSTALLED, SUPERSEDED, FAILED, UNINSTALLING, *PENDING, UNKNOWN))

CLIENT_SIDE_APPLY = "csa"
SERVER_SIDE_APPLY = "ssa"

# helm: labels that belong to the storage and that users may not set
SYSTEM_LABELS = ("name", "owner", "status", "version", "createdAt", "modifiedAt")


class Info(Record):
    """When, in which status and why."""

    first_deployed: Timestamp | None = None
    last_deployed: Timestamp | None = None
    deleted: Timestamp | None = None
    description: str = ""
    status: str = ""
    rollback_revision: int = 0
    notes: str = ""
    resources: dict[str, list[Any]] | None = None


class Release(Record):
    """One revision of a release.

    ``revision`` is called ``version`` in the record. ``labels`` are not part of the stored
    JSON; they live on the object around it.
    """

    name: str = ""
    info: Info = Info()
    chart: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    manifest: str = ""
    hooks: tuple[Hook, ...] = ()
    revision: int = 0
    namespace: str = ""
    labels: dict[str, str] = factory(default_factory=dict)
    apply_method: str = ""

    @property
    def status(self) -> str:
        return self.info.status

    @property
    def is_pending(self) -> bool:
        return self.info.status in PENDING

    @property
    def chart_metadata(self) -> dict[str, Any]:
        """Chart.yaml as the record has it, empty where the record has none."""
        return ((self.chart or {}).get("metadata")) or {}

    def with_status(self, status: str, description: str | None = None) -> Release:
        """Return this revision in another status, with another description if one is given."""
        changes: dict[str, Any] = {"status": status}
        if description is not None:
            changes["description"] = description
        return replace(self, info=replace(self.info, **changes))


def latest(history: Iterable[Release]) -> Release:
    """Return the highest revision of ``history``, which must not be empty."""
    return max(history, key=lambda release: release.revision)


def has_system_labels(labels: dict[str, str]) -> bool:
    """Return whether a user's labels use a name that the storage keeps for itself."""
    return any(name in SYSTEM_LABELS for name in labels)


def user_labels(labels: dict[str, str]) -> dict[str, str]:
    """Return the labels that are the user's."""
    return {name: value for name, value in labels.items() if name not in SYSTEM_LABELS}
