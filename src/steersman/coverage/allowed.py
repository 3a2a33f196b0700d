"""Values that the schemas of a chart and its subcharts may allow at a place.

They are candidates: whoever uses one checks the values of the whole against the schemas.
"""

from __future__ import annotations

import json

from steersman.insight.matching import texts_matching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from steersman.chart.model import Chart

_MOST_DEPTH = 12
_MOST_VALUES = 24  # at one place
_MOST_ITEMS = 20
_BRANCHES = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("then", "else")
_FORMATS = {
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "email": "x@example.com",
    "hostname": "x.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/x",
}


class Allowed:
    """The single values that the schemas of a chart describe.

    Args:
        chart: with its subcharts under the names that they are used by.
    """

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._known: dict[tuple[Any, ...], Sequence[Any]] = {}
        self._trees: dict[bytes, Any] = {}

    def at(self, path: tuple[Any, ...]) -> Sequence[Any]:
        """Return values that may be allowed at a path below ``Values``; none where no schema says anything."""
        if path not in self._known:
            found: dict[str, Any] = {}
            for schema, root in self._schemas(self._chart, path):
                for value in _values(schema, root, 0):
                    found.setdefault(repr(value), value)
                    if len(found) >= _MOST_VALUES:
                        break
            self._known[path] = list(found.values())[:_MOST_VALUES]
        return self._known[path]

    def _schemas(self, chart: Chart, path: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
        """Yield what schemas say about a path, and the schemas that their references are about."""
        if chart.schema is not None:
            root = self._tree(chart.schema)
            schemas = [root]
            for key in path:
                schemas = [inner for schema in schemas for inner in _below(schema, key, root, 0)]
            yield from ((schema, root) for schema in schemas)
        for child in chart.dependencies:
            if len(path) > 1 and path[0] == child.name:
                yield from self._schemas(child, path[1:])

    def _tree(self, schema: bytes) -> Any:
        if schema not in self._trees:
            try:
                self._trees[schema] = json.loads(schema)
            except ValueError:
                self._trees[schema] = None
        return self._trees[schema]


def _below(schema: Any, key: Any, root: Any, depth: int) -> Iterator[Any]:
    """Yield the schemas of an entry of a map, those that hold under conditions among them."""
    schema = _resolved(schema, root)
    if schema is None or depth > _MOST_DEPTH:
        return
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    if isinstance(properties, dict) and key in properties:
        yield properties[key]
    elif isinstance(others, dict):
        yield others
    for word in _BRANCHES:
        for part in _list(schema.get(word)):
            yield from _below(part, key, root, depth + 1)
    for word in _CONDITIONAL:
        yield from _below(schema.get(word), key, root, depth + 1)


def _resolved(schema: Any, root: Any) -> dict[str, Any] | None:
    """Return a schema with what it refers to in the schema around it, or None where it says nothing."""
    for _ in range(_MOST_DEPTH):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#"):
            break
        at = root
        for key in filter(None, reference[1:].split("/")):
            at = at.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
        if not isinstance(at, dict):
            return None
        schema = {**at, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema if isinstance(schema, dict) else None


def _values(schema: Any, root: Any, depth: int) -> Iterator[Any]:
    """Yield values of a schema, the ones that it names first."""
    schema = _resolved(schema, root)
    if schema is None or depth > _MOST_DEPTH:
        return
    if "const" in schema:
        yield schema["const"]
        return
    if _list(schema.get("enum")):
        yield from schema["enum"]
        return
    yield from _list(schema.get("examples"))
    if "default" in schema:
        yield schema["default"]
    parts = _list(schema.get("allOf"))
    if parts:
        yield from _values(_together({**schema, "allOf": None}, parts, root), root, depth + 1)
        return
    for word in ("anyOf", "oneOf"):
        for part in _list(schema.get(word)):
            if isinstance(part, dict):
                yield from _values(_together({**schema, word: None, "default": None}, [part], root), root, depth + 1)
    kinds = schema.get("type")
    for kind in [kinds] if isinstance(kinds, str) else _list(kinds) or _implied(schema):
        if kind in _MAKERS:
            yield from _MAKERS[kind](schema, root, depth)


def _together(schema: dict[str, Any], parts: Sequence[Any], root: Any) -> dict[str, Any]:
    """Return a schema with parts that hold besides it."""
    whole = {key: value for key, value in schema.items() if value is not None}
    for one in parts:
        part = _resolved(one, root) or {}
        for key, value in part.items():
            before = whole.get(key)
            if isinstance(before, dict) and isinstance(value, dict):
                value = {**before, **value}
            elif key == "required":
                value = [*_list(before), *_list(value)]
            whole[key] = value
    return whole


def _implied(schema: dict[str, Any]) -> list[str]:
    """Return the types that a schema without a type is about."""
    of_words = {
        "string": ("pattern", "minLength", "maxLength", "format"),
        "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        "array": ("items", "minItems", "prefixItems"),
        "object": ("properties", "required", "minProperties"),
    }
    return [kind for kind, words in of_words.items() if any(word in schema for word in words)]


def _texts(schema: dict[str, Any], _root: Any, _depth: int) -> Iterator[Any]:
    pattern, least = schema.get("pattern"), _bound(schema, "minLength")
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    if isinstance(pattern, str):
        for text in texts_matching(pattern):
            yield text
            if text:
                yield text + text[-1] * max(0, int(least) - len(text))  # where the end may be repeated
    else:
        yield "x" * max(1, int(min(least, 1000)))
        yield ""


def _numbers(schema: dict[str, Any], _root: Any, _depth: int) -> Iterator[Any]:
    step = _bound(schema, "multipleOf") or 1
    bounds = [_bound(schema, word, None) for word in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")]
    yield from (1, 0)
    for bound in bounds:
        if bound is not None:
            nearest = bound // step * step
            yield from (_whole(number) for number in (bound, nearest, nearest + step, nearest - step))
    yield _whole(step)


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _flags(_schema: dict[str, Any], _root: Any, _depth: int) -> Iterator[Any]:
    yield from (True, False)


def _nothing(_schema: dict[str, Any], _root: Any, _depth: int) -> Iterator[Any]:
    yield None


def _lists(schema: dict[str, Any], root: Any, depth: int) -> Iterator[Any]:
    least = min(int(_bound(schema, "minItems")), _MOST_ITEMS)
    first = _list(schema.get("prefixItems"))
    items = schema.get("items")
    if first:
        yield [next(_values(one, root, depth + 1), "x") for one in first]
        return
    found = [value for value, _ in zip(_values(items, root, depth + 1), range(max(least, 1) + 3))]
    if not found and not _list(items):
        found = ["x"]
    if found:
        count = max(least, 1)
        yield found[:count] if schema.get("uniqueItems") is True else [found[0]] * count
        yield from ([one] * count for one in found[1:3])
    if not least:
        yield []


def _maps(schema: dict[str, Any], root: Any, depth: int) -> Iterator[Any]:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    needed = [key for key in _list(schema.get("required")) if isinstance(key, str)]
    made = {key: next(_values(properties.get(key), root, depth + 1), "x") for key in dict.fromkeys(needed)}
    others = schema.get("additionalProperties")
    # maps that are not empty first, for the conditions that ask
    if made:
        yield made
    for key, inner in [] if made else properties.items():
        yield from ({key: value} for value in [*_values(inner, root, depth + 1)][:1])
    if others is not False:
        yield {**made, "name": next(_values(others, root, depth + 1), "x")}
    yield {}


def _bound(schema: dict[str, Any], word: str, otherwise: Any = 0) -> Any:
    number = schema.get(word)
    return number if isinstance(number, (int, float)) and not isinstance(number, bool) else otherwise


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_MAKERS: dict[str, Callable[[dict[str, Any], Any, int], Iterator[Any]]] = {
    "array": _lists,
    "boolean": _flags,
    "integer": _numbers,
    "null": _nothing,
    "number": _numbers,
    "object": _maps,
    "string": _texts,
}
