"""The field that each line of a YAML document belongs to."""

from __future__ import annotations

from steersman.yamlio.errors import YamlError
from steersman.yamlio.nodes import MAPPING, SEQUENCE, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.yamlio.nodes import Node


def line_fields(text: str) -> list[str]:
    """Return the JSON pointer of the innermost field that begins on each line, or that the line continues.

    >>> line_fields("kind: A\\nspec:\\n  ports:\\n  - name: x\\n")
    ['/kind', '/spec', '/spec/ports', '/spec/ports/0/name']
    """
    lines = text.count("\n") + (not text.endswith("\n"))
    found = [""] * (lines + 1)
    try:
        node = read(text.encode("utf-8", "surrogateescape"))
    except YamlError:
        return found[1:]
    for line, pointer in _fields(node, ""):
        if line <= lines:
            found[line] = pointer
    for line in range(1, lines + 1):
        found[line] = found[line] or found[line - 1]
    return found[1:]


def _fields(node: Node | None, above: str) -> Iterator[tuple[int, str]]:
    """Yield the fields of a node with their lines, outer ones first."""
    if node is None:
        return
    if node.kind == MAPPING:
        for key, value in node.pairs():
            below = f"{above}/{token(key.text)}"
            yield key.line, below
            yield from _fields(value, below)
    elif node.kind == SEQUENCE:
        for at, item in enumerate(node.items):
            yield item.line, f"{above}/{at}"
            yield from _fields(item, f"{above}/{at}")


def token(key: str) -> str:
    """Return a key as it stands in a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def dotted(pointer: str) -> str:
    """Return a JSON pointer as people write a field.

    >>> dotted("/spec/containers/0/image")
    'spec.containers[0].image'
    """
    out = ""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if key.isdigit():
            out += f"[{key}]"
        else:
            key = key.replace(".", "\\.")
            out += f".{key}" if out else key
    return out
