"""Object names as Kubernetes' API validation sees them, with its messages."""

from __future__ import annotations

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_1035 = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_PATH_KINDS = frozenset(("role", "clusterrole", "rolebinding", "clusterrolebinding"))


def _is_label(text: str) -> bool:
    return bool(text) and text[0] in _LOWER and text[-1] in _LOWER and all(c in _LOWER or c == "-" for c in text)


def problems(kind: str, name: str) -> list[str]:
    """Return what is wrong with ``name`` for an object of ``kind``."""
    kind = kind.lower()
    if kind == "certificatesigningrequest":
        return []
    if kind in _PATH_KINDS:
        return _segment(name)
    if kind == "service":
        wrong = [] if len(name) <= 63 else ["must be no more than 63 characters"]
        fits = _is_label(name) and name[0].isalpha()
        return wrong if fits else [*wrong, _LABEL_1035]
    if kind == "namespace":
        if "." in name:
            return ["must not contain dots"]
        wrong = [] if len(name) <= 63 else ["must be no more than 63 characters"]
        return wrong if _is_label(name) else [*wrong, _LABEL]
    wrong = [] if len(name) <= 253 else ["must be no more than 253 characters"]
    return wrong if all(_is_label(part) for part in name.split(".")) else [*wrong, _SUBDOMAIN]


def _segment(name: str) -> list[str]:
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{c}'" for c in ("/", "%") if c in name]
