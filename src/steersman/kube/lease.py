"""A Lease held while something is done: who does it, and a heartbeat that it is still done.

Leases are objects of ``coordination.k8s.io``; a holder that dies leaves one behind whose
heartbeat grows old. Who may not write leases does without.
"""

from __future__ import annotations

import threading
import time

from steersman.errors import SteerError
from steersman.kube.client import ApiError
from steersman.kube.objects import LEASES, nested
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.kube.client import ApiClient

DURATION = 30  # seconds without a heartbeat after which the holder counts as dead
_HEARTBEAT = 10.0  # seconds between heartbeats


class Holder(Record):
    """Who holds a lease, and how many seconds ago that was last said."""

    name: str
    age: float
    is_alive: bool
    version: str = ""


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
        lost: called when the lease turns out to be somebody else's.
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
        """
        try:
            self._held = self._client.create(LEASES, self._namespace, self._content({}))
        except ApiError as error:
            if not error.is_already_exists:
                return False
            self._held = self._take_over()
        if self._held is None:
            return False
        threading.Thread(target=self._beat, daemon=True).start()
        return True

    @property
    def taken_from(self) -> Holder | None:
        """The dead holder this lease was taken over from."""
        return None if self._before is None else _holder(self._before)

    def release(self, *, restore: bool = False) -> None:
        """Give the lease back if it is held; with ``restore`` leave what the dead holder had left."""
        self._stop.set()
        held, self._held = self._held, None
        if held is None:
            return
        try:
            if restore and self._before is not None:
                version = nested(held, "metadata", "resourceVersion")
                metadata = {"name": self._name, "resourceVersion": version}
                body = {**self._before, "metadata": metadata}
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

    def _take_over(self) -> dict[str, Any] | None:
        try:
            live = self._client.get(LEASES, self._namespace, self._name)
        except ApiError as error:
            if error.is_not_found:
                return self._client.create(LEASES, self._namespace, self._content({}))
            return None
        holder = _holder(live)
        if holder.is_alive:
            raise LeaseHeld(holder)
        try:
            taken = self._client.replace(LEASES, self._namespace, self._name, self._content(live))
            self._before = live
            return taken
        except ApiError as error:
            if error.is_conflict:
                raise LeaseHeld(holder) from error  # somebody else was faster
            return None

    def _beat(self) -> None:
        while not self._stop.wait(_HEARTBEAT):
            held = self._held
            if held is None:
                return
            try:
                renewed = self._client.replace(LEASES, self._namespace, self._name, self._content(held))
            except ApiError as error:
                if (error.is_conflict or error.is_not_found) and self._lost is not None and not self._stop.is_set():
                    self._lost()
                    return
            except SteerError:
                continue  # the way to the server is broken: try again at the next beat
            else:
                if self._held is not None:
                    self._held = renewed

    def _content(self, live: dict[str, Any]) -> dict[str, Any]:
        moment = _text(time.time())
        metadata: dict[str, Any] = {"name": self._name}
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


def _holder(live: dict[str, Any]) -> Holder:
    renewed = str(nested(live, "spec", "renewTime") or "")
    age = max(0.0, time.time() - _epoch(renewed))
    duration = nested(live, "spec", "leaseDurationSeconds") or DURATION
    name = str(nested(live, "spec", "holderIdentity") or "")
    return Holder(name, age, bool(name) and age < duration)


def _text(moment: float) -> str:
    micros = int(moment * 1_000_000) % 1_000_000
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{micros:06d}Z"


def _epoch(text: str) -> float:
    from calendar import timegm

    try:
        return timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return 0.0
