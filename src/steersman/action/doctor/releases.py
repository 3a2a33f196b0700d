"""Releases that are stuck: pending, half uninstalled, failed, or without a deployed revision."""

from __future__ import annotations

from steersman.action.doctor.finding import NOTE, OK, WARNING, Finding
from steersman.errors import SteerError
from steersman.record import replace
from steersman.release.model import DEPLOYED, FAILED, PENDING, UNINSTALLING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.doctor.subject import Subject
    from steersman.kube.holder import Holder
    from steersman.storage.driver import Stub


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield the releases that need a hand."""
    try:
        stubs, where = _stubs(subject)
    except SteerError as error:
        yield Finding("releases", WARNING, f"releases cannot be listed: {error}")
        return
    revisions: dict[tuple[str, str], list[Stub]] = {}
    for stub in stubs:
        revisions.setdefault((stub.namespace, stub.name), []).append(stub)
    count = len(revisions)
    yield Finding("releases", OK, f"{count} {'release' if count == 1 else 'releases'} in {where}")
    for _key, kept in sorted(revisions.items()):
        yield from _about(subject, sorted(kept, key=lambda stub: stub.revision))


def _stubs(subject: Subject) -> tuple[list[Stub], str]:
    """Return the records that the user may see, and where they are from."""
    from steersman.action.configuration import Configuration

    config = subject.config
    if not config.is_detached:
        everywhere = Configuration(replace(config.surroundings, namespace=""), config.log)
        try:
            return everywhere.store.stubs(), "all namespaces"
        except SteerError:
            pass  # who may not see the others sees this one
        finally:
            everywhere.close()
    return config.store.stubs(), f"namespace {subject.namespace}"


def _about(subject: Subject, kept: list[Stub]) -> Iterator[Finding]:
    last = kept[-1]
    name = f"{last.name} in namespace {last.namespace}"
    command = f"{subject.program} {{}} {last.name} -n {last.namespace}"
    if last.status in PENDING:
        yield _pending(subject, last, name)
    elif last.status == UNINSTALLING:
        advice = f"Run '{command.format('uninstall')}' to finish it."
        yield Finding("releases", WARNING, f"an uninstall of {name} was not completed", advice)
    elif last.status == FAILED:
        good = [stub.revision for stub in kept if stub.status == DEPLOYED]
        advice = f"Run '{command.format('history')}' for the reason, and upgrade again."
        if good:
            back = f"{subject.program} rollback {last.name} {good[-1]} -n {last.namespace}"
            advice = f"Run '{back}' to go back to revision {good[-1]}, or upgrade again."
        yield Finding("releases", NOTE, f"revision {last.revision} of {name} failed", advice)


def _pending(subject: Subject, last: Stub, name: str) -> Finding:
    holder = _holder(subject, last)
    if holder is not None and holder.is_alive:
        return Finding("releases", NOTE, f"revision {last.revision} of {name} is {last.status}: {holder} is at work")
    gone = "nobody holds it" if holder is None else f"its client {holder.name} {_state(holder)}"
    command = f"{subject.program} upgrade --install {last.name} CHART -n {last.namespace} --recover"
    advice = f"Run '{command}' to mark it failed and continue."
    return Finding("releases", WARNING, f"revision {last.revision} of {name} is {last.status} and {gone}", advice)


def _state(holder: Holder) -> str:
    return "is dead" if holder.is_dead else "was not seen lately"


def _holder(subject: Subject, last: Stub) -> Holder | None:
    from steersman.kube.holder import identity
    from steersman.kube.lease import Lease

    if subject.config.is_detached:
        return None
    return Lease(subject.config.client, last.namespace, f"sh.helm.release.v1.{last.name}", identity()).holder()
