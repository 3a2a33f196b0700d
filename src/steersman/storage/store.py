"""History on top of any driver: the latest revision, the deployed one, pruning.

Answers to Helm's ``pkg/storage``. The driver decides where records are; this decides which
of them are meant.
"""

from __future__ import annotations

from contextlib import nullcontext

from steersman.errors import ReleaseError
from steersman.release.model import DEPLOYED, latest
from steersman.storage.driver import NoDeployedReleases, OddRecord, ReleaseNotFound, make_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from steersman.release.model import Release
    from steersman.storage.driver import Driver, Stub


class ReleaseStore:
    """Releases by name and revision.

    Args:
        driver: where records are.
        max_history: how many revisions of one release are kept; 0 keeps all.
        guard: entered around each write; it may refuse it.
    """

    def __init__(
        self, driver: Driver, *, max_history: int = 0, guard: AbstractContextManager[None] | None = None
    ) -> None:
        self._driver = driver
        self.max_history = max_history
        self._guard: AbstractContextManager[None] = nullcontext() if guard is None else guard

    def get(self, name: str, revision: int) -> Release:
        """Return one revision.

        Raises:
            ReleaseNotFound: when there is none.
        """
        try:
            return self._driver.get(make_key(name, revision))
        except ReleaseNotFound as error:
            raise ReleaseNotFound(name, revision) from error

    def history(self, name: str) -> list[Release]:
        """Return all revisions of a release, oldest first.

        Raises:
            ReleaseNotFound: when there are none.
        """
        try:
            found = self._driver.query({"name": name, "owner": "helm"})
        except ReleaseNotFound as error:
            raise ReleaseNotFound(name) from error
        return sorted(found, key=lambda release: release.revision)

    def newest(self, name: str, most: int) -> list[Release]:
        """Return what a list shows of the newest ``most`` revisions of a release, oldest first.

        Raises:
            ReleaseNotFound: when there are none.
        """
        stubs = self._revisions(name)
        return self.read(stubs[-most:] if most else [], heads_only=True)

    def last_status(self, name: str) -> str:
        """Return the status of the highest revision.

        Raises:
            ReleaseNotFound: when there is none.
        """
        try:
            return self._revisions(name)[-1].status
        except OddRecord:
            return self.last(name).status

    def _revisions(self, name: str) -> list[Stub]:
        stubs = self._driver.stubs({"name": name, "owner": "helm"})
        if not stubs:
            raise ReleaseNotFound(name)
        return sorted(stubs, key=lambda stub: stub.revision)

    def last(self, name: str) -> Release:
        """Return the highest revision."""
        history = self.history(name)
        if not history:
            raise ReleaseError(f'no revision for release "{name}"')
        return history[-1]

    def deployed_all(self, name: str) -> list[Release]:
        """Return every revision marked deployed (there should be one).

        Raises:
            NoDeployedReleases: when there is none.
        """
        try:
            return self._driver.query({"name": name, "owner": "helm", "status": DEPLOYED})
        except ReleaseNotFound as error:
            raise NoDeployedReleases(name) from error

    def deployed(self, name: str) -> Release:
        """Return the highest revision marked deployed."""
        found = self.deployed_all(name)
        if not found:
            raise NoDeployedReleases(name)  # records that are there but cannot be read
        return latest(found)

    def all(self) -> Iterable[Release]:
        """Return every release in the driver's namespace."""
        return self._driver.all()

    def stubs(self) -> list[Stub]:
        """Return what labels tell about every release."""
        return self._driver.stubs({"owner": "helm"})

    def read(self, stubs: Sequence[Stub], *, heads_only: bool = False) -> list[Release]:
        """Return the releases of stubs, with no more than a list shows where that is enough.

        Raises:
            ReleaseError: when one is gone or cannot be read.
        """
        return self._driver.read(stubs, heads_only=heads_only) if stubs else []

    def create(self, release: Release) -> None:
        """Keep a new revision, removing the oldest where there would be too many."""
        if self.max_history > 0:
            self._prune(release.name, self.max_history - 1)
        with self._guard:
            self._driver.create(make_key(release.name, release.revision), release)

    def update(self, release: Release) -> None:
        """Keep a revision's new state."""
        with self._guard:
            self._driver.update(make_key(release.name, release.revision), release)

    def delete(self, name: str, revision: int) -> None:
        """Remove a revision."""
        with self._guard:
            self._driver.delete(make_key(name, revision))

    def _prune(self, name: str, maximum: int) -> None:
        try:
            history = self.history(name)
        except ReleaseNotFound:
            return
        if len(history) <= maximum:
            return
        # helm: the revision that is deployed stays, however old it is
        deployed = max((r.revision for r in history if r.status == DEPLOYED), default=0)
        excess: list[Release] = []
        for release in history:
            if len(history) - len(excess) == maximum:
                break
            if release.revision != deployed:
                excess.append(release)
        errors: list[Exception] = []
        for release in excess:
            try:
                self.delete(name, release.revision)
            except ReleaseError as error:
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise ReleaseError(f"encountered {len(errors)} deletion errors. First is: {errors[0]}")
