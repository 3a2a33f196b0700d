"""The files cached on this disk: charts by their digest, shared with Helm, and data derived from files."""

from __future__ import annotations

import os

from steersman.download.cache import ContentCache, drop
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Kept(Record):
    """A file that is kept.

    Attributes:
        kind: ``chart``, ``provenance``, ``image``, or what it was derived from (``indexes``, ``templates`` …).
        name: the chart and its version, or the file's own name.
        size: in bytes.
        used: when it was last used, seconds since the epoch.
    """

    kind: str
    name: str
    path: str
    size: int
    used: float


def kept(content: str, derived: str) -> Iterator[Kept]:
    """Yield what is kept in the folders of charts and of derived files, by kind and path."""
    for entry in ContentCache(content).entries():
        kind = "chart" if entry.kind == ".chart" else "provenance"
        name = _chart_name(entry.path) if kind == "chart" else entry.digest[:12]
        yield Kept(kind, name, entry.path, entry.size, entry.used)
    for folder, folders, files in os.walk(derived):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            try:
                status = os.lstat(path)
            except OSError:
                continue  # another process pruned it meanwhile
            kind = os.path.relpath(path, derived).split(os.sep)[0]
            yield Kept(kind, name, path, status.st_size, max(status.st_atime, status.st_mtime))


def image() -> Kept | None:
    """Return the byte code of all modules in one file, next to Python's own; ``None`` where there is none."""
    from steersman.runtime.image import path

    try:
        status = os.lstat(path())
    except OSError:
        return None
    return Kept("image", "byte code of the program", path(), status.st_size, max(status.st_atime, status.st_mtime))


def prune(content: str, derived: str, before: float) -> list[Kept]:
    """Remove what was last used before a moment (seconds since the epoch), and return it.

    Files in use by another run stay; it fetches others again.
    """
    out: list[Kept] = []
    program = image()
    for one in [*kept(content, derived), *([] if program is None else [program])]:
        if one.used >= before:
            continue
        if drop(one.path):
            out.append(one)
    for root in (content, derived):
        _drop_empty(root)
    return out


def _drop_empty(root: str) -> None:
    for folder, _folders, _files in os.walk(root, topdown=False):
        if folder != root:
            try:
                os.rmdir(folder)
            except OSError:
                continue  # it is not empty


def _chart_name(path: str) -> str:
    from steersman.chart.archive import read
    from steersman.chart.decode import metadata
    from steersman.errors import SteerError
    from steersman.yamlio import load

    try:
        about = next(f for f in read(path) if f.name == "Chart.yaml")
        data = metadata(load(about.data))
    except (SteerError, StopIteration, OSError):
        return "?"
    return f"{data.name}-{data.version}"
