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


class DecodeError(ChartError, ValueError):
    """A value of the wrong shape for a field, with Go's message."""


class IgnoreError(ChartError, ValueError):
    """A line of ``.helmignore`` that cannot be used."""


class OtherArchive(ChartError):
    """A subchart's archive with another one inside; helm: its message stands alone."""


class ValidationError(ChartError, ValueError):
    """A chart whose metadata is not legal."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"validation: {problem}")


class SharedName(ValidationError):
    """Two dependencies with one name or alias."""


class NoSuchPath(NoSuchChart):
    """A chart that can only be a path, and is not there."""

    def __init__(self, path: str) -> None:
        from steersman.go.quote import quote

        super().__init__(f"path {quote(path)} not found", path)


class MissingDependencies(ChartError):
    """A chart whose ``charts/`` lacks what Chart.yaml names."""


class IncompatibleKube(ChartError):
    """A chart that is not for this version of Kubernetes."""
