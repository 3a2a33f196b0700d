"""Run a function over items on a few threads and keep the order of the results.

``concurrent.futures`` would import ``logging``, which costs more than a request does.
"""

from __future__ import annotations

import threading

from steersman.errors import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    T = TypeVar("T")
    R = TypeVar("R")

WORKERS = 16
# items per worker from which on another one pays: a new connection costs as much as some requests on an open one
_PER_WORKER = 3


def run_all(act: Callable[[T], R], items: Sequence[T], *, workers: int = WORKERS) -> list[R | Exception]:
    """Call ``act`` with each item; an item's result is what it returned or raised."""
    results: list[R | Exception] = [RuntimeError("not run")] * len(items)
    if len(items) <= _PER_WORKER:
        for i, item in enumerate(items):
            results[i] = _try(act, item)
        return results
    positions = iter(range(len(items)))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                i = next(positions, None)
            if i is None:
                return
            results[i] = _try(act, items[i])

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, -(-len(items) // _PER_WORKER)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def first_error(results: Sequence[object]) -> Exception | None:
    """Return the first exception among results."""
    return next((result for result in results if isinstance(result, Exception)), None)


def _try(act: Callable[[T], R], item: T) -> R | Exception:
    try:
        return act(item)
    except Interrupted:
        raise  # the user's word, not the item's result
    except Exception as error:
        return error
