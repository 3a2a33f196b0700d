"""Charts that are on this disk: whether a reference is a path. Answers to ``LocateChart`` of Helm's ``pkg/action``."""

from __future__ import annotations

import os

from steersman.chart import errors as chart_errors


def local_path(name: str) -> str | None:
    """Return the absolute path where ``name`` is a file or folder, or None where it must be fetched.

    Raises:
        NoSuchPath: when ``name`` can only be a path, and is not there.
    """
    if os.path.exists(name):
        return os.path.abspath(name)
    if os.path.isabs(name) or name.startswith("."):
        raise chart_errors.NoSuchPath(name)
    return None
