"""One action on a release at a time, and a way out for a release whose action died.

While an action changes a release it holds a Lease beside the records. A revision left
``pending-*`` whose holder is dead can be recovered: it is marked failed, and the release
moves again. Helm knows only the pending status; this adds to it and takes nothing away.
"""

from __future__ import annotations

import time
from contextlib import contextmanager

from steersman.errors import ReleaseError, SteerError
from steersman.kube.lease import FAILED as ENDED_BY_ERROR
from steersman.kube.lease import UNRECORDED, Lease, LeaseHeld, identity
from steersman.release.model import DEPLOYED, FAILED
from steersman.storage.driver import ReleaseNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from steersman.action.configuration import Configuration
    from steersman.kube.lease import Holder
    from steersman.release.model import Release

IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress"
RECOVERED = "Recovered: "  # how the description of a revision begins whose client died
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

    # what an earlier action of this configuration met is not this one's
    config.has_begun = config.has_unrecorded = False
    config.client.refuse_writes("")

    def lost() -> None:
        config.log("WARN", "the lease on this release is lost: nothing more is written", name=name)
        config.client.refuse_writes("the lease on the release is lost; another client may be at work on it")

    lease = Lease(config.client, namespace, _lease_name(name), identity(), lost=lost)
    try:
        lease.acquire()
    except LeaseHeld as error:
        raise ReleaseError(IN_PROGRESS, hint=f"It is {error}.") from error
    lock = Lock(lease)
    try:
        yield lock
    except BaseException:
        # what a dead client left stays until its release is recovered
        is_untouched = lock.was_refused or not config.has_begun
        lease.release(restore=is_untouched, unfinished=_unfinished(config, name))
        raise
    lease.release(unfinished=_unfinished(config, name) if config.has_unrecorded else "")


def refuse_pending(
    config: Configuration, release: Release, lock: Lock | None, *, recover: bool, patience: float
) -> Release:
    """Let a release through that is not pending, or whose pending action is dead and may be recovered.

    Args:
        lock: this client's hold on the release, ``None`` when it only looks.
        recover: mark a dead action's revision failed instead of refusing; done without asking where the
            client is provably gone.
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
    is_gone = lock is not None and holder is not None and holder.is_gone
    if not (is_gone or (recover and is_dead)):
        if lock is not None:
            lock.was_refused = True
        text = _hint(release, holder, age, patience, is_dead=is_dead)
        # who was at work is known from a lease alone: without one this is all that Helm knows too
        if recover or (holder is not None and not holder.has_failed):
            raise ReleaseError(IN_PROGRESS, hint=text)
        raise ReleaseError(IN_PROGRESS, detail=text)
    recovered = release.with_status(FAILED, f"{RECOVERED}the client died while the release was {release.status}")
    config.keep(recovered)
    config.log("WARN", "recovered a release whose client died", name=release.name, revision=release.revision)
    return recovered


def unsettled(history: Sequence[Release], dead_holder: Holder | None) -> list[Release]:
    """Return the revisions whose objects may be on the cluster because a client died between them.

    Those are the last deployed one and all after it. Helm looks at one revision only, and leaves what
    the others made; so does this where no client is known to have died.

    Args:
        history: all revisions, oldest first.
        dead_holder: who died with the release in hand, as far as that is known.
    """
    first = max((i for i, release in enumerate(history) if release.status == DEPLOYED), default=0)
    since = list(history[first:])
    has_died = dead_holder is not None and since[-1].is_pending
    return since if has_died or any(r.info.description.startswith(RECOVERED) for r in since) else []


def name_in_use(config: Configuration, release: Release) -> ReleaseError:
    """Return the refusal of a name; for a pending release it says who is at work or how to recover it."""
    refusal = ReleaseError("cannot reuse a name that is still in use")
    if not release.is_pending:
        return refusal
    holder = _holder(config, release)
    what = f"Revision {release.revision} is {release.status}"
    if holder is None:
        refusal.detail = f"{what}; upgrade --install --recover takes it up again."
    elif holder.has_failed:
        refusal.detail = f"{what} because its client failed; upgrade --install --recover takes it up again."
    elif holder.is_alive:
        refusal.hint = f"{what}: {holder.name} is at work."
    else:
        refusal.hint = f"{what} and its client died; upgrade --install --recover takes it up again."
    return refusal


def _hint(release: Release, holder: Holder | None, age: float, patience: float, *, is_dead: bool) -> str:
    what = f"Revision {release.revision} is {release.status}"
    if holder is not None and holder.is_alive:
        return f"{what}: {holder.name} is at work, last heard of {holder.age:.0f}s ago."
    if holder is not None and holder.has_failed:
        return f"{what} because its client {holder.name} ended with an error; --recover marks it failed and goes on."
    if is_dead and holder is not None:
        return f"{what} and its client {holder.name} is dead; --recover marks it failed and goes on."
    if is_dead:
        return f"{what} and nobody is at work on it any more; --recover marks it failed and goes on."
    return f"{what} since {age:.0f}s; without a lease it counts as abandoned after {patience:.0f}s (--timeout)."


def _unfinished(config: Configuration, name: str) -> str:
    """Say how work ended whose last record says that it is under way; ``""`` when it says no such thing."""
    if not config.has_begun:
        return ""
    end = UNRECORDED if config.has_unrecorded else ENDED_BY_ERROR
    try:
        return end if config.store.last(name).is_pending else ""
    except ReleaseNotFound:
        return ""
    except SteerError:
        return end  # nobody knows: the next client is told to look


def _holder(config: Configuration, release: Release) -> Holder | None:
    if config.is_detached or not _uses_leases(config):
        return None
    return Lease(config.client, release.namespace, _lease_name(release.name), identity()).holder()


def _uses_leases(config: Configuration) -> bool:
    return not config.surroundings.environ.get(_OFF)


def _lease_name(name: str) -> str:
    return f"sh.helm.release.v1.{name}"
