"""A JSON schema of suite files, for editors: made from the table of kinds, so that it knows all of them."""

from __future__ import annotations

from steersman.unittest.assertions.kinds import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
_TEXTS: Schema = {"type": ["array", "null"], "items": _TEXT}
_FLAG: Schema = {"type": ["boolean", "null"]}
_WHOLE: Schema = {"type": ["integer", "null"]}
_MAP: Schema = {"type": ["object", "null"]}
_TYPES: dict[str, Schema] = {
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "anything": {},
    "pattern": {"type": "object", "properties": {"pattern": {"type": "string"}}},
}


def _object(properties: Schema, **more: Any) -> Schema:
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False, **more}


def _described(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def suite_schema() -> Schema:
    """Return the schema."""
    shared = _shared()
    suite = {
        **shared,
        "suite": _described(_TEXT, "Name of the suite, shown in results."),
        "templates": _described(_TEXTS, "Templates to render; * and ** stand for parts of a path. All if left out."),
        "excludeTemplates": _described(_TEXTS, "Templates to leave out."),
        "includeCrds": _described(_FLAG, "Look at the files in crds/, too."),
        "snapshotId": _described(_TEXT, "Goes into the name of the file of snapshots."),
        "skip": _object({"reason": _TEXT, "minimumVersion": _TEXT}),
        "tests": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/test"}},
    }
    test = {
        **shared,
        "it": _described(_TEXT, "Name of the test."),
        "template": _described(_TEXT, "The template that assertions look at."),
        "templates": _described(_TEXTS, "The templates that assertions look at."),
        "documentIndex": _described(_WHOLE, "The document that assertions look at, from 0."),
        "documentSelector": {"$ref": "#/definitions/selector"},
        "skip": _object({"reason": _TEXT}),
        "asserts": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/assertion"}},
    }
    selector = {"path": {"type": "string"}, "value": {}, "matchMany": _FLAG, "skipEmptyTemplates": _FLAG}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A suite of tests of a chart",
        **_object(suite, required=["tests"]),
        "definitions": {
            "test": _object(test, required=["asserts"]),
            "assertion": _assertion(),
            "selector": _object(selector, required=["path"]),
        },
    }


def _shared() -> Schema:
    """Return what suites and tests have in common."""
    resource = _object({"gvr": _object({"group": _TEXT, "version": _TEXT, "resource": _TEXT}), "namespaced": _FLAG})
    return {
        "values": _described(_TEXTS, "Values files, from the suite's folder."),
        "set": _described(_MAP, "Values by their paths, as --set has them."),
        "release": _object({"name": _TEXT, "namespace": _TEXT, "revision": _WHOLE, "upgrade": _FLAG}),
        "chart": _object({"version": _TEXT, "appVersion": _TEXT}),
        "capabilities": _object({"majorVersion": _TEXT, "minorVersion": _TEXT, "apiVersions": _TEXTS}),
        "kubernetesProvider": _object(
            {
                "scheme": {"type": ["object", "null"], "additionalProperties": resource},
                "objects": {"type": ["array", "null"], "items": {"type": "object"}},
            }
        ),
        "postRenderer": _object({"cmd": _TEXT, "args": _TEXTS}, required=["cmd"]),
    }


def _assertion() -> Schema:
    kinds = {name: _kind(kind.parameters, str(kind.check.__doc__)) for name, kind in KINDS.items()}
    return {
        "type": "object",
        "properties": {
            **kinds,
            "not": {"type": "boolean", "description": "Assert the opposite."},
            "template": {"type": "string", "description": "The template to look at."},
            "documentIndex": {"type": "integer", "description": "The document to look at, from 0."},
            "documentSelector": {"$ref": "#/definitions/selector"},
        },
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in kinds],
    }


def _kind(parameters: dict[str, str], about: str) -> Schema:
    properties = {name: _TYPES[kind] for name, kind in parameters.items()}
    description = about.split("\n")[0].replace("``", "`")
    return {**_object(properties), "description": description}


def schema_text() -> str:
    """Return the schema as JSON."""
    from steersman.go.json import dumps_ordered

    return dumps_ordered(suite_schema(), indent="  ") + "\n"
