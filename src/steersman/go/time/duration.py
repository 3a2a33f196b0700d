"""Durations as Go writes and reads them: nanoseconds as plain integers.

>>> format_duration(parse_duration("1h15m30.5s"))
'1h15m30.5s'
"""

from __future__ import annotations

from steersman.go.integer import integer

SECOND = 1_000_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
_MAX = (1 << 63) - 1
_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": SECOND, "m": MINUTE, "h": HOUR}


def quote(text: str) -> str:
    """Quote a text as Go's ``time`` does in its errors: what is not printable ASCII byte by byte."""
    out = []
    for char in text:
        if " " <= char < "\x80":
            out.append("\\" + char if char in '"\\' else char)
        else:
            out += [f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape")]
    return f'"{"".join(out)}"'


def parse_duration(text: str) -> int:
    """Read a duration such as ``1h30m`` into nanoseconds.

    Raises:
        ValueError: in Go's words.
    """
    invalid = ValueError(f"time: invalid duration {quote(text)}")
    rest = text
    sign = -1 if rest[:1] == "-" else 1
    if rest[:1] in ("-", "+"):
        rest = rest[1:]
    if rest == "0":
        return 0
    if not rest:
        raise invalid
    total = 0
    while rest:
        whole, rest = take_digits(rest)
        fraction = ""
        has_point = rest[:1] == "."
        if has_point:
            fraction, rest = take_digits(rest[1:])
        if not whole and not fraction:
            raise invalid
        end = next((i for i, c in enumerate(rest) if c == "." or "0" <= c <= "9"), len(rest))
        if end == 0:
            raise ValueError(f"time: missing unit in duration {quote(text)}")
        unit, rest = rest[:end], rest[end:]
        scale = _UNITS.get(unit)
        if scale is None:
            raise ValueError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        total += integer(whole or "0") * scale
        if fraction:
            total += int(fraction[:18]) * scale // 10 ** len(fraction[:18])
        if total > _MAX + (sign < 0):
            raise invalid
    return sign * total


def take_digits(text: str) -> tuple[str, str]:
    """Split a text after the decimal digits it begins with."""
    end = 0
    while end < len(text) and "0" <= text[end] <= "9":
        end += 1
    return text[:end], text[end:]


def format_duration(nanoseconds: int) -> str:
    """Write a duration as Go's ``Duration.String``."""
    if nanoseconds == 0:
        return "0s"
    sign = "-" if nanoseconds < 0 else ""
    left = abs(nanoseconds)
    if left < SECOND:
        for unit, scale in (("ns", 1), ("µs", 1000), ("ms", 1_000_000)):
            if left < scale * 1000:
                return f"{sign}{_decimal(left, scale)}{unit}"
    minutes, rest = divmod(left, MINUTE)
    text = f"{_decimal(rest, SECOND)}s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        text = f"{minutes}m{text}"
        if hours:
            text = f"{hours}h{text}"
    return sign + text


def _decimal(value: int, scale: int) -> str:
    whole, fraction = divmod(value, scale)
    if not fraction:
        return str(whole)
    return f"{whole}.{str(fraction).rjust(len(str(scale)) - 1, '0').rstrip('0')}"


def saturated(nanoseconds: int) -> int:
    """Return a difference of times as a duration: the longest there is where it is longer."""
    return max(-1 << 63, min((1 << 63) - 1, nanoseconds))


def round_duration(value: int, unit: int) -> int:
    """Round to a multiple of ``unit``, half away from zero."""
    if unit <= 0:
        return value
    rest = abs(value) % unit
    rounded = abs(value) - rest + (unit if rest + rest >= unit else 0)
    return min(rounded, _MAX) if value >= 0 else -rounded


def truncate_duration(value: int, unit: int) -> int:
    """Cut to a multiple of ``unit``, towards zero."""
    if unit <= 0:
        return value
    return value - abs(value) % unit * (1 if value >= 0 else -1)
