"""The meaning of a plain YAML scalar in Go: null, bool, int, float or string.

Answers to ``resolve.go`` of go-yaml v2, which Helm reads values and manifests with: YAML
1.1 booleans, octal in both spellings, underscores, no base 60, timestamps stay strings.
"""

from __future__ import annotations

from steersman.go.integer import integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INF = float("inf")

WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), _INF),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -_INF),
}

# The only characters a scalar that is not a string can begin with.
HINTS = frozenset("+-0123456789.yYnNtTfFoO~")
_MOST_DIGITS = 20  # of a number of 64 bits
_DIGITS = frozenset("0123456789")


def resolve(text: str) -> Any:
    """Return the value of the plain scalar ``text``: None, bool, int, float or the text itself.

    >>> resolve("0o17"), resolve("1_000"), resolve("yes"), resolve("12:30")
    (15, 1000, True, '12:30')
    """
    if text in WORDS:
        return WORDS[text]
    first = text[0]
    if first not in HINTS or first in "yYnNtTfFoO~":
        return text
    if first == ".":
        return _dotted(text)
    return _number(text)


def _dotted(text: str) -> Any:
    # go: strconv.ParseFloat takes this text with its underscores, and refuses them
    if len(text) > 1 and text[1] in _DIGITS:
        value = _style_float(text)
        if value is not None:
            return value
    return text


def _number(text: str) -> Any:
    plain = text.replace("_", "") if "_" in text else text
    body = plain[1:] if plain[0] in "+-" else plain
    if not body or not body.isascii():
        return text
    if body.isdigit() and body[0] != "0":
        if len(body) > _MOST_DIGITS:
            return _finite(plain, text)
        value = int(plain)
        if -(1 << 63) <= value < (1 << 64):
            if plain[0] == "+" and value >= 1 << 63:  # go: ParseUint takes no sign
                return float(value)
            return value
        return float(value)
    if _is_date(text):
        return text
    if body[0] == "0":
        octal = _based(plain, body)
        if octal is not None:
            return octal
    value_f = _style_float(plain)
    if value_f is not None:
        return value_f
    return text


def _finite(plain: str, text: str) -> Any:
    value = float(plain)
    return text if value in (_INF, -_INF) else value


def _based(plain: str, body: str) -> int | None:
    """Read what ``strconv.ParseInt(s, 0, 64)`` reads with a leading zero."""
    if body == "0":
        return 0
    prefix = body[:2].lower()
    base, digits = {"0x": (16, body[2:]), "0o": (8, body[2:]), "0b": (2, body[2:])}.get(prefix, (8, body[1:]))
    if not digits or not all(c in "0123456789abcdefABCDEF"[: base if base <= 10 else 22] for c in digits):
        return None
    value = integer(digits, base)
    if plain[0] == "-":
        value = -value
    limit = 1 << 63 if plain[0] in "+-" else 1 << 64
    return value if -(1 << 63) <= value < limit else None


def _style_float(text: str) -> float | None:
    """Match ``[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?`` and return its value when it is finite."""
    body = text[1:] if text[0] in "+-" else text
    mantissa, marker, exponent = body, "", ""
    for letter in "eE":
        if letter in body:
            mantissa, marker, exponent = body.partition(letter)
            break
    whole, dot, fraction = mantissa.partition(".")
    if not _all_digits(whole) or not _all_digits(fraction) or not (whole or (dot and fraction)):
        return None
    if marker:
        unsigned = exponent[1:] if exponent[:1] in ("+", "-") else exponent
        if not unsigned or not _all_digits(unsigned):
            return None
    value = float(text)
    return None if value in (_INF, -_INF) else value


def _all_digits(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


def _is_date(text: str) -> bool:
    """Return whether the text is one of go-yaml's timestamps, which decode to their own text."""
    if len(text) < 8 or text[4] != "-" or not text[:4].isdecimal() or not text[:4].isascii():
        return False
    parts = text[:10].split("-")
    return len(parts) >= 3


def format_float32(value: float) -> str:
    """Return a float as sigs.k8s.io/yaml writes it where a string is wanted: with 32 bits of precision."""
    from struct import pack, unpack

    from steersman.go.json_numbers import format_float_g

    if value != value:
        return ".nan"
    if value in (_INF, -_INF):
        return ".inf" if value > 0 else "-.inf"
    single = unpack("f", pack("f", value))[0]
    for digits in range(1, 10):
        text = f"{single:.{digits}g}"
        if unpack("f", pack("f", float(text)))[0] == single:
            break
    return format_float_g(float(text), upper_exponent=6)
