"""Quantities as numbers, and as a server writes them: ``1500m`` for 1.5."""

from __future__ import annotations

import re
from fractions import Fraction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PARTS = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(.*)\Z")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_SMALLEST = Fraction(1, 10**9)


def quantity(value: Any) -> Fraction:
    """Return a quantity as a number.

    >>> quantity("1.5Ki"), quantity("100m"), quantity("2e3"), quantity(1)
    (Fraction(1536, 1), Fraction(1, 10), Fraction(2000, 1), Fraction(1, 1))
    """
    return _parsed(value)[0]


def _parsed(value: Any) -> tuple[Fraction, str]:
    """Return the number, and ``binary``, ``exponent`` or ``decimal`` for how it is written."""
    text = str(value).strip()
    sign, whole, fraction, suffix = _found(text)
    number = Fraction(int((whole + fraction) or "0"), 10 ** len(fraction)) * (-1 if sign == "-" else 1)
    if suffix in _BINARY[1:]:
        number, form = number * 1024 ** _BINARY.index(suffix), "binary"
    elif suffix in _DECIMAL:
        number, form = number * Fraction(10) ** _DECIMAL[suffix], "decimal"
    else:
        number, form = number * Fraction(10) ** max(-100, min(100, int(suffix[1:] or "0"))), "exponent"
    # k8s: rounded away from zero to the smallest unit
    units = number / _SMALLEST
    rounded = -((-abs(units)) // 1)
    return (rounded if units >= 0 else -rounded) * _SMALLEST, form


def _found(text: str) -> tuple[str, str, str, str]:
    match = _PARTS.match(text)
    assert match is not None  # each part may be empty
    suffix = match[4]
    if suffix not in _DECIMAL and suffix not in _BINARY and not re.fullmatch("[eE][-+]?[0-9]+", suffix):
        suffix = ""  # not a quantity, which others report
    return match[1], match[2], match[3] or "", suffix


def canonical(value: Any) -> str:
    """Return a quantity as a server writes it.

    >>> canonical("1000m"), canonical(1.5), canonical("1024Mi"), canonical("1.5Gi"), canonical("2000000")
    ('1', '1500m', '1Gi', '1536Mi', '2M')
    """
    number, form = _parsed(value)
    if not number:
        return "0"
    if form == "binary" and abs(number) >= 1024:
        number = Fraction(-(-number // 1))
        power = max(p for p in range(len(_BINARY)) if number % 1024**p == 0)
        return f"{number // 1024**power}{_BINARY[power]}"
    names = {power: name for name, power in _DECIMAL.items()}
    power = max(p for p in names if (number / Fraction(10) ** p).denominator == 1)
    mantissa = number / Fraction(10) ** power
    if form == "exponent":
        return f"{mantissa}e{power}" if power else f"{mantissa}"
    return f"{mantissa}{names[power]}"
