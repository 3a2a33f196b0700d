"""YAML text to nodes that keep what values lose: styles, comments, anchors, tags.

Answers to the reading half of go-yaml v3's ``Node`` API, as kustomize's ``kyaml`` uses it. Comments are given to
nodes by where they stand, as v3 does: right above one is its head, behind it its line, below it its foot.
"""

from __future__ import annotations

import codecs
from contextlib import suppress

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SCALAR, MAPPING, SEQUENCE, ALIAS = "scalar", "mapping", "sequence", "alias"
_MAX_DEPTH = 1000


class Node:
    """A node; ``pairs`` are a mapping's keys and values, ``items`` a sequence's.

    ``style`` is libyaml's for scalars (``""``: plain). ``column`` and ``line`` are where it begins, ``end`` the line
    where it ends.
    """

    __slots__ = (
        "anchor",
        "column",
        "end",
        "flow",
        "foot",
        "head",
        "items",
        "kind",
        "line",
        "pairs",
        "side",
        "style",
        "tag",
        "value",
    )

    def __init__(self, kind: str, value: str = "", style: str = "") -> None:
        self.kind = kind
        self.value = value
        self.style = style
        self.tag = ""
        self.anchor = ""
        self.flow = False
        self.pairs: list[tuple[Node, Node]] = []
        self.items: list[Node] = []
        self.head: list[str] = []
        self.side = ""
        self.foot: list[str] = []
        self.line = self.column = self.end = 0

    def get(self, key: str) -> Node | None:
        """Return the value of a mapping's key."""
        return next((v for k, v in self.pairs if k.value == key), None)


class Malformed(errors.ManifestError):
    """Text that is not YAML of a Kubernetes object.

    Attributes:
        node: what stands in the wrong place, or None.
    """

    def __init__(self, message: str, node: Node | None = None) -> None:
        super().__init__(message)
        self.node = node


def parse_all(text: str) -> list[Node]:
    """Return the objects in a stream of documents; the items of a lone list are objects of their own, as in kyaml.

    Raises:
        Malformed: with kyaml's message.
    """
    found = [node for document in _documents(text) if (node := _parse(document)) is not None]
    if len(found) == 1:
        kind, items = found[0].get("kind"), found[0].get("items")
        if kind is not None and kind.value in ("List", "ResourceList") and items is not None:
            return items.items
    return found


def _documents(text: str) -> Iterator[str]:
    text = text.replace("\r\n", "\n")
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith("---") and (len(line) == 3 or line[3] in " \t"):
            yield "\n".join(lines)
            lines = [line[3:].lstrip()] if line[3:].strip() else []
        else:
            lines.append(line)
    yield "\n".join(lines)


def _parse(text: str) -> Node | None:
    if not text.strip():
        return None
    root, document_head = _compose(text)
    if root is None:
        return None
    if root.kind != MAPPING:
        raise _wrong_kind(root)
    _check_metadata(root)
    root.head = document_head
    return root


def _check_metadata(root: Node) -> None:
    """Raise where what kyaml looks for annotations in is neither a mapping nor null.

    Raises:
        Malformed: with kyaml's message (test_metadata_that_comes_back).
    """
    metadata = root.get("metadata")
    if metadata is None or _is_null(metadata):
        return
    if metadata.kind != MAPPING:
        raise _wrong_kind(metadata)
    annotations = metadata.get("annotations")
    if annotations is not None and annotations.kind == SEQUENCE and annotations.items:
        raise _wrong_kind(annotations)


def _is_null(node: Node) -> bool:
    return node.kind == SCALAR and not node.style and node.value in ("", "~", "null", "Null", "NULL")


def _wrong_kind(node: Node) -> Malformed:
    """Return the error for a node that stands where a mapping has to be."""
    name = {SCALAR: "ScalarNode", SEQUENCE: "SequenceNode", ALIAS: "AliasNode"}[node.kind]
    return Malformed(f"wrong node kind: expected MappingNode but got {name}: node contents:\n", node)


def _compose(text: str) -> tuple[Node | None, list[str]]:
    """Return the first document of ``text``, comments given to its nodes, and the document's own head."""
    from steersman.yamlio.libyaml import load as binding

    yaml = binding()
    if not text.isprintable():
        text = _decoded(text)
    try:
        composer = _Composer(yaml.parser(text), yaml.events)
        root = composer.document()
    except yaml.error as error:
        text, colon = _as_libyaml_reads(text, error)
        composer = _Composer(yaml.parser(text), yaml.events, colon)
        root = composer.document()
    if root is None:
        return None, []
    return root, _give_comments(text, root, composer.scalars)


def _as_libyaml_reads(text: str, error: Exception) -> tuple[str, str]:
    """Return a text that libyaml refused with ``error`` as it reads it, and what stands in it for colons.

    Raises:
        Malformed: with go-yaml's message.
    """
    from steersman.yamlio.errors import YamlError
    from steersman.yamlio.nodes import as_libyaml_reads

    try:
        data, colon = as_libyaml_reads(text.encode("utf-8", "surrogateescape"))
    except YamlError as known:
        raise Malformed(f"MalformedYAMLError: {known}") from error
    if not colon:
        raise Malformed(f"MalformedYAMLError: {error}") from error
    return data.decode("utf-8", "surrogateescape"), colon


def _decoded(text: str) -> str:
    """Return a text that may hold bytes that are not UTF-8, as go-yaml reads it.

    go: a byte order mark says that it is UTF-16 (test_bytes_that_a_post_renderer_writes).

    Raises:
        Malformed: for bytes that are neither.
    """
    data = text.encode("utf-8", "surrogateescape")
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        with suppress(UnicodeDecodeError):
            return data.decode("utf-16")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        from steersman.yamlio import load
        from steersman.yamlio.errors import YamlError

        try:
            load(data)
        except YamlError as known:
            raise Malformed(f"MalformedYAMLError: {known}") from error
        raise Malformed(f"MalformedYAMLError: yaml: {error.reason}") from error
    return text


class _Composer:
    """Events to nodes."""

    def __init__(self, events: Any, names: Any, colon: str = "") -> None:
        self._events = events
        self._names = names
        self._colon = colon
        self._anchors: set[str] = set()
        self._open: list[Any] = []  # the collections that the node at hand is in
        self.scalars: list[tuple[int, int]] = []  # where scalars are: a "#" in one is not a comment

    def document(self) -> Node | None:
        names = self._names
        while True:
            event = self._events.get_event()
            if event is None or isinstance(event, names.StreamEndEvent):
                return None
            if isinstance(event, names.DocumentStartEvent):
                root = self._node(self._events.get_event(), 0)
                while not isinstance(self._events.get_event(), names.DocumentEndEvent):
                    pass
                return root

    def _node(self, event: Any, depth: int) -> Node:
        names = self._names
        if depth > _MAX_DEPTH:
            raise Malformed("MalformedYAMLError: yaml: exceeded max depth")
        if getattr(event, "anchor", None) is not None and not isinstance(event, names.AliasEvent):
            self._anchors.add(event.anchor)
        if isinstance(event, names.AliasEvent):
            if event.anchor not in self._anchors:
                raise Malformed(f"MalformedYAMLError: yaml: unknown anchor '{event.anchor}' referenced")
            node = Node(ALIAS, event.anchor)
        elif isinstance(event, names.ScalarEvent):
            self._check_question_mark(event)
            text = event.value.replace(self._colon, ":") if self._colon else event.value
            node = Node(SCALAR, text, event.style or "")
            self.scalars.append((event.start_mark.index, event.end_mark.index))
        elif isinstance(event, names.MappingStartEvent):
            node = Node(MAPPING)
            self._open.append(event)
            while not isinstance(following := self._events.get_event(), names.MappingEndEvent):
                key = self._node(following, depth + 1)
                node.pairs.append((key, self._node(self._events.get_event(), depth + 1)))
        else:
            node = Node(SEQUENCE)
            self._open.append(event)
            while not isinstance(following := self._events.get_event(), names.SequenceEndEvent):
                node.items.append(self._node(following, depth + 1))
        if node.kind in (MAPPING, SEQUENCE):
            self._open.pop()
            node.flow = bool(event.flow_style)
            end = following.end_mark
        else:
            end = event.end_mark
        if node.kind != ALIAS:
            node.anchor = event.anchor or ""
            node.tag = event.tag or ""
        node.line, node.column = event.start_mark.line, event.start_mark.column
        node.end = end.line if end.column or end.line == node.line else end.line - 1
        return node

    def _check_question_mark(self, event: Any) -> None:
        """Raise for a plain scalar with a question mark inside of brackets, which go-yaml does not take."""
        from steersman.yamlio.events import question_mark

        if "?" in event.value and not event.style and self._open and self._open[-1].flow_style:
            begin = self._open[-1]
            problem = question_mark(isinstance(begin, self._names.MappingStartEvent), begin.start_mark.line)
            raise Malformed(f"MalformedYAMLError: {problem}")


def _comments(text: str, scalars: list[tuple[int, int]]) -> Iterator[tuple[int, int, str, bool]]:
    """Yield line, column, text of each comment, and whether it has its line to itself."""
    at = 0
    spans = iter(sorted(scalars))
    span = next(spans, None)
    for number, line in enumerate(text.split("\n")):
        start = 0
        while (column := line.find("#", start)) >= 0:
            index = at + column
            while span is not None and span[1] <= index:
                span = next(spans, None)
            if span is not None and span[0] <= index < span[1]:
                start = column + 1
                continue
            if column and line[column - 1] not in " \t":
                start = column + 1
                continue
            yield number, column, line[column:].rstrip(), not line[:column].strip()
            break
        at += len(line) + 1


class _Entry:
    """A key of a block mapping or an item of a block sequence: its position and its nodes."""

    __slots__ = ("column", "end", "line", "owner")

    def __init__(self, owner: Node, line: int, column: int, end: int) -> None:
        self.owner = owner
        self.line = line
        self.column = column
        self.end = end


def _entries(node: Node, text_lines: list[str]) -> Iterator[_Entry]:
    if node.flow:
        return
    for key, value in node.pairs:
        yield _Entry(key, key.line, key.column, value.end)
        yield from _entries(value, text_lines)
    for item in node.items:
        column = _dash(text_lines, item)
        yield _Entry(item, item.line, column, item.end)
        yield from _entries(item, text_lines)


def _dash(lines: list[str], item: Node) -> int:
    """Return the column of the dash before an item."""
    line = lines[item.line] if item.line < len(lines) else ""
    at = line.rfind("-", 0, item.column)
    return at if at >= 0 else max(item.column - 2, 0)


def _give_comments(text: str, root: Node, scalars: list[tuple[int, int]]) -> list[str]:
    """Give the comments to nodes; return those that are the document's head."""
    comments = list(_comments(text, scalars))
    if not comments:
        return []
    lines = text.split("\n")
    entries = sorted(_entries(root, lines), key=lambda e: (e.line, e.column))
    groups: list[list[tuple[int, int, str]]] = []
    for number, column, shown, is_alone in comments:
        if not is_alone:
            _beside(root, number, shown)
        elif groups and groups[-1][-1][0] == number - 1 and groups[-1][-1][1] == column:
            groups[-1].append((number, column, shown))
        else:
            groups.append([(number, column, shown)])
    head: list[str] = []
    for group in groups:
        first, last, column = group[0][0], group[-1][0], group[0][1]
        texts = [shown for _, _, shown in group]
        following = next((e for e in entries if e.line > last), None)
        before = [e for e in entries if e.line < first and e.column <= column]
        if following is not None and following.line == last + 1 and following.column == column:
            following.owner.head = [*following.owner.head, *([""] if following.owner.head else []), *texts]
        elif not before:
            head += ([""] if head else []) + texts
        else:
            deepest = max(before, key=lambda e: (e.line, e.column))
            at_column = [e for e in before if e.column == column]
            owner = (at_column[-1] if at_column else deepest).owner
            owner.foot += ([""] if owner.foot else []) + texts
    return head


def _beside(node: Node, number: int, shown: str) -> None:
    """Give a comment behind something to what ends there last."""
    best: Node | None = None
    stack = [node]
    while stack:
        one = stack.pop()
        for key, value in one.pairs if not one.flow else ():
            if key.line == number and value.line > number:
                best = key
            elif value.end == number and (
                value.kind in (SCALAR, ALIAS) or value.flow or not (value.pairs or value.items)
            ):
                best = value if value.value or value.flow or value.style or value.kind == ALIAS or value.items else key
            elif value.style in ("|", ">") and value.line == number:
                best = value
            stack.append(value)
        for item in one.items if not one.flow else ():
            if item.end == number and (item.kind in (SCALAR, ALIAS) or item.flow):
                best = item
            stack.append(item)
    if best is not None and not best.side:
        best.side = shown
