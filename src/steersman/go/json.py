"""JSON as Go's ``encoding/json`` writes and reads it.

Encoding sorts keys, escapes HTML characters on request and prints floats as Go does;
decoding makes every number a float (Go: ``float64``) and reports errors in Go's words.
The standard library's C scanner does the reading, without the ``json`` package around
it: that would import ``re``.
"""

from __future__ import annotations

from _json import encode_basestring as _quote

from steersman.errors import ValuesError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# go: encoding/json stops at this nesting (exceeded max depth)
MAX_DEPTH = 10_000


class JSONError(ValuesError):
    """Text that is not JSON, or a value JSON has no form for, with Go's message.

    ``offset`` is the number of bytes that Go's scanner has read at a wrong character, else 0. ``value`` is what was
    decoded nevertheless, where the text is JSON and a number in it is out of range, else None.
    """

    def __init__(self, message: str, *, offset: int = 0, value: Any = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.value = value


def format_float(value: float) -> str:
    """Return ``value`` as Go's encoder prints a float64.

    Raises:
        JSONError: for infinities and not-a-number.
    """
    if value != value or value in (_INF, -_INF):
        # go: json: unsupported value: +Inf
        name = "NaN" if value != value else ("+Inf" if value > 0 else "-Inf")
        raise JSONError(f"json: unsupported value: {name}")
    size = abs(value)
    if size < 1e15 and value == int(value):
        return "-0" if value == 0 and str(value)[0] == "-" else str(int(value))
    text = repr(value)
    if size != 0 and (size < 1e-6 or size >= 1e21):
        return _exponent_form(text)
    return _decimal_form(text)


_INF = float("inf")


def _digits(text: str) -> tuple[str, str, int]:
    """Split a ``repr`` of a float into sign, digits and the decimal point's place."""
    sign = ""
    if text[0] == "-":
        sign, text = "-", text[1:]
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    digits = whole + fraction
    point = len(whole) + (int(exponent) if exponent else 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    stripped = stripped.rstrip("0")
    return sign, stripped or "0", point


def _exponent_form(text: str) -> str:
    sign, digits, point = _digits(text)
    exponent = point - 1
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    # go: e-09 is cleaned up to e-9
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent)}"


def _decimal_form(text: str) -> str:
    sign, digits, point = _digits(text)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def format_float_g(value: float, *, upper_exponent: int = 21) -> str:
    """Return ``strconv.FormatFloat(value, 'g', -1, 64)`` with the exponent form from ``upper_exponent`` digits on.

    Go's ``fmt`` prints ``%v`` with 21; ``strconv`` itself (and YAML) switches at 6.
    """
    if value != value:
        return "NaN"
    if value in (_INF, -_INF):
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "-0" if str(value)[0] == "-" else "0"
    sign, digits, point = _digits(repr(value))
    exponent = point - 1
    if exponent < -4 or exponent >= upper_exponent:
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return _decimal_form(repr(value))


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
        raise JSONError(f"json: unsupported type: {getattr(value, 'go_type', type(value).__name__)}")


def _encode_object(
    value: dict[Any, Any], put: Callable[[str], None], indent: str | None, newline: str, escape_html: bool, depth: int
) -> None:
    if depth >= MAX_DEPTH:
        raise JSONError("json: unsupported value: encountered a cycle via map[string]interface {}")
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
        raise JSONError("json: unsupported value: encountered a cycle via []interface {}")
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


def _excess_error(value: Any) -> JSONError:
    """Return the error for the first number that is out of range, with what Go decodes of the rest."""
    path, text = _find_excess(value, "") or ("", "")
    where = field_place(path) if path not in ("", ".") else "Go value"
    return JSONError(f"json: cannot unmarshal number {text} into {where} of type float64", value=_without_excess(value))


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
        raise JSONError("unexpected end of JSON input")
    scanner = _Scanner(numbers)
    streamed = numbers is not None
    try:
        value, end = make_scanner(scanner)(body, 0)  # type: ignore[arg-type]
    except RecursionError:
        raise JSONError("exceeded max depth") from None
    except (StopIteration, ValueError, SystemError):
        # Python up to 3.12 raises SystemError where json.decoder, with the error to raise, is not imported
        raise syntax_error(text, streamed=streamed) from None
    if end != len(body):
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


def _shown(char: str) -> str:
    """A character as Go's scanner quotes it in messages."""
    if char == "'":
        return "'\\''"
    if char == '"':
        return "'\"'"
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"'\\x{code - 0xDC00:02x}'"
    if code >= 0x80 and not char.isprintable():
        return f"'\\u{code:04x}'" if code <= 0xFFFF else f"'\\U{code:08x}'"
    escapes = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\"}
    if code in escapes:
        return f"'{escapes[code]}'"
    return f"'{char}'" if char.isprintable() else f"'\\x{code:02x}'"


class _Checker:
    """Finds the first error of a text the way Go's scanner meets it."""

    def __init__(self, text: str, *, streamed: bool) -> None:
        self.text = text
        self.streamed = streamed
        self.at = 0

    def fail(self, context: str) -> JSONError:
        if self.at >= len(self.text):
            return JSONError("unexpected end of JSON input")
        read = len(self.text[: self.at + 1].encode("utf-8", "surrogatepass"))
        return JSONError(f"invalid character {_shown(self.text[self.at])} {context}", offset=read)

    def space(self) -> str:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1
        return self.text[self.at] if self.at < len(self.text) else ""

    def value(self) -> None:
        char = self.space()
        if char == "{":
            self.object()
        elif char == "[":
            self.array()
        elif char == '"':
            self.string()
        elif char and char in "-0123456789":
            self.number()
        else:
            for word in ("true", "false", "null"):
                if char and word[0] == char:
                    self.literal(word)
                    return
            raise self.fail("looking for beginning of value")

    def literal(self, word: str) -> None:
        for index, char in enumerate(word):
            if self.text[self.at : self.at + 1] != char:
                raise self.fail(f"in literal {word} (expecting {_shown(word[index])})")
            self.at += 1

    def object(self) -> None:
        self.at += 1
        if self.space() == "}":
            self.at += 1
            return
        while True:
            if self.space() != '"':
                raise self.fail("looking for beginning of object key string")
            self.string()
            if self.space() != ":":
                raise self.fail("after object key")
            self.at += 1
            self.value()
            char = self.space()
            self.at += 1
            if char == "}":
                return
            if char != ",":
                self.at -= 1
                raise self.fail("after object key:value pair")

    def array(self) -> None:
        self.at += 1
        if self.space() == "]":
            self.at += 1
            return
        while True:
            self.value()
            char = self.space()
            self.at += 1
            if char == "]":
                return
            if char != ",":
                self.at -= 1
                raise self.fail("after array element")

    def string(self) -> None:
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                return
            if char < " ":
                raise self.fail("in string" if self.streamed else "in string literal")
            if char == "\\":
                self.escape()
            self.at += 1
        raise self.fail("")

    def escape(self) -> None:
        start = self.at
        self.at += 1
        follow = self.text[self.at : self.at + 1]
        if not follow or follow not in 'bfnrt\\/"u':
            raise self.bad_escape(start, 2, "in string escape code")
        if follow == "u":
            for _ in range(4):
                self.at += 1
                if self.text[self.at : self.at + 1] not in set("0123456789abcdefABCDEF"):
                    raise self.bad_escape(start, 6, "in \\u hexadecimal character escape")

    def bad_escape(self, start: int, length: int, context: str) -> JSONError:
        if not self.streamed or self.at >= len(self.text):
            return self.fail(context)
        return JSONError(f"invalid escape sequence `{self.text[start : start + length]}` in string")

    def digits(self, context: str) -> None:
        if not self.text[self.at : self.at + 1] or self.text[self.at] not in "0123456789":
            raise self.fail(context)
        while self.at < len(self.text) and self.text[self.at] in "0123456789":
            self.at += 1

    def number(self) -> None:
        if self.text[self.at] == "-":
            self.at += 1
        if self.text[self.at : self.at + 1] == "0":
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.text[self.at : self.at + 1] == ".":
            self.at += 1
            self.digits("in numeric literal" if self.streamed else "after decimal point in numeric literal")
        if self.text[self.at : self.at + 1] in ("e", "E"):
            self.at += 1
            if self.text[self.at : self.at + 1] in ("+", "-"):
                self.at += 1
            self.digits("in numeric literal" if self.streamed else "in exponent of numeric literal")


def syntax_error(text: str, *, streamed: bool = False) -> JSONError:
    """Return the error of Go's ``encoding/json`` for a text that is not one JSON value.

    ``streamed`` is for the words of its decoder, which are others than those of ``Unmarshal``.
    """
    checker = _Checker(text, streamed=streamed)
    try:
        checker.value()
        if checker.space():
            error = checker.fail("after top-level value")
            return JSONError("invalid character after top-level value") if streamed else error
    except JSONError as error:
        return error
    except RecursionError:
        return JSONError("exceeded max depth")
    return JSONError("unexpected end of JSON input")


def loads_prefix(text: str) -> tuple[Any, int]:
    """Return the JSON value that ``text`` begins with and how many characters it took (Go's ``Decoder``).

    Raises:
        JSONError: with Go's message.
    """
    from _json import make_scanner

    start = len(text) - len(text.lstrip(" \t\r\n"))
    if start == len(text):
        raise JSONError("EOF")
    scanner = _Scanner(None)
    try:
        value, end = make_scanner(scanner)(text, start)  # type: ignore[arg-type]
    except RecursionError:
        raise JSONError("exceeded max depth") from None
    except (StopIteration, ValueError, SystemError):
        raise syntax_error(text, streamed=True) from None
    if isinstance(value, float) and text[end : end + 1] == ".":
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
