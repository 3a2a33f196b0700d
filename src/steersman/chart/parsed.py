"""Parsed values files kept between runs, so that a chart's values.yaml is read as YAML once.

One file per chart path holds the trees of its values files, each under the digest of the
bytes it was read from: a changed file is simply read again. Trees are loaded with
``marshal``, so the folder must be the user's own and writable by nobody else.
"""

from __future__ import annotations

import marshal
import os

from steersman.values.files import load_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_BYTES = 64 * 1024 * 1024  # a larger file than this was not written by us
_SMALL = 400  # bytes: reading so little YAML is faster than looking it up


class ParsedValues:
    """The parsed values files of one chart; ``read`` stands in for ``load_values``."""

    def __init__(self, folder: str, chart_path: str) -> None:
        from hashlib import sha256

        self._digest = sha256
        self._folder = folder
        self._path = os.path.join(folder, sha256(os.path.abspath(chart_path).encode()).hexdigest()[:32] + ".values")
        self._known: dict[bytes, Any] | None = None
        self._used: dict[bytes, Any] = {}
        self._changed = False

    def read(self, data: bytes) -> dict[str, Any]:
        """Return the tree of a values file; callers do not change it.

        Raises:
            ChartError: as ``load_values``.
        """
        if len(data) < _SMALL:
            return load_values(data)
        if self._known is None:
            self._known = self._load()
        key = self._digest(data).digest()
        tree = self._known.get(key)
        if tree is None:
            tree = load_values(data)
            self._changed = True
        self._used[key] = tree
        result: dict[str, Any] = tree
        return result

    def _load(self) -> dict[bytes, Any]:
        try:
            if not _private(os.stat(self._folder)):
                return {}
            with open(self._path, "rb") as file:
                status = os.fstat(file.fileno())
                if not _private(status) or status.st_size > MAX_BYTES:
                    return {}
                known = marshal.loads(file.read())
            return known if isinstance(known, dict) else {}
        except (OSError, ValueError, EOFError, TypeError):
            return {}

    def keep(self) -> None:
        """Write what was read, if any of it was new."""
        if not self._changed:
            return
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            if not _private(os.stat(self._folder)):
                return
            partial = f"{self._path}.{os.getpid()}"
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(marshal.dumps(self._used))
            os.replace(partial, self._path)
        except (OSError, ValueError):
            return  # a cache that cannot be written is no reason to fail


def _private(status: os.stat_result) -> bool:
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
