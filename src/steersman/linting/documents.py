"""Streams of YAML documents as k8s.io/apimachinery's ``YAMLOrJSONDecoder`` reads them, for the linter's rules."""

from __future__ import annotations

from steersman.chart.decode import text_of
from steersman.go import json as gojson
from steersman.go.errors import JSONError
from steersman.record import Record
from steersman.values.files import json_shape
from steersman.yamlio import load
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class Document(Record):
    """The fields of an object that the rules read."""

    api_version: str
    kind: str
    name: str


class BadDocument(ValueError):
    """A document that does not decode, with Go's message."""


def split(text: str) -> Iterator[str]:
    """Yield the documents between lines of ``---``; one with nothing before it begins its document.

    Each line ends with a newline byte, also the last, which matters to a text in UTF-16 (test_lint_of_texts_cut_short).

    Raises:
        BadDocument: where something other than a comment follows ``---`` (the document before is not yielded).
    """
    piece: list[str] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("---"):
            rest = line[3:].strip()
            if rest and rest[0] != "#":
                # k8s: test_lint_refuses_what_follows_a_separator
                raise BadDocument(f"invalid Yaml document separator: {rest}")
            if piece:
                yield "".join(piece)
                piece = []
                continue
        piece.append(line + "\n")
    yield "".join(piece)


def documents(text: str) -> Iterator[Document | None]:
    """Yield what each document says, None for an empty one.

    Raises:
        BadDocument: at the first one that does not decode.
    """
    at = 0
    problem = ""
    if text.lstrip()[:1] == "{":
        # k8s: such a stream is read as JSON for as long as it is; then as YAML (test_lint_reads_json_streams)
        while text[at:].strip():
            try:
                tree, length = gojson.loads_prefix(text[at:])
            except JSONError as error:
                problem = _json_problem(error, len(text[:at].encode("utf-8", "surrogateescape")))
                break
            problem = _mismatch(tree, lambda value: isinstance(value, str))
            if problem:
                break
            at += length
            yield _document(tree)
    for piece in split(text[at:]):
        if not piece.strip():
            continue
        try:
            tree = load(piece)
        except YamlError as error:
            raise BadDocument(problem or f"error converting YAML to JSON: {error}") from error
        mismatch = _mismatch(_sorted(tree), lambda value: text_of(value) is not None)
        if mismatch:
            raise BadDocument(problem or f"error unmarshaling JSON: while decoding JSON: {mismatch}")
        problem = ""
        yield _document(tree)


def _json_problem(error: JSONError, before: int) -> str:
    return f"json: offset {before + error.offset}: {error}" if error.offset else "unexpected EOF"


def _mismatch(tree: Any, is_text: Callable[[Any], bool], path: str = "") -> str:
    """Return what ``encoding/json`` has against the first field of a wrong type, or ``""``."""
    if tree is None:
        return ""
    if not isinstance(tree, dict):
        where = f"struct field {path} of type rules.k8sYamlMetadata" if path else "value of type rules.k8sYamlStruct"
        return f"json: cannot unmarshal {json_shape(tree)} into Go {where}"
    texts = ("namespace", "name") if path else ("apiversion", "kind")
    for key, value in tree.items():
        name, field = key.lower(), f"{path}.{key}"
        problem = ""
        if name == "metadata" and not path:
            problem = _mismatch(value, is_text, field)
        elif name in texts and value is not None and not is_text(value):
            problem = f"json: cannot unmarshal {json_shape(value)} into Go struct field {field} of type string"
        if problem:
            return problem
    return ""


def _document(tree: Any) -> Document | None:
    if tree is None:
        return None
    lowered = {k.lower(): v for k, v in sorted(tree.items())}
    inner = {k.lower(): v for k, v in sorted((lowered.get("metadata") or {}).items())}
    return Document(_text(lowered.get("apiversion")), _text(lowered.get("kind")), _text(inner.get("name")))


def _text(value: Any) -> str:
    return "" if value is None else text_of(value) or ""


def _sorted(tree: Any) -> Any:
    """Sort the keys of what the rules look at, as the way from YAML through JSON does."""
    if not isinstance(tree, dict):
        return tree
    return {k: _sorted(v) if k.lower() == "metadata" else v for k, v in sorted(tree.items())}


_ITEM = "struct { Metadata struct { Annotations map[string]string } }"
_METADATA = "struct { Annotations map[string]string }"


def item_annotations(tree: Any) -> Iterator[str]:
    """Yield the names of the annotations of a list's items.

    Raises:
        BadDocument: where an item has another shape than Kubernetes objects have, with Go's message.
    """
    for key, items in _fields(tree, "items"):
        if not isinstance(items, list):
            raise _wrong(items, f"Go struct field .{key}", f"[]{_ITEM}")
        for at, item in enumerate(items):
            place = f".{key}.{at}"
            if item is not None and not isinstance(item, dict):
                raise _wrong(item, place, _ITEM)
            for name, metadata in _fields(item, "metadata"):
                yield from _annotations(metadata, f"{place}.{name}")


def _annotations(metadata: Any, place: str) -> Iterator[str]:
    if not isinstance(metadata, dict):
        raise _wrong(metadata, f"Go struct field {place}", _METADATA)
    for name, entries in _fields(metadata, "annotations"):
        if not isinstance(entries, dict):
            raise _wrong(entries, f"Go struct field {place}.{name}", "map[string]string")
        for key in sorted(entries):
            value = entries[key]
            if value is not None and text_of(value) is None:
                raise _wrong(value, gojson.field_place(f"{place}.{name}.{gojson.pointer_token(key)}"), "string")
            yield key


def _fields(tree: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the entries that ``encoding/json`` takes for a field: in any case, and not null."""
    for key in sorted(tree or {}):
        if key.lower() == name and tree[key] is not None:
            yield key, tree[key]


def _wrong(value: Any, place: str, wanted: str) -> BadDocument:
    problem = f"json: cannot unmarshal {json_shape(value)} into {place} of type {wanted}"
    return BadDocument(f"error unmarshaling JSON: while decoding JSON: {problem}")
