"""The interface of stores of release records, and their errors.

``Driver`` is what ``store`` works on; ``ObjectStore`` is the little that the cluster's
drivers need of a Kubernetes client. Answers to Helm's ``pkg/storage/driver``.
"""

from __future__ import annotations

from steersman.errors import ReleaseError
from steersman.go.quote import quote
from steersman.labels import value_problems
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, Protocol

    from steersman.release.model import Release

    class Driver(Protocol):
        """Keeps releases by key; a key is ``sh.helm.release.v1.NAME.vREVISION``."""

        def get(self, key: str) -> Release:
            """Return one release, or raise ``ReleaseNotFound``."""

        def all(self) -> Iterable[Release]:
            """Return all releases there are, in any order, with all their labels."""

        def query(self, labels: Mapping[str, str]) -> list[Release]:
            """Return the releases with these labels, or raise ``ReleaseNotFound``."""

        def create(self, key: str, release: Release) -> None:
            """Keep a new release, or raise ``ReleaseExists``."""

        def update(self, key: str, release: Release) -> None:
            """Keep a release in place of the one under ``key``.

            Raises ``RecordChanged`` where that is not the one that this driver has read or written last.
            """

        def delete(self, key: str) -> None:
            """Remove a release, or raise ``ReleaseNotFound``; ``RecordChanged`` as for ``update``."""

        def stubs(self, labels: Mapping[str, str]) -> list[Stub]:
            """Return what is known of the releases with these labels without opening them."""

        def read(self, stubs: Sequence[Stub], *, heads_only: bool) -> list[Release]:
            """Return the releases of stubs in their order, with all their labels.

            With ``heads_only`` they have no more than a list shows. Raises ``ReleaseError`` where one cannot be read,
            ``OddRecord`` where it is gone or not what its labels say.
            """

    class ObjectStore(Protocol):
        """Objects of one kind in one namespace (or all, where the namespace is empty)."""

        def get(self, name: str) -> dict[str, Any]:
            """Return an object; a missing one raises an error whose ``is_not_found`` is true."""

        def find(self, labels: str) -> list[dict[str, Any]]:
            """Return the objects that a label selector picks."""

        def find_metadata(self, labels: str) -> list[dict[str, Any]]:
            """Return no more than the metadata of the objects that a label selector picks."""

        def find_each(self, selectors: Sequence[str]) -> list[dict[str, Any]]:
            """Return the objects that one of several label selectors picks."""

        def create(self, content: dict[str, Any]) -> dict[str, Any]:
            """Create an object; one that exists raises an error whose ``is_already_exists`` is true."""

        def replace(self, name: str, content: dict[str, Any]) -> dict[str, Any]:
            """Replace an object.

            One that is not what ``uid`` and ``resourceVersion`` of the content name raises an error whose
            ``is_conflict`` is true.
            """

        def delete(self, name: str, preconditions: Mapping[str, str]) -> None:
            """Delete an object; the preconditions are those of ``replace``."""


OWNER = "helm"
RECORD_TYPE = "helm.sh/release.v1"


class OddRecord(ReleaseError):
    """A record whose labels do not say what is in it, or that is gone since: all have to be read by content."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the labels of {key} are not those of a release that is there")


class ReleaseNotFound(ReleaseError, LookupError):
    """There is no such release.

    Attributes:
        name: the release; ``""`` where records were looked for by something else.
        revision: 0 where any would have done.
    """

    def __init__(self, name: str = "", revision: int = 0) -> None:
        super().__init__("release: not found")
        self.name = name
        self.revision = revision

    def __str__(self) -> str:
        return "release: not found"


class ReleaseExists(ReleaseError):
    """There is such a release already."""

    def __init__(self) -> None:
        super().__init__("release: already exists")


class RecordChanged(ReleaseError):
    """A record that another client has written since this one has read or written it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the record {key} was changed by another client meanwhile")


class InvalidKey(ReleaseError):
    """A key that names no release."""

    def __init__(self) -> None:
        super().__init__("release: invalid key")


class NoSuchRevision(ReleaseError, LookupError):
    """A release without the revision that was asked for.

    Attributes:
        name, revision: what was looked for.
        revisions: those that there are, oldest first.
    """

    def __init__(self, name: str, revision: int, revisions: Iterable[int]) -> None:
        super().__init__(f"release has no {revision} version")
        self.name = name
        self.revision = revision
        self.revisions = tuple(revisions)


class NoDeployedReleases(ReleaseError, LookupError):
    """No revision of a release is deployed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __str__(self) -> str:
        return f'"{self.name}" has no deployed releases'


class StorageFailed(ReleaseError):
    """The place where records are kept failed.

    Attributes:
        doing: what was being done, in Helm's words.
        cause: the error from below.
    """

    def __init__(self, doing: str, cause: Exception) -> None:
        super().__init__()
        self.doing = doing
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.doing}: {self.cause}"


class Stub(Record):
    """The facts about a release that the labels of its record have."""

    name: str
    namespace: str
    revision: int
    status: str
    labels: dict[str, str]


def make_key(name: str, revision: int) -> str:
    """Return the key of a revision."""
    return f"sh.helm.release.v1.{name}.v{revision}"


def system_labels(release: Release) -> dict[str, str]:
    """Return the labels by which the storage finds a release."""
    return {"name": release.name, "owner": OWNER, "status": release.status, "version": str(release.revision)}


def selector_from(labels: Mapping[str, str]) -> str:
    """Return an equality selector, names sorted as client-go sorts them.

    Raises:
        ReleaseError: when a value cannot be a label's.
    """
    for value in labels.values():
        problems = value_problems(value)
        if problems:
            raise ReleaseError(f"invalid label value: {quote(value)}: {'; '.join(problems)}")
    return ",".join(f"{name}={labels[name]}" for name in sorted(labels))
