"""``create``: a new chart from the built-in scaffold or from a starter.

The scaffold's files are Helm's (Apache License 2.0), so that what ``create`` makes is the same to
the byte; ``<CHARTNAME>`` in them becomes the chart's name. Answers to ``create.go`` of Helm's
``pkg/chart/v2/util``.
"""

from __future__ import annotations

import os

from steersman.errors import ChartError

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
        raise ChartError(f"chart name must be between 1 and {MAX_NAME} characters")
    if not all(c.isascii() and (c.isalnum() or c in "._-") for c in name):
        raise ChartError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"')


def create(name: str, folder: str, warn: Callable[[str], object]) -> str:
    """Write a new chart called ``name`` below ``folder`` and return its path.

    Args:
        name: the chart's name.
        folder: an existing folder.
        warn: called with Helm's warning for each file that is there already and is overwritten.

    Raises:
        ChartError: with Helm's message.
    """
    check_chart_name(name)
    folder = os.path.abspath(folder)
    if not os.path.exists(folder):
        raise ChartError(f"stat {folder}: no such file or directory")
    if not os.path.isdir(folder):
        raise ChartError(f"no such directory {folder}")
    target = os.path.join(folder, name)
    if os.path.exists(target) and not os.path.isdir(target):
        raise ChartError(f"file {target} already exists and is not a directory")
    for below, data in scaffold_files():
        path = os.path.join(target, below)
        if os.path.exists(path):
            from steersman.goquote import quote

            warn(f"WARNING: File {quote(path)} already exists. Overwriting.\n")
        _write(path, data.replace(PLACEHOLDER, name.encode()))
    os.makedirs(os.path.join(target, "charts"), mode=0o755, exist_ok=True)
    return target


def _write(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
