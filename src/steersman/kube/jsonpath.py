"""Evaluate JSONPath templates on a plain tree.

Answers to the evaluation of ``k8s.io/client-go/util/jsonpath``: missing keys are errors, and so are indexes out of
bounds; the caller decides whether to report them.
"""

from __future__ import annotations

from operator import eq, ge, gt, le, lt, ne

from steersman.errors import UsageError
from steersman.kube.jsonpath_syntax import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_OPERATORS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


class NotThere(UsageError):
    """A template that asks for what is not there."""


def evaluate(nodes: list[Node], value: Any) -> str:
    """Return what a template (``jsonpath_syntax.parse``) prints for ``value``.

    Raises:
        NotThere: in client-go's words.
    """
    results = _Walk(nodes).block(0, value)
    return "".join(" ".join(_shown(item) for item in found) for found in results)


class _Walk:
    """One walk through a template; ranges and ends are counted as client-go does, closed or not."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self._begun = self._inside = self._ended = 0
        self._last_end = -1

    def block(self, at: int, value: Any) -> list[list[Any]]:
        """Return the results of the nodes from ``at`` on, as far as the end of their range."""
        out: list[list[Any]] = []
        while at < len(self._nodes):
            found = self._walk([value], self._nodes[at])
            if 0 < self._ended <= self._inside:
                self._ended -= 1
                self._last_end = at
                break
            if self._begun:
                self._begun -= 1
                self._inside += 1
                for item in found:
                    out += self.block(at + 1, item)
                if not found:
                    self.block(at + 1, None)
                self._inside -= 1
                at = max(at, self._last_end) + 1
                continue
            out.append(found)
            at += 1
        return out

    def _walk(self, found: list[Any], node: Node) -> list[Any]:
        kind, data = node.kind, node.data
        if kind == "list":
            return self._all(found, data)
        if kind == "text":
            return [data]
        if kind == "value":
            return [data] * len(found)
        if kind == "word":
            return self._word(found, data)
        if kind == "union":
            return [item for nodes in data for item in self._all(found, nodes)]
        if kind == "filter":
            return self._filter(found, *data)
        if kind == "field":
            return _field(found, data)
        if kind == "slice":
            return [item for value in found if value is not None for item in _slice(value, *data)]
        if kind == "deep":
            return _deep(found)
        return [item for value in found for item in _children(value)]

    def _all(self, found: list[Any], nodes: list[Node]) -> list[Any]:
        for node in nodes:
            found = self._walk(found, node)
        return found

    def _word(self, found: list[Any], word: str) -> list[Any]:
        if word == "range":
            self._begun += 1
            return found
        if word != "end":
            raise NotThere(f"unrecognized identifier {word}")
        if not self._inside:
            raise NotThere("not in range, nothing to end")
        self._ended += 1
        return []

    def _filter(self, found: list[Any], left: list[Node], operator: str, right: list[Node]) -> list[Any]:
        out = []
        for value in found:
            if not isinstance(value, list):
                raise NotThere(f"{_shown(value)} is not array or slice and cannot be filtered")
            out += [item for item in value if self._fits(item, left, operator, right)]
        return out

    def _fits(self, item: Any, left: list[Node], operator: str, right: list[Node]) -> bool:
        if not operator:
            try:
                return bool(self._all([item], left))
            except NotThere:
                return False
        lefts = self._all([item], left)
        rights = self._all([item], right) if lefts else []
        if len(lefts) > 1 or len(rights) > 1:
            raise NotThere("can only compare one element at a time")
        if not lefts or not rights:
            return False
        if operator not in _OPERATORS:
            raise NotThere(f"unrecognized filter operator {operator}")
        one, two = lefts[0], rights[0]
        is_bool = isinstance(one, bool) and operator not in ("==", "!=")
        if type(one) is not type(two) or is_bool or not isinstance(one, (str, int, float)):
            raise NotThere("incompatible types for comparison")
        return bool(_OPERATORS[operator](one, two))


def _field(found: list[Any], name: str) -> list[Any]:
    out = [value[name] for value in found if isinstance(value, dict) and name in value]
    if found and not out:
        raise NotThere(f"{name} is not found")
    return out


def _slice(value: Any, start: int | None, end: int | None, step: int | None, is_derived: bool) -> list[Any]:
    if not isinstance(value, list):
        raise NotThere(f"{_shown(value)} is not array or slice")
    length = len(value)
    first, last = start or 0, length if end is None else end
    first += length if first < 0 else 0
    last += length if last < 0 or (last == 0 and is_derived) else 0
    if first == last:
        return []
    if not 0 <= first < length:
        raise NotThere(f"array index out of bounds: index {first}, length {length}")
    if not 0 <= last <= length:
        raise NotThere(f"array index out of bounds: index {last - 1}, length {length}")
    if first > last:
        raise NotThere(f"starting index {first} is greater than ending index {last}")
    if step is not None and step <= 0:
        raise NotThere("step must be > 0")
    return value[first : last : step or 1]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, str):
        return list(value.encode("utf-8", "surrogateescape"))  # go: a string's elements are its bytes
    return value if isinstance(value, list) else []


def _deep(found: list[Any]) -> list[Any]:
    out: list[Any] = []
    for value in found:
        below = _children(value)
        if below:
            out += [value, *_deep(below)]
    return out


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, (dict, list)):
        from steersman.go.json import dumps

        return dumps(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    from steersman.go.format_float import format_float

    return format_float(value, "g", -1)
