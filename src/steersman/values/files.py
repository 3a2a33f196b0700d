"""Values files: YAML documents to one tree. Answers to ``LoadValues`` of Helm's ``pkg/chart/v2/loader``."""

from __future__ import annotations

from steersman import errors
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio import load as load_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def json_shape(value: Any) -> str:
    """Return what Go's JSON messages call a value: bool, string, number, array or object."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float)):
        return "number"
    return "array" if isinstance(value, list) else "object"


def load_values(data: bytes) -> dict[str, Any]:
    """Return the merged documents of a values file.

    Raises:
        ValuesError: with Helm's message.
    """
    text = data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else data
    if text and text[-1] != "\n":
        text += "\n"
    values: dict[str, Any] = {}
    for document in _documents(text):
        try:
            tree = load_yaml(document.encode("utf-8", "surrogateescape") if not document.isascii() else document)
        except yaml_errors.YamlError as error:
            raise errors.ValuesError(
                f"cannot unmarshal yaml document: error converting YAML to JSON: {error}"
            ) from error
        if tree is None:
            continue
        if not isinstance(tree, dict):
            kind = json_shape(tree)
            raise errors.ValuesError(
                "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot "
                f"unmarshal {kind} into Go value of type map[string]interface {{}}"
            )
        values = merge_maps(values, tree) if values else tree
    return values


def _documents(text: str) -> list[str]:
    """Split at lines that begin with ``---``, as the YAML reader of k8s.io/apimachinery does."""
    if "\n---" not in text and not text.startswith("---"):
        return [text]
    documents: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        # k8s: only spaces and a comment may follow the dashes (util/yaml YAMLReader)
        if line.startswith("---"):
            rest = line[3:].strip()
            if rest and rest[0] != "#":
                raise errors.ValuesError(f"error reading yaml document: invalid Yaml document separator: {rest}")
            if lines:
                documents.append("\n".join(lines) + "\n")
                lines = []
                continue
        # a separator with nothing before it is a line of the document that it begins
        lines.append(line)
    if lines and any(lines):
        documents.append("\n".join(lines))
    return documents


def merge_maps(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """Return ``a`` with ``b`` over it; where both have a map, the maps are merged."""
    out = dict(a)
    for key, value in b.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merge_maps(out[key], value)
        else:
            out[key] = value
    return out
