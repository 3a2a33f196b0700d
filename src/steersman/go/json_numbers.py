"""Numbers as Go's ``encoding/json`` writes them, and the error of its package."""

from __future__ import annotations

from steersman.go import errors as go_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


def cut_short() -> go_errors.JSONError:
    """Return the error of a text that ends too early."""
    return go_errors.JSONError("unexpected end of JSON input", is_cut=True)


def too_deep() -> go_errors.JSONError:
    """Return the error of a text that nests too deeply."""
    return go_errors.JSONError("exceeded max depth", is_too_deep=True)


def format_float(value: float) -> str:
    """Return ``value`` as Go's encoder prints a float64.

    Raises:
        JSONError: for infinities and not-a-number.
    """
    if value != value or value in (_INF, -_INF):
        # go: json: unsupported value: +Inf
        name = "NaN" if value != value else ("+Inf" if value > 0 else "-Inf")
        raise go_errors.JSONError(f"json: unsupported value: {name}")
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
