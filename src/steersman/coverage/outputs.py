"""Coverage in files: the format is that of the file's ending."""

from __future__ import annotations

import os

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from steersman.coverage.model import CoveredChart

    Report = Callable[[Sequence[CoveredChart]], str]


def report_for(path: str) -> Report:
    """Return what makes the text of a file.

    Raises:
        UsageError: for an ending that is not known.
    """
    make = _FORMATS.get(os.path.splitext(path)[1].lower())
    if make is None:
        raise UsageError(f"{path}: the name must end in .info for lcov, .xml for Cobertura, or .html for a page")
    return make


def write_coverage(path: str, charts: Sequence[CoveredChart]) -> None:
    """Write the coverage of charts.

    Raises:
        UsageError: for an ending that is not known, or a file that cannot be written.
    """
    from steersman.runtime.files import make_folders, write_aside

    text = report_for(path)(charts)
    try:
        make_folders(os.path.dirname(path) or ".")
        write_aside(path, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        from steersman.go.errno import not_written

        raise UsageError(not_written(path, error)) from error


def _lcov(charts: Sequence[CoveredChart]) -> str:
    from steersman.coverage.lcov import lcov

    return lcov([(chart.folder, chart.coverage) for chart in charts])


def _cobertura(charts: Sequence[CoveredChart]) -> str:
    import time

    from steersman.coverage.cobertura import cobertura

    return cobertura([(chart.folder, chart.coverage) for chart in charts], seconds=time.time())


def _html(charts: Sequence[CoveredChart]) -> str:
    from steersman.coverage.html import coverage_page

    return coverage_page(charts)


_FORMATS: dict[str, Report] = {".info": _lcov, ".lcov": _lcov, ".xml": _cobertura, ".html": _html, ".htm": _html}
