"""Conclusions from a lease alone about its holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from steersman.kube import holder as holders
from steersman.kube.holder import ENDED, PROCESS, UPTIME, judge, process_annotations


def lease(annotations: dict[str, str], **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"annotations": annotations},
        "spec": {"holderIdentity": "host_1_ab", "leaseDurationSeconds": 30, **spec},
    }


def of_process(pid: int, age: float = 0.0) -> dict[str, str]:
    """Return the annotations of another process of this machine."""
    own = process_annotations()
    state = holders._process_state(pid)
    machine = own[PROCESS].rpartition("/")[0].rpartition("/")[0]
    return {PROCESS: f"{machine}/{pid}/{state[1] if state else ''}", UPTIME: str(float(own[UPTIME]) - age)}


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.skipif(not process_annotations(), reason="needs Linux")
class TestOnThisMachine:
    def test_a_process_that_was_heard_of_is_alive(self, other: subprocess.Popen[bytes]) -> None:
        found = judge(lease(of_process(other.pid, age=12)))
        assert (found.is_alive, found.is_dead) == (True, False)
        assert str(found).startswith("host_1_ab, last seen 12s ago")

    def test_a_silent_process_is_dead_but_not_gone(self, other: subprocess.Popen[bytes]) -> None:
        found = judge(lease(of_process(other.pid, age=31)))
        assert (found.is_alive, found.is_dead, found.is_gone) == (False, True, False)

    def test_of_a_stopped_process_nothing_is_known_before_its_time_is_over(
        self, other: subprocess.Popen[bytes]
    ) -> None:
        annotations = of_process(other.pid, age=12)
        os.kill(other.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, other.pid, os.WSTOPPED | os.WNOWAIT)
        found = judge(lease(annotations))
        assert (found.is_alive, found.is_dead) == (False, False)

    def test_a_process_that_has_ended_is_gone(self, other: subprocess.Popen[bytes]) -> None:
        annotations = of_process(other.pid)
        other.kill()
        other.wait()
        found = judge(lease(annotations))
        assert (found.is_dead, found.is_gone) == (True, True)

    def test_another_process_of_the_same_number_is_not_the_holder(self, other: subprocess.Popen[bytes]) -> None:
        annotations = of_process(other.pid)
        annotations[PROCESS] = annotations[PROCESS].rpartition("/")[0] + "/1"
        assert judge(lease(annotations)).is_gone

    def test_a_heartbeat_from_the_future_proves_nothing(self, other: subprocess.Popen[bytes]) -> None:
        found = judge(lease(of_process(other.pid, age=-60)))
        assert (found.is_alive, found.is_dead) == (False, False)


@pytest.mark.parametrize("renewed", ["2001-01-01T00:00:00.000000Z", "2999-01-01T00:00:00.000000Z", ""])
@pytest.mark.parametrize("process", ["other-machine/1/2/3", "", "nonsense", "a/b/c/d"])
def test_no_clock_of_another_machine_is_believed(renewed: str, process: str) -> None:
    found = judge(lease({PROCESS: process, UPTIME: "1.0"}, renewTime=renewed))
    assert (found.is_alive, found.is_dead, found.is_gone) == (False, False, False)


@pytest.mark.parametrize(
    ("end", "gone", "failed", "unsettled"),
    [("unrecorded", True, False, False), ("failed", False, True, False), ("unsettled", False, False, True)],
)
def test_a_holder_that_said_how_it_ended_is_dead(end: str, gone: bool, failed: bool, unsettled: bool) -> None:
    found = judge(lease({ENDED: end}))
    assert (found.is_dead, found.is_gone, found.has_failed, found.is_unsettled) == (True, gone, failed, unsettled)


@pytest.mark.parametrize(
    ("said", "believed"), [(12, 12.0), (10**9, 300.0), (0, 30.0), (-1, 30.0), ("x", 30.0), (None, 30.0)]
)
def test_a_duration_is_believed_within_reason(said: Any, believed: float) -> None:
    assert judge(lease({}, leaseDurationSeconds=said)).duration == believed
