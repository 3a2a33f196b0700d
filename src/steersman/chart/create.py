"""``create``: a new chart from the built-in scaffold or from a starter.

The scaffold has the files and values of Helm's, and makes the same objects from the same values (a test compares them
as data); its templates, comments and notes are our own. ``<CHARTNAME>`` becomes the chart's name. Answers to
``create.go`` of Helm's ``pkg/chart/v2/util``.
"""

from __future__ import annotations

import os

from steersman import errors
from steersman.go.errno import not_written, path_error, stat_error
from steersman.runtime.files import make_folder_whole, make_folders, rewrite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NAME = 250  # helm: a chart's name may be this long
PLACEHOLDER = b"<CHARTNAME>"
_HELMIGNORE = "helmignore.txt"  # a file called .helmignore would be taken for one by tools that read this folder


def scaffold_folder() -> str:
    """Return the folder with the scaffold's files."""
    return os.path.join(os.path.dirname(__file__), "scaffold")


def scaffold_files() -> list[tuple[str, bytes]]:
    """Return the scaffold: paths below the chart and their bytes."""
    top = scaffold_folder()
    files: list[tuple[str, bytes]] = []
    for folder, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                below = os.path.relpath(path, top).replace(os.sep, "/")
                files.append((".helmignore" if below == _HELMIGNORE else below, file.read()))
    return files


def check_chart_name(name: str) -> None:
    """Raise where a chart cannot be created under ``name``.

    Raises:
        ChartError: with Helm's message.
    """
    if not name or len(name) > MAX_NAME:
        raise errors.ChartError(f"chart name must be between 1 and {MAX_NAME} characters")
    if not all(c.isascii() and (c.isalnum() or c in "._-") for c in name):
        raise errors.ChartError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"')


def create(name: str, folder: str, warn: Callable[[str], object], api_version: str = "v2") -> str:
    """Write a new chart called ``name`` below ``folder`` and return its path.

    Args:
        name: the chart's name.
        folder: an existing folder.
        warn: called with Helm's warning for each file that is there already and is overwritten.
        api_version: of the chart; ``v3`` is an experiment of Helm, which differs in nothing else.

    Raises:
        ChartError: with Helm's message.
    """
    check_chart_name(name)
    folder = os.path.abspath(folder)
    missing = stat_error(folder)
    if missing:
        raise errors.ChartError(missing)
    if not os.path.isdir(folder):
        raise errors.ChartError(f"no such directory {folder}")
    target = os.path.join(folder, name)
    if os.path.exists(target) and not os.path.isdir(target):
        raise errors.ChartError(f"file {target} already exists and is not a directory")

    def fill(place: str) -> None:
        for below, data in scaffold_files():
            path = os.path.join(place, below)
            if os.path.exists(path):
                from steersman.go.quote import quote

                warn(f"WARNING: File {quote(path)} already exists. Overwriting.\n")
            if below == "Chart.yaml":
                data = data.replace(b"apiVersion: v2", f"apiVersion: {api_version}".encode(), 1)
            write_member(target, place, below, data.replace(PLACEHOLDER, name.encode()))
        _make(target, place, "charts")

    fill_folder(target, fill)
    return target


def fill_folder(target: str, fill: Callable[[str], object]) -> None:
    """Let ``fill`` write into the folder at ``target``; a new one is there only when it is complete.

    Raises:
        ChartError: with Helm's message, when the folder cannot be made.
    """
    above = os.path.dirname(target)
    if above:
        _make(above, above, "")
    try:
        if os.path.lexists(target):
            fill(target)
        else:
            make_folder_whole(target, fill)
    except OSError as error:
        raise errors.ChartError(path_error("mkdir", target, error)) from error


def write_member(target: str, place: str, below: str, data: bytes) -> None:
    """Write a file of the chart at ``target`` into ``place``, where it is made.

    Raises:
        ChartError: with Helm's message.
    """
    _make(target, place, os.path.dirname(below))
    try:
        rewrite(os.path.join(place, below), data, 0o644)
    except OSError as error:
        raise errors.ChartError(not_written(os.path.join(target, below), error)) from error


def _make(target: str, place: str, below: str) -> None:
    try:
        make_folders(os.path.join(place, below).rstrip("/"))
    except OSError as error:
        shown = target + str(error.filename).removeprefix(place)
        raise errors.ChartError(path_error("mkdir", shown, error)) from error
