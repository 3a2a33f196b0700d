"""Charts that are on this disk: whether a reference is a path. Answers to ``LocateChart`` of Helm's ``pkg/action``."""

from __future__ import annotations

import os

from steersman.chart.errors import NoSuchChart


class NoSuchPath(NoSuchChart):
    """A chart that can only be a path, and is not there."""

    def __init__(self, path: str) -> None:
        from steersman.go.quote import quote

        super().__init__(f"path {quote(path)} not found", path)


def local_path(name: str) -> str | None:
    """Return the absolute path where ``name`` is a file or folder, or None where it must be fetched.

    Raises:
        NoSuchPath: when ``name`` can only be a path, and is not there.
    """
    if os.path.exists(name):
        return os.path.abspath(name)
    if os.path.isabs(name) or name.startswith("."):
        raise NoSuchPath(name)
    return None
