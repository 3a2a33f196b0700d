"""``lint``: charts in folders or archives. Answers to ``Lint`` of Helm's ``pkg/action``."""

from __future__ import annotations

import os

from steersman.errors import ChartError, SteerError
from steersman.go.errno import errno_text
from steersman.linting.findings import ERROR, WARNING, Finding
from steersman.linting.run import lint_folder
from steersman.linting.subject import LintOptions
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class LintResult(Record):
    """The result of linting one chart: findings, and the messages that make it fail."""

    findings: tuple[Finding, ...]
    errors: tuple[str, ...]
    causes: tuple[SteerError, ...] = ()  # the errors behind them, of those that are more than a text

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing above information."""
        return not self.errors and all(f.severity < WARNING for f in self.findings)


def lint(path: str, options: LintOptions, *, strict: bool = False) -> LintResult:
    """Lint the chart at ``path``; with ``strict``, warnings are errors."""
    try:
        found = _lint(path, options)
    except SteerError as error:
        return LintResult((), (str(error),), (error,))
    limit = WARNING if strict else ERROR
    bad = [f for f in found if f.severity >= limit]
    return LintResult(tuple(found), tuple(f.message for f in bad), tuple(f.cause for f in bad if f.cause is not None))


class LintFailed(ChartError):
    """Charts that have mistakes.

    Attributes:
        errors: the errors behind the findings.
    """

    def __init__(self, message: str, errors: Iterable[SteerError], detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.errors = tuple(errors)


def _lint(path: str, options: LintOptions) -> list[Finding]:
    if not path.endswith((".tgz", ".tar.gz")):
        return lint_folder(path, options)
    from steersman.runtime.files import remove_tree, temporary_folder

    folder = temporary_folder("helm-lint")
    try:
        return lint_folder(_unpack(path, folder), options)
    finally:
        remove_tree(folder)


def _unpack(path: str, folder: str) -> str:
    from steersman.chart import archive
    from steersman.chart.unpack import chart_name, unpack

    try:
        with open(path, "rb") as file:
            files = archive.read_stream(file)
        target = os.path.join(folder, chart_name(files))
        unpack(files, target)
    except SteerError as error:
        raise ChartError(f"unable to extract tarball: {error}") from error
    except IsADirectoryError as error:
        raise ChartError(f"unable to extract tarball: read {path}: {errno_text(error)}") from error
    except OSError as error:
        raise ChartError(f"unable to open tarball: open {path}: {errno_text(error)}") from error
    return target
