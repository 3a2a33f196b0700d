"""The keys that each line of YAML is about."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.engine.trace import Path
    from steersman.yamlio.nodes import Node


def keys_of_lines(text: str) -> dict[int, Path] | None:
    """Return the keys of the deepest value that begins on each line (from 0); None where the text is not YAML.

    >>> sorted(keys_of_lines("a:\\n  b: 1\\nl:\\n- c: 2\\n").items())
    [(0, ('a',)), (1, ('a', 'b')), (2, ('l',)), (3, ('l', 0, 'c'))]
    """
    from steersman.yamlio.errors import YamlError
    from steersman.yamlio.nodes import read

    try:
        node = read(text.encode("utf-8", "surrogateescape"))
    except YamlError:
        return None
    return {} if node is None else keys_of_node(node)


def keys_of_node(node: Node) -> dict[int, Path]:
    """Return the same for a document that was read."""
    found: dict[int, Path] = {}
    _walk(node, (), found)
    return found


def _walk(node: Node, path: Path, found: dict[int, Path]) -> None:
    from steersman.yamlio.nodes import MAPPING, SEQUENCE

    todo = [(node, path)]
    while todo:
        at, path = todo.pop()
        if at.kind == MAPPING:
            for key, value in at.pairs():
                here = (*path, key.key())
                _note(found, key.line, here)
                todo.append((value, here))
        elif at.kind == SEQUENCE:
            for index, item in enumerate(at.items):
                here = (*path, index)
                _note(found, item.line, here)
                todo.append((item, here))


def _note(found: dict[int, Path], line: int, path: Path) -> None:
    known = found.get(line - 1)
    if known is None or len(known) < len(path):
        found[line - 1] = path
