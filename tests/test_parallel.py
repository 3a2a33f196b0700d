"""A few threads: calls in turn, results by name, and leaving."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from steersman.errors import Interrupted
from steersman.runtime.parallel import Workers


def test_results_come_to_whom_they_belong() -> None:
    with Workers(3) as workers:
        asked = {workers.start(partial(pow, n, 2)): n for n in range(20)}
        seen = [(asked[result], result()) for result in workers.ended()]
        assert sorted(seen) == [(n, n * n) for n in range(20)]


def test_no_more_run_at_once_than_there_are_workers() -> None:
    running, most = [0], [0]
    lock = threading.Lock()

    def act() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with lock:
            running[0] -= 1

    with Workers(3) as workers:
        for wait in [workers.start(act) for _ in range(12)]:
            wait()
    assert most[0] == 3


def test_what_a_call_raises_is_raised_where_its_result_is_asked_for() -> None:
    with Workers(2) as workers:
        bad, good = workers.start(lambda: 1 // 0), workers.start(lambda: 1)
        assert good() == 1
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                bad()


def test_leaving_waits_for_what_has_begun_and_drops_the_rest() -> None:
    done: list[int] = []
    begun = threading.Event()

    def act(n: int) -> None:
        begun.set()
        time.sleep(0.1)
        done.append(n)

    with Workers(1) as workers:
        for n in range(3):
            workers.start(partial(act, n))
        begun.wait()
    assert done == [0]


def test_who_is_interrupted_does_not_wait() -> None:
    end = threading.Event()
    with pytest.raises(Interrupted), Workers(1) as workers:
        workers.start(end.wait)
        raise Interrupted
    assert not end.is_set()
    end.set()
