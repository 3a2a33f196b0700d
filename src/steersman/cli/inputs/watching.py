"""``--watch``: run again when a file of the charts changes."""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import NoReturn, TextIO

_INTERVAL = 0.3  # seconds between looks
_QUIET = 0.1  # seconds without a change before running: an editor writes several files
_NOT_LOOKED_AT = ("__snapshot__", ".git", ".debug")


def watch(paths: Sequence[str], act: Callable[[], object], out: TextIO) -> NoReturn:
    """Call ``act`` now and after each change below ``paths``, until the user interrupts."""
    before = state(paths)
    act()
    while True:
        out.write("\nwaiting for changes; Ctrl-C ends\n")
        out.flush()
        before = _changed(paths, before)
        out.write("\n")
        act()


def _changed(paths: Sequence[str], before: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Wait for a change and the quiet after it, and return the new state."""
    while (now := state(paths)) == before:
        time.sleep(_INTERVAL)
    while True:
        time.sleep(_QUIET)
        later = state(paths)
        if later == now:
            return now
        now = later


def state(paths: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the time and size of each file below ``paths``."""
    return dict(_states(paths))


def _states(paths: Sequence[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    for path in paths:
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if name not in _NOT_LOOKED_AT]
            for name in names:
                full = os.path.join(folder, name)
                try:
                    info = os.stat(full)
                except OSError:
                    continue
                yield full, (info.st_mtime_ns, info.st_size)
