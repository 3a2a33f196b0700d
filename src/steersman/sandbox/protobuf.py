"""Kubernetes' protobuf bodies to JSON-like trees, for the few kinds that typed clients write that way.

A body is the four bytes ``k8s\\0`` and a ``runtime.Unknown`` message, which holds the kind and the
object's own message. Field numbers are those of the API's published ``generated.proto`` files.
"""

from __future__ import annotations

from steersman.sandbox.errors import ApiRefusal, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Schema = dict[int, tuple[str, str]]

MAGIC = b"k8s\0"

# message -> field number -> (name, kind); a kind is string, int, bool, bytes, time, map, bytes map,
# "[]" before a kind for repeated ones, or a message's name
_SCHEMAS: dict[str, Schema] = {
    "ObjectMeta": {
        1: ("name", "string"),
        2: ("generateName", "string"),
        3: ("namespace", "string"),
        5: ("uid", "string"),
        6: ("resourceVersion", "string"),
        7: ("generation", "int"),
        8: ("creationTimestamp", "time"),
        9: ("deletionTimestamp", "time"),
        11: ("labels", "map"),
        12: ("annotations", "map"),
        13: ("ownerReferences", "[]OwnerReference"),
        14: ("finalizers", "[]string"),
    },
    "OwnerReference": {
        1: ("kind", "string"),
        3: ("name", "string"),
        4: ("uid", "string"),
        5: ("apiVersion", "string"),
        6: ("controller", "bool"),
        7: ("blockOwnerDeletion", "bool"),
    },
    "Secret": {
        1: ("metadata", "ObjectMeta"),
        2: ("data", "bytes map"),
        3: ("type", "string"),
        4: ("stringData", "map"),
        5: ("immutable", "bool"),
    },
    "ConfigMap": {
        1: ("metadata", "ObjectMeta"),
        2: ("data", "map"),
        3: ("binaryData", "bytes map"),
        4: ("immutable", "bool"),
    },
    "Namespace": {1: ("metadata", "ObjectMeta"), 2: ("spec", "NamespaceSpec")},
    "NamespaceSpec": {1: ("finalizers", "[]string")},
    "ServiceAccount": {1: ("metadata", "ObjectMeta"), 4: ("automountServiceAccountToken", "bool")},
    "DeleteOptions": {
        1: ("gracePeriodSeconds", "int"),
        2: ("preconditions", "Preconditions"),
        3: ("orphanDependents", "bool"),
        4: ("propagationPolicy", "string"),
        5: ("dryRun", "[]string"),
    },
    "Preconditions": {1: ("uid", "string"), 2: ("resourceVersion", "string")},
}


def decode(body: bytes) -> dict[str, Any]:
    """Return the object in a body.

    Raises:
        ApiRefusal: when it is none, or of a kind that is not read in this form.
    """
    if not body.startswith(MAGIC):
        raise bad_request("the object provided is no protobuf object")
    try:
        envelope = dict(_fields(body[len(MAGIC) :]))
        about = dict(_fields(envelope.get(1, b"")))
        kind = about.get(2, b"").decode()
        if kind not in _SCHEMAS:
            text = f"the sandbox does not read objects of kind {kind} as protobuf"
            raise ApiRefusal(415, "UnsupportedMediaType", text)
        value = _message(envelope.get(2, b""), kind)
    except (ValueError, IndexError, AttributeError) as error:
        raise bad_request(f"the object provided is no protobuf object: {error}") from error
    return {"apiVersion": about.get(1, b"").decode(), "kind": kind, **value}


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the fields of a message: number, and the number or bytes that it holds."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
        elif wire == 2:
            length, at = _varint(data, at)
            if at + length > len(data):
                raise ValueError("a field is longer than its message")
            yield number, data[at : at + length]
            at += length
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire} is not known")


def _message(data: bytes, name: str) -> dict[str, Any]:
    schema = _SCHEMAS[name]
    out: dict[str, Any] = {}
    for number, raw in _fields(data):
        if number not in schema:
            continue
        field, kind = schema[number]
        if kind in ("map", "bytes map"):
            pair = dict(_fields(raw))
            value = pair.get(2, b"")
            text = _base64(value) if kind == "bytes map" else value.decode()
            out.setdefault(field, {})[pair.get(1, b"").decode()] = text
        elif kind.startswith("[]"):
            out.setdefault(field, []).append(_value(raw, kind[2:]))
        else:
            value = _value(raw, kind)
            if value is not None and value != "":
                out[field] = value
    return out


def _value(raw: Any, kind: str) -> Any:
    if kind == "string":
        return raw.decode()
    if kind == "int":
        return raw if raw < 1 << 63 else raw - (1 << 64)
    if kind == "bool":
        return bool(raw)
    if kind == "time":
        import time

        seconds = dict(_fields(raw)).get(1, 0)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)) if 0 < seconds < 1 << 62 else None
    return _message(raw, kind)


def _base64(data: bytes) -> str:
    from binascii import b2a_base64

    return b2a_base64(data, newline=False).decode()
