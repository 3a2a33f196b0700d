"""Check the types of a kubeconfig's fields, with the messages of Go's JSON decoder and of apimachinery."""

from __future__ import annotations

from steersman.values.files import json_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CLUSTER = {
    **dict.fromkeys(("server", "tls-server-name", "certificate-authority", "proxy-url"), "string"),
    **dict.fromkeys(("insecure-skip-tls-verify", "disable-compression"), "bool"),
}
_USER = dict.fromkeys(
    ("client-certificate", "client-key", "token", "tokenFile", "as", "as-uid", "username", "password"), "string"
)
_CONTEXT = dict.fromkeys(("cluster", "user", "namespace"), "string")
# the plural and singular of a part, the Go types of its entry and of what is in it, and its fields
_PARTS = (
    ("clusters", "cluster", "NamedCluster", "Cluster", _CLUSTER),
    ("users", "user", "NamedAuthInfo", "AuthInfo", _USER),
    ("contexts", "context", "NamedContext", "Context", _CONTEXT),
)
_HEAD = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'


def type_problem(document: Any) -> str:
    """Return what keeps ``document`` from being a kubeconfig; ``""`` where nothing does."""
    if not isinstance(document, dict):
        return (
            f"couldn't get version/kind; json parse error: json: cannot unmarshal {json_shape(document)} "
            f"into Go value of type {_HEAD}"
        )
    kind, version = document.get("kind") or "Config", document.get("apiVersion") or "v1"
    if (kind, version) != ("Config", "v1"):
        where = 'in scheme "pkg/runtime/scheme.go:111"'
        return f'no kind "{kind}" is registered for version "{version}" {where}'
    for plural, single, entry_type, content_type, fields in _PARTS:
        for entry in document.get(plural) or ():
            if not isinstance(entry, dict):
                return _mismatch(entry, f"Config.{plural}", f"v1.{entry_type}")
            if not _is_a(entry.get("name"), "string"):
                return _mismatch(entry["name"], f"{entry_type}.{plural}.name", "string")
            content = entry.get(single)
            if content is not None and not isinstance(content, dict):
                return _mismatch(content, f"{entry_type}.{plural}.{single}", f"v1.{content_type}")
            for name, wanted in fields.items():
                if not _is_a((content or {}).get(name), wanted):
                    return _mismatch((content or {})[name], f"{content_type}.{plural}.{single}.{name}", wanted)
    current = document.get("current-context")
    return "" if _is_a(current, "string") else _mismatch(current, "Config.current-context", "string")


def _is_a(value: Any, wanted: str) -> bool:
    return value is None or json_shape(value) == wanted


def _mismatch(value: Any, field: str, wanted: str) -> str:
    return f"json: cannot unmarshal {json_shape(value)} into Go struct field {field} of type {wanted}"
