"""Numbers and equality as JSON Schema has them: by what was written, not by what a float64 holds."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction
    from typing import Any

MAX_EXPONENT = 1_000_000  # go: math/big reads no number with a larger one, and the keyword then says nothing
_MOST_DIGITS = 4000  # that Python reads as an integer: the time goes by their square
_SHORT = 15  # digits that every float64 keeps


class Number(float):
    """A number of a schema, which remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> Number:
        self = super().__new__(cls, text)
        self.text = text
        return self


def kind_of(value: Any) -> str:
    """Return the JSON type of a value; integers are numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float)):
        return "number"
    return "array" if isinstance(value, (list, tuple)) else "object"


def exact(value: float) -> int | Fraction | None:
    """Return the number that was written, or None where it has too large an exponent."""
    text = value.text if isinstance(value, Number) else repr(value)
    whole = text.removesuffix(".0")
    if len(whole) <= _SHORT and whole.removeprefix("-").isdecimal():
        return int(whole)
    from fractions import Fraction  # with re and decimal: the limits of most schemas do without

    _, _, exponent = text.lower().partition("e")
    if len(exponent) > 8 or (exponent and abs(int(exponent)) > MAX_EXPONENT):
        return None
    return Fraction(text) if len(text) <= _MOST_DIGITS else _long(text)


def _long(text: str) -> Fraction:
    """Return a number that has more digits than Python reads at once."""
    from fractions import Fraction

    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = _digits((whole + fraction).lstrip("-"))
    power = int(exponent or 0) - len(fraction)
    number = Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)
    return -number if text[0] == "-" else number


def _digits(text: str) -> int:
    if len(text) <= _MOST_DIGITS:
        return int(text)
    half = len(text) // 2
    return int(_digits(text[:-half]) * 10**half + _digits(text[-half:]))


def is_integer(value: Any) -> bool:
    """Return whether a value is a number without a fraction, however it is written."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if isinstance(value, Number) and len(value.text) > _SHORT:
        number = exact(value)
        return number is not None and number.denominator == 1
    return value == value // 1


def compare(a: float, b: float) -> int:
    """Return -1, 0 or 1 for a smaller, an equal or a larger ``a``."""
    # rounding keeps the order; what rounds to the same is compared as it is written, which may take a million digits
    near, near_too = _rounded(a), _rounded(b)
    if near != near_too:
        return -1 if near < near_too else 1
    if _is_short(a) and _is_short(b):
        return 0
    left, right = exact(a), exact(b)
    if left is None or right is None:
        return 0
    return (left > right) - (left < right)


def _rounded(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer past all floats
        return float("inf") if value > 0 else float("-inf")


def _is_short(value: float) -> bool:
    """Return whether Python compares a number exactly with every other of which this says the same."""
    if isinstance(value, Number):
        return len(value.text) <= _SHORT
    return not isinstance(value, int) or -(2**53) <= value <= 2**53


def equal(a: Any, b: Any) -> bool:
    """Return whether two JSON values are equal; 1 and 1.0 are, 1 and true are not."""
    pairs = [(a, b)]
    while pairs:
        a, b = pairs.pop()
        kind = kind_of(a)
        if kind != kind_of(b):
            return False
        if kind == "array":
            if len(a) != len(b):
                return False
            pairs += zip(a, b)
        elif kind == "object":
            if a.keys() != b.keys():
                return False
            pairs += [(value, b[name]) for name, value in a.items()]
        elif kind == "number":
            if compare(a, b):
                return False
        elif a != b:
            return False
    return True


def is_simple(value: Any) -> bool:
    """Return whether a value is one that Python's ``==`` and ``hash`` are right about, within its JSON type."""
    return not isinstance(value, (list, dict, tuple)) and (not isinstance(value, Number) or _is_short(value))


def first_equal(items: list[Any]) -> tuple[int, int] | None:
    """Return the places of the first item that was there before and of the one it is equal to, in linear time."""
    known: dict[Any, int] = {}
    seen: dict[int, int] = {}
    for at, item in enumerate(items):
        before = seen.setdefault(_key(item, known), at)
        if before != at:
            return before, at
    return None


def _key(value: Any, known: dict[Any, int]) -> int:
    """Return a number that only equal values share; ``known`` has the numbers given so far.

    Arrays and objects are known by the numbers of what they hold, so no key is nested.
    """
    kind = kind_of(value)
    key: Any
    if kind == "array":
        key = (kind, *[_key(item, known) for item in value])
    elif kind == "object":
        key = (kind, frozenset((name, _key(item, known)) for name, item in value.items()))
    elif kind == "number" and not _is_short(value):
        number = exact(value)
        key = (kind, float(value) if number == exact(float(value)) else number)
    else:
        key = (kind, value)
    return known.setdefault(key, len(known))
