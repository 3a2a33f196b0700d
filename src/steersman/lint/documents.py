"""Streams of YAML documents as k8s.io/apimachinery's ``YAMLOrJSONDecoder`` reads them, for the linter's rules."""

from __future__ import annotations

from steersman import gojson
from steersman.chart.decode import text_of
from steersman.record import Record
from steersman.values.files import json_shape
from steersman.yamlio import YamlError, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class Document(Record):
    """What the rules look at in an object."""

    api_version: str
    kind: str
    name: str


class BadDocument(ValueError):
    """A document that does not decode; the message is Go's."""


def split(text: str) -> list[str]:
    """Split at lines of ``---``; one with nothing before it is a line of the document that it begins."""
    pieces: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.startswith("---") and not line[3:].strip() and pieces[-1]:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return ["\n".join(p) for p in pieces]


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
            except gojson.JSONError as error:
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


def _json_problem(error: gojson.JSONError, before: int) -> str:
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
