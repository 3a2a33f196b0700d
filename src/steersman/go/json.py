"""JSON as Go's ``encoding/json`` writes and reads it.

Encoding sorts keys, escapes HTML characters on request and prints floats as Go does;
decoding makes every number a float (Go: ``float64``) and reports errors in Go's words.
The standard library's C scanner does the reading, without the ``json`` package around
it: that would import ``re``.
"""

from __future__ import annotations

from _json import encode_basestring as _quote

from steersman.go import errors as go_errors
from steersman.go.json_numbers import cut_short, format_float, too_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# go: encoding/json stops at this nesting (exceeded max depth)
MAX_DEPTH = 10_000


def quote(text: str, *, escape_html: bool = True) -> str:
    """Return ``text`` as a JSON string in double quotes, escaped as Go does."""
    out = _quote(text)
    if escape_html and ("<" in out or ">" in out or "&" in out):
        out = out.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    if not out.isascii():
        if "\u2028" in out or "\u2029" in out:
            out = out.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        # go: bytes that are not UTF-8 become U+FFFD
        try:
            out.encode()
        except UnicodeEncodeError:
            out = "".join(["\ufffd" if "\ud800" <= c <= "\udfff" else c for c in out])
    return out


def dumps(value: Any, *, indent: str | None = None, escape_html: bool = True) -> str:
    """Return ``value`` as JSON with sorted keys, no newline at the end.

    Args:
        value: None, bool, int, float, str, bytes (base64), lists, tuples and dicts with string keys, and
            objects with a ``to_json()`` that returns one of these.
        indent: the text of one level for the indented form.
        escape_html: write ``<``, ``>`` and ``&`` as ``\\u003c`` and so on.

    Raises:
        JSONError: for values JSON has no form for.
    """
    parts: list[str] = []
    _encode(value, parts.append, indent, "\n" if indent is not None else "", escape_html, 0)
    return "".join(parts)


def _encode(
    value: Any, put: Callable[[str], None], indent: str | None, newline: str, escape_html: bool, depth: int
) -> None:
    if isinstance(value, str):
        put(quote(value, escape_html=escape_html))
    elif value is None:
        put("null")
    elif value is True:
        put("true")
    elif value is False:
        put("false")
    elif isinstance(value, int):
        put(int.__repr__(value))
    elif isinstance(value, float):
        put(format_float(value))
    elif isinstance(value, dict):
        _encode_object(value, put, indent, newline, escape_html, depth)
    elif isinstance(value, (list, tuple)):
        _encode_array(value, put, indent, newline, escape_html, depth)
    elif isinstance(value, (bytes, bytearray)):
        from binascii import b2a_base64

        if getattr(value, "is_nil", False):
            put("null")
            return
        put('"' + b2a_base64(value, newline=False).decode() + '"')
    elif hasattr(value, "to_json"):
        _encode(value.to_json(), put, indent, newline, escape_html, depth)
    else:
        raise go_errors.JSONError(f"json: unsupported type: {getattr(value, 'go_type', type(value).__name__)}")


def _encode_object(
    value: dict[Any, Any], put: Callable[[str], None], indent: str | None, newline: str, escape_html: bool, depth: int
) -> None:
    if depth >= MAX_DEPTH:
        raise go_errors.JSONError("json: unsupported value: encountered a cycle via map[string]interface {}")
    if not value:
        put("null" if getattr(value, "is_nil", False) else "{}")
        return
    inner = newline + indent if indent is not None else ""
    colon = '": ' if indent is not None else '":'
    lead = "{" + inner
    for key in value if getattr(value, "is_struct", False) else _sorted(value):
        put(lead)
        put(quote(str(key), escape_html=escape_html)[:-1] + colon)
        item = value[key]
        if type(item) is str:
            put(quote(item, escape_html=escape_html))
        else:
            _encode(item, put, indent, inner, escape_html, depth + 1)
        lead = "," + inner
    put(newline + "}")


def _sorted(value: dict[Any, Any]) -> list[Any]:
    if type(next(iter(value))) is str:
        try:
            return sorted(value)
        except TypeError:
            pass
    return sorted(value, key=str)


def _encode_array(
    value: list[Any] | tuple[Any, ...],
    put: Callable[[str], None],
    indent: str | None,
    newline: str,
    escape_html: bool,
    depth: int,
) -> None:
    if depth >= MAX_DEPTH:
        raise go_errors.JSONError("json: unsupported value: encountered a cycle via []interface {}")
    if not value:
        put("null" if getattr(value, "is_nil", False) else "[]")
        return
    inner = newline + indent if indent is not None else ""
    lead = "[" + inner
    for item in value:
        put(lead)
        _encode(item, put, indent, inner, escape_html, depth + 1)
        lead = "," + inner
    put(newline + "]")


_INF = float("inf")


class _Scanner:
    """The context that the C scanner expects."""

    strict = True
    object_hook = None
    object_pairs_hook = None

    def __init__(self, numbers: Callable[[str], Any] | None) -> None:
        self.parse_float = self.parse_int = numbers or self._float
        self.memo: dict[str, str] = {}
        self.has_excess = False

    def _float(self, text: str) -> float:
        value = float(text)
        if value in (_INF, -_INF):
            self.has_excess = True
            return _Excess(text)
        return value

    @staticmethod
    def parse_constant(name: str) -> Any:
        raise StopIteration(0)


class _Excess(float):
    """A number that no float64 can be: 0, as Go leaves it, and its text."""

    def __new__(cls, text: str) -> _Excess:
        self = super().__new__(cls, 0.0)
        self.text = text
        return self

    text: str


def _excess_error(value: Any) -> go_errors.JSONError:
    """Return the error for the first number that is out of range, with what Go decodes of the rest."""
    path, text = _find_excess(value, "") or ("", "")
    where = field_place(path) if path not in ("", ".") else "Go value"
    return go_errors.JSONError(
        f"json: cannot unmarshal number {text} into {where} of type float64",
        value=_without_excess(value),
        number=text,
    )


def field_place(path: str) -> str:
    """Return how an error calls the place of a value that does not fit.

    go: what ends in a number counts as an element of a list, which is not called a field; keys may be numbers too
    (test_keys_in_the_paths_of_errors)
    """
    last = path.rpartition(".")[2]
    return path if last.isascii() and last.isdigit() else f"Go struct field {path}"


def pointer_token(key: str) -> str:
    """Return a key as it stands in a path of an error.

    go: encoding/json names places by JSON pointers (test_keys_in_the_paths_of_errors)
    """
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def pointer_tokens(pointer: str) -> list[str]:
    """Return the keys that a JSON pointer goes by.

    >>> pointer_tokens("/a~1b/0")
    ['a/b', '0']
    """
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _find_excess(value: Any, path: str) -> tuple[str, str] | None:
    if isinstance(value, _Excess):
        return path, value.text
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        found = _find_excess(item, f"{path}.{pointer_token(str(key))}")
        if found:
            return found
    return None


def _without_excess(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_excess(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_excess(item) for item in value]
    return 0.0 if isinstance(value, _Excess) else value


def loads(text: str, *, numbers: Callable[[str], Any] | None = None) -> Any:
    """Return the value of the JSON ``text``, with float64 for numbers as Go has it.

    With ``numbers``, which makes them, it is read as a ``Decoder`` of Go's does that keeps numbers as they are.

    Raises:
        JSONError: with the message of Go's ``json.Unmarshal``, or of its decoder.
    """
    from _json import make_scanner

    body = text.strip(" \t\r\n")
    if not body:
        raise cut_short()
    scanner = _Scanner(numbers)
    streamed = numbers is not None
    try:
        value, end = make_scanner(scanner)(body, 0)  # type: ignore[arg-type]
    except RecursionError:
        raise too_deep() from None
    except (StopIteration, ValueError, SystemError):
        # Python up to 3.12 raises SystemError where json.decoder, with the error to raise, is not imported
        from steersman.go.json_syntax import syntax_error

        raise syntax_error(text, streamed=streamed) from None
    if end != len(body):
        from steersman.go.json_syntax import syntax_error

        raise syntax_error(text, streamed=streamed)
    if scanner.has_excess:
        raise _excess_error(value)
    return _clean(value) if "\\u" in body and _has_surrogate(body) else value


def _has_surrogate(body: str) -> bool:
    lowered = body.lower()
    return (
        "\\ud8" in lowered
        or "\\ud9" in lowered
        or "\\uda" in lowered
        or "\\udb" in lowered
        or ("\\udc" in lowered or "\\udd" in lowered or "\\ude" in lowered or "\\udf" in lowered)
    )


def _clean(value: Any) -> Any:
    """Replace lone surrogates by U+FFFD, as Go's decoder does."""
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in value)
    if isinstance(value, list):
        return [_clean(v) for v in value]
    if isinstance(value, dict):
        return {_clean(k): _clean(v) for k, v in value.items()}
    return value


def loads_prefix(text: str) -> tuple[Any, int]:
    """Return the JSON value that ``text`` begins with and how many characters it took (Go's ``Decoder``).

    Raises:
        JSONError: with Go's message.
    """
    from _json import make_scanner

    start = len(text) - len(text.lstrip(" \t\r\n"))
    if start == len(text):
        raise go_errors.JSONError("EOF")
    scanner = _Scanner(None)
    try:
        value, end = make_scanner(scanner)(text, start)  # type: ignore[arg-type]
    except RecursionError:
        raise too_deep() from None
    except (StopIteration, ValueError, SystemError):
        from steersman.go.json_syntax import syntax_error

        raise syntax_error(text, streamed=True) from None
    if isinstance(value, float) and text[end : end + 1] == ".":
        from steersman.go.json_syntax import syntax_error

        raise syntax_error(text, streamed=True)
    if scanner.has_excess:
        raise _excess_error(value)
    return (_clean(value) if "\\u" in text and _has_surrogate(text) else value), end


def dumps_ordered(value: Any, *, indent: str, sorted_keys: tuple[str, ...] = ()) -> str:
    """Return ``value`` as indented JSON with the keys of dicts in their own order, as Go writes structs.

    ``sorted_keys`` names the fields that are maps, whose keys Go sorts.
    """
    return _ordered(value, "\n", indent, sorted_keys)


def _ordered(value: Any, newline: str, indent: str, sorted_keys: tuple[str, ...]) -> str:
    inner = newline + indent
    if isinstance(value, dict) and value:
        rows = []
        for key, item in value.items():
            if key in sorted_keys and isinstance(item, dict):
                item = dict(sorted(item.items()))
            rows.append(f"{quote(key)}: {_ordered(item, inner, indent, sorted_keys)}")
        return "{" + inner + f",{inner}".join(rows) + newline + "}"
    if isinstance(value, list) and value:
        return "[" + inner + f",{inner}".join(_ordered(v, inner, indent, sorted_keys) for v in value) + newline + "]"
    return dumps(value)
