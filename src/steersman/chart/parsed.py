"""Parsed values files kept between runs, so that a chart's values.yaml is read as YAML once.

One piece of the cache per chart path holds the trees of its values files, each under the digest of the
bytes it was read from: a changed file is simply read again.
"""

from __future__ import annotations

import marshal
import os

from steersman.runtime.private import Cache, digest
from steersman.values.files import load_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KIND = "values"
_SMALL = 400  # bytes: reading so little YAML is faster than looking it up


class ParsedValues:
    """The parsed values files of one chart; ``read`` stands in for ``load_values``."""

    def __init__(self, cache: Cache, chart_path: str) -> None:
        self._cache = cache
        self._name = os.path.abspath(chart_path)
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
        key = digest(data)
        tree = self._used.get(key)
        if tree is None:
            tree = self._known.get(key)
        if tree is None:
            tree = load_values(data)
            self._changed = True
        self._used[key] = tree
        result: dict[str, Any] = tree
        return result

    def _load(self) -> dict[bytes, Any]:
        data = self._cache.read(_KIND, self._name)
        return {} if data is None else marshal.loads(data)

    def keep(self) -> None:
        """Write what was read, if any of it was new."""
        if not self._changed or self._cache.is_off:
            return
        try:
            data = marshal.dumps(self._used)
        except ValueError:
            return  # a tree too deep to be kept is read each time
        self._cache.write(_KIND, self._name, data)
