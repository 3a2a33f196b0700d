"""Numbers: conversions as spf13/cast makes them, integer and decimal arithmetic, ranges.

Integers behave as in Go: ``int`` and ``int64`` wrap at 64 bits. Answers to Sprig's ``numeric.go``.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.integer import integer
from steersman.go.values import Int64, TypedList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from typing import Any

_MOST_NUMBERS = 20_000_000  # in a list made of nothing
_MIN, _MAX, _RANGE = -(1 << 63), (1 << 63) - 1, 1 << 64
_ARITHMETIC = frozenset(("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64"))


class IntList(TypedList):
    """``[]int``."""

    __slots__ = ()
    go_type = "[]int"
    go_elem = "int"


def wrapped(number: int) -> int:
    """Return ``number`` as 64 bits hold it."""
    return number if _MIN <= number <= _MAX else (number - _MIN) % _RANGE + _MIN


def from_float(number: float) -> int:
    """Return a float cut to an integer, as an amd64 processor does it."""
    if number != number or not -9223372036854775808.0 <= number < 9223372036854775808.0:
        return _MIN
    return int(number)


def cast_int(value: Any) -> int:
    """Return a value as a 64-bit integer; what is not a number is 0."""
    kind = type(value)
    if kind is int:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return 1 if value else 0
    if isinstance(value, int):
        return _cast_typed(value)
    if isinstance(value, float):
        return from_float(value)
    return _cast_text(value) if kind is str else 0


def _cast_typed(value: int) -> int:
    # cast knows the plain integer types, and of the named ones only days and months.
    name = getattr(value, "go_type", "int")
    return wrapped(int(value)) if name in _ARITHMETIC or name in ("time.Weekday", "time.Month") else 0


def _cast_text(text: str) -> int:
    from steersman.gotemplate.numbers import read_integer

    if not text:
        return 0
    number = read_integer(_trim_zero_decimal(text))
    return number if number is not None and _MIN <= number <= _MAX else 0


def _trim_zero_decimal(text: str) -> str:
    """``12.00`` is ``12``."""
    bare = text.rstrip("0")
    return bare[:-1] if bare != text and bare.endswith(".") else text


def cast_float(value: Any) -> float:
    """Return a value as a float; what is not a number is 0."""
    kind = type(value)
    if kind is float:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return 1.0 if value else 0.0
    if isinstance(value, int):
        return float(value) if getattr(value, "go_type", "int") in _ARITHMETIC else 0.0
    if isinstance(value, float):
        return float(value)
    return parse_float(value) if kind is str else 0.0


def parse_float(text: str) -> float:
    """Read a float as Go's ``ParseFloat`` does; 0 when it is none."""
    from steersman.gotemplate.numbers import read_float

    lower = text.lower().lstrip("+-")
    if lower in ("inf", "infinity"):
        return float("-inf") if text[0] == "-" else float("inf")
    if lower == "nan" and lower == text.lower():
        return float("nan")
    found = read_float(text)
    return 0.0 if found is None else found


def to_int(value: Any) -> int:
    """Convert to ``int``."""
    return cast_int(value)


def to_int64(value: Any) -> Int64:
    """Convert to ``int64``."""
    return Int64(cast_int(value))


def to_float64(value: Any) -> float:
    """Convert to ``float64``."""
    return cast_float(value)


def atoi(text: str) -> int:
    """Read a decimal number; 0 when it is none."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits.isascii() or not digits.isdigit():
        return 0
    number = integer(text)
    # go: Atoi gives the nearest number along with the error that Sprig ignores.
    return max(_MIN, min(_MAX, number))


def to_decimal(value: Any) -> Int64:
    """Read octal digits."""
    from steersman.sprig.strings import to_string

    text = to_string(value)
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits or any(c not in "01234567" for c in digits):
        return Int64(0)
    number = integer(text, 8)
    return Int64(number) if _MIN <= number <= _MAX else Int64(0)


def add1(value: Any) -> Int64:
    """Add one."""
    return Int64(wrapped(cast_int(value) + 1))


def add(*values: Any) -> Int64:
    """Add up."""
    return Int64(wrapped(sum(map(cast_int, values))))


def sub(left: Any, right: Any) -> Int64:
    """Subtract."""
    return Int64(wrapped(cast_int(left) - cast_int(right)))


def _divided(left: Any, right: Any) -> tuple[int, int]:
    a, b = cast_int(left), cast_int(right)
    if b == 0:
        raise go_errors.CallError("runtime error: integer divide by zero")
    quotient = abs(a) // abs(b)
    quotient = quotient if (a < 0) == (b < 0) else -quotient
    return quotient, a - quotient * b


def div(left: Any, right: Any) -> Int64:
    """Divide, cutting towards zero."""
    return Int64(wrapped(_divided(left, right)[0]))


def mod(left: Any, right: Any) -> Int64:
    """Return the remainder, with the sign of the dividend."""
    return Int64(_divided(left, right)[1])


def mul(first: Any, *values: Any) -> Int64:
    """Multiply."""
    product = cast_int(first)
    for value in values:
        product = wrapped(product * cast_int(value))
    return Int64(product)


def _decimal(value: float) -> Decimal:
    from decimal import Decimal

    if value != value or value in (float("inf"), float("-inf")):
        raise go_errors.CallError(
            f"Cannot create a Decimal from {'NaN' if value != value else '+Inf' if value > 0 else '-Inf'}"
        )
    return Decimal(repr(value))


def _decimal_op(first: float, values: tuple[Any, ...], operate: Callable[[Decimal, Decimal], Decimal]) -> float:
    from decimal import Context, localcontext

    # Exact, but for division, which rounds by itself.
    with localcontext(Context(prec=2000, Emax=999999, Emin=-999999)):
        result = _decimal(first)
        for value in values:
            result = operate(result, _decimal(cast_float(value)))
        # A decimal zero has no sign.
        return float(result) or 0.0


def _divide(left: Decimal, right: Decimal) -> Decimal:
    """Divide to 16 decimals, rounding half away from zero."""
    from decimal import ROUND_HALF_UP, Decimal

    if right == 0:
        raise go_errors.CallError("decimal division by 0")
    return (left / right).quantize(Decimal(1).scaleb(-16), rounding=ROUND_HALF_UP)


def add1f(value: Any) -> float:
    """Add one to a float."""
    return _decimal_op(cast_float(value), (1,), lambda a, b: a + b)


def addf(*values: Any) -> float:
    """Add up floats."""
    return _decimal_op(0.0, values, lambda a, b: a + b)


def subf(first: Any, *values: Any) -> float:
    """Subtract floats."""
    return _decimal_op(cast_float(first), values, lambda a, b: a - b)


def divf(first: Any, *values: Any) -> float:
    """Divide floats."""
    return _decimal_op(cast_float(first), values, _divide)


def mulf(first: Any, *values: Any) -> float:
    """Multiply floats."""
    return _decimal_op(cast_float(first), values, lambda a, b: a * b)


def biggest(first: Any, *values: Any) -> Int64:
    """Return the largest."""
    return Int64(max(map(cast_int, (first, *values))))


def smallest(first: Any, *values: Any) -> Int64:
    """Return the smallest."""
    return Int64(min(map(cast_int, (first, *values))))


def biggest_float(first: Any, *values: Any) -> float:
    """Return the largest float."""
    return _outermost([cast_float(v) for v in (first, *values)], 1.0)


def smallest_float(first: Any, *values: Any) -> float:
    """Return the smallest float."""
    return _outermost([cast_float(v) for v in (first, *values)], -1.0)


def _outermost(numbers: list[float], sign: float) -> float:
    # go: math.Max and math.Min: an infinity beats not-a-number, and one zero is below the other
    end = sign * float("inf")
    if end in numbers:
        return end
    if any(n != n for n in numbers):
        return float("nan")
    from math import copysign

    return max(numbers, key=lambda n: (sign * n, sign * copysign(1, n)))


def _rounded(value: float, up: bool) -> float:
    import math

    if value != value or value in (float("inf"), float("-inf")):
        return value
    whole = float(math.ceil(value) if up else math.floor(value))
    return math.copysign(whole, value) if whole == 0 else whole


def ceil(value: Any) -> float:
    """Round up."""
    return _rounded(cast_float(value), True)


def floor(value: Any) -> float:
    """Round down."""
    return _rounded(cast_float(value), False)


def _power_of_ten(exponent: int) -> float:
    """Return 10**exponent with the error of Go's ``math.Pow``, which squares a fraction again and again.

    go: test_powers_of_ten
    """
    import math

    fraction, power, square, square_power = 1.0, 0, 0.625, 4
    left = abs(exponent)
    while left:
        if abs(square_power) > 1 << 12:
            power += square_power
            break
        if left & 1:
            fraction *= square
            power += square_power
        square *= square
        square_power *= 2
        if square < 0.5:
            square += square
            square_power -= 1
        left >>= 1
    if exponent < 0:
        fraction, power = 1 / fraction, -power
    try:
        return math.ldexp(fraction, power)
    except OverflowError:
        return float("inf")


def round_to(value: Any, places: int, *options: float) -> float:
    """Round to ``places`` decimals; the option says from which fraction on to round up."""
    import math

    threshold = options[0] if options else 0.5
    power = _power_of_ten(places)
    digit = power * cast_float(value)
    fraction = math.modf(digit)[0] if math.isfinite(digit) else 0.0
    rounded = _rounded(digit, fraction >= threshold)
    return rounded / power if power else float("nan")


def until_step(start: int, stop: int, step: int) -> IntList:
    """Return the numbers from ``start`` to before ``stop``."""
    if (stop < start and step >= 0) or (stop >= start and step <= 0):
        return IntList()
    numbers = range(start, stop, step)
    if stop - start > _MOST_NUMBERS * abs(step) or start - stop > _MOST_NUMBERS * abs(step):
        raise go_errors.CallError(f"more than {_MOST_NUMBERS} numbers")
    return IntList(numbers)


def until(count: int) -> IntList:
    """Return the numbers from 0 to before ``count``, downwards when it is negative."""
    return until_step(0, count, 1 if count >= 0 else -1)


def seq(*numbers: int) -> str:
    """Return numbers as the command ``seq`` prints them, with spaces."""
    if not numbers or len(numbers) > 3:
        return ""
    if len(numbers) == 1:
        start, end = 1, numbers[0]
    else:
        start, end = numbers[0], numbers[-1]
    direction = -1 if end < start else 1
    step = numbers[1] if len(numbers) == 3 else direction
    if len(numbers) == 3 and direction < 0 and step > 0:
        return ""
    return " ".join(map(str, until_step(start, end + direction, step)))
