"""A Lease held while something is done: who does it, and a heartbeat that it is still done.

Leases are objects of ``coordination.k8s.io``; a holder that dies leaves one behind whose
heartbeat grows old. Who may not write leases does without.
"""

from __future__ import annotations

import threading
import time

from steersman.errors import SteerError, TransportError
from steersman.kube.client import ApiError
from steersman.kube.objects import LEASES, BadPathName, nested
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.kube.client import ApiClient

DURATION = 30  # seconds without a heartbeat after which the holder counts as dead
_HEARTBEAT = 10.0  # seconds between heartbeats
_LATEST = 20.0  # seconds without a renewal after which the lease may soon be another's
_TRIES = 4  # times a lease is asked for while the server is in trouble
_PAUSE = 0.25  # seconds before the second try, doubled each time
_PROCESS = "steersman.io/process"  # annotation: which process holds the lease, provable on one machine
_NO_LEASES = (403, 404, 405)  # answers to who may not have leases, or where there are none
_ENDED = "steersman.io/ended"  # annotation: how the holder has ended without bringing its work to an end
FAILED = "failed"  # by an error that it told its user of
UNRECORDED = "unrecorded"  # without being able to record what it had done


class Holder(Record):
    """Who holds a lease, and how many seconds ago that was last said.

    Attributes:
        is_alive: its heartbeat is young and nothing proves it dead.
        is_gone: it is provably dead: it was a process of this machine that is no more, or it could not
            record what it had done.
        has_failed: it has ended by an error that its user knows of.
    """

    name: str
    age: float
    is_alive: bool
    is_gone: bool = False
    has_failed: bool = False


class LeaseHeld(SteerError):
    """Somebody else holds the lease."""

    def __init__(self, holder: Holder) -> None:
        super().__init__()
        self.holder = holder

    def __str__(self) -> str:
        return f"held by {self.holder.name}, last heard of {self.holder.age:.0f}s ago"


class Lease:
    """One lease by name; a context manager that holds it.

    Args:
        identity: who wants it, for others to read.
        lost: called when the lease turns out to be somebody else's, or cannot be kept.
    """

    def __init__(
        self,
        client: ApiClient,
        namespace: str,
        name: str,
        identity: str,
        *,
        lost: Callable[[], None] | None = None,
    ) -> None:
        self._client = client
        self._namespace = namespace
        self._name = name
        self._identity = identity
        self._lost = lost
        self._held: dict[str, Any] | None = None
        self._before: dict[str, Any] | None = None
        self._stop = threading.Event()

    def __enter__(self) -> Lease:
        self.acquire()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()

    def acquire(self) -> bool:
        """Take the lease; false when this user cannot have leases here.

        Raises:
            LeaseHeld: when somebody alive holds it.
            SteerError: when the server cannot say, so that nobody's work is disturbed.
        """
        pause = _PAUSE
        for attempt in range(_TRIES):
            try:
                self._held = self._create_or_take_over()
                break
            except BadPathName:
                return False  # whoever reads the records says so
            except (ApiError, TransportError) as error:
                if isinstance(error, ApiError) and error.code in _NO_LEASES:
                    return False
                if attempt == _TRIES - 1:
                    raise
            time.sleep(pause)
            pause *= 2
        threading.Thread(target=self._beat, daemon=True).start()
        return True

    @property
    def taken_from(self) -> Holder | None:
        """The dead holder this lease was taken over from."""
        return None if self._before is None else _holder(self._before)

    def release(self, *, restore: bool = False, unfinished: str = "") -> None:
        """Give the lease back if it is held.

        Args:
            restore: leave what the dead holder had left.
            unfinished: leave the lease with this word of how its holder has ended and its work has not.
        """
        self._stop.set()
        held, self._held = self._held, None
        if held is None:
            return
        try:
            version = nested(held, "metadata", "resourceVersion")
            if restore and self._before is not None:
                annotations = nested(self._before, "metadata", "annotations") or {}
                metadata = {"name": self._name, "resourceVersion": version, "annotations": annotations}
                body = {**self._before, "metadata": metadata}
                self._client.replace(LEASES, self._namespace, self._name, body)
            elif unfinished:
                body = self._content(held)
                body["metadata"]["annotations"][_ENDED] = unfinished
                self._client.replace(LEASES, self._namespace, self._name, body)
            else:
                uid = str(nested(held, "metadata", "uid") or "")
                self._client.delete(LEASES, self._namespace, self._name, uid=uid)
        except SteerError:
            return  # it will grow old by itself

    def holder(self) -> Holder | None:
        """Return who holds the lease, ``None`` when nobody does or it cannot be known."""
        try:
            return _holder(self._client.get(LEASES, self._namespace, self._name))
        except SteerError:
            return None

    def _create_or_take_over(self) -> dict[str, Any]:
        while True:
            try:
                return self._client.create(LEASES, self._namespace, self._content({}))
            except ApiError as error:
                if not error.is_already_exists:
                    raise
            try:
                live = self._client.get(LEASES, self._namespace, self._name)
                break
            except ApiError as error:
                # given back meanwhile: whoever makes it now has it
                if not error.is_not_found:
                    raise
        if nested(live, "spec", "holderIdentity") == self._identity and not _end_of(live):
            return live  # made by this client, whose answer was lost on its way
        holder = _holder(live)
        if holder.is_alive:
            raise LeaseHeld(holder)
        try:
            taken = self._client.replace(LEASES, self._namespace, self._name, self._content(live))
        except ApiError as error:
            if error.is_conflict:
                raise LeaseHeld(holder) from error  # somebody else was faster
            raise
        self._before = live
        return taken

    def _beat(self) -> None:
        renewed = time.monotonic()
        while not self._stop.wait(_HEARTBEAT):
            held = self._held
            if held is None:
                return
            try:
                answer = self._client.replace(LEASES, self._namespace, self._name, self._content(held))
            except SteerError as error:
                is_anothers = isinstance(error, ApiError) and (error.is_conflict or error.is_not_found)
                # while the way to the server is broken it is tried again, as long as nobody else may have it
                if is_anothers or time.monotonic() - renewed > _LATEST:
                    if self._lost is not None and not self._stop.is_set():
                        self._lost()
                    return
            else:
                renewed = time.monotonic()
                if self._held is not None:
                    self._held = answer

    def _content(self, live: dict[str, Any]) -> dict[str, Any]:
        moment = _text(time.time())
        metadata: dict[str, Any] = {"name": self._name, "annotations": {_PROCESS: _process()}}
        version = nested(live, "metadata", "resourceVersion")
        if version:
            metadata["resourceVersion"] = version
        is_ours = nested(live, "spec", "holderIdentity") == self._identity
        acquired = nested(live, "spec", "acquireTime") if is_ours else moment
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": {
                "holderIdentity": self._identity,
                "leaseDurationSeconds": DURATION,
                "acquireTime": acquired,
                "renewTime": moment,
            },
        }


def identity() -> str:
    """Return who this process is: ``host_pid``."""
    import os
    import socket

    return f"{socket.gethostname()}_{os.getpid()}"


def _process() -> str:
    """Return what proves on this machine whether this process lives; ``""`` where that is not known (not Linux)."""
    import os

    machine = _machine()
    return f"{machine}/{os.getpid()}/{_started(os.getpid())}" if machine else ""


def _machine() -> str:
    """Return this run of this machine and its space of process numbers, as Linux knows them."""
    import os

    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Return when a process was started, in ticks since the machine was; ``""`` when there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # the name before may hold anything, a parenthesis too
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _is_gone(process: str) -> bool:
    """Tell whether ``process`` was one of this machine and is no more."""
    machine, _slash, rest = process.rpartition("/")
    machine, _slash, pid = machine.rpartition("/")
    return bool(machine) and machine == _machine() and pid.isdigit() and _started(int(pid)) != rest


def _end_of(live: dict[str, Any]) -> str:
    return str((nested(live, "metadata", "annotations") or {}).get(_ENDED) or "")


def _holder(live: dict[str, Any]) -> Holder:
    renewed = str(nested(live, "spec", "renewTime") or "")
    age = max(0.0, time.time() - _epoch(renewed))
    duration = nested(live, "spec", "leaseDurationSeconds") or DURATION
    name = str(nested(live, "spec", "holderIdentity") or "")
    annotations = nested(live, "metadata", "annotations") or {}
    end = _end_of(live)
    is_gone = end != FAILED and (end == UNRECORDED or _is_gone(str(annotations.get(_PROCESS) or "")))
    is_alive = bool(name) and age < duration and not is_gone and not end
    return Holder(name, age, is_alive, is_gone, end == FAILED)


def _text(moment: float) -> str:
    micros = int(moment * 1_000_000) % 1_000_000
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{micros:06d}Z"


def _epoch(text: str) -> float:
    from steersman.release.timestamps import parse

    try:
        moment = parse(text)
    except ValueError:
        return 0.0
    return moment.seconds if moment else 0.0
