"""A function over items in several processes."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest

from steersman.errors import ValuesError
from steersman.runtime.process import collected_often
from steersman.runtime.processes import WorkerDied, in_processes


def test_each_number_comes_back_with_its_result() -> None:
    found = dict(in_processes(lambda number: number * number, range(50), 4))
    assert found == {number: number * number for number in range(50)}


def test_work_is_done_in_other_processes_where_there_is_enough_of_it() -> None:
    processes = {pid for _, pid in in_processes(lambda _number: os.getpid(), range(4), 2)}
    assert os.getpid() not in processes
    assert [pid for _, pid in in_processes(lambda _number: os.getpid(), [1], 4)] == [os.getpid()]
    assert {pid for _, pid in in_processes(lambda _number: os.getpid(), range(4), 1)} == {os.getpid()}


def test_large_results_and_many_items_come_whole() -> None:
    assert {len(text) for _, text in in_processes(lambda _number: "x" * 300_000, range(6), 3)} == {300_000}
    assert sum(number for _, number in in_processes(lambda number: number, range(20_000), 2)) == sum(range(20_000))


def test_an_error_is_raised_here() -> None:
    def act(number: int) -> int:
        if number == 3:
            raise ValuesError("three")
        return number

    with pytest.raises(ValuesError, match="three"):
        list(in_processes(act, range(8), 2))


def test_a_process_that_is_killed_is_an_error() -> None:
    def act(number: int) -> int:
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(WorkerDied):
        list(in_processes(act, range(8), 2))


def _children() -> set[str]:
    return {pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


def test_who_stops_early_leaves_no_process() -> None:
    before = _children()
    results = in_processes(lambda number: number, range(100), 3)
    next(results)
    during = _children()
    results.close()
    assert len(during - before) > 0
    assert _children() <= before


def test_the_collector_runs_more_often_only_inside() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(1_000_000, 20, 30)
        with collected_often():
            assert gc.get_threshold() == (100_000, 20, 30)
        assert gc.get_threshold() == (1_000_000, 20, 30)
        gc.set_threshold(700, 10, 10)
        with collected_often():
            assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.set_threshold(*before)
