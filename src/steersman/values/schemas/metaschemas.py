"""The metaschemas of drafts 4, 6, 7, 2019-09 and 2020-12, built when one is asked for, without their annotations."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

HOST = "json-schema.org/"
NAMES = {4: "draft-04/schema", 6: "draft-06/schema", 7: "draft-07/schema"}
NAMES |= {2019: "draft/2019-09/schema", 2020: "draft/2020-12/schema"}
URLS = {draft: f"{'http' if draft < 2019 else 'https'}://{HOST}{name}" for draft, name in NAMES.items()}
VOCABULARIES = {
    2019: ("core", "applicator", "validation", "meta-data", "format", "content"),
    2020: (
        *("core", "applicator", "unevaluated", "validation", "meta-data"),
        *("format-annotation", "content", "format-assertion"),
    ),
}
DEFAULT_VOCABULARIES = {
    2019: frozenset({"core", "applicator", "validation"}),
    2020: frozenset({"core", "applicator", "unevaluated", "validation"}),
}
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")

_DRAFTS = {name: draft for draft, name in NAMES.items()} | {"schema": 2020}
_STRING: Json = {"type": "string"}
_BOOLEAN: Json = {"type": "boolean"}
_NUMBER: Json = {"type": "number"}
_LIST: Json = {"type": "array"}
_URI: Json = {"type": "string", "format": "uri"}
_REFERENCE: Json = {"type": "string", "format": "uri-reference"}
_REGEX: Json = {"type": "string", "format": "regex"}
_POSITIVE: Json = {"type": "number", "exclusiveMinimum": 0}
_KIND = ["object", "boolean"]
_TEXTS: Json = {"type": "array", "items": _STRING, "uniqueItems": True}
_COUNTS = "maxLength maxItems maxProperties"
_COUNTS_FROM_0 = "minLength minItems minProperties"


def draft_of(url: str) -> int:
    """Return the draft whose metaschema ``url`` names, or 0; an empty fragment does not matter."""
    url, _, fragment = url.partition("#")
    name = _name(url)
    return 0 if fragment or name is None else _DRAFTS.get(name, 0)


def document(url: str) -> Json | None:
    """Return the metaschema, or the part of one, that is at ``url``, or None where there is none."""
    name = _name(url)
    if name is None:
        return None
    if name in _DRAFTS:
        draft = _DRAFTS[name]
        return _flat(draft) if draft < 2019 else _whole(draft)
    for draft, vocabularies in VOCABULARIES.items():
        folder, slash, part = name.rpartition("/meta/")
        if slash and folder == NAMES[draft].removesuffix("/schema") and part in vocabularies:
            return _part(draft, part)
    return None


def vocabulary_url(draft: int, name: str) -> str:
    """Return where the metaschema of a vocabulary is."""
    return f"{URLS[draft].removesuffix('schema')}meta/{name}"


def vocabulary_prefix(draft: int) -> str:
    """Return what the names of a draft's vocabularies begin with."""
    return f"{URLS[draft].removesuffix('schema')}vocab/"


def _name(url: str) -> str | None:
    for scheme in ("http://", "https://"):
        if url.startswith(scheme + HOST):
            return url[len(scheme + HOST) :]
    return None


def _each(names: str, schema: Any) -> Json:
    return dict.fromkeys(names.split(), schema)


def _map_of(schema: Json) -> Json:
    return {"type": "object", "additionalProperties": schema}


def _types(simple: Json) -> Json:
    return {"anyOf": [simple, {"type": "array", "items": simple, "minItems": 1, "uniqueItems": True}]}


def _flat(draft: int) -> Json:
    """Return a metaschema up to draft 7."""
    own: Json = {"$ref": "#"}
    definition = "#/definitions/"
    count = "positiveInteger" if draft == 4 else "nonNegativeInteger"
    array, texts = {"$ref": f"{definition}schemaArray"}, {"$ref": f"{definition}stringArray"}
    or_boolean = {"anyOf": [_BOOLEAN, own]}
    choices = {"type": "array", "minItems": 1, "uniqueItems": True}
    properties: Json = {
        ("id" if draft == 4 else "$id"): _STRING if draft == 4 else _REFERENCE,
        "$schema": _URI,
        "$ref": _STRING if draft == 4 else _REFERENCE,
        **_each("title description format", _STRING),
        "multipleOf": {"type": "number", "minimum": 0, "exclusiveMinimum": True} if draft == 4 else _POSITIVE,
        **_each("maximum minimum", _NUMBER),
        **_each("exclusiveMaximum exclusiveMinimum", _BOOLEAN if draft == 4 else _NUMBER),
        **_each(_COUNTS, {"$ref": definition + count}),
        **_each(_COUNTS_FROM_0, {"$ref": f"{definition}{count}Default0"}),
        "pattern": _REGEX,
        "items": {"anyOf": [own, array]},
        **_each("additionalItems additionalProperties", or_boolean if draft == 4 else own),
        "uniqueItems": _BOOLEAN,
        "required": texts,
        **_each("definitions properties", _map_of(own)),
        "patternProperties": _map_of(own) | ({"propertyNames": {"format": "regex"}} if draft == 7 else {}),
        "dependencies": _map_of({"anyOf": [own, texts]}),
        "enum": choices,
        "type": _types({"$ref": f"{definition}simpleTypes"}),
        **_each("allOf anyOf oneOf", array),
        "not": own,
    }
    if draft > 4:
        properties |= _each("contains propertyNames", own)
    if draft == 7:
        properties |= {
            **_each("$comment contentMediaType contentEncoding", _STRING),
            **_each("readOnly writeOnly", _BOOLEAN),
            "examples": _LIST,
            "enum": choices,
            **_each("if then else", own),
        }
    whole: Json = {
        "$schema": f"{URLS[draft]}#",
        "definitions": {
            "schemaArray": {"type": "array", "minItems": 1, "items": own},
            count: {"type": "integer", "minimum": 0},
            f"{count}Default0": {"allOf": [{"$ref": definition + count}, {}]},
            "simpleTypes": {"enum": list(TYPES)},
            "stringArray": {**_TEXTS, "minItems": 1} if draft == 4 else _TEXTS,
        },
        "type": "object" if draft == 4 else _KIND,
        "properties": properties,
    }
    if draft == 4:
        whole["dependencies"] = {"exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"]}
    else:
        whole["$id"] = f"{URLS[draft]}#"
    return whole


def _head(draft: int, url: str, vocabularies: dict[str, bool]) -> Json:
    anchor: Json = {"$recursiveAnchor": True} if draft == 2019 else {"$dynamicAnchor": "meta"}
    prefix = vocabulary_prefix(draft)
    return {
        "$schema": URLS[draft],
        "$id": url,
        "$vocabulary": {prefix + name: needed for name, needed in vocabularies.items()},
        **anchor,
        "type": _KIND,
    }


def _own(draft: int) -> Json:
    """Return a reference to whatever metaschema is in use."""
    return {"$recursiveRef": "#"} if draft == 2019 else {"$dynamicRef": "#meta"}


def _whole(draft: int) -> Json:
    """Return a metaschema from 2019 on, which is made of vocabularies."""
    names = [name for name in VOCABULARIES[draft] if name != "format-assertion"]
    own = _own(draft)
    properties: Json = {
        "definitions": _map_of(own),
        "dependencies": _map_of({"anyOf": [own, {"$ref": "meta/validation#/$defs/stringArray"}]}),
    }
    if draft == 2020:
        properties["$recursiveAnchor"] = {"$ref": "meta/core#/$defs/anchorString"}
        properties["$recursiveRef"] = {"$ref": "meta/core#/$defs/uriReferenceString"}
    return {
        **_head(draft, URLS[draft], {name: name != "format" for name in names}),
        "allOf": [{"$ref": f"meta/{name}"} for name in names],
        "properties": properties,
    }


def _part(draft: int, name: str) -> Json:
    """Return the metaschema of one vocabulary."""
    parts = {"core": _core, "applicator": _applicator, "validation": _validation}
    make = parts.get(name)
    head = _head(draft, vocabulary_url(draft, name), {name: True})
    if make is not None:
        return {**head, **make(draft)}
    simple: Json = {
        "unevaluated": _each("unevaluatedItems unevaluatedProperties", _own(draft)),
        "meta-data": {
            **_each("title description", _STRING),
            **_each("deprecated readOnly writeOnly", _BOOLEAN),
            "examples": _LIST,
        },
        "content": {**_each("contentEncoding contentMediaType", _STRING), "contentSchema": _own(draft)},
    }
    return {**head, "properties": simple.get(name, {"format": _STRING})}


def _core(draft: int) -> Json:
    own = _own(draft)
    plain: Json = {"$comment": _STRING, "$defs": _map_of(own)}
    if draft == 2019:
        # The metaschema of 2019-09 has another pattern for anchors than that of 2020-12.
        properties = {
            "$id": {**_REFERENCE, "pattern": "^[^#]*#?$"},
            "$schema": _URI,
            "$anchor": {"type": "string", "pattern": "^[A-Za-z][-A-Za-z0-9.:_]*$"},
            **_each("$ref $recursiveRef", _REFERENCE),
            "$recursiveAnchor": _BOOLEAN,
            "$vocabulary": {"type": "object", "propertyNames": _URI, "additionalProperties": _BOOLEAN},
        }
        return {"properties": properties | plain}
    reference, anchor = {"$ref": "#/$defs/uriReferenceString"}, {"$ref": "#/$defs/anchorString"}
    uri = {"$ref": "#/$defs/uriString"}
    properties = {
        "$id": {**reference, "pattern": "^[^#]*#?$"},
        "$schema": uri,
        **_each("$ref $dynamicRef", reference),
        **_each("$anchor $dynamicAnchor", anchor),
        "$vocabulary": {"type": "object", "propertyNames": uri, "additionalProperties": _BOOLEAN},
    }
    definitions = {
        "anchorString": {"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"},
        "uriString": _URI,
        "uriReferenceString": _REFERENCE,
    }
    return {"properties": properties | plain, "$defs": definitions}


def _applicator(draft: int) -> Json:
    own = _own(draft)
    array = {"$ref": "#/$defs/schemaArray"}
    properties: Json = {
        **_each("contains additionalProperties propertyNames if then else not", own),
        **_each("properties dependentSchemas", _map_of(own)),
        "patternProperties": _map_of(own) | {"propertyNames": {"format": "regex"}},
        **_each("allOf anyOf oneOf", array),
    }
    if draft == 2019:
        properties |= _each("additionalItems unevaluatedItems unevaluatedProperties", own)
        properties["items"] = {"anyOf": [own, array]}
    else:
        properties |= {"prefixItems": array, "items": own}
    return {
        "properties": properties,
        "$defs": {"schemaArray": {"type": "array", "minItems": 1, "items": own}},
    }


def _validation(_draft: int) -> Json:
    definition = "#/$defs/"
    texts = {"$ref": f"{definition}stringArray"}
    return {
        "properties": {
            "type": _types({"$ref": f"{definition}simpleTypes"}),
            "enum": _LIST,
            "multipleOf": _POSITIVE,
            **_each("maximum exclusiveMaximum minimum exclusiveMinimum", _NUMBER),
            **_each(f"{_COUNTS} maxContains minContains", {"$ref": f"{definition}nonNegativeInteger"}),
            **_each(_COUNTS_FROM_0, {"$ref": f"{definition}nonNegativeIntegerDefault0"}),
            "pattern": _REGEX,
            "uniqueItems": _BOOLEAN,
            "required": texts,
            "dependentRequired": _map_of(texts),
        },
        "$defs": {
            "nonNegativeInteger": {"type": "integer", "minimum": 0},
            "nonNegativeIntegerDefault0": {"$ref": f"{definition}nonNegativeInteger"},
            "simpleTypes": {"enum": list(TYPES)},
            "stringArray": _TEXTS,
        },
    }
