"""Streams of YAML documents as k8s.io/apimachinery's ``YAMLOrJSONDecoder`` reads them, for the linter's rules."""

from __future__ import annotations

from steersman.record import Record
from steersman.values.files import json_shape
from steersman.yamlio import YamlError, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Document(Record):
    """What the rules look at in an object."""

    api_version: str
    kind: str
    name: str


class BadDocument(ValueError):
    """A document that does not decode; the message is Go's."""


def split(text: str) -> list[str]:
    """Split at lines of ``---``."""
    pieces = [[]]  # type: list[list[str]]
    for line in text.split("\n"):
        if line.startswith("---") and not line[3:].strip():
            pieces.append([])
        else:
            pieces[-1].append(line)
    return ["\n".join(p) for p in pieces]


def documents(text: str) -> Iterator[Document | None]:
    """Yield what each document says, None for an empty one.

    Raises:
        BadDocument: at the first one that does not decode.
    """
    for piece in split(text):
        if not piece.strip():
            continue
        try:
            tree = load(piece)
        except YamlError as error:
            raise BadDocument(f"error converting YAML to JSON: {error}") from error
        yield _document(tree)


def _document(tree: Any) -> Document | None:
    if tree is None:
        return None
    if not isinstance(tree, dict):
        raise _wrong(tree, "Go value of type rules.k8sYamlStruct")
    lowered = {k.lower(): v for k, v in sorted(tree.items())}
    metadata = lowered.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise _wrong(metadata, "Go struct field k8sYamlStruct.Metadata of type rules.k8sYamlMetadata")
    inner = {k.lower(): v for k, v in (metadata or {}).items()}
    return Document(
        api_version=_text(lowered.get("apiversion"), "k8sYamlStruct.apiVersion"),
        kind=_text(lowered.get("kind"), "k8sYamlStruct.Kind"),
        name=_text(inner.get("name"), "k8sYamlStruct.Metadata.Name"),
    )


def _wrong(value: Any, where: str) -> BadDocument:
    return BadDocument(
        f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {json_shape(value)} into {where}"
    )


def _text(value: Any, where: str) -> str:
    if value is None:
        return ""
    from steersman.chart.decode import text_of

    text = text_of(value)
    if text is None:
        raise _wrong(value, f"Go struct field {where} of type string")
    return text
