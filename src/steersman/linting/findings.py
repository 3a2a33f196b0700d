"""Findings of the linter: collected, never raised. Answers to ``support`` of Helm's ``pkg/chart/v2/lint``."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.errors import SteerError

INFO, WARNING, ERROR = 1, 2, 3
SEVERITY_NAMES = ("UNKNOWN", "INFO", "WARNING", "ERROR")


class Finding(Record):
    """One thing to say about a chart: how bad, in which file (or folder), what."""

    severity: int
    path: str
    message: str
    cause: SteerError | None = None  # the error that it reports, if it is one

    def __str__(self) -> str:
        return f"[{SEVERITY_NAMES[self.severity]}] {self.path}: {self.message}"


class Findings:
    """The findings about one chart, in the order they were made."""

    def __init__(self) -> None:
        self.items: list[Finding] = []

    def check(self, severity: int, path: str, message: str | None, cause: SteerError | None = None) -> bool:
        """Note ``message`` unless it is None or empty; return whether there was nothing to note."""
        if message:
            self.items.append(Finding(severity, path, message, cause))
            return False
        return True
