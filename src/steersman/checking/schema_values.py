"""Values that a JSON schema allows, as a strategy of Hypothesis.

A values.schema.json says little about texts and numbers, so those are made as people would write them: short names, and
whole numbers like ports. Only types, bounds, choices and patterns are looked at; whoever uses the values checks them
against the schema. (hypothesis-jsonschema 0.23 fails with Hypothesis 6.170: it uses internals that have changed.)
"""

from __future__ import annotations

import re
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from hypothesis.strategies import SearchStrategy

    Schema: TypeAlias = dict[str, Any]

_MOST_DEPTH = 12
_MOST_ITEMS = 2
_MOST_NUMBER = 65_535
_NAME = r"[a-z][a-z0-9]{2,7}"  # not "n" or "no", which YAML takes for false
_FORMATS = {
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "email": "a@example.com",
    "hostname": "a.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/a",
}


def values_of(schema: Any, root: Schema, depth: int = 0) -> SearchStrategy[Any]:
    """Return a strategy for values of a schema; ``root`` is the schema that its references are about."""
    from hypothesis import strategies as st

    if not isinstance(schema, dict) or depth > _MOST_DEPTH:
        return _name()
    schema = resolved(schema, root)
    if "const" in schema:
        return st.just(schema["const"])
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return st.sampled_from(schema["enum"])
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list) and schema[word]:
            rest = {key: value for key, value in schema.items() if key != word}
            parts = [{**rest, **one} for one in schema[word] if isinstance(one, dict)]
            return st.one_of([values_of(part, root, depth + 1) for part in parts])
    if isinstance(schema.get("allOf"), list):
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for one in schema["allOf"]:
            merged.update(resolved(one, root) if isinstance(one, dict) else {})
        return values_of(merged, root, depth + 1)
    given = schema.get("type")
    kinds = given if isinstance(given, list) else [given]
    # null takes a default away, which few mean to do
    kinds = [kind for kind in kinds if kind != "null"] or kinds
    made = [_MAKERS[kind](schema, root, depth) for kind in kinds if kind in _MAKERS]
    return st.one_of(made) if made else _name()


def resolved(schema: Schema, root: Schema) -> Schema:
    """Return a schema, or what it refers to in the schema around it."""
    for _ in range(_MOST_DEPTH):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        at: Any = root
        for key in reference[2:].split("/"):
            at = at.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
        if not isinstance(at, dict):
            break
        schema = at
    return schema


def _name() -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    return st.from_regex(_NAME, fullmatch=True)


def _text(schema: Schema, _root: Schema, _depth: int) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    if schema.get("format") in _FORMATS:
        return st.just(_FORMATS[schema["format"]])
    least, most = _bound(schema, "minLength", 0), _bound(schema, "maxLength", 40)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what Python may read otherwise one day
                re.compile(pattern)
        except re.error:
            return _name()
        return st.from_regex(pattern, alphabet=st.characters(codec="ascii", categories=("L", "N", "P"))).map(str.strip)
    if least or most < 8:
        return st.text("abcdefgh", min_size=int(least), max_size=int(max(least, min(most, least + 8))))
    return _name()


def _number(schema: Schema, _root: Schema, _depth: int) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    step = max(1, int(_bound(schema, "multipleOf", 1)))
    least = max(_bound(schema, "minimum", 0), _bound(schema, "exclusiveMinimum", -1) + 1)
    most = min(_bound(schema, "maximum", _MOST_NUMBER), _bound(schema, "exclusiveMaximum", _MOST_NUMBER + 1) - 1)
    first, last = -int(-least // step), int(max(most, least) // step)
    return st.integers(first, max(first, last)).map(lambda number: number * step)


def _list(schema: Schema, root: Schema, depth: int) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    if not isinstance(schema.get("items"), dict):
        return st.just([])  # what may be in it is left open
    least = int(_bound(schema, "minItems", 0))
    most = int(max(least, min(_bound(schema, "maxItems", _MOST_ITEMS), _MOST_ITEMS)))
    return st.lists(values_of(schema.get("items"), root, depth + 1), min_size=least, max_size=most)


def _map(schema: Schema, root: Schema, depth: int) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    properties = schema.get("properties")
    if isinstance(properties, dict) and properties:
        made = {key: values_of(inner, root, depth + 1) for key, inner in properties.items()}
        wanted = schema.get("required")
        needed = [key for key in wanted if key in made] if isinstance(wanted, list) else []
        others = {key: strategy for key, strategy in made.items() if key not in needed}
        return st.fixed_dictionaries({key: made[key] for key in needed}, optional=others)
    inner = schema.get("additionalProperties")
    if not isinstance(inner, dict):
        return st.just({})
    return st.dictionaries(_name(), values_of(inner, root, depth + 1), max_size=_MOST_ITEMS)


def _flag(_schema: Schema, _root: Schema, _depth: int) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    return st.booleans()


def _nothing(_schema: Schema, _root: Schema, _depth: int) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    return st.none()


def _bound(schema: Schema, word: str, otherwise: float) -> float:
    number = schema.get(word)
    return number if isinstance(number, (int, float)) and not isinstance(number, bool) else otherwise


_MAKERS: dict[Any, Callable[[Schema, Schema, int], SearchStrategy[Any]]] = {
    "array": _list,
    "boolean": _flag,
    "integer": _number,
    "null": _nothing,
    "number": _number,
    "object": _map,
    "string": _text,
}
