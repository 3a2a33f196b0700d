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


class BrokenChartFile(ChartError):
    """A file of a chart that cannot be read as YAML.

    Attributes:
        name: of the file, from the folder of the whole chart: ``web/charts/db/values.yaml``.
        data: its bytes.
    """

    def __init__(self, message: str, name: str, data: bytes) -> None:
        super().__init__(message)
        self.name = name
        self.data = data
