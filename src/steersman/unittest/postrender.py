"""Rendered files to one text for a post-renderer, and back."""

from __future__ import annotations

import re

_MARK = "#### file:"
_SEPARATOR = f"---\n{_MARK}"
_ONE_FILE = "manifest.yaml"  # where a post-renderer drops the marks


def merged_text(files: dict[str, str]) -> str:
    """Return all files as one text, each under a mark with its path."""
    return "".join(f"{_SEPARATOR} {path}\n{files[path].strip()}\n" for path in sorted(files))


def split_text(text: str) -> dict[str, str]:
    """Return the files of a text; without marks it is all one file, ``manifest.yaml``."""
    files: dict[str, str] = {}
    for block in re.split(rf"(?<=.)(?={re.escape(_SEPARATOR)})", text, flags=re.DOTALL):
        mark = re.search(rf"{re.escape(_MARK)} (.*)", block)
        if mark is not None:
            files[mark[1]] = block.removeprefix(f"---\n{mark[0]}\n")
    return files or {_ONE_FILE: text}
