"""ConfigMaps and Secrets."""

from __future__ import annotations

from steersman.kube.validation import names
from steersman.kube.validation.mistake import Place, every, invalid, mapping, required, struct, text, too_long

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.kube.validation.mistake import Fields, Mistake

_MOST = 1024 * 1024  # bytes
_DATA = Place().field("data")
_ACCOUNT = "kubernetes.io/service-account.name"
# The keys that a type of Secret needs.
_KEYS = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


def config_map(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a ConfigMap."""
    data, binary = mapping(value, "data"), mapping(value, "binaryData")
    for key in data:
        yield from every(_DATA.key(key), key, names.config_key_problems(key))
        if key in binary:
            yield invalid(_DATA.key(key), key, "duplicate of key present in binaryData")
    for key in binary:
        yield from every(Place().field("binaryData").key(key), key, names.config_key_problems(key))
    size = sum(len(str(one).encode("utf-8", "surrogateescape")) for one in data.values())
    size += sum(len(_decoded(one)) for one in binary.values())
    if size > _MOST:
        yield too_long(Place("[]"), _MOST)


def secret(value: Fields) -> Iterator[Mistake]:
    """Yield the mistakes in a Secret."""
    data: dict[str, bytes] = {key: _decoded(one) for key, one in mapping(value, "data").items()}
    for key, one in mapping(value, "stringData").items():
        data[key] = str(one).encode("utf-8", "surrogateescape")
    for key in data:
        yield from every(_DATA.key(key), key, names.config_key_problems(key))
    if sum(map(len, data.values())) > _MOST:
        yield too_long(_DATA, _MOST)
    kind = text(value, "type")
    if kind == "kubernetes.io/service-account-token":
        if not mapping(struct(value, "metadata") or {}, "annotations").get(_ACCOUNT):
            yield required(Place().field("metadata", "annotations").key(_ACCOUNT))
    elif kind == "kubernetes.io/basic-auth" and not data.keys() & {"username", "password"}:
        yield required(_DATA.key("username"))
        yield required(_DATA.key("password"))
    for key in _KEYS.get(kind, ()):
        if key not in data or (kind == "kubernetes.io/ssh-auth" and not data[key]):
            yield required(_DATA.key(key))
        elif key.startswith(".docker"):
            problem = _json_problem(data[key])
            if problem:
                yield invalid(_DATA.key(key), "<secret contents redacted>", problem)


def _decoded(value: Any) -> bytes:
    from steersman.go.base64 import decode_base64

    return decode_base64(value)[0] if isinstance(value, str) else b""


def _json_problem(data: bytes) -> str:
    """Return what Go says about a text that is not a JSON object, or ``""``."""
    from steersman.go import errors as go_errors
    from steersman.go.json import loads

    try:
        value = loads(data.decode("utf-8", "replace"))
    except go_errors.JSONError as error:
        return str(error)
    if value is None or isinstance(value, dict):
        return ""
    kinds = {bool: "bool", str: "string", list: "array"}
    return f"json: cannot unmarshal {kinds.get(type(value), 'number')} into Go value of type map[string]interface {{}}"
