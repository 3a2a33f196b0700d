"""Room for templates that include each other very deeply.

Python's own limit guards the machine's stack, which C code (printing, sorting, comparing) uses up as
well; it cannot just be raised. Up to some depth templates run where they are called; beyond it the
rest runs in a thread of its own with a stack of its own, where the limit can be high.
"""

from __future__ import annotations

import sys

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

# Frames that the usual stack of 8 MiB stands, whatever they call.
SHALLOW_FRAMES = 6000
# Nested executions in one thread; each takes up to six frames.
SHALLOW_DEPTH = 200
_DEEP_FRAMES = 120_000
# Bytes; only what is used of it takes memory.
_DEEP_STACK = 512 * 1024 * 1024


def allow_frames(frames: int) -> None:
    """Let Python calls nest at least ``frames`` deep."""
    if sys.getrecursionlimit() < frames:
        sys.setrecursionlimit(frames)


def is_deep() -> bool:
    """Return whether this is a thread with the large stack."""
    return sys.getrecursionlimit() >= _DEEP_FRAMES


def with_deep_calls(call: Callable[[], T]) -> T:
    """Run ``call``, which calls no C code that calls back, with a very high limit."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP_FRAMES))
    try:
        return call()
    finally:
        sys.setrecursionlimit(before)


def deeply(call: Callable[[], T]) -> T:
    """Run ``call``, and where the usual stack is too small for what it is about, run it again on a large one.

    Only for calls that have no effect but their result.

    Raises:
        TemplateError: when the large stack is too small, too.
    """
    try:
        return call()
    except RecursionError:
        pass
    try:
        return with_deep_stack(call)
    except RecursionError:
        raise errors.TemplateError("templates or values nest too deeply") from None


def with_deep_stack(call: Callable[[], T]) -> T:
    """Run ``call`` in a thread with a large stack and wait for it; what it raises is raised here."""
    import _thread
    from _contextvars import copy_context

    context = copy_context()
    results: list[T] = []
    errors: list[BaseException] = []
    done = _thread.allocate_lock()
    done.acquire()

    def run() -> None:
        try:
            results.append(context.run(call))
        except BaseException as err:
            errors.append(err)
        finally:
            done.release()

    before = sys.getrecursionlimit()
    usual = _thread.stack_size(_DEEP_STACK)
    # before the thread runs: on a busy machine it can be far along when this one comes to its next line
    sys.setrecursionlimit(max(before, _DEEP_FRAMES))
    try:
        try:
            _thread.start_new_thread(run, ())
        except (RuntimeError, MemoryError):
            sys.setrecursionlimit(before)
            # no larger stack is available: continue on this one
            return call()
        finally:
            _thread.stack_size(usual)
        done.acquire()
    finally:
        sys.setrecursionlimit(before)
    if errors:
        raise errors[0]
    return results[0]
