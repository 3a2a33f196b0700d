"""Estimate how long Python's matcher could take over a pattern."""

from __future__ import annotations

from steersman.go.regexp.tree import Node

_LOOP = 16  # repetitions from which on a repeat counts as a loop


def _is_loop(node: Node) -> bool:
    return node.kind == "repeat" and (node.high < 0 or node.high > _LOOP)


def ways(node: Node, most: float) -> tuple[float, int] | None:
    """Return how many ways lead through a pattern: a number of choices, and loops, each with any number of ends.

    None stands for loops in loops, and for more than ``most`` choices.
    """
    parts = [ways(part, most) for part in node.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    choices, loops = 1.0, 0
    if node.kind == "alt":
        choices, loops = sum(part[0] for part in known), max(part[1] for part in known)
    elif node.kind == "repeat":
        inner, inner_loops = known[0]
        is_fixed = node.low == node.high
        if _is_loop(node) and not is_fixed:
            return None if inner > 1 or inner_loops else (1.0, 1)
        if node.high > _LOOP and (inner > 1 or inner_loops):
            return None
        choices, loops = inner**node.high * (1 if is_fixed else node.high - node.low + 1), inner_loops * node.high
    else:
        for part in known:
            choices, loops = choices * part[0], loops + part[1]
    return None if choices > most else (choices, loops)


def ends_in_loop(node: Node) -> bool:
    """Return whether the last thing that the pattern takes is a loop."""
    while node.kind in ("cat", "group") and node.parts:
        node = node.parts[-1]
    return _is_loop(node) and node.low != node.high


def looped(tree: Node) -> Node:
    """Return the set of all characters that a loop of the pattern may take."""
    return Node("set", ranges=tuple(_looped(tree)), folds=_folds(tree))


def _looped(node: Node, *, inside: bool = False) -> list[tuple[int, int]]:
    inside = inside or _is_loop(node)
    own = list(node.ranges) if inside else []
    return own + [found for part in node.parts for found in _looped(part, inside=inside)]


def _folds(node: Node) -> bool:
    return node.folds or any(map(_folds, node.parts))
