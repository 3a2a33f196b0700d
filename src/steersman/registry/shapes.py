"""Check responses of a registry against their schemas, with Go's error messages."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FIELDS = {"mediaType": "string", "digest": "digest.Digest", "size": "int64"}
_TAGS = 'struct { Tags []string "json:\\"tags\\"" }'


def manifest_problem(tree: Any) -> str:
    """Say what of a manifest is not as it must be; ``""`` where all of it is."""
    if tree is None:
        return ""
    if not isinstance(tree, dict):
        return _cannot(tree, "Go value of type v1.Manifest")
    problem = _descriptor_problem(tree.get("config"), "Manifest.config", "Go struct field ")
    layers = tree.get("layers")
    if problem or layers is None:
        return problem
    if not isinstance(layers, list):
        return _cannot(layers, "Go struct field Manifest.layers of type []v1.Descriptor")
    for at, layer in enumerate(layers):
        problem = problem or _descriptor_problem(layer, f"Manifest.layers.{at}", "")
    return problem


def _descriptor_problem(tree: Any, place: str, before: str) -> str:
    if tree is None:
        return ""
    if not isinstance(tree, dict):
        return _cannot(tree, f"{before}{place} of type v1.Descriptor")
    for name, kind in _FIELDS.items():
        value: Any = tree.get(name)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        is_right = is_number if kind == "int64" else isinstance(value, str)
        if value is not None and not is_right:
            return _cannot(value, f"Go struct field {place}.{name} of type {kind}")
        if is_number and not (float(value).is_integer() and abs(value) < 1 << 63):
            return _cannot(value, f"Go struct field {place}.{name} of type {kind}", f" {value}")
    return ""


def index_problem(tree: Any) -> str:
    """Say what of an index is not as it must be; ``""`` where all of it is."""
    if tree is None:
        return ""
    if not isinstance(tree, dict):
        return _cannot(tree, "Go value of type v1.Index")
    listed = tree.get("manifests")
    if listed is not None and not isinstance(listed, list):
        return _cannot(listed, "Go struct field Index.manifests of type []v1.Descriptor")
    problems = (_descriptor_problem(one, f"Index.manifests.{at}", "") for at, one in enumerate(listed or ()))
    return next((problem for problem in problems if problem), "")


def tags_problem(tree: Any) -> str:
    """Say what of a list of tags is not as it must be; ``""`` where all of it is."""
    if tree is None:
        return ""
    if not isinstance(tree, dict):
        return _cannot(tree, f"Go value of type {_TAGS}")
    listed = tree.get("tags")
    if listed is not None and not isinstance(listed, list):
        return _cannot(listed, "Go struct field .tags of type []string")
    for at, tag in enumerate(listed or ()):
        if tag is not None and not isinstance(tag, str):
            return _cannot(tag, f".tags.{at} of type string")
    return ""


def _cannot(value: Any, into: str, shown: str = "") -> str:
    from steersman.values.files import json_shape

    return f"json: cannot unmarshal {json_shape(value)}{shown} into {into}"
