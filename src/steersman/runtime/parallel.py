"""A few threads: a function over items, with results in order, or jobs that are asked for one by one.

``concurrent.futures`` would import ``logging``, which costs more than a request does.
"""

from __future__ import annotations

import threading
import time

from steersman import errors
from steersman.runtime.scope import current, enter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TypeVar

    T = TypeVar("T")
    R = TypeVar("R")
    from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, SIGTERM, pthread_sigmask
else:  # the module in Python would bring enum along
    try:
        from _signal import SIG_BLOCK, SIG_SETMASK, SIGINT, SIGTERM, pthread_sigmask
    except ImportError:
        pthread_sigmask = None

_HAS_MASKS = pthread_sigmask is not None  # Windows has none
WORKERS = 16
# items per worker from which on another one pays: a new connection costs as much as some requests on an open one
_PER_WORKER = 3
_LAST_WORDS = 10.0  # seconds that the calls of other threads may take to end after an interruption


class Thread(threading.Thread):
    """A daemon thread that calls ``act`` in the scope of the thread that made it.

    A signal that comes while it is started is handled once it runs: an exception of a signal handler inside of
    ``threading.Thread.start`` makes the new thread end in a traceback.
    """

    def __init__(self, act: Callable[..., object], *args: Any) -> None:
        super().__init__(target=act, args=args, daemon=True)
        self._mask: Iterable[int] = ()
        self._scope = current()

    def start(self) -> None:
        """Start the thread."""
        if not _HAS_MASKS:
            super().start()
            return
        self._mask = pthread_sigmask(SIG_BLOCK, (SIGINT, SIGTERM))
        try:
            super().start()
        finally:
            pthread_sigmask(SIG_SETMASK, self._mask)

    def run(self) -> None:
        """Call ``act``; programs that it starts take signals as this program did."""
        if _HAS_MASKS:
            pthread_sigmask(SIG_SETMASK, self._mask)
        enter(self._scope)
        super().run()


def run_all(act: Callable[[T], R], items: Sequence[T], *, workers: int = WORKERS) -> list[R | Exception]:
    """Call ``act`` with each item; the result of an item is its return value or its exception.

    Raises:
        Interrupted: when a call was; no further one is begun.
    """
    results: list[R | Exception] = [RuntimeError("not run")] * len(items)
    if len(items) <= _PER_WORKER:
        for i, item in enumerate(items):
            results[i] = _try(act, item)
        return results
    positions = iter(range(len(items)))
    lock = threading.Lock()
    interruptions: list[errors.Interrupted] = []

    def work() -> None:
        nonlocal positions
        while True:
            with lock:
                i = next(positions, None)
            if i is None:
                return
            try:
                results[i] = _try(act, items[i])
            except errors.Interrupted as error:
                with lock:
                    positions = iter(())
                interruptions.append(error)
                return

    threads = [Thread(work) for _ in range(min(workers, -(-len(items) // _PER_WORKER)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException:
        with lock:
            positions = iter(())
        # what has begun comes to its end before anybody acts on the interruption
        end = time.monotonic() + _LAST_WORDS
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, end - time.monotonic()))
        raise
    if interruptions:
        raise interruptions[0]
    return results


class Workers:
    """Threads that take calls in turn, at most ``count`` of them; leaving waits for the calls that have begun.

    Who is interrupted does not wait.
    """

    def __init__(self, count: int) -> None:
        from queue import SimpleQueue

        self._count = count
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._ended: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._given = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_exc: object) -> None:
        from queue import Empty

        try:
            while True:
                self._waiting.get_nowait()
        except Empty:
            pass
        for _ in self._threads:
            self._waiting.put(None)
        if kind is None or not issubclass(kind, (KeyboardInterrupt, errors.Interrupted)):
            for thread in self._threads:
                thread.join()

    def start(self, act: Callable[[], R]) -> Callable[[], R]:
        """Give a call to the next free worker; what is returned waits for its end, and returns or raises as it did."""
        is_over = threading.Event()
        values: list[R] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                values.append(act())
            except BaseException as error:
                errors.append(error)
            is_over.set()
            self._ended.put(wait)

        def wait() -> R:
            is_over.wait()
            if errors:
                raise errors[0]
            return values[0]

        self._given += 1
        self._waiting.put(run)
        if len(self._threads) < self._count:
            self._threads.append(Thread(self._work))
            self._threads[-1].start()
        return wait

    def ended(self) -> Iterator[Callable[[], Any]]:
        """Yield what ``start`` returned, as the calls end."""
        while self._given:
            self._given -= 1
            yield self._ended.get()

    def _work(self) -> None:
        while (run := self._waiting.get()) is not None:
            run()


def first_error(results: Sequence[object]) -> Exception | None:
    """Return the first exception among results."""
    return next((result for result in results if isinstance(result, Exception)), None)


def _try(act: Callable[[T], R], item: T) -> R | Exception:
    try:
        return act(item)
    except errors.Interrupted:
        raise  # the user's word, not the item's result
    except Exception as error:
        return error
