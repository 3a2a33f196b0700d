"""Whether a folder of a chart is there, and what keeps it from being one."""

from __future__ import annotations

import os
import stat

from steersman.go.errno import path_error


def is_missing(path: str) -> bool:
    """Return whether there is nothing at ``path``; a link in a loop is something."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def problem(path: str) -> str | None:
    """Return why ``path`` cannot be used as a folder, or None."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        return path_error("stat", path, error)
    return None if stat.S_ISDIR(mode) else "not a directory"
