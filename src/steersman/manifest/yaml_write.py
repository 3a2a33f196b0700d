"""Nodes to YAML text, as go-yaml v3 writes them for kustomize's ``kyaml``.

The indent is 2, and sequences stand at their key's column.
"""

from __future__ import annotations

from steersman.manifest.yaml_nodes import ALIAS, MAPPING, SCALAR, SEQUENCE, Node
from steersman.yamlio.emit import printable

_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip
_PREFIX = "tag:yaml.org,2002:"


def write(nodes: list[Node]) -> str:
    """Return the documents, separated by ``---``."""
    return "---\n".join(_Writer().document(node) for node in nodes)


class _Writer:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._foot_indent = -1  # v3: after a foot comment, the next line at its indent has an empty one before it

    def document(self, root: Node) -> str:
        if root.head:
            for line in root.head:
                self._line(0, line)
            self._lines.append("")
        if root.kind in (MAPPING, SEQUENCE) and not root.flow and (root.pairs or root.items):
            self._block(root, 0)
        else:
            self._value(root, "", 0)
        return "\n".join(self._lines) + "\n"

    def _line(self, indent: int, text: str) -> None:
        if self._foot_indent == indent:
            self._lines.append("")
        self._foot_indent = -1
        self._lines.append(" " * indent + text if text else "")

    def _comment(self, indent: int, comment: list[str]) -> None:
        for line in comment:
            if line:
                self._line(indent, line)
            else:
                self._lines.append("")

    def _foot(self, indent: int, comment: list[str]) -> None:
        if comment:
            self._comment(indent, comment)
            self._foot_indent = indent

    def _block(self, node: Node, indent: int, lead: str = "") -> None:
        """Write a block collection at ``indent``; ``lead`` begins its first line (dashes)."""
        for key, value in node.pairs:
            self._comment(indent, key.head)
            self._entry(key, value, indent, lead)
            lead = ""
            self._foot(indent, key.foot)
        for item in node.items:
            self._comment(indent, item.head)
            self._item(item, indent, lead)
            lead = ""
            self._foot(indent, item.foot)

    def _entry(self, key: Node, value: Node, indent: int, lead: str) -> None:
        shown = self._scalar(key, indent)
        if key.kind == SCALAR and not key.style and not shown:
            shown = "''"  # go: no key is empty (test_plain_scalars_in_brackets)
        start = f"{lead}{shown}:"
        at = indent - len(lead)
        is_block = value.kind in (MAPPING, SEQUENCE) and not value.flow and bool(value.pairs or value.items)
        if is_block:
            self._line(at, start + _properties(value, before=" ") + _side(key))
            self._block(value, indent if value.kind == SEQUENCE else indent + 2)
        else:
            if key.side and not value.side:
                value.side = key.side
            self._value(value, start, at)

    def _item(self, item: Node, indent: int, lead: str) -> None:
        start = f"{lead}- "
        is_block = item.kind in (MAPPING, SEQUENCE) and not item.flow and bool(item.pairs or item.items)
        properties = _properties(item)
        if is_block and not properties:
            self._block_in_item(item, indent, start)
        elif is_block:
            self._line(indent - len(lead), start + properties)
            self._block(item, indent + 2)
        else:
            self._value(item, start.rstrip(), indent - len(lead))

    def _block_in_item(self, item: Node, indent: int, start: str) -> None:
        # the first line of what is inside stands behind the dash
        self._block(item, indent + 2, start)

    def _value(self, node: Node, start: str, indent: int) -> None:
        text = self._scalar(node, indent) if node.kind == SCALAR else self._flow(node, indent)
        first, *rest = text.split("\n")
        gap = " " if start and first else ""
        self._line(indent, f"{start}{gap}{first}{_side(node)}")
        self._lines += rest

    def _flow(self, node: Node, indent: int) -> str:
        if node.kind == ALIAS:
            return f"*{node.value}"
        if node.kind == SCALAR:
            return self._scalar(node, indent, flow=True)
        properties = _properties(node, after=" ")
        if node.kind == SEQUENCE:
            return f"{properties}[{', '.join(self._flow(item, indent) for item in node.items)}]"
        pairs = []
        for key, value in node.pairs:
            shown = self._flow(value, indent)
            pairs.append(f"{self._flow(key, indent)}:{' ' + shown if shown else ''}")
        return f"{properties}{{{', '.join(pairs)}}}"

    def _scalar(self, node: Node, indent: int, *, flow: bool = False) -> str:
        if node.kind != SCALAR:
            return self._flow(node, indent)
        text, style = node.value, node.style
        properties = _properties(node)
        if style == "" and text == "<<" and not node.tag:
            # go: the encoder writes the tag of a merge key (test_plain_scalars_in_brackets)
            properties = f"{properties} !!merge".lstrip()
        if style in ("|", ">") and (flow or not _is_block_text(text)):
            style = '"'
        if style == "" and "\n" in text:
            style = "'" if flow else "|"
        if style == "" and properties.startswith("!!str") and not text:
            style = "'"
        if style == "" and flow and _is_quoted_in_flow(text):
            style = "'"
        if style in ("", "'") and not all(map(_is_clean, text)):
            style = '"'
        if style == '"':
            body = '"' + "".join(_escaped(char) for char in text) + '"'
        elif style == "'":
            body = _single(text, indent + 2)
        elif style == "|":
            body = _literal(text, indent + 2, "|")
        elif style == ">":
            body = _folded(text, indent + 2)
        else:
            body = text
        return f"{properties} {body}" if properties and body else properties + body


def _properties(node: Node, *, before: str = "", after: str = "") -> str:
    tag = node.tag
    if tag.startswith(_PREFIX):
        tag = f"!!{tag.removeprefix(_PREFIX)}"
    elif tag and not tag.startswith("!"):
        tag = f"!<{tag}>"
    found = " ".join(filter(None, (f"&{node.anchor}" if node.anchor else "", tag)))
    return f"{before}{found}{after}" if found else ""


def _side(node: Node) -> str:
    return f" {node.side}" if node.side else ""


def _is_quoted_in_flow(text: str) -> bool:
    """Return whether go-yaml quotes a plain scalar inside of brackets (test_plain_scalars_in_brackets)."""
    return not text or ":" in text or text == "-" or text.startswith(("---", "..."))


def _is_block_text(text: str) -> bool:
    """Return whether a text can be a block: no blanks at ends of lines, nothing that must be escaped."""
    if not text or text.strip("\n ") == "":
        return text.strip("\n") == "" and bool(text)
    return all(map(_is_clean, text)) and " \n" not in text and not text.endswith(" ")


def _is_clean(char: str) -> bool:
    return char == "\t" or printable(char)


def _single(text: str, indent: int) -> str:
    body = text.replace("'", "''")
    if "\n" in body:
        body = body.replace("\n", "\n\n").replace("\n\n", "\n\n" + " " * indent)
    return f"'{body}'"


def _hints(text: str) -> str:
    lead = "2" if text[:1] in (" ", "\n") else ""
    if not text.endswith("\n"):
        return lead + "-"
    return lead + ("+" if text == "\n" or text.endswith("\n\n") else "")


def _literal(text: str, indent: int, mark: str) -> str:
    pad = " " * indent
    lines = text.removesuffix("\n").split("\n")
    return f"{mark}{_hints(text)}\n" + "\n".join(pad + line if line else "" for line in lines)


def _folded(text: str, indent: int) -> str:
    """Write a folded block; its lines are not folded again, each break is an empty line (v3)."""
    pad = " " * indent
    hints = _hints(text)
    out: list[str] = []
    lines = text.split("\n")
    for i, line in enumerate(lines):
        is_last = i == len(lines) - 1
        if line:
            out.append(pad + line)
        if not is_last and line and not line.startswith((" ", "\t")):
            following = lines[i + 1]
            if not following.startswith((" ", "\t")):
                out.append("")
        elif not is_last and not line:
            out.append("")
    return f">{hints}\n" + "\n".join(out)


def _escaped(char: str) -> str:
    short = _ESCAPES.get(char)
    if short is not None:
        return short
    if printable(char):
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
