"""Shell patterns as Go's ``filepath.Match`` reads them: ``*``, ``?``, ``[a-z]``, ``[^a]``, ``\\x``; no ``**``."""

from __future__ import annotations

from steersman.go import errors as go_errors


def check_pattern(pattern: str) -> None:
    """Raise BadPattern where Go's matcher would find ``pattern`` malformed."""
    match(pattern, "abc")


def match(pattern: str, name: str) -> bool:
    """Return whether the whole of ``name`` matches; ``*`` and ``?`` do not match a slash.

    Raises:
        BadPattern: when the pattern is malformed, as far as it is looked at (go: path/filepath leaves the rest alone).
    """
    while pattern:
        star, chunk, pattern = _scan(pattern)
        if star and not chunk:
            return "/" not in name
        rest = _match_chunk(chunk, name)
        if rest is not None and (not rest or pattern):
            name = rest
            continue
        if star:
            i = 0
            while i < len(name) and name[i] != "/":
                rest = _match_chunk(chunk, name[i + 1 :])
                if rest is not None and not (not pattern and rest):
                    name = rest
                    break
                i += 1
            else:
                return False
            continue
        return False
    return not name


def _scan(pattern: str) -> tuple[bool, str, str]:
    stripped = pattern.lstrip("*")
    star = len(stripped) != len(pattern)
    inside = False
    i = 0
    while i < len(stripped):
        char = stripped[i]
        if char == "\\":
            i += 1
        elif char == "[":
            inside = True
        elif char == "]":
            inside = False
        elif char == "*" and not inside:
            break
        i += 1
    return star, stripped[:i], stripped[i:]


def _match_chunk(chunk: str, name: str) -> str | None:
    """Return what of ``name`` follows a match of ``chunk``, or None; the chunk is checked to its end."""
    failed = False
    at = 0
    while at < len(chunk):
        if not failed and not name:
            failed = True
        char = chunk[at]
        if char == "[":
            at, matched = _match_class(chunk, at + 1, name[0] if not failed else "")
            if not failed:
                name = name[1:]
                failed = not matched
        elif char == "?":
            if not failed:
                failed = name[0] == "/"
                name = name[1:]
            at += 1
        else:
            if char == "\\":
                at += 1
                if at >= len(chunk):
                    raise go_errors.BadPattern
            if not failed:
                failed = chunk[at] != name[0]
                name = name[1:]
            at += 1
    return None if failed else name


def _match_class(chunk: str, at: int, char: str) -> tuple[int, bool]:
    negated = chunk[at : at + 1] == "^"
    if negated:
        at += 1
    matched = False
    ranges = 0
    while True:
        if chunk[at : at + 1] == "]" and ranges > 0:
            at += 1
            break
        low, at = _class_char(chunk, at)
        high = low
        if chunk[at] == "-":
            high, at = _class_char(chunk, at + 1)
        if low <= char <= high and char:
            matched = True
        ranges += 1
    return at, matched != negated


def _class_char(chunk: str, at: int) -> tuple[str, int]:
    if at >= len(chunk) or chunk[at] in "-]":
        raise go_errors.BadPattern
    if chunk[at] == "\\":
        at += 1
        if at >= len(chunk):
            raise go_errors.BadPattern
    char = chunk[at]
    at += 1
    if at >= len(chunk):
        raise go_errors.BadPattern
    return char, at
