"""Measure how processor time grows with the size of the input."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TIMES = 16
LINEAR = 64.0  # for 16 times the size, half-way between linear (16) and quadratic (256): a factor of four to each side
ROUNDS = 5


def growth(run: Callable[[int], object], size: int) -> float:
    """Return how much longer ``run(size * TIMES)`` takes than ``run(size)``; 0 for what takes no time at all.

    Other load makes a figure larger, seldom smaller: the least of a few rounds counts, and the first
    one below LINEAR ends them.
    """
    least = float("inf")
    for _ in range(ROUNDS):
        small = min(_taken(run, size) for _ in range(3))
        least = min(least, _taken(run, size * TIMES) / max(small, 0.002))
        if least < LINEAR:
            break
    return least


def _taken(run: Callable[[int], object], size: int) -> float:
    """Return the seconds of processor time, without the collector, whose time goes by everything that is alive."""
    gc.collect()
    gc.disable()
    try:
        begin = time.process_time()
        run(size)
        return time.process_time() - begin
    finally:
        gc.enable()
