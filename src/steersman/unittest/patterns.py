"""Globs with ``**`` to files, as helm-unittest finds suites."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def glob(pattern: str) -> list[str]:
    """Return the paths that a pattern finds: ``**`` stands for any number of folders, none included."""
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
            paths += _walked(os.path.join(top, name))
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
        found += [os.path.normpath(os.path.join(one, name)) for name in names if match(last, name)]
    return found


def _has_meta(text: str) -> bool:
    return any(char in text for char in "*?[\\")


def suite_files(chart: str, patterns: Sequence[str]) -> list[str]:
    """Return the files that the patterns find in a chart's folder; one that two find comes twice."""
    found: list[str] = []
    before = ""
    for pattern in patterns:
        if pattern == before:
            continue  # go: slices.Compact
        before = pattern
        if os.path.isabs(pattern):
            found.append(pattern)
        elif f"{chart}/" in pattern:
            found += glob(pattern)
        else:
            found += glob(_joined(chart, pattern))
    return found


def _joined(folder: str, pattern: str) -> str:
    """Join as Go does: the pattern loses ``./`` and keeps a slash at neither end."""
    return os.path.normpath(f"{folder}/{pattern}")
