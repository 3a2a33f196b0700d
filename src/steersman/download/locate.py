"""A chart reference to a path on disk. Answers to ``LocateChart`` of Helm's ``pkg/action``."""

from __future__ import annotations

import os

from steersman.errors import ChartError


def local_path(name: str) -> str | None:
    """Return the absolute path where ``name`` is a file or folder, or None where it must be fetched.

    Raises:
        ChartError: when ``name`` can only be a path, and is not there.
    """
    if os.path.exists(name):
        return os.path.abspath(name)
    if os.path.isabs(name) or name.startswith("."):
        from steersman.go.quote import quote

        raise ChartError(f"path {quote(name)} not found")
    return None
