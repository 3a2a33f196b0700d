"""A schema of a chart's values out of its templates, its defaults, and the comments in values.yaml.

A map that templates read by name alone is closed: another key in it does nothing. One that is passed on whole, gone
through, or that nothing reads stays open. A type is asked for only where another one would fail or print nonsense.
"""

from __future__ import annotations

import re

from steersman.insight.possible import ELEMENT
from steersman.insight.reads import GLOBAL, VALUES
from steersman.insight.use import (
    ANY,
    COMPARED,
    DIGEST,
    FIELD,
    KIND,
    LOOP,
    NUMBER,
    PRINTED,
    TEMPLATE,
    TEST,
    TEXT,
    WHOLE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.checking.subject import Subject
    from steersman.engine.trace import Path

DRAFT = "http://json-schema.org/draft-07/schema#"
_BY_NAME = frozenset((FIELD, TEST, ANY, KIND, COMPARED, DIGEST))
_OF_SCALARS = frozenset((PRINTED, TEST, COMPARED, TEXT, NUMBER, TEMPLATE, ANY, DIGEST))
_MOST_TEXT = 300  # characters of a description
_MOST_DEPTH = 40
_PARAMETER = re.compile(r"^[ \t]*##? @param (\S+)[ \t]+(?:\[[^\]\n]*\][ \t]*)?(.*)$", re.MULTILINE)
_CODE = re.compile(r"^[\w./-]+:(\s|$)|^- |^[{}\[\]]|^@|^=|^-+$")
NOTHING = object()


class ValueNode:
    """A place in the values: the ways it is used in, what is below it, its default, and what it is compared with."""

    __slots__ = ("children", "constants", "default", "hows", "is_chart", "is_open", "item")

    def __init__(self) -> None:
        self.children: dict[str, ValueNode] = {}
        self.item: ValueNode | None = None
        self.hows: set[str] = set()
        self.constants: list[Any] = []
        self.default: Any = NOTHING
        self.is_open = False
        self.is_chart = False  # whether all values of a chart are here

    def child(self, key: object) -> ValueNode:
        """Return the place of an entry, or of whichever element."""
        if key == ELEMENT or not isinstance(key, str):
            if self.item is None:
                self.item = ValueNode()
            return self.item
        return self.children.setdefault(key, ValueNode())

    def at(self, path: Iterable[object]) -> ValueNode:
        """Return the place at a path."""
        node = self
        for key in path:
            node = node.child(key)
        return node


def value_schema(subject: Subject, examples: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return a JSON schema of the chart's values.

    Args:
        subject: the chart.
        examples: values that are known to be right, such as those of the chart's tests; the schema accepts them.

    Raises:
        ParseError: for a template that does not parse.
    """
    root = value_tree(subject)
    _admit(root, subject.declared)
    for values in examples:
        _admit(root, values)
    schema: dict[str, Any] = {"$schema": DRAFT, "title": f"Values of {subject.name}"}
    schema |= _schema(root, descriptions(subject), (), 0)
    schema["type"] = "object"
    return schema


def value_tree(subject: Subject) -> ValueNode:
    """Return all places in the values that templates read or values.yaml has.

    Raises:
        ParseError: for a template that does not parse.
    """
    uses = subject.uses
    root = ValueNode()
    _add_default(root, subject.declared)
    for use in uses.found:
        node = root.at(use.path)
        node.hows.add(use.how)
        if use.how == COMPARED:
            node.constants += [one for one in use.constants if one not in node.constants]
        if use.how == FIELD:
            for name in use.constants:
                node.child(name)
    for path in uses.assigned:
        if path[:1] == (VALUES,) and path[-1] == ELEMENT:
            root.at(path[1:-1]).is_open = True
    _add_charts(subject, subject.whole, root)
    _add_computed(root)
    _add_elements(root)
    _add_dependencies(subject.loaded, root)
    root.is_open = root.is_open or uses.is_dynamic or uses.is_cut_short
    if root.is_open or WHOLE in root.hows:
        _open_all(root)
    return root


def _add_default(node: ValueNode, value: Any) -> None:
    node.default = value
    if isinstance(value, dict):
        for key, inner in value.items():
            _add_default(node.child(str(key)), inner)


def _add_charts(subject: Subject, chart: Chart, node: ValueNode) -> None:
    """Every chart has globals, which any other chart may read; of a chart that has a schema, that one decides."""
    node.is_chart = True
    _open_all(node.child(GLOBAL))
    for child in chart.dependencies:
        inner = node.child(child.name)
        _add_charts(subject, child, inner)
        if child.is_library or child.schema is not None:
            inner.is_open = True


def _add_elements(node: ValueNode) -> None:
    """Let each element have what some element has by default."""
    todo = [node]
    while todo:
        at = todo.pop()
        todo += at.children.values()
        if at.item is not None:
            todo.append(at.item)
            for value in _elements(at.default):
                _admit(at.item, value)


def _add_computed(node: ValueNode) -> None:
    """Let each value of a chart have what templates read of one of them whose key they compute."""
    for child in [node, *node.children.values()]:
        if child is not node and child.is_chart:
            _add_computed(child)
    if node.item is None:
        return
    for key, child in node.children.items():
        if key != GLOBAL and not child.is_chart:
            child.hows |= node.item.hows & {WHOLE, LOOP, KIND}
            for name in node.item.children:
                child.child(name)


def _add_dependencies(chart: Chart, node: ValueNode) -> None:
    """Add the values that say which subcharts take part, and those of subcharts that are missing."""
    there = {child.name: child for child in chart.dependencies}
    for entry in chart.metadata.dependencies:
        for condition in entry.condition.strip().split(","):
            if condition:
                node.at(condition.split(".")).hows.add(TEST)
        if entry.tags:
            node.child("tags").is_open = True
        name = entry.alias or entry.name
        if entry.name in there:
            _add_dependencies(there[entry.name], node.child(name))
        else:
            node.child(name).is_open = True


def _open_all(node: ValueNode) -> None:
    todo = [node]
    while todo:
        at = todo.pop()
        at.is_open = True
        todo += at.children.values()


def _admit(node: ValueNode, value: Any) -> None:
    """Let a place have a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _admit(node.child(str(key)), inner)
            if node.item is not None:
                _admit(node.item, inner)
    elif isinstance(value, list):
        for inner in value:
            if node.item is not None:
                _admit(node.item, inner)
    if _types(node) and not _is_of(value, _types(node)):
        node.hows.add(KIND)


def _is_of(value: Any, types: list[str]) -> bool:
    names = {str: "string", bool: "boolean", int: "number", float: "number", dict: "object", list: "array"}
    return value is None or names.get(type(value)) in types


def _schema(node: ValueNode, texts: dict[Path, str], path: Path, depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if path in texts:
        schema["description"] = texts[path]
    types = _types(node)
    if types:
        schema["type"] = types
    if WHOLE in node.hows or depth > _MOST_DEPTH:
        return schema
    if LOOP in node.hows:
        if node.item is not None and not node.children.keys() - _entries(node) and not node.is_open:
            inner = _schema(node.item, texts, (*path, ELEMENT), depth + 1)
            if inner:
                schema["items"] = inner
                schema["additionalProperties"] = inner
        return schema
    properties = {
        key: _schema(inner, texts, (*path, key), depth + 1) for key, inner in node.children.items() if key != ELEMENT
    }
    if properties:
        schema["properties"] = dict(sorted(properties.items()))
    if _is_closed(node):
        schema["additionalProperties"] = False
    if not properties and isinstance(node.default, (str, bool, int, float)) and node.default != "":
        default = node.default
        is_whole = type(default) is float and default.is_integer() and abs(default) < 1e15
        schema["default"] = int(default) if is_whole else default
    return schema


def _elements(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _entries(node: ValueNode) -> set[str]:
    """Return the keys of a map's default, which are as good as any others where templates go through it."""
    return set(node.default) if isinstance(node.default, dict) else set()


def _is_closed(node: ValueNode) -> bool:
    """Return whether templates read a map by name alone."""
    if node.is_chart:
        # a chart that looks a value up by a computed key has it under a name
        return not node.is_open and FIELD in node.hows and LOOP not in node.hows and WHOLE not in node.hows
    return not node.is_open and FIELD in node.hows and node.hows <= _BY_NAME


def _types(node: ValueNode) -> list[str]:
    """Return the types that a value may have; none where nothing can be said."""
    if KIND in node.hows or WHOLE in node.hows:
        return []
    if _is_closed(node):
        return ["object", "null"]
    if LOOP in node.hows and isinstance(node.default, (list, dict)) and FIELD not in node.hows:
        return ["array", "object", "null"]
    if node.children or not node.hows <= _OF_SCALARS:
        return []
    if TEXT in node.hows and isinstance(node.default, str):
        return ["string", "null"]
    is_scalar = isinstance(node.default, (str, bool, int, float))
    if is_scalar and node.hows & {PRINTED, COMPARED, NUMBER} and TEMPLATE not in node.hows:
        return ["boolean", "number", "string", "null"]
    return []


def descriptions(subject: Subject) -> dict[Path, str]:
    """Return what the comments in the chart's values.yaml say about values, by their paths."""
    from steersman.insight.trees import keys_of_lines

    text = subject.texts.get(f"{subject.name}/values.yaml", "")
    found: dict[Path, str] = {}
    rows = text.split("\n")
    for line, path in (keys_of_lines(text) or {}).items():
        words = " ".join(_comment_above(rows, line))
        if words and len(words) <= _MOST_TEXT:
            found[path] = words
    for name, words in _PARAMETER.findall(text):
        if words.strip():
            found[tuple(name.split("."))] = words.strip()[:_MOST_TEXT]
    return found


def _comment_above(rows: list[str], line: int) -> Iterator[str]:
    """Yield the lines of prose in the comment right above a line; code that is commented out is not prose."""
    first = line
    while first and rows[first - 1].lstrip().startswith("#"):
        first -= 1
    for row in rows[first:line]:
        words = row.lstrip(" #").removeprefix("--").strip()
        if words and not _CODE.search(words):
            yield words
