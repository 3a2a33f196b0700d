"""Rendered text to single documents; answers to ``SplitManifests`` of Helm's ``pkg/release/v1/util``."""

from __future__ import annotations


def split_manifests(text: str) -> list[str]:
    """Return the documents of a stream, in order, without empty ones.

    A line that begins with ``---`` separates, whatever follows on it (Helm splits
    ``---apiVersion: v1`` too).
    """
    text = text.lstrip()
    if "---" not in text:
        return [text] if text.strip() else []
    pieces: list[str] = []
    start = 0
    if text.startswith("---"):
        start = _after_mark(text, 0)
    at = start
    while True:
        mark = text.find("\n---", at)
        if mark < 0:
            pieces.append(text[start:])
            break
        pieces.append(text[start : mark + 1])
        start = at = _after_mark(text, mark + 1)
        # the mark may be followed at once by another line that begins with ---
        at = max(start - 1, 0) if text[start - 1 : start] == "\n" else start
    return [piece.lstrip() for piece in pieces if piece.strip()]


def _after_mark(text: str, at: int) -> int:
    at += 3
    while at < len(text) and text[at] in " \t":
        at += 1
    return at
