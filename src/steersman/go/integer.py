"""Digits to integers in bounded time.

Python refuses more than some thousand digits, and takes quadratic time below that; Go's ``strconv`` knows
beforehand what 64 bits can hold. Every reader of text that others wrote takes its integers from here.
"""

from __future__ import annotations

# Above everything that 64 bits hold in either sign: what is out of range for Go stays so.
BEYOND = 1 << 70
_MOST = {2: 70, 8: 24, 10: 21, 16: 18}


def integer(text: str, base: int = 10) -> int:
    """Return the number that ``text`` (digits of ``base``, perhaps behind a sign) stands for.

    A number that has more digits than 64 bits can hold becomes ``BEYOND``, with its sign.

    >>> integer("-12"), integer("ff", 16), integer("9" * 100_000) == BEYOND
    (-12, 255, True)
    """
    if len(text) > _MOST[base]:
        digits = text.lstrip("+-").lstrip("0")
        if len(digits) > _MOST[base]:
            return -BEYOND if text[0] == "-" else BEYOND
        text = f"-{digits or '0'}" if text[0] == "-" else digits or "0"
    return int(text, base)


def atoi(text: str) -> tuple[int, str]:
    """Return the number of 64 bits that Go's ``strconv.Atoi`` reads, and its complaint, ``""`` where it has none.

    >>> atoi("+07"), atoi("1_0"), atoi("9" * 20)
    ((7, ''), (0, 'invalid syntax'), (0, 'value out of range'))
    """
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        return 0, "invalid syntax"
    number = integer(text)
    return (number, "") if -(1 << 63) <= number < 1 << 63 else (0, "value out of range")
