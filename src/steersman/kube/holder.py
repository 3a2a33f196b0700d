"""The holder of a lease, and whether its process lives.

The clocks of two machines are never compared. A holder of this machine is judged by what the kernel says of its
process and by the machine's own uptime; of any other one nothing is known until its lease is watched.
"""

from __future__ import annotations

import time

from steersman.kube.objects import nested
from steersman.record import Record
from steersman.runtime import scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DURATION = 30  # seconds without a heartbeat after which the holder counts as dead
LEAST_DURATION = 3  # seconds: three heartbeats must be possible on a slow way to the server
LONGEST_DURATION = 300  # longest duration in seconds that is accepted from another client's lease
PROCESS = "steersman.io/process"  # annotation: which process holds the lease, provable on one machine
UPTIME = "steersman.io/uptime"  # annotation: the machine's uptime at the last heartbeat, in seconds
ENDED = "steersman.io/ended"  # annotation: how the holder has ended without bringing its work to an end
ENDED_BY_ERROR = "failed"  # by an error that its user has seen
UNRECORDED = "unrecorded"  # without being able to record what it had done
UNSETTLED = "unsettled"  # its failure is recorded, but the server may have objects of several revisions


class Holder(Record):
    """The holder of a lease.

    Attributes:
        name: its identity.
        age: seconds since its last heartbeat, ``None`` where that is not known.
        duration: seconds of silence after which it counts as dead.
        is_alive: proved to be at work.
        is_dead: proved not to be.
        is_gone: dead without an error that anybody saw: its process is no more, or it could not record what it did.
        has_failed: ended by an error that its user has seen.
        is_unsettled: the server may have objects of several revisions.
    """

    name: str
    age: float | None
    duration: float
    is_alive: bool = False
    is_dead: bool = False
    is_gone: bool = False
    has_failed: bool = False
    is_unsettled: bool = False

    def __str__(self) -> str:
        return self.name if self.age is None else f"{self.name}, last seen {self.age:.0f}s ago"


def judge(live: dict[str, Any]) -> Holder:
    """Return what a lease alone says of its holder."""
    annotations = nested(live, "metadata", "annotations") or {}
    name = str(nested(live, "spec", "holderIdentity") or "")
    duration = _duration(nested(live, "spec", "leaseDurationSeconds"))
    end = str(annotations.get(ENDED) or "")
    if not name or end:
        return Holder(
            name,
            None,
            duration,
            is_dead=True,
            is_gone=end == UNRECORDED,
            has_failed=end == ENDED_BY_ERROR,
            is_unsettled=end == UNSETTLED,
        )
    machine, pid, started = _process_parts(str(annotations.get(PROCESS) or ""))
    if not machine or machine != _machine():
        return Holder(name, None, duration)
    state = _process_state(pid)
    if state is None:
        return Holder(name, None, duration)
    if state[1] != started:
        return Holder(name, None, duration, is_dead=True, is_gone=True)
    age = _age(str(annotations.get(UPTIME) or ""))
    if age is None:
        return Holder(name, None, duration)
    # a stopped process does nothing, and may continue at any moment
    is_stopped = state[0] in "Tt"
    return Holder(name, age, duration, is_alive=age < duration and not is_stopped, is_dead=age >= duration)


def identity() -> str:
    """Return a name that no other holder has: ``host_pid_random``."""
    import os
    import socket

    return f"{socket.gethostname()}_{os.getpid()}_{os.urandom(4).hex()}"


def boot_clock() -> float:
    """Return seconds since the machine was started; the clock runs while it or the process sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def sleep(seconds: float) -> None:
    """Sleep, also where a clock is faked: libfaketime breaks one kind of waiting or the other."""
    try:
        scope.sleep(seconds)
    except OSError:
        import threading

        threading.Event().wait(seconds)


def process_annotations() -> dict[str, str]:
    """Return what proves on this machine whether this process lives; nothing where that is not known (not Linux)."""
    import os

    machine, uptime = _machine(), _uptime()
    if not machine or uptime is None:
        return {}
    state = _process_state(os.getpid())
    return {} if state is None else {PROCESS: f"{machine}/{os.getpid()}/{state[1]}", UPTIME: f"{uptime:.2f}"}


def _duration(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return min(float(value), LONGEST_DURATION) if is_number else DURATION


def _process_parts(process: str) -> tuple[str, int, str]:
    machine, _slash, started = process.rpartition("/")
    machine, _slash, pid = machine.rpartition("/")
    return (machine, int(pid), started) if pid.isdigit() else ("", 0, "")


def _machine() -> str:
    """Return this run of this machine and its space of process numbers, as Linux knows them."""
    import os

    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _process_state(pid: int) -> tuple[str, str] | None:
    """Return a process's state and when it was started, in ticks since the machine was.

    Both are empty when there is no such process; ``None`` when this user may not see it (``hidepid``).
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # the name before may hold anything, a parenthesis too
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None if _is_there(pid) else ("", "")
    return ("", "") if fields[0] in "ZX" else (fields[0], fields[19])


def _is_there(pid: int) -> bool:
    import os

    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's
    return True


def _uptime() -> float | None:
    """Return the machine's uptime from the kernel itself: a library that fakes clocks does not reach it."""
    try:
        with open("/proc/uptime", encoding="ascii") as file:
            return float(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _age(heard: str) -> float | None:
    now = _uptime()
    try:
        age = None if now is None else now - float(heard)
    except ValueError:
        return None
    # the future is not believed
    return None if age is None or not age >= -1 else max(0.0, age)
