"""Nodes of YAML into the shapes that Helm reads a plugin.yaml into; mismatches are reported in go-yaml's words.

A shape is a name of Go's: ``string``, ``[]string``, ``map[string]string``, or a struct of ``plugin/shapes``.
"""

from __future__ import annotations

from steersman.plugin.errors import PluginError
from steersman.plugin.shapes import STRUCTS
from steersman.yamlio.nodes import MAP, MAPPING, MERGE, NULL, SCALAR, SEQ, SEQUENCE, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.yamlio.nodes import Node

_CUT = 10  # go-yaml: longer values are shown by their beginning
_MOST_PAIRS = 1000  # of keys that are there twice, of which is told
_YES = ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")
_NO = ("n", "N", "no", "No", "NO", "off", "Off", "OFF")
_RANGES = {"uint32": (0, (1 << 32) - 1), "uint64": (0, (1 << 64) - 1), "int64": (-(1 << 63), (1 << 63) - 1)}
_ANY = "interface {}"
_NOTHING = object()


def decode(data: bytes, shape: str, *, only_known: bool = False) -> dict[str, Any]:
    """Return the fields of a struct, by their names in YAML; those that are not there are left out.

    Raises:
        YamlError, PluginError: with go-yaml's message.
    """
    node = read(data)
    if node is None:
        raise PluginError("EOF")
    decoder = _Decoder(only_known=only_known)
    value = decoder.value(node, shape)
    if decoder.problems:
        raise PluginError("yaml: unmarshal errors:" + "".join(f"\n  {one}" for one in decoder.problems))
    return value if isinstance(value, dict) else {}


class _Decoder:
    def __init__(self, *, only_known: bool) -> None:
        self._only_known = only_known
        self.problems: list[str] = []

    def value(self, node: Node, shape: str) -> Any:
        """Return what a node is in a shape, or ``_NOTHING`` for a null and for what does not fit."""
        if node.tag == NULL and node.kind == SCALAR:
            return None if shape.startswith(("[]", "map[")) or shape in (_ANY, *_MAPS) else _NOTHING
        if node.kind == SCALAR:
            return self._scalar(node, shape)
        if node.kind == SEQUENCE:
            return self._sequence(node, shape)
        return self._mapping(node, shape)

    def _misfit(self, node: Node, shape: str) -> Any:
        shown = node.tag
        if node.kind == SCALAR:
            text = node.text.encode("utf-8", "surrogateescape")
            cut = text if len(text) <= _CUT else text[: _CUT - 3] + b"..."
            shown += f" `{cut.decode('utf-8', 'surrogateescape')}`"
        elif shown in (MAP, SEQ):
            pass
        else:
            shown += " ``"
        self.problems.append(f"line {node.line}: cannot unmarshal {shown} into {shape}")
        return _NOTHING

    def _scalar(self, node: Node, shape: str) -> Any:
        value = node.value
        if shape == "string":
            return value if node.tag == "!!binary" else node.text
        if shape == _ANY:
            return value
        if shape == "bool":
            if isinstance(value, bool):
                return value
            if isinstance(value, str) and value in _YES + _NO:
                return value in _YES
        elif shape in _RANGES and isinstance(value, int | float) and not isinstance(value, bool) and value == value:
            low, high = _RANGES[shape]
            if low <= value <= high:
                return int(value)
        return self._misfit(node, shape)

    def _sequence(self, node: Node, shape: str) -> Any:
        if shape == _ANY:
            return [None if item is _NOTHING else item for item in (self.value(one, _ANY) for one in node.items)]
        if not shape.startswith("[]"):
            return self._misfit(node, shape)
        # go: what is null or does not fit is left out
        return [item for item in (self.value(one, shape[2:]) for one in node.items) if item is not _NOTHING]

    def _mapping(self, node: Node, shape: str) -> Any:
        if not self._has_unique_keys(node):
            return _NOTHING
        if shape == _ANY:
            shape = "map[string]interface {}"
        shape_of_values = _MAPS.get(shape) or (shape[len("map[string]") :] if shape.startswith("map[") else "")
        if shape_of_values:
            return self._map(node, shape_of_values)
        if shape in STRUCTS:
            return self._struct(node, shape)
        return self._misfit(node, shape)

    def _has_unique_keys(self, node: Node) -> bool:
        alike: dict[tuple[str, str], list[int]] = {}
        keys = node.items[::2]
        for i, key in enumerate(keys):
            alike.setdefault((key.kind, key.text), []).append(i)
        twice = [places for places in alike.values() if len(places) > 1]
        if not twice:
            return True
        from itertools import combinations, islice

        from steersman.go.quote import quote

        pairs = [pair for places in twice for pair in islice(combinations(places, 2), _MOST_PAIRS)]
        for first, second in sorted(pairs)[:_MOST_PAIRS]:
            key, other = keys[first], keys[second]
            self.problems.append(
                f"line {other.line}: mapping key {quote(other.text)} already defined at line {key.line}"
            )
        return False

    def _map(self, node: Node, shape: str) -> dict[str, Any]:
        out: dict[str, Any] = {}
        merged: list[Node] = []
        for key, one in node.pairs():
            if key.tag == MERGE:
                merged.append(one)
                continue
            name = self.value(key, "string")
            if name is _NOTHING:
                continue
            value = self.value(one, shape)
            if value is not _NOTHING:
                out[name] = value
            elif one.tag == NULL:
                out[name] = "" if shape == "string" else None
        for one in _merges(merged):
            out = {**self._map(one, shape), **out}
        return out

    def _struct(self, node: Node, shape: str) -> dict[str, Any]:
        fields = STRUCTS[shape]
        out: dict[str, Any] = {}
        merged: list[Node] = []
        for key, one in node.pairs():
            if key.tag == MERGE:
                merged.append(one)
                continue
            name = self.value(key, "string")
            if name is _NOTHING:
                continue
            if name in fields:
                value = self.value(one, fields[name])
                if value is not _NOTHING:
                    out[name] = value
            elif self._only_known:
                self.problems.append(f"line {key.line}: field {name} not found in type {shape}")
        for one in _merges(merged):
            out = {**self._struct(one, shape), **out}
        return out


def _merges(nodes: list[Node]) -> list[Node]:
    out: list[Node] = []
    for node in nodes:
        parts = node.items if node.kind == SEQUENCE else [node]
        if any(part.kind != MAPPING for part in parts):
            raise PluginError("yaml: map merge requires map or sequence of maps as the value")
        out += reversed(parts)
    return out


_MAPS = {"plugin.Hooks": "string", "plugin.PlatformHooks": "[]plugin.PlatformCommand"}
