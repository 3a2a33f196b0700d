"""``html``, ``js`` and ``urlquery``: text made safe for where it goes, as Go's builtins do it."""

from __future__ import annotations

from steersman.go.fmt import sprint
from steersman.go.values import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HTML = {0: "\ufffd", 34: "&#34;", 38: "&amp;", 39: "&#39;", 60: "&lt;", 62: "&gt;"}
_JAVASCRIPT = {92: "\\\\", 39: "\\'", 34: '\\"', 60: "\\u003C", 62: "\\u003E", 38: "\\u0026", 61: "\\u003D"}
_QUERY_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")


def _printed(values: tuple[Any, ...]) -> str:
    # go: a pointer to a struct is printed as the struct
    texts = [sprint([v])[1:] if _is_pointer(v) else v for v in values]
    return sprint(["<no value>" if v is None else v for v in texts])


def _is_pointer(value: Any) -> bool:
    return getattr(value, "go_pointer", False) is True and "String" not in value.go_methods


def html(*values: Any) -> str:
    """Escape for HTML."""
    return _printed(values).translate(_HTML)


def javascript(*values: Any) -> str:
    """Escape for a JavaScript string."""
    return "".join(map(_javascript_char, _printed(values)))


def _javascript_char(char: str) -> str:
    code = ord(char)
    if code in _JAVASCRIPT:
        return _JAVASCRIPT[code]
    if code < 0x20:
        return f"\\u{code:04X}"
    # go: a byte that is not UTF-8 is looked at as U+FFFD, which can be printed, and written as it is
    if code < 0x80 or char.isprintable() or 0xDC80 <= code <= 0xDCFF:
        return char
    return f"\\u{code:04X}"


def urlquery(*values: Any) -> str:
    """Escape for a URL's query."""
    data = encode(_printed(values))
    return "".join(chr(b) if b in _QUERY_SAFE else "+" if b == 0x20 else f"%{b:02X}" for b in data)
