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


def watch(places: Callable[[], Sequence[str]], act: Callable[[list[str]], object], out: TextIO) -> NoReturn:
    """Call ``act`` now, with no paths, and with those that have changed after each change, until the user interrupts.

    Args:
        places: returns the files and folders to look at.
        act: given the paths of files that are new, gone or different.
        out: to say that nothing happens until something changes.
    """
    paths = places()
    before = state(paths)
    act([])
    while True:
        out.write("\nwaiting for changes; Ctrl-C ends\n")
        out.flush()
        now = _changed(paths, before)
        changed = sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
        out.write("\n")
        act(changed)
        # what has changed since then is seen next; a place that was not looked at yet has not changed
        known, paths = paths, places()
        left = state([path for path in known if path not in paths])
        before = {path: at for path, at in now.items() if path not in left}
        before |= state([path for path in paths if path not in known])


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
        if not os.path.isdir(path):
            yield from _state(path)
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if name not in _NOT_LOOKED_AT]
            for name in names:
                yield from _state(os.path.join(folder, name))


def _state(path: str) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        info = os.stat(path)
    except OSError:
        return
    yield path, (info.st_mtime_ns, info.st_size)
