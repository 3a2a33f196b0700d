"""Floats as Go's ``strconv.FormatFloat`` writes them, for each of its formats.

>>> format_float(1234567.0, "g", -1), format_float(0.1, "e", 3)
('1.234567e+06', '1.000e-01')
"""

from __future__ import annotations


def format_float(value: float, verb: str, precision: int, *, bits: int = 64) -> str:
    """Write ``value``; a precision of -1 asks for the fewest digits that read back the same."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    if verb in "xX":
        return _hexadecimal(value, verb, precision)
    if verb == "b":
        return _binary(value)
    sign = "-" if str(value)[0] == "-" else ""
    digits, point = _shortest(abs(value), bits) if precision < 0 else ("", 0)
    if verb in "gG":
        return sign + _general(abs(value), verb, precision, digits, point)
    if verb in "eE":
        return sign + _exponent(abs(value), verb, precision, digits, point)
    return sign + _fixed(abs(value), precision, digits, point)


def _shortest(value: float, bits: int) -> tuple[str, int]:
    """The fewest digits that identify ``value``, and where the decimal point stands among them."""
    text = repr(value) if bits == 64 else _shortest_single(value)
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)
    leading = len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    return (digits, point - leading) if digits else ("", 0)


def _shortest_single(value: float) -> str:
    import struct

    for precision in range(1, 10):
        text = f"{value:.{precision - 1}e}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == struct.unpack("f", struct.pack("f", value))[0]:
            return text
    return repr(value)


def _general(value: float, verb: str, precision: int, digits: str, point: int) -> str:
    is_shortest = precision < 0
    if is_shortest:
        # go: the shortest form goes over to an exponent at a million.
        threshold = 6
    else:
        precision = precision or 1
        text = f"{value:.{precision - 1}e}"
        mantissa, _, exponent = text.partition("e")
        digits = mantissa.replace(".", "").rstrip("0") if value else ""
        point = int(exponent) + 1 if value else 0
        threshold = precision
        if threshold > len(digits) and len(digits) >= point:
            threshold = len(digits)
    exponent_value = point - 1
    if exponent_value < -4 or exponent_value >= threshold:
        return _join_exponent(digits or "0", exponent_value if digits else 0, "e" if verb == "g" else "E")
    return _join_fixed(digits, point, max(len(digits) - point, 0))


def _exponent(value: float, verb: str, precision: int, digits: str, point: int) -> str:
    if precision < 0:
        return _join_exponent(digits or "0", point - 1 if digits else 0, verb)
    mantissa, _, exponent = f"{value:.{precision}e}".partition("e")
    return f"{mantissa}{verb}{_exponent_text(int(exponent))}"


def _fixed(value: float, precision: int, digits: str, point: int) -> str:
    if precision < 0:
        return _join_fixed(digits, point, max(len(digits) - point, 0))
    return f"{value:.{precision}f}"


def _join_exponent(digits: str, exponent: int, letter: str) -> str:
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{mantissa}{letter}{_exponent_text(exponent)}"


def _exponent_text(exponent: int) -> str:
    return f"{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _join_fixed(digits: str, point: int, decimals: int) -> str:
    if point > 0:
        whole = digits[:point].ljust(point, "0")
        fraction = digits[point:]
    else:
        whole = "0"
        fraction = "0" * -point + digits if digits else ""
    fraction = fraction.ljust(decimals, "0")[:decimals] if decimals else ""
    return whole + ("." + fraction if fraction else "")


def _hexadecimal(value: float, verb: str, precision: int) -> str:
    sign = "-" if str(value)[0] == "-" else ""
    value = abs(value)
    if value == 0:
        fraction = "." + "0" * precision if precision > 0 else ""
        return f"{sign}0x0{fraction}p+00" if verb == "x" else f"{sign}0X0{fraction}P+00"
    import math

    fraction_value, power = math.frexp(value)
    mantissa, exponent = int(fraction_value * (1 << 53)), power - 1
    hex_digits = 13
    if 0 <= precision < 13:
        shift = 4 * (13 - precision)
        half, rest = 1 << (shift - 1), mantissa & ((1 << shift) - 1)
        mantissa >>= shift
        if rest > half or (rest == half and mantissa & 1):
            mantissa += 1
        hex_digits = precision
        if mantissa >> (4 * precision) == 2:
            mantissa >>= 1
            exponent += 1
    text = f"{mantissa & ((1 << (4 * hex_digits)) - 1):0{hex_digits}x}" if hex_digits else ""
    text = text.rstrip("0") if precision < 0 else text.ljust(precision, "0")
    body = f"{sign}0x1{'.' + text if text else ''}p{_exponent_text(exponent)}"
    return body if verb == "x" else body.upper()


def _binary(value: float) -> str:
    import math

    fraction, power = math.frexp(value)
    if value == 0:
        return ("-" if str(value)[0] == "-" else "") + "0p-1074"
    exponent = max(power - 53, -1074)
    mantissa = int(math.ldexp(fraction, power - exponent))
    return f"{mantissa}p{'+' if exponent >= 0 else '-'}{abs(exponent)}"
