"""One action on a release at a time, and a way out for a release whose action died.

While an action changes a release it holds a Lease beside the records. A revision left
``pending-*`` whose holder is dead can be recovered: it is marked failed, and the release
moves again. Helm knows only the pending status; this adds to it and takes nothing away.
"""

from __future__ import annotations

import time
from contextlib import contextmanager

from steersman.errors import ReleaseError
from steersman.kube.lease import Lease, LeaseHeld, identity
from steersman.release.model import FAILED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.configuration import Configuration
    from steersman.kube.lease import Holder
    from steersman.release.model import Release

IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress"
_OFF = "STEER_NO_LEASE"  # set to anything, leases are not used


class Lock:
    """A release held by this client, if leases can be had at all."""

    def __init__(self, lease: Lease | None) -> None:
        self._lease = lease
        self.was_refused = False

    @property
    def dead_holder(self) -> Holder | None:
        """The client that died while it held the release."""
        return None if self._lease is None else self._lease.taken_from


@contextmanager
def release_lock(config: Configuration, name: str, namespace: str) -> Iterator[Lock]:
    """Hold a release while the block runs; no lease is held where leases cannot be had.

    Raises:
        ReleaseError: when another client is at work on the release.
    """
    if config.is_detached or not _uses_leases(config):
        yield Lock(None)
        return

    def lost() -> None:
        config.log("WARN", "another client has taken over this release", name=name)

    lease = Lease(config.client, namespace, _lease_name(name), identity(), lost=lost)
    try:
        lease.acquire()
    except LeaseHeld as error:
        raise ReleaseError(IN_PROGRESS, hint=f"It is {error}.") from error
    lock = Lock(lease)
    try:
        yield lock
    finally:
        # what a dead client left stays until its release is recovered
        lease.release(restore=lock.was_refused)


def refuse_pending(
    config: Configuration, release: Release, lock: Lock | None, *, recover: bool, patience: float
) -> Release:
    """Let a release through that is not pending, or whose pending action is dead and may be recovered.

    Args:
        lock: this client's hold on the release, ``None`` when it only looks.
        recover: mark a dead action's revision failed instead of refusing.
        patience: seconds a revision may be pending without any lease (Helm makes none)
            before its action counts as dead.

    Returns:
        The revision, marked failed where it was recovered.

    Raises:
        ReleaseError: when an action is, or may be, under way.
    """
    if not release.is_pending:
        return release
    holder = _holder(config, release) if lock is None else lock.dead_holder
    moment = release.info.last_deployed
    age = time.time() - moment.seconds if moment else float("inf")
    is_dead = not holder.is_alive if holder is not None else age > patience
    if not (recover and is_dead):
        if lock is not None:
            lock.was_refused = True
        text = _hint(release, holder, age, patience, is_dead=is_dead)
        # who was at work is known from a lease alone: without one this is all that Helm knows too
        raise ReleaseError(IN_PROGRESS, hint=text) if holder or recover else ReleaseError(IN_PROGRESS, detail=text)
    recovered = release.with_status(FAILED, f"Recovered: the client died while the release was {release.status}")
    config.store.update(recovered)
    config.log("WARN", "recovered a release whose client died", name=release.name, revision=release.revision)
    return recovered


def name_in_use(config: Configuration, release: Release) -> ReleaseError:
    """Return the refusal of a name; for a pending release it says who is at work or how to recover it."""
    refusal = ReleaseError("cannot reuse a name that is still in use")
    if not release.is_pending:
        return refusal
    holder = _holder(config, release)
    what = f"Revision {release.revision} is {release.status}"
    if holder is None:
        refusal.detail = f"{what}; upgrade --install --recover takes it up again."
    elif holder.is_alive:
        refusal.hint = f"{what}: {holder.name} is at work."
    else:
        refusal.hint = f"{what} and its client died; upgrade --install --recover takes it up again."
    return refusal


def _hint(release: Release, holder: Holder | None, age: float, patience: float, *, is_dead: bool) -> str:
    what = f"Revision {release.revision} is {release.status}"
    if holder is not None and holder.is_alive:
        return f"{what}: {holder.name} is at work, last heard of {holder.age:.0f}s ago."
    if is_dead:
        return f"{what} and nobody is at work on it any more; --recover marks it failed and goes on."
    return f"{what} since {age:.0f}s; without a lease it counts as abandoned after {patience:.0f}s (--timeout)."


def _holder(config: Configuration, release: Release) -> Holder | None:
    if config.is_detached or not _uses_leases(config):
        return None
    return Lease(config.client, release.namespace, _lease_name(release.name), identity()).holder()


def _uses_leases(config: Configuration) -> bool:
    return not config.surroundings.environ.get(_OFF)


def _lease_name(name: str) -> str:
    return f"sh.helm.release.v1.{name}"
