"""Random strings, numbers and identifiers."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.sprig.context import random_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.sprig.context import Context

_LOWER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
_LETTERS = _LOWER.upper() + _LOWER
# go: printable ASCII, from the space on, without the last (DEL is excluded, and so is "~"'s successor).
_ASCII = "".join(map(chr, range(32, 127)))


def below(context: Context | None, limit: int) -> int:
    """Return a uniform random number from 0 to ``limit`` - 1."""
    size = (limit.bit_length() + 7) // 8 + 1
    ceiling = (1 << 8 * size) // limit * limit
    while True:
        number = int.from_bytes(random_bytes(context, size), "big")
        if number < ceiling:
            return number % limit


def _text(context: Context | None, alphabet: str, count: int) -> str:
    if count <= 0:
        return ""
    limit = 256 // len(alphabet) * len(alphabet)
    out: list[str] = []
    while len(out) < count:
        out += [alphabet[b % len(alphabet)] for b in random_bytes(context, count + 16) if b < limit]
    return "".join(out[:count])


def alphanumeric(context: Context | None, count: int) -> str:
    """Return random letters and digits."""
    return _text(context, _LETTERS + _DIGITS, count)


def alphabetic(context: Context | None, count: int) -> str:
    """Return random letters."""
    return _text(context, _LETTERS, count)


def ascii_text(context: Context | None, count: int) -> str:
    """Return random printable characters."""
    return _text(context, _ASCII, count)


def numeric(context: Context | None, count: int) -> str:
    """Return random digits."""
    return _text(context, _DIGITS, count)


def integer(context: Context | None, low: int, high: int) -> int:
    """Return a random number from ``low`` to ``high`` - 1."""
    if high - low <= 0:
        raise go_errors.CallError("invalid argument to Intn")
    return below(context, high - low) + low


def base64_bytes(context: Context | None, count: int) -> str:
    """Return random bytes as base64."""
    from binascii import b2a_base64

    if count < 0:
        raise go_errors.CallError("runtime error: makeslice: len out of range")
    return b2a_base64(random_bytes(context, count), newline=False).decode()


def shuffle(context: Context | None, text: str) -> str:
    """Return the characters in random order."""
    chars = list(text)
    for at in range(len(chars) - 1, 0, -1):
        other = below(context, at + 1)
        chars[at], chars[other] = chars[other], chars[at]
    return "".join(chars)


def uuid4(context: Context | None) -> str:
    """Return a random UUID."""
    data = bytearray(random_bytes(context, 16))
    data[6] = data[6] & 0x0F | 0x40
    data[8] = data[8] & 0x3F | 0x80
    text = data.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
