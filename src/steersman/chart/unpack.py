"""A chart's files to a folder. Answers to ``Expand`` of Helm's chart utilities."""

from __future__ import annotations

import os

from steersman import errors
from steersman.chart.decode import metadata
from steersman.go.errno import errno_text
from steersman.runtime.files import impossible_place, make_folders, write_aside
from steersman.yamlio import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import ChartFile


def chart_name(files: list[ChartFile]) -> str:
    """Return the name that the Chart.yaml among ``files`` gives.

    Raises:
        ChartError: for one without a usable name.
    """
    about = next((f for f in files if f.name == "Chart.yaml"), None)
    name = metadata(load(about.data)).name if about is not None else ""
    if not name or "/" in name or os.path.basename(name) != name or name in (".", ".."):
        raise errors.ChartError("chart name not specified")
    return name


def unpack(files: list[ChartFile], target: str) -> None:
    """Write ``files`` below the folder ``target``.

    Raises:
        ChartError: with Helm's message, where a file cannot be written.
    """
    for file in files:
        if os.path.splitdrive(file.name)[0]:  # of Windows, which would leave the folder
            raise errors.ChartError("chart contains illegally named files")
        problem = impossible_place(target, file.name)
        if problem:
            raise errors.ChartError(problem)
        path = os.path.normpath(os.path.join(target, file.name))
        make_folder(os.path.dirname(path))
        try:
            write_aside(path, file.data)
        except OSError as error:
            raise errors.ChartError(f"open {path}: {errno_text(error)}") from error


def make_folder(path: str, before: str = "") -> None:
    """Make a folder and those above it.

    Raises:
        ChartError: with Helm's message behind ``before``.
    """
    try:
        make_folders(path)
    except OSError as error:
        # go: what is in the way is named, and is not a folder
        is_in_the_way = isinstance(error, FileExistsError | NotADirectoryError)
        while is_in_the_way and not os.path.exists(path):
            path = os.path.dirname(path)
        reason = "not a directory" if is_in_the_way else errno_text(error)
        raise errors.ChartError(f"{before}mkdir {path}: {reason}") from error
