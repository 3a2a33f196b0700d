"""Number literals of templates, as Go's ``parse.newNumber`` and ``strconv`` read them.

A literal may be an integer, an unsigned integer, a float and a complex number at once; the node
says which it can be, and the place where it is used decides.
"""

from __future__ import annotations

from steersman.go.integer import integer
from steersman.go.quote import quote, unescape_one
from steersman.gotemplate.nodes import NumberNode

_BASES = {"x": (16, "0123456789abcdef"), "o": (8, "01234567"), "b": (2, "01")}
_DECIMAL = "0123456789"


def read_number(pos: int, text: str, kind: str) -> NumberNode:
    """Read a literal; ``kind`` is the token's.

    Raises:
        ValueError: in Go's words.
    """
    node = NumberNode(pos, text)
    if kind == "number" and len(text) < 10 and text.isascii() and text.isdigit() and (text[0] != "0" or text == "0"):
        node.int_value = node.uint_value = int(text)
        node.float_value = float(text)
        return node
    if kind == "character":
        _read_character(node, text)
        return node
    if kind == "complex":
        node.complex_value = _read_complex(text)
        _simplify_complex(node)
        return node
    if text.endswith("i"):
        imaginary = read_float(text[:-1])
        if imaginary is not None:
            node.complex_value = complex(0, imaginary)
            _simplify_complex(node)
            return node
    _read_real(node, text)
    return node


def _read_character(node: NumberNode, text: str) -> None:
    if text[1] == "\\":
        code, end, _ = unescape_one(text, 1, "'")
    else:
        code, end = ord(text[1]), 2
        if text[1] == "'":
            raise ValueError("invalid syntax")
        if 0xDC80 <= code <= 0xDCFF:
            code = 0xFFFD
    if text[end:] != "'":
        raise ValueError(f"malformed character constant: {text}")
    node.int_value = node.uint_value = code
    node.float_value = float(code)


def _read_real(node: NumberNode, text: str) -> None:
    number = read_integer(text)
    if number is not None:
        is_signed = text[0] in "+-"
        if 0 <= number < 1 << 64 and (not is_signed or number == 0):
            node.uint_value = number
        if -(1 << 63) <= number < 1 << 63:
            node.int_value = number
        if node.int_value is not None or node.uint_value is not None:
            node.float_value = float(number)
            return
    number_float = read_float(text)
    if number_float is None:
        raise ValueError(f"illegal number syntax: {quote(text)}")
    if not any(c in text for c in ".eEpP"):
        raise ValueError(f"integer overflow: {quote(text)}")
    _set_float(node, number_float)


def _set_float(node: NumberNode, value: float) -> None:
    node.float_value = value
    if value == value and value not in (float("inf"), float("-inf")) and value == int(value):
        if -(1 << 63) <= value < 1 << 63:
            node.int_value = int(value)
        if 0 <= value < 1 << 64:
            node.uint_value = int(value)


def _simplify_complex(node: NumberNode) -> None:
    value = node.complex_value
    if value is not None and value.imag == 0:
        _set_float(node, value.real)


def _read_complex(text: str) -> complex:
    split = max(text.rfind("+"), text.rfind("-"))
    real, imaginary = read_float(text[:split]), read_float(text[split:-1])
    if real is None or imaginary is None:
        raise ValueError("syntax error scanning complex number")
    return complex(real, imaginary)


def read_integer(text: str) -> int | None:
    """Read an integer as Go's ``ParseInt(text, 0, …)`` would, without a limit; None when it is not one."""
    sign, digits = _take_sign(text)
    base, allowed, has_prefix = 10, _DECIMAL, False
    if len(digits) > 1 and digits[0] == "0":
        if digits[1].lower() in _BASES:
            base, allowed = _BASES[digits[1].lower()]
            digits, has_prefix = digits[2:], True
        else:
            base, allowed, digits, has_prefix = 8, _BASES["o"][1], digits[1:], True
    bare = _without_underscores(digits, allowed, has_prefix=has_prefix)
    if not bare:
        return None
    return sign * integer(bare, base)


def _take_sign(text: str) -> tuple[int, str]:
    if text[:1] in ("+", "-"):
        return (-1 if text[0] == "-" else 1), text[1:]
    return 1, text


def _without_underscores(digits: str, allowed: str, *, has_prefix: bool) -> str | None:
    """Drop underscores that stand between digits (or after a prefix); None when something is wrong."""
    bare = digits.replace("_", "")
    if not bare or any(c.lower() not in allowed for c in bare):
        return None
    if "__" in digits or digits[-1] == "_" or (digits[0] == "_" and not has_prefix):
        return None
    return bare


def read_float(text: str) -> float | None:
    """Read a float as Go's ``ParseFloat`` does, for literals; None when it is not one or too large."""
    sign, digits = _take_sign(text)
    lower = digits.lower()
    is_hex = lower.startswith("0x")
    if "_" in lower and not _has_good_underscores(lower, is_hex=is_hex):
        return None
    lower = lower.replace("_", "")
    if is_hex:
        value = _read_hex_float(lower)
    elif lower and lower[0] in "0123456789." and not lower.endswith("j"):
        try:
            value = float(lower)
        except ValueError:
            return None
    else:
        return None
    if value is None or value == float("inf"):
        return None
    return sign * value


def _read_hex_float(lower: str) -> float | None:
    # go: a hexadecimal float needs its exponent.
    if "p" not in lower or lower.endswith(("p", "+", "-")):
        return None
    try:
        return float.fromhex(lower)
    except (ValueError, OverflowError):
        return None


def _has_good_underscores(lower: str, *, is_hex: bool) -> bool:
    allowed = "0123456789abcdef" if is_hex else _DECIMAL
    body = lower[2:] if is_hex else lower
    previous = "0" if is_hex else ""
    for char in body:
        if char == "_":
            if previous not in tuple(allowed):
                return False
        elif previous == "_" and char not in allowed:
            return False
        previous = char
    return previous != "_"
