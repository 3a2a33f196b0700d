"""A Lease held while something is done: who does it, and a heartbeat that it is still done.

Leases are objects of ``coordination.k8s.io``; a holder that dies leaves one behind that changes no more. Whether it
does is seen by watching it here for its duration, as client-go's leader election does: two machines' clocks are never
compared. Who may not write leases does without.
"""

from __future__ import annotations

import threading
import time

from steersman.errors import SteerError, TransportError
from steersman.kube.errors import ApiError
from steersman.kube.guard import LeaseLost
from steersman.kube.holder import DURATION, Holder, boot_clock, judge, process_annotations, sleep
from steersman.kube.holder import ENDED as _ENDED
from steersman.kube.objects import LEASES, BadPathName, nested
from steersman.record import replace
from steersman.runtime.parallel import Thread
from steersman.runtime.scope import current, shielded, working_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.kube.client import ApiClient

_BEATS = 3  # heartbeats in the time after which the holder counts as dead
_FRESH = 2 / 3  # share of that time in which a renewal allows writes; the rest is for a write to arrive
_SLICE = 0.25  # seconds after which a heartbeat notices that it is not wanted any more
_LOOKS = 30  # looks at a watched lease in that time
_TRIES = 4  # times a lease is asked for while the server is in trouble
_PAUSE = 0.25  # seconds before the second try, doubled each time
_CONFLICTS = 5  # attempts to write an own lease that others annotate meanwhile
_NO_LEASES = (403, 404, 405)  # answers to who may not have leases, or where there are none


class LeaseHeld(SteerError):
    """Somebody else holds the lease."""

    def __init__(self, holder: Holder) -> None:
        super().__init__()
        self.holder = holder

    def __str__(self) -> str:
        return f"held by {self.holder}"


class Lease:
    """One lease by name.

    Args:
        identity: who wants it, for others to read; no two leases in use may share it.
        duration: seconds without a heartbeat after which this holder counts as dead.
        lost: called once when the lease turns out to be lost.
        tell: told who holds the lease and for how many seconds it has been watched; ``None`` once that is over.
    """

    def __init__(
        self,
        client: ApiClient,
        namespace: str,
        name: str,
        identity: str,
        *,
        duration: int = DURATION,
        lost: Callable[[], None] | None = None,
        tell: Callable[[Holder | None, float], None] | None = None,
    ) -> None:
        self._client = client
        self._namespace = namespace
        self._name = name
        self._identity = identity
        self._duration = duration
        self._on_loss = lost
        self._tell = tell
        self._lock = threading.Lock()  # held while the lease is written
        self._held: dict[str, Any] | None = None
        self._renewed = 0.0  # by the boot clock, before the last renewal that succeeded was sent
        self._before: dict[str, Any] | None = None
        self._stop = threading.Event()
        self.taken_from: Holder | None = None  # the dead holder from whom the lease was taken over
        self.is_lost = False

    def __enter__(self) -> Lease:
        self.acquire()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()

    def acquire(self, admit: Callable[[Holder], None] | None = None) -> bool:
        """Take the lease; false when this user cannot have leases here.

        A lease of a holder of whom nothing is known is watched until it changes, is gone, or its time is over.

        Args:
            admit: given a holder that is not known to be alive, before its lease is watched or taken over: raises
                when this client would not continue.

        Raises:
            LeaseHeld: when a live client holds it.
            SteerError: when the server cannot say, so that no other client is disturbed.
        """
        pause = _PAUSE
        for attempt in range(_TRIES):
            try:
                self._create_or_take_over(admit)
                break
            except BadPathName:
                return False  # whoever reads the records says so
            except (ApiError, TransportError) as error:
                if isinstance(error, ApiError) and error.code in _NO_LEASES:
                    return False
                if attempt == _TRIES - 1:
                    raise
            sleep(pause)
            pause *= 2
        Thread(self._beat).start()
        return True

    def check(self) -> None:
        """Make sure that the lease is fresh, renewing it where it is not.

        Raises:
            LeaseLost: when it is not this client's any more.
            SteerError: when the server cannot say.
        """
        if self._held is None and not self.is_lost:
            return
        if self.is_lost or not self._is_fresh():
            self._renew(only_stale=True)

    def release(self, *, restore: bool = False, unfinished: str = "") -> None:
        """Give the lease back if it is held.

        Args:
            restore: leave what the dead holder had left.
            unfinished: leave the lease with this word of how its holder has ended and its work has not.
        """
        self._stop.set()
        with self._lock:
            held, self._held = self._held, None
            if held is None or self.is_lost:
                return
            pause = _PAUSE
            for attempt in range(_TRIES):
                if attempt:
                    sleep(pause)
                    pause *= 2
                try:
                    if attempt:
                        live = self._own()
                        if live is None:
                            return
                        held = live
                    self._give_back(held, restore=restore, unfinished=unfinished)
                    return
                except ApiError as error:
                    if not (error.is_conflict or error.code == 429 or error.code >= 500):
                        return
                except TransportError:
                    continue
                except SteerError:
                    return
            # it will grow old by itself

    def holder(self) -> Holder | None:
        """Return the holder of the lease, ``None`` when there is none or it cannot be known."""
        try:
            return judge(self._client.get(LEASES, self._namespace, self._name))
        except SteerError:
            return None

    def _create_or_take_over(self, admit: Callable[[Holder], None] | None) -> None:
        while True:
            moment = boot_clock()
            try:
                made = self._send("POST", self._content({}))
            except ApiError as error:
                if not error.is_already_exists:
                    raise
            else:
                self._has(made, moment)
                return
            try:
                live = self._send("GET")
            except ApiError as error:
                # given back meanwhile: whoever makes it now has it
                if not error.is_not_found:
                    raise
                continue
            if nested(live, "spec", "holderIdentity") == self._identity and not _end_of(live):
                self._has(live, moment)  # made by this client, whose answer was lost on its way
                return
            holder = self._dead_holder(live, admit)
            if holder is None:
                continue
            moment = boot_clock()
            try:
                taken = self._send("PUT", self._content(live))
            except ApiError as error:
                if error.is_conflict:
                    raise LeaseHeld(replace(holder, age=0.0)) from error  # it was written meanwhile
                raise
            self._before, self.taken_from = live, holder
            self._has(taken, moment)
            return

    def _dead_holder(self, live: dict[str, Any], admit: Callable[[Holder], None] | None) -> Holder | None:
        """Return the holder of a lease once it is known to be dead; ``None`` when the lease has to be asked for anew.

        Raises:
            LeaseHeld: when it is alive.
        """
        holder = judge(live)
        if holder.is_alive:
            raise LeaseHeld(holder)
        if admit is not None:
            admit(holder)
        return holder if holder.is_dead else self._watched(live, holder)

    def _watched(self, live: dict[str, Any], holder: Holder) -> Holder | None:
        """Look at a lease until it changes or its time is over.

        k8s: a lease counts as abandoned when whoever wants it has seen no change of it for its duration.
        """
        began = boot_clock()
        version = _version(live)
        pause = holder.duration / _LOOKS
        try:
            while True:
                sleep(pause)
                asked = boot_clock()
                if self._tell is not None:
                    self._tell(holder, asked - began)
                try:
                    now = self._send("GET")
                except ApiError as error:
                    if error.is_not_found:
                        return None
                    if error.code < 500 and error.code != 429:
                        raise
                    continue
                except TransportError:
                    if asked - began > holder.duration * _TRIES:
                        raise
                    continue
                if _version(now) != version:
                    found = judge(now)
                    if found.is_dead:
                        return None  # it has ended, or its process has: asked for anew
                    raise LeaseHeld(replace(found, age=0.0))
                if asked - began >= holder.duration:
                    return replace(judge(now), age=asked - began, is_alive=False, is_dead=True)
        finally:
            if self._tell is not None:
                self._tell(None, 0.0)

    def _has(self, live: dict[str, Any], moment: float) -> None:
        self._held, self._renewed = live, moment

    def _is_fresh(self) -> bool:
        return boot_clock() - self._renewed < self._duration * _FRESH

    def _beat(self) -> None:
        # a cancelled action still records its end, and holds its release until then
        with shielded():
            while self._sleep_until_beat():
                try:
                    self._renew()
                except LeaseLost:
                    return
                except SteerError:
                    continue  # while the way to the server is broken it is tried again: nobody else may have it yet

    def _sleep_until_beat(self) -> bool:
        """Sleep in short pieces; return whether a heartbeat is due, false when the lease is given back."""
        began = boot_clock()
        while not self._stop.is_set():
            sleep(_SLICE)
            if boot_clock() - began >= self._duration / _BEATS:
                return not self._stop.is_set()
        return False

    def _renew(self, *, only_stale: bool = False) -> None:
        """Write the lease anew, as this client has it.

        Nobody can have taken it in between where that succeeds: it names the object and its version.
        """
        with self._lock:
            if self.is_lost:
                raise LeaseLost
            if self._held is None or (only_stale and self._is_fresh()):
                return
            for _ in range(_CONFLICTS):
                moment = boot_clock()
                try:
                    self._has(self._send("PUT", self._content(self._held)), moment)
                    return
                except ApiError as error:
                    if not (error.is_conflict or error.is_not_found):
                        raise
                live = self._own()
                if live is None:
                    break
                self._held = live
            self.is_lost = True
        if self._on_loss is not None and not self._stop.is_set():
            self._on_loss()
        raise LeaseLost

    def _own(self) -> dict[str, Any] | None:
        """Return the lease as it is now where it is still this client's."""
        try:
            live = self._send("GET")
        except ApiError as error:
            if error.is_not_found:
                return None
            raise
        is_own = nested(live, "spec", "holderIdentity") == self._identity and not _end_of(live)
        return live if is_own else None

    def _give_back(self, held: dict[str, Any], *, restore: bool, unfinished: str) -> None:
        if restore and self._before is not None:
            annotations = nested(self._before, "metadata", "annotations") or {}
            metadata = {**self._metadata(held), "annotations": annotations}
            self._send("PUT", {**self._before, "metadata": metadata})
        elif unfinished:
            body = self._content(held)
            body["metadata"]["annotations"][_ENDED] = unfinished
            self._send("PUT", body)
        else:
            bound = {"uid": nested(held, "metadata", "uid"), "resourceVersion": _version(held)}
            self._send("DELETE", {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": bound})

    def _send(self, method: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request about the lease; these alone are not held back by the lease's own age."""
        path = LEASES.path(self._namespace, "" if method == "POST" else self._name)
        # nobody would know whether the server has a write that was broken off
        with working_in(current() if method == "GET" else None):
            answer: dict[str, Any] = self._client.call(
                method,
                path,
                body=body,
                what=f"{LEASES.plural_name} {self._name}",
                timeout=self._duration / _BEATS,
                is_guarded=False,
            )
        return answer

    def _metadata(self, live: dict[str, Any]) -> dict[str, Any]:
        """Return the metadata of a write of ``live``: k8s makes a lease anew by a PUT that does not name the object."""
        metadata: dict[str, Any] = {"name": self._name}
        if live:
            metadata |= {"uid": nested(live, "metadata", "uid"), "resourceVersion": _version(live)}
        return metadata

    def _content(self, live: dict[str, Any]) -> dict[str, Any]:
        moment = _text(time.time())
        is_ours = nested(live, "spec", "holderIdentity") == self._identity
        acquired = nested(live, "spec", "acquireTime") if is_ours else moment
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {**self._metadata(live), "annotations": process_annotations()},
            "spec": {
                "holderIdentity": self._identity,
                "leaseDurationSeconds": self._duration,
                "acquireTime": acquired,
                "renewTime": moment,
            },
        }


def _end_of(live: dict[str, Any]) -> str:
    return str((nested(live, "metadata", "annotations") or {}).get(_ENDED) or "")


def _version(live: dict[str, Any]) -> str:
    return str(nested(live, "metadata", "resourceVersion") or "")


def _text(moment: float) -> str:
    micros = int(moment * 1_000_000) % 1_000_000
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{micros:06d}Z"
