"""The paths of ``set``: ``a.b[0].c`` and ``a.[b.c]`` to a tree of values."""

from __future__ import annotations

from steersman.errors import ValuesError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ILLEGAL = frozenset(",{}=")
_STOPS = frozenset(".[]") | _ILLEGAL
_MOST_ITEMS = 65536  # helm: the highest index of --set


def tree_of(path: str, value: Any) -> dict[str, Any]:
    """Return the tree in which ``path`` leads to ``value``.

    Raises:
        ValuesError: for a path that cannot be read.
    """
    tree: Any = value
    for key in reversed(_keys(path)):
        tree = {key: tree} if isinstance(key, str) else [*[None] * key, tree]
    assert isinstance(tree, dict)
    return tree


def _keys(path: str) -> list[str | int]:
    """Return the keys and positions that a path goes through, a key first."""
    if not path:
        raise ValuesError("set path is empty")
    keys: list[str | int] = []
    state, begun = "key", ""
    start = 0
    for at, char in enumerate(path):
        if char not in _STOPS:
            continue
        if char in _ILLEGAL:
            raise ValuesError(f"{path}: invalid token found {char}")
        word = path[start:at]
        start = at + 1
        if state == "key":
            state, begun = _after_key(keys, word, char, path)
        elif state == "index":
            keys.append(_position(word, char, path))
            state = "behind"
        elif state == "behind":
            if char == "]":
                raise ValuesError(f"{path}: invalid denotation token {char}")
            state = "key" if char == "." else "index"
        elif char == ".":
            begun += word + "."
        elif char == "]":
            keys.append(begun + word)
            state = "behind"
        else:
            raise ValuesError(f"{path}: invalid escaping token {char}")
    rest = path[start:]
    if state == "key" and rest:
        return [*keys, rest]
    if state == "behind" and not rest:
        return keys
    raise ValuesError(f"{path}: unexpected end of path")


def _after_key(keys: list[str | int], word: str, char: str, path: str) -> tuple[str, str]:
    if char == "]":
        raise ValuesError(f"{path}: invalid key {char}")
    if char == "[" and not word:
        return "escaped", ""
    keys.append(word)
    return ("key" if char == "." else "index"), ""


def _position(word: str, char: str, path: str) -> int:
    if char != "]":
        raise ValuesError(f"{path}: missing index value")
    try:
        position = int(word)
    except ValueError:
        raise ValuesError(f"{path}: {word!r} is not an index") from None
    if not 0 <= position <= _MOST_ITEMS:
        raise ValuesError(f"{path}: index {position} is not between 0 and {_MOST_ITEMS}")
    return position
