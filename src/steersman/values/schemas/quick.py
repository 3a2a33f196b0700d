"""A quick look at a schema that finds most to be valid in passing.

Only if that fails is the schema checked against the metaschema of its draft, with Helm's errors.
"""

from __future__ import annotations

from steersman.values.schemas.metaschemas import TYPES, draft_of
from steersman.values.schemas.numbers import is_integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SAFE_URL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#/_.$-")
_SAFE_PATTERN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789^$-_/ :,@=")


def looks_valid(schema: Any, draft: int) -> bool:
    """Return whether a schema is certainly one; False means only that it has to be looked at closely."""
    if isinstance(schema, bool):
        return draft > 4
    if not isinstance(schema, dict):
        return False
    for keyword, value in schema.items():
        test = _QUICK.get(keyword)
        if test is not None and not test(value, draft):
            return False
    return True


def _schema(value: Any, draft: int) -> bool:
    return looks_valid(value, draft)


def _schema_or_boolean(value: Any, draft: int) -> bool:
    return isinstance(value, bool) or looks_valid(value, draft)


def _schemas(value: Any, draft: int) -> bool:
    return isinstance(value, list) and bool(value) and all(looks_valid(item, draft) for item in value)


def _named(value: Any, draft: int) -> bool:
    return isinstance(value, dict) and all(looks_valid(item, draft) for item in value.values())


def _text(value: Any, draft: int) -> bool:
    return isinstance(value, str)


def _reference(value: Any, draft: int) -> bool:
    if not isinstance(value, str):
        return False
    return _SAFE_URL.issuperset(value.removeprefix("https://").removeprefix("http://"))


def _id(value: Any, draft: int) -> bool:
    return _reference(value, draft) and "#" not in value


def _dialect(value: Any, draft: int) -> bool:
    return isinstance(value, str) and draft_of(value) > 0


def _number(value: Any, draft: int) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


def _count(value: Any, draft: int) -> bool:
    return _number(value, draft) and value >= 0 and is_integer(value)


def _boolean(value: Any, draft: int) -> bool:
    return isinstance(value, bool)


def _texts(value: Any, draft: int) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value) and len(set(value)) == len(value)


def _required(value: Any, draft: int) -> bool:
    return _texts(value, draft) and (bool(value) or draft > 4)


def _list(value: Any, draft: int) -> bool:
    return isinstance(value, list) and (draft > 6 or len(value) == 1)


def _type(value: Any, draft: int) -> bool:
    return (
        value in TYPES
        if isinstance(value, str)
        else _texts(value, draft) and bool(value) and all(v in TYPES for v in value)
    )


def _pattern(value: Any, draft: int) -> bool:
    if not isinstance(value, str):
        return False
    if _SAFE_PATTERN.issuperset(value):
        return True
    from steersman.go.regexp.parse import Parser
    from steersman.go.regexp.tree import RegexpError

    try:
        Parser(value).parse()
    except RegexpError:
        return False
    return True


def _patterns(value: Any, draft: int) -> bool:
    return _named(value, draft) and all(_pattern(name, draft) for name in value)


def _dependencies(value: Any, draft: int) -> bool:
    return isinstance(value, dict) and all(
        _required(one, draft) if isinstance(one, list) else looks_valid(one, draft) for one in value.values()
    )


_QUICK: dict[str, Callable[[Any, int], bool]] = {
    **dict.fromkeys(("not", "if", "then", "else", "contains", "propertyNames", "contentSchema"), _schema),
    **dict.fromkeys(("items", "unevaluatedItems", "unevaluatedProperties"), _schema),
    **dict.fromkeys(("additionalProperties", "additionalItems"), _schema_or_boolean),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _schemas),
    **dict.fromkeys(("properties", "definitions", "$defs", "dependentSchemas"), _named),
    **dict.fromkeys(("title", "description", "format", "$comment", "contentEncoding", "contentMediaType"), _text),
    "$ref": _reference,
    **dict.fromkeys(("$id", "id"), _id),
    "$schema": _dialect,
    **dict.fromkeys(("maximum", "minimum"), _number),
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"), _count),
    **dict.fromkeys(("maxContains", "minContains"), _count),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), _boolean),
    **dict.fromkeys(("enum", "examples"), _list),
    "exclusiveMaximum": lambda value, draft: draft > 4 and _number(value, draft),
    "exclusiveMinimum": lambda value, draft: draft > 4 and _number(value, draft),
    "multipleOf": lambda value, draft: _number(value, draft) and value > 0,
    "pattern": _pattern,
    "patternProperties": _patterns,
    "required": _required,
    "type": _type,
    "dependencies": _dependencies,
    # seldom there, and seldom simple
    **dict.fromkeys(("dependentRequired", "$vocabulary", "$anchor"), lambda value, draft: False),
    **dict.fromkeys(("$dynamicRef", "$dynamicAnchor", "$recursiveRef"), lambda value, draft: False),
    "$recursiveAnchor": lambda value, draft: False,
}
