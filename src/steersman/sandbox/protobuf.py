"""Kubernetes' protobuf bodies to JSON-like trees, for typed clients, which write built-in kinds that way.

A body is the four bytes ``k8s\\0`` and a ``runtime.Unknown`` message, which holds the kind and the
object's own message. Field numbers are those of the API's published ``generated.proto`` files:
``protobuf_fields.txt`` has a message in each line (``tests/controlplane/protobuf_fields.py`` writes it).

A type is ``string``, ``int``, ``bool``, ``double``, ``bytes``, ``time``, ``duration``, ``quantity``, ``int-or-string``,
``raw`` (JSON) or a message; ``[]`` before it means repeated, ``map-`` a map from strings, and ``&`` a message whose
fields stand in the one around it.
"""

from __future__ import annotations

from steersman.sandbox.errors import ApiRefusal, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Schema = dict[int, tuple[str, str]]

MAGIC = b"k8s\0"
_DELETE_OPTIONS = "meta.v1.DeleteOptions"


class _Schemas:
    """The messages by name; the file is read when the first body comes, each line when it is needed."""

    def __init__(self) -> None:
        self._lines: dict[str, str] = {}
        self._known: dict[str, Schema] = {}

    def of(self, name: str) -> Schema | None:
        """Return the fields of a message by their numbers, or None where there is no such message."""
        if not self._lines:
            import os

            path = os.path.join(os.path.dirname(__file__), "protobuf_fields.txt")
            with open(path, encoding="ascii") as file:
                self._lines = dict(line.rstrip("\n").partition(" ")[::2] for line in file)
        known = self._known.get(name)
        if known is None and name in self._lines:
            known = self._known[name] = dict(map(_field, self._lines[name].split()))
        return known


def _field(text: str) -> tuple[int, tuple[str, str]]:
    number, _, rest = text.partition("=")
    name, _, kind = rest.partition(":")
    return int(number), (name, kind)


_SCHEMAS = _Schemas()


def decode(body: bytes) -> dict[str, Any]:
    """Return the object in a body.

    Raises:
        ApiRefusal: when it is none, or of a kind that is not read in this form.
    """
    if not body.startswith(MAGIC):
        raise bad_request("the object provided is not a protobuf object")
    try:
        envelope = dict(_fields(body[len(MAGIC) :]))
        about = dict(_fields(envelope.get(1, b"")))
        api_version, kind = about.get(1, b"").decode(), about.get(2, b"").decode()
        group, _, version = api_version.rpartition("/")
        name = f"{group.partition('.')[0] or 'core'}.{version}.{kind}"
        if kind == "DeleteOptions":
            name = _DELETE_OPTIONS
        if _SCHEMAS.of(name) is None:
            text = f"the sandbox does not read objects of kind {kind} as protobuf"
            raise ApiRefusal(415, "UnsupportedMediaType", text)
        value = _message(envelope.get(2, b""), name)
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise bad_request(f"the object provided is not a protobuf object: {error}") from error
    return {"apiVersion": api_version, "kind": kind, **value}


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
    schema = _SCHEMAS.of(name)
    if schema is None:
        raise ValueError(f"{name} is not known")
    out: dict[str, Any] = {}
    for number, raw in _fields(data):
        if number not in schema:
            continue
        field, kind = schema[number]
        if kind[0] == "&":
            out.update(_message(raw, kind[1:]))
        elif kind.startswith("map-"):
            pair = dict(_fields(raw))
            out.setdefault(field, {})[pair.get(1, b"").decode()] = _value(pair.get(2, b""), kind[4:])
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
    if kind == "bytes":
        return _base64(raw)
    read = _SPECIAL.get(kind)
    return read(dict(_fields(raw))) if read is not None else _message(raw, kind)


def _time(fields: dict[int, Any]) -> str | None:
    import time

    seconds = fields.get(1, 0)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)) if 0 < seconds < 1 << 62 else None


def _int_or_string(fields: dict[int, Any]) -> int | str:
    if fields.get(1, 0):
        return str(fields.get(3, b"").decode())
    return int(_value(fields.get(2, 0), "int"))


def _duration(fields: dict[int, Any]) -> str:
    return f"{_value(fields.get(1, 0), 'int') / 1e9:g}s"


def _raw(fields: dict[int, Any]) -> Any:
    import json

    return json.loads(fields.get(1, b"") or b"null")


_SPECIAL: dict[str, Callable[[dict[int, Any]], Any]] = {
    "time": _time,
    "int-or-string": _int_or_string,
    "quantity": lambda fields: fields.get(1, b"").decode(),
    "duration": _duration,
    "raw": _raw,
}


def _base64(data: bytes) -> str:
    from binascii import b2a_base64

    return b2a_base64(data, newline=False).decode()
