"""A function over items in several processes, forked from this one: what it has loaded, they have too."""

from __future__ import annotations

import os
import sys

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeVar

    T = TypeVar("T")

_MOST_TOKENS = 8000  # two bytes each: what a pipe holds before anybody reads
_HEAD = 8  # bytes of a result's length


class WorkerDied(errors.SteerError):
    """A process that ended before its work did."""


def cores() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def in_processes(act: Callable[[int], T], order: Sequence[int], workers: int) -> Iterator[tuple[int, T]]:
    """Yield each number of ``order`` with what ``act`` returns for it, as the results come.

    Args:
        act: called in a process of its own; its result goes through pickle. It may change nothing of this process.
        order: the numbers, the longest work first.
        workers: how many processes; with one, and where the system has no fork, all is done here.

    Raises:
        WorkerDied: when a process is killed.
        Exception: what ``act`` raises.
    """
    if workers < 2 or len(order) < 2 or not hasattr(os, "fork") or sys.platform == "darwin":
        for number in order:
            yield number, act(number)
        return
    size = -(-len(order) // _MOST_TOKENS)
    batches = [order[at : at + size] for at in range(0, len(order), size)]
    tasks, give = os.pipe()
    for at in range(len(batches)):
        os.write(give, at.to_bytes(2, "big"))
    os.close(give)
    children = [_fork(act, batches, tasks) for _ in range(min(workers, len(batches)))]
    os.close(tasks)
    try:
        yield from _results(children)
    finally:
        _end(children)


class _Child:
    def __init__(self, pid: int, source: int) -> None:
        self.pid = pid
        self.source = source
        self.data = bytearray()
        self.has_ended = False


def _fork(act: Callable[[int], Any], batches: Sequence[Sequence[int]], tasks: int) -> _Child:
    source, sink = os.pipe()
    pid = os.fork()
    if pid:
        os.close(sink)
        return _Child(pid, source)
    code = 1
    try:
        os.close(source)
        _work(act, batches, tasks, sink)
        code = 0
    finally:
        # nothing of what the parent has buffered or registered may happen twice
        os._exit(code)


def _work(act: Callable[[int], Any], batches: Sequence[Sequence[int]], tasks: int, sink: int) -> None:
    import pickle

    while token := os.read(tasks, 2):
        for number in batches[int.from_bytes(token, "big")]:
            try:
                result: tuple[int, Any, Exception | None] = (number, act(number), None)
            except Exception as error:
                result = (number, None, error)
            data = pickle.dumps(result)
            view = memoryview(len(data).to_bytes(_HEAD, "big") + data)
            while view:
                view = view[os.write(sink, view) :]


def _results(children: Sequence[_Child]) -> Iterator[tuple[int, Any]]:
    import select

    open_ = list(children)
    while open_:
        ready, _, _ = select.select([child.source for child in open_], [], [])
        for child in [child for child in open_ if child.source in ready]:
            data = os.read(child.source, 1 << 20)
            if not data:
                open_.remove(child)
                _check_ended(child)
                continue
            child.data += data
            yield from _whole(child)


def _whole(child: _Child) -> Iterator[tuple[int, Any]]:
    import pickle

    while len(child.data) >= _HEAD:
        end = _HEAD + int.from_bytes(child.data[:_HEAD], "big")
        if len(child.data) < end:
            return
        number, result, error = pickle.loads(bytes(child.data[_HEAD:end]))
        del child.data[:end]
        if error is not None:
            raise error
        yield number, result


def _check_ended(child: _Child) -> None:
    _, status = os.waitpid(child.pid, 0)
    child.has_ended = True
    if status:
        raise WorkerDied(f"a worker process ended early ({os.waitstatus_to_exitcode(status)})")


def _end(children: Sequence[_Child]) -> None:
    import signal

    for child in children:
        os.close(child.source)
        if not child.has_ended:
            try:
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
            except OSError:
                pass
