"""A chart's folder on disk to a list of files, with ``.helmignore`` and limits applied.

Answers to ``LoadDir`` of Helm's ``pkg/chart/v2/loader``. Symbolic links are followed, as
Helm does; anything that is neither a file nor a folder is refused.
"""

from __future__ import annotations

import os
import stat

from steersman.chart.ignore import Rules
from steersman.chart.model import ChartFile
from steersman.errors import ChartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHART_SIZE = 100 * 1024 * 1024  # bytes: Helm's limit for a chart; one file may be as large
_PIECE = 64 * 1024
_BOM = b"\xef\xbb\xbf"


def read(folder: str) -> list[ChartFile]:
    """Return the files of the chart in ``folder``, in the order Helm walks them.

    Raises:
        ChartError: for files that are too large or irregular, and for a bad ``.helmignore``.
    """
    top = os.path.abspath(folder)
    try:
        with open(os.path.join(top, ".helmignore"), encoding="utf-8", errors="surrogateescape", newline="") as text:
            rules = Rules(text.read())
    except FileNotFoundError:
        rules = Rules()
    files: list[ChartFile] = []
    left = MAX_CHART_SIZE
    for file in _walk(top, "", rules, ()):
        left -= len(file.data)
        if left < 0:
            raise _too_large(file.name)
        files.append(file)
    return files


def _too_large(below: str) -> ChartError:
    return ChartError(f"error reading {below}: chart exceeds maximum decompressed size of {MAX_CHART_SIZE} bytes")


def _walk(folder: str, prefix: str, rules: Rules, above: tuple[str, ...]) -> Iterator[ChartFile]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise ChartError(_os_text("open", folder, error)) from error
    for name in names:
        path = os.path.join(folder, name)
        below = prefix + name
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            yield from _linked(path, below, rules, above)
        else:
            yield from _entry(path, below, info, rules, above)


def _linked(path: str, below: str, rules: Rules, above: tuple[str, ...]) -> Iterator[ChartFile]:
    try:
        target = os.path.realpath(path, strict=True)
        info = os.stat(target)
    except OSError as error:
        import errno

        looped = error.errno == errno.ELOOP
        problem = "EvalSymlinks: too many links" if looped else _os_text("lstat", error.filename or path, error)
        raise ChartError(f"error evaluating symlink {path}: {problem}") from error
    if target in above:
        raise ChartError(f"error evaluating symlink {path}: EvalSymlinks: too many links")
    # The message is Helm's: a link may bring files into the chart that are not the author's.
    import sys

    sys.stderr.write(
        f'level=INFO msg="found symbolic link in path. Contents of linked file included and used" path={path} '
        f"resolved={target}\n"
    )
    yield from _entry(path, below, info, rules, (*above, target))


def _entry(path: str, below: str, info: os.stat_result, rules: Rules, above: tuple[str, ...]) -> Iterator[ChartFile]:
    folder = stat.S_ISDIR(info.st_mode)
    if rules.ignores(below, folder=folder):
        return
    if folder:
        yield from _walk(path, below + "/", rules, above)
        return
    if not stat.S_ISREG(info.st_mode):
        raise ChartError(f"cannot load irregular file {path} as it has file mode type bits set")
    if info.st_size > MAX_CHART_SIZE:
        raise _too_large(below)
    try:
        data = _content(path, info.st_size)
    except OSError as error:
        raise ChartError(f"error reading {below}: {_os_text('open', path, error)}") from error
    yield ChartFile(below, data[3:] if data.startswith(_BOM) else data, info.st_mtime)


def _content(path: str, size: int) -> bytes:
    # a file object costs as much as all the rest, and charts have hundreds of small files
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        data = os.read(descriptor, size + 1)
        while more := os.read(descriptor, _PIECE):
            data += more
            if len(data) > MAX_CHART_SIZE:
                break
        return data
    finally:
        os.close(descriptor)


def _os_text(verb: str, path: str, error: OSError) -> str:
    return f"{verb} {path}: {(error.strerror or str(error)).lower()}"
