"""Errors about charts that carry data."""

from __future__ import annotations

from steersman.errors import ChartError


class NoSuchChart(ChartError):
    """A chart's folder or archive that is not there.

    Attributes:
        path: the path that was given.
    """

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path
