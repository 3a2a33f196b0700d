"""Slash-separated paths, as Go's ``path`` handles them (``path/filepath`` on Unix is the same)."""

from __future__ import annotations


def clean(path: str) -> str:
    """Return the shortest equivalent path."""
    if not path:
        return "."
    is_rooted = path[0] == "/"
    kept: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            kept.append(part)
        elif kept and kept[-1] != "..":
            kept.pop()
        elif not is_rooted:
            kept.append(part)
    return ("/" if is_rooted else "") + "/".join(kept) or "."


def base(path: str) -> str:
    """Return the last element."""
    if not path:
        return "."
    path = path.rstrip("/")
    return path.rpartition("/")[2] or "/"


def directory(path: str) -> str:
    """Return all but the last element."""
    return clean(path[: path.rfind("/") + 1])


def extension(path: str) -> str:
    """Return the suffix from the last dot of the last element."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""


def is_absolute(path: str) -> bool:
    """Return whether a path begins with a slash."""
    return path.startswith("/")
