"""Texts to floats of 32 bits, as Go's ``strconv.ParseFloat`` reads them."""

from __future__ import annotations

_BEYOND = (2 - 2**-24) * 2.0**127  # what rounds to no float of 32 bits
_WORDS = ("inf", "infinity", "nan")


def parse_float32(text: str) -> tuple[float, str]:
    """Return the float of 32 bits that a text is, and Go's complaint, ``""`` where it has none.

    >>> parse_float32("1e2"), parse_float32("-0x1p3"), parse_float32("0x10"), parse_float32("1e39")
    ((100.0, ''), (-8.0, ''), (0.0, 'invalid syntax'), (0.0, 'value out of range'))
    """
    from struct import pack, unpack

    lower = text.lower()
    number = lower[1:] if lower[:1] in ("+", "-") else lower
    is_hexadecimal = number.startswith("0x")
    try:
        if not (number[:1].isalnum() or number[:1] == ".") or not text.isascii() or text != text.strip():
            raise ValueError
        if (is_hexadecimal and "p" not in number) or (number == "nan" and lower != number):
            raise ValueError
        value = float.fromhex(lower.replace("_", "")) if is_hexadecimal else float(lower)
    except (ValueError, OverflowError):
        return 0.0, "invalid syntax"
    if number in _WORDS:
        return value, ""
    if abs(value) >= _BEYOND:
        return 0.0, "value out of range"
    return float(unpack("f", pack("f", value))[0]), ""
