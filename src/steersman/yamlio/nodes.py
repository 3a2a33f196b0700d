"""YAML to nodes that know their lines and tags, as go-yaml v3 decodes them into Go's types.

Answers to ``resolve.go`` of go-yaml v3: other than in v2, ``yes`` and ``on`` are strings.
"""

from __future__ import annotations

from steersman.yamlio import errors as yaml_errors
from steersman.yamlio import scalars
from steersman.yamlio.events import Reader, question_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCALAR, MAPPING, SEQUENCE = "scalar", "mapping", "sequence"
NULL, BOOL, STR, INT, FLOAT, TIMESTAMP, BINARY = (
    *("!!null", "!!bool", "!!str", "!!int", "!!float", "!!timestamp", "!!binary"),
)
MERGE, MAP, SEQ = "!!merge", "!!map", "!!seq"
_MAX_DEPTH = 200
_LONG = "tag:yaml.org,2002:"
_MOST_NODES = 100_000  # with those that aliases stand for
_WORDS: dict[str, tuple[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), (NULL, None)),
    **dict.fromkeys(("true", "True", "TRUE"), (BOOL, True)),
    **dict.fromkeys(("false", "False", "FALSE"), (BOOL, False)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), (FLOAT, float("nan"))),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), (FLOAT, float("inf"))),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), (FLOAT, float("-inf"))),
    "<<": (MERGE, "<<"),
}


class Node:
    """A part of a document.

    Attributes:
        kind: ``scalar``, ``mapping`` or ``sequence``.
        tag: the short form, resolved.
        text: of a scalar, as it stands.
        value: of a scalar: str, bool, int, float or None.
        line: counted from 1.
        is_plain: whether it is a scalar without quotes and without a tag.
        items: of a collection; keys and values of a mapping take turns.
    """

    __slots__ = ("is_plain", "items", "kind", "line", "tag", "text", "value")

    def __init__(self, kind: str, tag: str, line: int, text: str = "", value: Any = None) -> None:
        self.kind = kind
        self.tag = tag
        self.text = text
        self.value = value
        self.line = line
        self.is_plain = False
        self.items: list[Node] = []

    def pairs(self) -> list[tuple[Node, Node]]:
        """Return the keys of a mapping with their values."""
        return list(zip(self.items[::2], self.items[1::2], strict=True))

    def key(self) -> str:
        """Return a key of a mapping as ``yamlio.load`` has it: by YAML 1.1, ``y`` is a bool, and then ``"true"``."""
        if not self.is_plain or self.text == "<<":
            return self.text
        value = scalars.resolve(self.text)
        if isinstance(value, bool):
            return "true" if value else "false"
        return scalars.format_float32(value) if isinstance(value, float) else str(value)


def read(data: bytes) -> Node | None:
    """Return the first document, or None where there is none.

    Raises:
        YamlError: with go-yaml's message.
    """
    is_there, node = _NodeReader(data).document()
    return node if is_there else None


def as_libyaml_reads(data: bytes) -> tuple[bytes, str]:
    """Return ``data`` with a stand-in for each colon that only go-yaml takes, and the stand-in (or ``""``).

    Raises:
        YamlError: with go-yaml's message, where it does not read the first document either.
    """
    reader = _NodeReader(data)
    reader.document()
    return reader.read_as()


class _NodeReader(Reader):
    def _told(self, error: Any) -> yaml_errors.YamlError:
        # go: where v2 names the place of the problem, v3 names that of what it was reading
        context = getattr(error, "context_mark", None)
        if context is None or not context.line:
            return super()._told(error)
        line = context.line + (1 if isinstance(error, self._binding.scanner_error) else 0)
        return yaml_errors.YamlError(f"yaml: line {line}: {error.problem}", line=line, problem=error.problem)

    def _node(self) -> Any:
        events = self._binding.events
        anchors: dict[str, Node | None] = {}
        stack: list[tuple[Node, Any]] = []
        count = 0
        while True:
            event = self._parser.get_event()
            kind = type(event)
            if kind in (events.MappingStartEvent, events.SequenceStartEvent):
                if len(stack) >= _MAX_DEPTH:
                    raise yaml_errors.YamlError(f"yaml: exceeded max depth of {_MAX_DEPTH}")
                is_map = kind is events.MappingStartEvent
                tag = _short(event.tag) or (MAP if is_map else SEQ)
                stack.append((Node(MAPPING if is_map else SEQUENCE, tag, event.start_mark.line + 1), event))
                if event.anchor is not None:
                    anchors[event.anchor] = None
                continue
            if kind is events.ScalarEvent:
                if "?" in event.value and not event.style and stack and (begin := stack[-1][1]).flow_style:
                    # go: the line is that of the bracket
                    raise question_mark(stack[-1][0].kind == MAPPING, begin.start_mark.line)
                if self._colon:
                    event.value = event.value.replace(self._colon, ":")
                node, anchor = _scalar(event), event.anchor
            elif kind is events.AliasEvent:
                node, anchor = _alias(event.anchor, anchors), None
            else:
                node, begin = stack.pop()
                anchor = begin.anchor
            if anchor is not None:
                anchors[anchor] = node
            count += 1
            if not stack:
                if _size(node) > _MOST_NODES:
                    raise yaml_errors.YamlError("yaml: document contains excessive aliasing")
                return node
            stack[-1][0].items.append(node)


def _size(node: Node) -> int:
    """Return how many nodes there are with those that aliases stand for, each counted wherever it is."""
    sizes: dict[int, int] = {}
    stack = [(node, False)]
    while stack:
        one, is_done = stack.pop()
        if is_done:
            sizes[id(one)] = 1 + sum(sizes[id(item)] for item in one.items)
        elif id(one) not in sizes:
            stack.append((one, True))
            stack += [(item, False) for item in one.items]
    return sizes[id(node)]


def _alias(name: str, anchors: dict[str, Node | None]) -> Node:
    if name not in anchors:
        raise yaml_errors.YamlError(f"yaml: unknown anchor '{name}' referenced")
    node = anchors[name]
    if node is None:
        raise yaml_errors.YamlError(f"yaml: anchor '{name}' value contains itself")
    return node


def _short(tag: str | None) -> str:
    if tag in (None, "!"):
        return ""
    assert tag is not None
    return "!!" + tag[len(_LONG) :] if tag.startswith(_LONG) else tag


def _scalar(event: Any) -> Node:
    text: str = event.value
    line: int = event.start_mark.line + 1
    tag = _short(event.tag)
    if not tag and not event.implicit[0]:
        return Node(SCALAR, STR, line, text, text)
    if tag == STR:
        return Node(SCALAR, STR, line, text, text)
    if tag == BINARY:
        from base64 import b64decode

        try:
            return Node(
                SCALAR,
                tag,
                line,
                text,
                b64decode("".join(text.split()), validate=True).decode("utf-8", "surrogateescape"),
            )
        except ValueError:
            raise yaml_errors.YamlError("yaml: !!binary value contains invalid base64 data") from None
    found, value = resolve(text)
    if not tag:
        plain = Node(SCALAR, found, line, text, value)
        plain.is_plain = True
        return plain
    if tag not in (NULL, BOOL, INT, FLOAT, TIMESTAMP):
        return Node(SCALAR, tag, line, text, text)
    if tag == FLOAT and found == INT:
        value = float(value)
    elif tag != found:
        raise yaml_errors.YamlError(f"yaml: cannot decode {found} `{text}` as a {tag}")
    return Node(SCALAR, tag, line, text, value)


_MOST_DIGITS = 100  # of a number that may be one of 64 bits


def resolve(text: str) -> tuple[str, Any]:
    """Return the tag of a plain scalar, and its value."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return STR, text
    import re

    if re.fullmatch(r"\d{4}-\d\d?-\d\d?(([Tt]|[ \t]+)\d\d?:\d\d:\d\d(\.\d*)?[ \t]*(Z|[-+]\d\d?(:\d\d)?)?)?", text):
        return TIMESTAMP, text if len(text) > len("2006-01-02") else f"{text}T00:00:00Z"
    plain = text.replace("_", "")
    if re.fullmatch(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[1-9][0-9]*|0[0-7]*)", plain, re.ASCII):
        is_octal = re.fullmatch(r"[-+]?0[0-7]+", plain, re.ASCII) is not None
        number = int(plain, 8) if is_octal else int(plain, 0) if len(plain) <= _MOST_DIGITS else 1 << 64
        if -(1 << 63) <= number < 1 << 64:
            return INT, number
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", plain, re.ASCII):
        value = float(plain)
        return (FLOAT, value) if abs(value) < float("inf") else (STR, text)
    return STR, text
