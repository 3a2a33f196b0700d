"""Rendered text to documents, and the documents that an assertion looks at."""

from __future__ import annotations

import re
from functools import lru_cache

from steersman.errors import ManifestError
from steersman.unittest.fields import text_keys
from steersman.unittest.path import find
from steersman.unittest.same import same
from steersman.yamlio import version3
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from steersman.unittest.suite import Selector

    ByTemplate: TypeAlias = "dict[str, tuple[Document, ...]]"

# go: what \s is for Go's regular expressions
_SPACE = r"[\t\n\f\r ]"
SEPARATOR = re.compile(rf"(?:\A|(?<!{_SPACE}){_SPACE}*\n)---{_SPACE}*")
RAW = "raw"  # the key of a text that is not YAML
_EXACT_BELOW = 1e6  # go: from here on a float is written with an exponent, and stays one


class Document:
    """One document of a rendered file.

    Attributes:
        tree: its value.
        line: the line of the rendered file that it begins in, from 1.
    """

    __slots__ = ("_searched", "line", "tree")

    def __init__(self, tree: dict[str, Any], line: int = 1) -> None:
        self.tree = tree
        self.line = line
        self._searched: Any = None

    def find(self, path: str) -> list[Any]:
        """Return what a path finds; the empty one finds all of it.

        go: all but the empty path look at the document written as YAML and read again, where a whole float has become
        an integer (test_a_whole_float_is_found_as_an_integer)

        Raises:
            PathError: for a path that cannot be read.
        """
        if not path:
            return [self.tree]
        if self._searched is None:
            self._searched = settled(self.tree)
        return find(self._searched, path)


def settled(value: Any) -> Any:
    """Return a value as go-yaml v3 reads what it wrote of it."""
    kind = type(value)
    if kind is dict or isinstance(value, version3.GeneralMap):
        changed = {key: new for key, item in value.items() if (new := settled(item)) is not item}
        if not changed:
            return value
        copy = value.copy() if kind is dict else version3.GeneralMap(value)
        copy.update(changed)
        return copy
    if kind is list:
        items = [settled(item) for item in value]
        return items if any(new is not old for new, old in zip(items, value)) else value
    if kind is float and abs(value) < _EXACT_BELOW and value == int(value):
        return int(value)
    return value


@lru_cache(maxsize=512)
def read_documents(text: str) -> tuple[Document, ...]:
    """Return the documents of a rendered YAML file; empty ones are left out.

    Raises:
        ManifestError: when a part of it is not YAML, or no map.
    """
    found = []
    start, line = 0, 1
    # go: separators become "\n---\n": each part but the last ends in a line feed (test_a_block_before_a_separator)
    for separator in SEPARATOR.finditer(text):
        tree = _read_part(text[start : separator.start()] + "\n")
        if tree:
            found.append(Document(tree, line))
        start = separator.end()
        line = text.count("\n", 0, start) + 1
    tree = _read_part(text[start:])
    if tree:
        found.append(Document(tree, line))
    return tuple(found)


@lru_cache(maxsize=2048)
def _read_part(text: str) -> dict[str, Any]:
    if not text or text.isspace():
        return {}
    try:
        tree = version3.load(text)
    except YamlError as error:
        raise ManifestError(str(error)) from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ManifestError("yaml: unmarshal errors:\n  a document is not a map")
    return text_keys(tree)


def raw_document(text: str) -> tuple[Document, ...]:
    """Return the one document of a file that is not YAML."""
    return (Document({RAW: text}),)


class NoSuchDocument(ManifestError):
    """An index or a selector that finds no document, or more than one."""


def at_index(documents: ByTemplate, index: int) -> ByTemplate:
    """Return each template's document at ``index``.

    Raises:
        NoSuchDocument: when a template has not as many.
    """
    for template, found in documents.items():
        if not 0 <= index < len(found):
            raise NoSuchDocument(f"document index {index} is out of range: {template} has {len(found)}")
    return {template: (found[index],) for template, found in documents.items()}


def selected(documents: ByTemplate, selector: Selector) -> ByTemplate:
    """Return each template's documents that a selector finds.

    Raises:
        NoSuchDocument: when there are none or too many.
        PathError: when its path cannot be read.
    """
    chosen: ByTemplate = {}
    count = 0
    for template, found in documents.items():
        fitting = tuple(document for document in found if _fits(document, selector))
        count += len(fitting)
        if not selector.match_many and count > 1:
            raise NoSuchDocument(f"multiple indexes found: {count} documents have {_shown(selector)}")
        if not fitting and not selector.skip_empty_templates:
            raise NoSuchDocument(f"document not found: none of {template} has {_shown(selector)}")
        if fitting:
            chosen[template] = fitting
    return chosen


def _shown(selector: Selector) -> str:
    return selector.path if selector.value is None else f"{selector.path} = {selector.value}"


def _fits(document: Document, selector: Selector) -> bool:
    values = document.find(selector.path)
    return bool(values) if selector.value is None else any(same(selector.value, value) for value in values)
