"""Is a schema itself one? Checked as santhosh-tekuri/jsonschema does before it uses a schema.

``looks_valid`` goes over a schema once and knows most schemas to be right in passing; only where it has doubts
is the schema held against the metaschema of its draft, whose errors are then Helm's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_SAFE_PATTERN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789^$-_/ :,@=")
URLS = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema#",
    2020: "https://json-schema.org/draft/2020-12/schema#",
}


def looks_valid(schema: Any, draft: int) -> bool:
    """Tell whether a schema is certainly one; False means only that it has to be looked at closely."""
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
    return isinstance(value, str) and value.isascii() and value.isprintable() and not set(value) & set(' <>\\^`{|}"%')


def _number(value: Any, draft: int) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


def _count(value: Any, draft: int) -> bool:
    return _number(value, draft) and value >= 0 and value == value // 1


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
        value in _TYPES
        if isinstance(value, str)
        else _texts(value, draft) and bool(value) and all(v in _TYPES for v in value)
    )


def _pattern(value: Any, draft: int) -> bool:
    if not isinstance(value, str):
        return False
    if _SAFE_PATTERN.issuperset(value):
        return True
    from steersman.sprig.re2 import RegexpError
    from steersman.sprig.re2_parser import Parser

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
    **dict.fromkeys(("$ref", "$id", "id", "$schema"), _reference),
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


# The metaschemas, with a reference to the root where they are dynamic.

_S: dict[str, Any] = {"$ref": "#"}
_ARRAY: dict[str, Any] = {"type": "array", "minItems": 1, "items": _S}
_MAP: dict[str, Any] = {"type": "object", "additionalProperties": _S}
_STRING: dict[str, Any] = {"type": "string"}
_BOOLEAN: dict[str, Any] = {"type": "boolean"}
_NUMBER: dict[str, Any] = {"type": "number"}
_ANY_ARRAY: dict[str, Any] = {"type": "array"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_STRINGS: dict[str, Any] = {"type": "array", "items": _STRING, "uniqueItems": True}
_REFERENCE: dict[str, Any] = {"type": "string", "format": "uri-reference"}
_REGEX: dict[str, Any] = {"type": "string", "format": "regex"}
_REGEX_MAP: dict[str, Any] = {"type": "object", "additionalProperties": _S, "propertyNames": {"format": "regex"}}
_TYPE: dict[str, Any] = {
    "anyOf": [
        {"enum": list(_TYPES)},
        {"type": "array", "items": {"enum": list(_TYPES)}, "minItems": 1, "uniqueItems": True},
    ]
}
_DEPENDENCIES: dict[str, Any] = {"type": "object", "additionalProperties": {"anyOf": [_S, _STRINGS]}}
_KIND = ["object", "boolean"]


def _group(**properties: Any) -> dict[str, Any]:
    return {"type": _KIND, "properties": {name.replace("__", "$"): value for name, value in properties.items()}}


def _each(names: str, schema: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(names.split(), schema)


def _validation() -> dict[str, Any]:
    return _group(
        type=_TYPE,
        const=True,
        enum=_ANY_ARRAY,
        multipleOf={"type": "number", "exclusiveMinimum": 0},
        **_each("maximum exclusiveMaximum minimum exclusiveMinimum", _NUMBER),
        **_each("maxLength minLength maxItems minItems maxContains minContains maxProperties minProperties", _COUNT),
        pattern=_REGEX,
        uniqueItems=_BOOLEAN,
        required=_STRINGS,
        dependentRequired={"type": "object", "additionalProperties": _STRINGS},
    )


def _in_vocabularies(draft: int) -> dict[str, Any]:
    """The metaschemas from 2019 on: one part for each vocabulary."""
    anchor = {"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"}
    core = _group(
        __id={**_REFERENCE, "pattern": "^[^#]*#?$"},
        __schema={"type": "string", "format": "uri"},
        **_each("__ref __dynamicRef __recursiveRef", _REFERENCE),
        **_each("__anchor __dynamicAnchor", anchor),
        __recursiveAnchor=_BOOLEAN,
        __vocabulary={"type": "object", "additionalProperties": _BOOLEAN},
        __comment=_STRING,
        __defs=_MAP,
    )
    unevaluated = _group(**_each("unevaluatedItems unevaluatedProperties", _S))
    applicator = _group(
        **_each("contains additionalProperties propertyNames if then else not", _S),
        **_each("allOf anyOf oneOf", _ARRAY),
        **_each("properties dependentSchemas", _MAP),
        patternProperties=_REGEX_MAP,
        **(
            {"items": _S, "prefixItems": _ARRAY}
            if draft == 2020
            else {"items": {"anyOf": [_S, _ARRAY]}, "additionalItems": _S}
        ),
    )
    about = _group(
        **_each("title description", _STRING),
        **_each("deprecated readOnly writeOnly", _BOOLEAN),
        examples=_ANY_ARRAY,
    )
    content = _group(**_each("contentEncoding contentMediaType", _STRING), contentSchema=_S)
    parts = [core, applicator, unevaluated, _validation(), about, _group(format=_STRING), content]
    older = {"definitions": _MAP, "dependencies": _DEPENDENCIES}
    return {"allOf": parts, "type": _KIND, "properties": older}


def _flat(draft: int) -> dict[str, Any]:
    """The metaschemas up to draft 7."""
    or_boolean = {"anyOf": [_BOOLEAN, _S]}
    least = {"allOf": [_COUNT, {}]}
    properties: dict[str, Any] = {
        ("id" if draft == 4 else "$id"): _STRING if draft == 4 else _REFERENCE,
        "$schema": _STRING if draft == 4 else {"type": "string", "format": "uri"},
        **_each("title description", _STRING),
        "multipleOf": {"type": "number", "exclusiveMinimum": 0},
        **_each("maximum minimum", _NUMBER),
        **_each("exclusiveMaximum exclusiveMinimum", _BOOLEAN if draft == 4 else _NUMBER),
        **_each("maxLength maxItems maxProperties", _COUNT),
        **_each("minLength minItems minProperties", least),
        "pattern": _REGEX,
        "items": {"anyOf": [_S, _ARRAY]},
        **_each("additionalItems additionalProperties", or_boolean if draft == 4 else _S),
        "uniqueItems": _BOOLEAN,
        "required": {**_STRINGS, "minItems": 1} if draft == 4 else _STRINGS,
        **_each("definitions properties", _MAP),
        "patternProperties": _MAP if draft == 4 else _REGEX_MAP,
        "dependencies": _DEPENDENCIES,
        "enum": _ANY_ARRAY if draft == 7 else {"type": "array", "minItems": 1, "uniqueItems": True},
        "type": _TYPE,
        "format": _STRING,
        **_each("allOf anyOf oneOf", _ARRAY),
        "not": _S,
    }
    if draft > 4:
        properties |= {"$ref": _REFERENCE, "examples": _ANY_ARRAY, **_each("contains propertyNames", _S)}
    if draft == 7:
        properties |= {
            **_each("$comment contentMediaType contentEncoding", _STRING),
            "readOnly": _BOOLEAN,
            **_each("if then else", _S),
        }
    whole: dict[str, Any] = {"type": "object" if draft == 4 else _KIND, "properties": properties}
    if draft == 4:
        whole["dependencies"] = {"exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"]}
    return whole


def metaschema(draft: int) -> dict[str, Any]:
    """Return the metaschema of a draft (4, 6, 7, 2019 or 2020), written with the keywords of draft 7."""
    return _in_vocabularies(draft) if draft >= 2019 else _flat(draft)
