"""One action on a release at a time, and a way out for a release whose action died.

While an action changes a release it holds a Lease next to the records. A revision left
``pending-*`` whose holder is dead can be recovered: it is marked failed, and the release
moves again. Helm knows only the pending status; this adds to it and takes nothing away.
"""

from __future__ import annotations

from contextlib import contextmanager

from steersman.errors import ReleaseError, SteerError, UsageError
from steersman.kube.guard import LeaseLost
from steersman.kube.holder import (
    DURATION,
    ENDED_BY_ERROR,
    LEAST_DURATION,
    LONGEST_DURATION,
    UNRECORDED,
    UNSETTLED,
    identity,
)
from steersman.kube.lease import Lease, LeaseHeld
from steersman.kube.objects import LEASES, Target
from steersman.kube.status.result import IN_PROGRESS as STATUS_IN_PROGRESS
from steersman.kube.status.result import Status
from steersman.release.model import DEPLOYED, FAILED, UNINSTALLING
from steersman.storage.driver import ReleaseNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from steersman.action.configuration import Configuration
    from steersman.kube.holder import Holder
    from steersman.release.model import Release

IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress"
RECOVERED = "Recovered: "  # how the description of a revision begins whose client died
INTERRUPTED = "context canceled"  # helm: how the description of a revision ends whose client was interrupted
_OFF = "STEER_NO_LEASE"  # set to anything, leases are not used
_DURATION = "STEER_LEASE_DURATION"  # seconds of silence after which the client counts as dead


class NameInUse(ReleaseError):
    """A new release whose name another one has.

    Attributes:
        release: its last revision.
    """

    def __init__(self, release: Release) -> None:
        super().__init__("cannot reuse a name that is still in use")
        self.release = release


class Lock:
    """A release held by this client, if leases are available at all."""

    def __init__(self, lease: Lease | None) -> None:
        self._lease = lease
        self.was_refused = False

    @property
    def dead_holder(self) -> Holder | None:
        """The client that died while it held the release."""
        return None if self._lease is None else self._lease.taken_from


@contextmanager
def release_lock(
    config: Configuration, name: str, namespace: str, *, admit: Callable[[Holder], None] | None = None
) -> Iterator[Lock]:
    """Hold a release while the block runs; without a lease where leases are not available.

    Args:
        admit: given a holder that is not known to be alive, before anything is done about its lease; raises where
            this action would not continue.

    Raises:
        ReleaseError: when another client is at work on the release, or this one has lost it to another.
    """
    # what an earlier action of this configuration met is not this one's
    config.has_begun = config.has_unrecorded = config.is_unsettled = False
    config.guard.require(None)
    if config.is_detached or not _uses_leases(config):
        yield Lock(None)
        return

    def lost() -> None:
        config.guard.lose()
        config.log("WARN", "the lease on this release is lost: nothing more is written", name=name)

    lease = Lease(
        config.client,
        namespace,
        _lease_name(name),
        identity(),
        duration=_duration(config),
        lost=lost,
        tell=_teller(config, name, namespace),
    )
    try:
        lease.acquire(admit)
    except LeaseHeld as error:
        raise ReleaseError(
            IN_PROGRESS, hint=f"The release is {error}. Try again when that client has finished."
        ) from error
    lock = Lock(lease)
    try:
        config.guard.require(lease.check)
        yield lock
    except BaseException as error:
        with config.interrupts.held():
            is_lost = config.guard.is_lost or lease.is_lost
            # what a dead client left stays until its release is recovered
            is_untouched = lock.was_refused or not config.has_begun
            lease.release(restore=is_untouched, unfinished="" if is_lost else _unfinished(config, name))
            config.guard.require(None)
        if is_lost and isinstance(error, SteerError):
            # whatever went wrong after that is a consequence
            raise LeaseLost(
                hint=f"Run '{config.surroundings.program} history {name}' to see its revisions and their status."
            ) from error
        raise
    with config.interrupts.held():
        lease.release(unfinished=_unfinished(config, name) if config.has_unrecorded or config.is_unsettled else "")
        config.guard.require(None)


def refuse_pending(config: Configuration, release: Release, lock: Lock | None, *, recover: bool) -> Release:
    """Let a release through that is not pending, or whose pending action is dead and may be recovered.

    Args:
        lock: this client's hold on the release, ``None`` when it only looks.
        recover: mark the revision failed instead of refusing; done without asking where its client is provably gone.

    Returns:
        The revision, marked failed where it was recovered.

    Raises:
        ReleaseError: when an action is, or may be, under way.
    """
    if not release.is_pending:
        return release
    holder = _holder(config, release) if lock is None else lock.dead_holder
    is_gone = lock is not None and holder is not None and holder.is_gone
    if not (is_gone or (recover and lock is not None)):
        if lock is not None:
            lock.was_refused = True
        raise _pending(config, release, holder)
    return _recovered(config, release)


def settle_pending(config: Configuration, history: list[Release], dead_holder: Holder | None) -> list[Release]:
    """Return ``history`` with its last revision marked failed where that is pending and its client is known to be dead.

    Without a client that is known to be dead it stays as it is, as with Helm.
    """
    if dead_holder is None or not history[-1].is_pending:
        return history
    last = history[-1]
    if config.explain is not None:
        # helm: rolls back silently (hooks-fail-rollback)
        config.explain(f"marked revision {last.revision} of {last.name} failed: its client ended without settling it")
    return [*history[:-1], _marked_failed(config, last)]


def _recovered(config: Configuration, release: Release) -> Release:
    recovered = _marked_failed(config, release)
    config.log("WARN", "recovered a release whose client died", name=release.name, revision=release.revision)
    return recovered


def _marked_failed(config: Configuration, release: Release) -> Release:
    recovered = release.with_status(FAILED, f"{RECOVERED}the client died while the release was {release.status}")
    config.keep(recovered)
    return recovered


def take_up_uninstalling(config: Configuration, release: Release, refusal: ReleaseError, *, recover: bool) -> Release:
    """Return the last revision of a release whose uninstall was not completed, marked failed.

    Raises:
        ReleaseError: ``refusal``, with what can be done, where it is not to be recovered.
    """
    if not recover:
        refusal.detail = half_uninstalled(config, release)
        raise refusal
    recovered = release.with_status(FAILED, f"{RECOVERED}an uninstall was not completed")
    config.keep(recovered)
    config.log("WARN", "recovered a release that was being uninstalled", name=release.name, revision=release.revision)
    return recovered


def admission(config: Configuration, name: str, *, recover: bool) -> Callable[[Holder], None]:
    """Return who refuses to wait for another client's lease where the release is pending and not to be recovered.

    The lease of a client that may be healthy is not touched, and nobody waits to be refused.
    """

    def admit(holder: Holder) -> None:
        if recover or holder.is_gone:
            return
        try:
            last = config.store.last(name)
        except ReleaseNotFound:
            return
        if last.is_pending:
            raise _pending(config, last, holder)

    return admit


def unsettled(history: Sequence[Release], dead_holder: Holder | None) -> list[Release]:
    """Return the revisions whose objects may be on the cluster because a client ended between them.

    Those are the last deployed one and all after it. Helm looks at one revision only, and leaves what
    the others made; so does this where no client is known to have died or to have been interrupted.

    Args:
        history: all revisions, oldest first.
        dead_holder: who died with the release in hand, as far as that is known.
    """
    first = max((i for i, release in enumerate(history) if release.status == DEPLOYED), default=0)
    since = list(history[first:])
    last = since[-1]
    has_died = dead_holder is not None and (last.is_pending or dead_holder.is_unsettled)
    is_half_gone = last.status == UNINSTALLING  # by an uninstall that did not come to its end
    return since if has_died or is_half_gone or any(is_broken_off(r) for r in since) else []


def is_broken_off(release: Release) -> bool:
    """Return whether a revision's client is recorded as dead or interrupted."""
    description = release.info.description
    return description.startswith(RECOVERED) or (release.status == FAILED and description.endswith(INTERRUPTED))


def name_in_use(config: Configuration, release: Release) -> ReleaseError:
    """Return the refusal of a name; for an unfinished release it says who is at work or how to continue."""
    refusal = NameInUse(release)
    if release.status == UNINSTALLING:
        refusal.detail = half_uninstalled(config, release)
    if not release.is_pending:
        return refusal
    holder = _holder(config, release)
    what = f"Revision {release.revision} is {release.status}"
    way = _way_on(config, f"upgrade --install {release.name}")
    if holder is None:
        refusal.detail = f"{what}. {way}"
    elif holder.has_failed:
        refusal.detail = f"{what} because its client failed. {way}"
    elif holder.is_alive:
        refusal.hint = f"{what}: {holder} is at work."
    elif holder.is_dead:
        refusal.hint = f"{what} and its client died. {way}"
    else:
        refusal.hint = f"{what} and held by {holder}. If that client is dead: {way}"
    return refusal


def half_uninstalled(config: Configuration, release: Release) -> str:
    """Explain a revision whose uninstall was not completed."""
    around = config.surroundings
    if around.recovery:
        return (
            f"Revision {release.revision} is {release.status}: an uninstall was not completed.\n"
            f"Call uninstall to finish it, or {around.recovery} to bring the release back."
        )
    typed = around.resume() if around.resume is not None else ""
    return (
        f"Revision {release.revision} is {release.status}: an uninstall was not completed.\n"
        f"Run '{around.program} uninstall {release.name}' to finish it, or "
        f"'{typed or f'{around.program} upgrade --install {release.name} CHART --recover'}' to bring the release back."
    )


def _pending(config: Configuration, release: Release, holder: Holder | None) -> ReleaseError:
    """Return the refusal of a pending release."""
    what = f"Revision {release.revision} is {release.status}"
    way = _way_on(config, f"upgrade {release.name}")
    # who was at work is known from a lease alone: without one this is all that Helm knows too
    if holder is None:
        return ReleaseError(IN_PROGRESS, detail=f"{what} and no client holds it. {way}")
    if holder.has_failed:
        text = f"{what} because its client {holder.name} ended with an error. {way}"
        return ReleaseError(IN_PROGRESS, detail=text)
    if holder.is_alive:
        text = f"{what}: {holder.name} is at work, last seen {holder.age or 0:.0f}s ago."
    elif holder.is_dead:
        text = f"{what} and its client {holder.name} is dead. {way}"
    else:
        text = f"{what} and held by {holder}. If that client is dead: {way}"
    return ReleaseError(IN_PROGRESS, hint=text)


def _way_on(config: Configuration, command: str) -> str:
    """Return how to resume a pending release: by the command that was typed where it can do so."""
    around = config.surroundings
    if around.recovery:
        return f"{around.recovery[:1].upper()}{around.recovery[1:]} to mark it failed and continue."
    typed = around.resume() if around.resume is not None else ""
    return f"Run '{typed or f'{around.program} {command} CHART --recover'}' to mark it failed and continue."


def _unfinished(config: Configuration, name: str) -> str:
    """Say how work ended that the next client has to know of; ``""`` when there is nothing to know."""
    if not config.has_begun:
        return ""
    end = UNRECORDED if config.has_unrecorded else ENDED_BY_ERROR
    try:
        is_pending = config.store.last(name).is_pending
    except ReleaseNotFound:
        return ""
    except SteerError:
        return end  # unknown: the next client must look
    return end if is_pending else UNSETTLED if config.is_unsettled else ""


def _holder(config: Configuration, release: Release) -> Holder | None:
    if config.is_detached or not _uses_leases(config):
        return None
    return Lease(config.client, release.namespace, _lease_name(release.name), identity()).holder()


def _teller(config: Configuration, name: str, namespace: str) -> Callable[[Holder | None, float], None]:
    """Return who shows that a lease is watched, and for how long."""
    target = Target(LEASES, namespace, _lease_name(name), {})
    logged: list[str] = []

    def tell(holder: Holder | None, seconds: float) -> None:
        if holder is None:
            if config.tell is not None:
                config.tell([], seconds)
            return
        reason = f"held by {holder.name}; it counts as dead after {holder.duration:.0f} s of silence"
        if config.tell is not None:
            config.tell([(target, Status(STATUS_IN_PROGRESS, reason))], seconds)
        elif not logged:
            logged.append(reason)
            config.log("WARN", "waiting to see whether the client that holds this release is alive", reason=reason)

    return tell


def _uses_leases(config: Configuration) -> bool:
    return not config.surroundings.environ.get(_OFF)


def _duration(config: Configuration) -> int:
    text = config.surroundings.environ.get(_DURATION) or ""
    if not text:
        return DURATION
    if not (text.isascii() and text.isdigit() and LEAST_DURATION <= int(text) <= LONGEST_DURATION):
        raise UsageError(f"{_DURATION} must be from {LEAST_DURATION} to {LONGEST_DURATION} seconds, got {text!r}")
    return int(text)


def _lease_name(name: str) -> str:
    return f"sh.helm.release.v1.{name}"
