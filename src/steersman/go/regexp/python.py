"""A tree written as a pattern for Python's ``re``."""

from __future__ import annotations

from steersman.go.regexp.tree import MAX_RUNE, Node


def to_python(node: Node) -> str:
    """Write a tree as a pattern for ``re``."""
    if node.kind == "set":
        return _python_set(node)
    if node.kind == "cat":
        return "".join(map(to_python, node.parts))
    if node.kind == "alt":
        return f"(?:{'|'.join(map(to_python, node.parts))})"
    if node.kind == "group":
        return f"({to_python(node.parts[0])})"
    if node.kind == "repeat":
        return _python_repeat(node)
    return {
        "line_start": "(?m:^)",
        "line_end": "(?m:$)",
        "text_start": r"\A",
        "text_end": r"\Z",
        "boundary": r"(?a:\b)",
        "no_boundary": r"(?!(?a:\b))",
    }[node.kind]


def _python_repeat(node: Node) -> str:
    body = f"(?:{to_python(node.parts[0])})"
    counts = {(0, -1): "*", (1, -1): "+", (0, 1): "?"}
    count = counts.get((node.low, node.high))
    if count is None:
        count = f"{{{node.low},{'' if node.high < 0 else node.high}}}"
    return body + count + ("" if node.is_greedy else "?")


def _python_set(node: Node) -> str:
    if not node.ranges:
        return "(?!)"
    if node.ranges == ((0, MAX_RUNE),):
        return "(?s:.)"
    if len(node.ranges) == 1 and node.ranges[0][0] == node.ranges[0][1]:
        text = _python_char(node.ranges[0][0])
    else:
        outside = _outside(node.ranges) if not node.folds else ()
        # Python takes milliseconds to read a class that has nearly everything, and none to read what it has not
        kept, mark = (outside, "^") if outside else (node.ranges, "")
        text = f"[{mark}" + "".join(_python_range(low, high) for low, high in kept) + "]"
    return f"(?i:{text})" if node.folds else text


def _outside(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return what a class does not have, where that is a few characters of Latin-1; else nothing."""
    found = []
    at = 0
    for low, high in sorted(ranges):
        if low > at:
            found.append((at, low - 1))
        at = max(at, high + 1)
    return tuple(found) if at > MAX_RUNE and found and found[-1][1] <= 0xFF else ()


def _python_char(code: int) -> str:
    char = chr(code)
    return char if char.isalnum() else f"\\U{code:08x}"


def _python_range(low: int, high: int) -> str:
    first = f"\\U{low:08x}"
    # A byte that is not UTF-8 counts as U+FFFD in Go; here it is a lone surrogate, inside the range.
    return first if low == high else f"{first}-\\U{high:08x}"
