"""A chart's folder on disk to a list of files, with ``.helmignore`` and limits applied.

Answers to ``LoadDir`` of Helm's ``pkg/chart/v2/loader``. Symbolic links are followed, as
Helm does; anything that is neither a file nor a folder is refused.
"""

from __future__ import annotations

import os
import stat

from steersman import errors
from steersman.chart.ignore import Rules
from steersman.chart.model import ChartFile
from steersman.go.errno import path_error, read_error
from steersman.runtime.log import log

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
    rules = _rules(os.path.join(top, ".helmignore"))
    files: list[ChartFile] = []
    left = MAX_CHART_SIZE
    for file in _walk(top, rules):
        left -= len(file.data)
        if left < 0:
            raise _too_large(file.name)
        files.append(file)
    return files


def _rules(path: str) -> Rules:
    # helm: a file that cannot be looked at counts as absent, one that cannot be read does not
    # (test_what_is_in_the_place_of_a_charts_file)
    if not os.path.exists(path):
        return Rules()
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as text:
            return Rules(text.read())
    except OSError as error:
        raise errors.ChartError(read_error(path, error)) from error


def _too_large(below: str) -> errors.ChartError:
    return errors.ChartError(
        f"error reading {below}: chart exceeds maximum decompressed size of {MAX_CHART_SIZE} bytes"
    )


def _walk(top: str, rules: Rules) -> Iterator[ChartFile]:
    waiting = _entries(top, "")  # the next one last; folders may nest deeper than calls
    while waiting:
        path, below = waiting.pop()
        try:
            info = os.lstat(path)
        except OSError as error:
            raise errors.ChartError(path_error("lstat", path, error)) from error
        if stat.S_ISLNK(info.st_mode):
            info = _linked(path)
        is_folder = stat.S_ISDIR(info.st_mode)
        if rules.ignores(below, folder=is_folder):
            continue
        if is_folder:
            waiting += _entries(path, below + "/")
        else:
            yield _file(path, below, info)


def _entries(folder: str, prefix: str) -> list[tuple[str, str]]:
    """Return the paths in a folder, and those below the chart, in reverse order."""
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except OSError as error:
        raise errors.ChartError(path_error("open", folder, error)) from error
    return [(os.path.join(folder, name), prefix + name) for name in names]


def _linked(path: str) -> os.stat_result:
    try:
        target = os.path.realpath(path, strict=True)
        info = os.stat(target)
    except OSError as error:
        import errno

        looped = error.errno == errno.ELOOP
        problem = "EvalSymlinks: too many links" if looped else path_error("lstat", error.filename or path, error)
        raise errors.ChartError(f"error evaluating symlink {path}: {problem}") from error
    # helm: a link may bring files into the chart that are not the author's
    log(
        "INFO",
        "found symbolic link in path. Contents of linked file included and used",
        path=path,
        resolved=target,
    )
    return info


def _file(path: str, below: str, info: os.stat_result) -> ChartFile:
    if not stat.S_ISREG(info.st_mode):
        raise errors.ChartError(f"cannot load irregular file {path} as it has file mode type bits set")
    if info.st_size > MAX_CHART_SIZE:
        raise _too_large(below)
    try:
        data = _content(path, info.st_size)
    except OSError as error:
        raise errors.ChartError(f"error reading {below}: {path_error('open', path, error)}") from error
    return ChartFile(below, data[3:] if data.startswith(_BOM) else data, info.st_mtime)


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
