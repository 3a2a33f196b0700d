"""A release for programs: plain fields, aware times, a status that is a string."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import StrEnum

from steersman.library.user_values import with_integers
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.release.model import Release as Model
    from steersman.release.timestamps import Timestamp


class Status(StrEnum):
    """The status of a revision; each is the string that Helm prints."""

    DEPLOYED = "deployed"
    UNINSTALLED = "uninstalled"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    UNINSTALLING = "uninstalling"
    PENDING_INSTALL = "pending-install"
    PENDING_UPGRADE = "pending-upgrade"
    PENDING_ROLLBACK = "pending-rollback"
    UNKNOWN = "unknown"


class Release(Record):
    """One revision of a release.

    Attributes:
        name, namespace, revision: of the release.
        status: of this revision.
        description: why it has this status.
        chart, chart_version, app_version: from Chart.yaml, ``""`` where the record has none.
        first_deployed, last_deployed: aware datetimes, or None.
        values: the user's values.
        manifest: the text of all objects but hooks.
        notes: what the chart says to people.
        labels: the user's labels.
    """

    name: str
    namespace: str
    revision: int
    status: Status
    description: str
    chart: str
    chart_version: str
    app_version: str
    first_deployed: datetime | None
    last_deployed: datetime | None
    values: dict[str, Any]
    manifest: str
    notes: str
    labels: dict[str, str]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The objects of ``manifest`` as plain dicts and lists, read anew each time."""
        from steersman import yamlio
        from steersman.manifest.split import split_manifests

        trees = (yamlio.load_integers(text) for text in split_manifests(self.manifest))
        return [tree for tree in trees if isinstance(tree, dict)]

    def __hash__(self) -> int:
        return hash((self.namespace, self.name, self.revision))

    def __repr__(self) -> str:
        return f"<Release {self.namespace}/{self.name} revision {self.revision} ({self.status})>"


def public(release: Model) -> Release:
    """Return a release as programs see it."""
    metadata = release.chart_metadata
    return Release(
        name=release.name,
        namespace=release.namespace,
        revision=release.revision,
        status=Status(release.status) if release.status in set(Status) else Status.UNKNOWN,
        description=release.info.description,
        chart=str(metadata.get("name") or ""),
        chart_version=str(metadata.get("version") or ""),
        app_version=str(metadata.get("appVersion") or ""),
        first_deployed=_moment(release.info.first_deployed),
        last_deployed=_moment(release.info.last_deployed),
        values=with_integers(release.config or {}),
        manifest=release.manifest,
        notes=release.info.notes,
        labels=dict(release.labels),
    )


def _moment(stamp: Timestamp | None) -> datetime | None:
    if stamp is None:
        return None
    zone = timezone(timedelta(seconds=stamp.offset))
    return datetime.fromtimestamp(stamp.seconds, zone).replace(microsecond=stamp.nanoseconds // 1000)
