"""Globs with ``**`` to files, as helm-unittest finds suites.

Paths have ``/`` between their parts, which Windows takes as well; there a backslash in a pattern is one.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def glob(pattern: str) -> list[str]:
    """Return the paths that a pattern finds: ``**`` stands for any number of folders, none included."""
    pattern = _slashed(pattern)
    if "**" not in pattern:
        return _one_level(pattern)
    found = [""]
    for piece in pattern.split("**"):
        # go: filepathx walks everything below what a piece finds, and looks for the next piece in each
        below: dict[str, None] = {}
        for start in found:
            for path in _one_level(start + piece):
                below.update(dict.fromkeys(_walked(path)))
        found = list(below)
    return found


def _walked(top: str) -> list[str]:
    paths = [top]
    if os.path.isdir(top) and not os.path.islink(top):
        for name in sorted(os.listdir(top)):
            # go: a path that two walks meet is the same text each time, so that it counts once
            paths += _walked(joined(top, name))
    return paths


def _one_level(pattern: str) -> list[str]:
    from steersman.go.path_match import match

    folder, _, last = pattern.rpartition("/")
    if not _has_meta(pattern):
        return [pattern] if os.path.lexists(pattern) else []
    folders = _one_level(folder) if _has_meta(folder) else [folder or ("/" if pattern.startswith("/") else ".")]
    found: list[str] = []
    for one in folders:
        try:
            names = sorted(os.listdir(one))
        except OSError:
            continue
        found += [joined(one, name) for name in names if match(last, name)]
    return found


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _has_meta(text: str) -> bool:
    return any(char in text for char in "*?[\\")


def suite_files(chart: str, patterns: Sequence[str]) -> list[str]:
    """Return the files that the patterns find in a chart's folder; one that two find comes twice.

    Args:
        chart: the folder as the user wrote it; a pattern that contains it is a path from the current folder.
        patterns: of suite files.
    """
    found: list[str] = []
    before: str | None = None
    chart = _slashed(chart)
    for pattern in map(_slashed, patterns):
        if pattern == before:
            continue  # go: slices.Compact
        before = pattern
        if os.path.isabs(pattern):
            found.append(pattern)
        elif f"{chart}/" in pattern:
            found += glob(pattern)
        else:
            found += glob(joined(chart, pattern))
    return found


def joined(folder: str, *names: str) -> str:
    """Join as Go's ``filepath.Join`` does: without ``./`` and without a slash at the end.

    >>> joined("./web", "charts", "db"), joined(".", "tests/*"), joined("//a/", "./b/")
    ('web/charts/db', 'tests/*', '/a/b')
    """
    path = _slashed(os.path.normpath("/".join((folder, *names))))
    # POSIX keeps two slashes at the beginning; on Windows they begin the name of a server
    return path[1:] if path.startswith("//") and os.sep == "/" else path
