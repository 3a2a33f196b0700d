"""IP addresses in text, with the errors of Go's ``net/netip``."""

from __future__ import annotations

from steersman.go.quote import quote

_HEX = frozenset("0123456789abcdefABCDEF")
_MOST_DIGITS = 4
_BYTES = 16


class AddressError(ValueError):
    """A text that is not an address, with Go's message."""

    def __init__(self, text: str, problem: str, at: str = "") -> None:
        super().__init__(text, problem, at)
        self.text = text
        self.problem = problem
        self.at = at

    def __str__(self) -> str:
        where = f" (at {quote(self.at)})" if self.at else ""
        return f"ParseAddr({quote(self.text)}): {self.problem}{where}"


def check_address(text: str) -> tuple[bool, str]:
    """Check an address; return whether it is one of IPv6, and its zone (``""`` for none).

    go: netip.ParseAddr, which goes by what comes first of a point, a colon and a percent sign

    Raises:
        AddressError: with Go's message.
    """
    first = next((char for char in text if char in ".:%"), "")
    if first == ".":
        _check_ipv4_fields(text, text)
        return False, ""
    if first != ":":
        raise AddressError(text, "missing IPv6 address" if first else "unable to parse IP")
    rest, percent, zone = text.partition("%")
    if percent and not zone:
        raise AddressError(text, "zone must be a non-empty string")
    _check_groups(text, rest)
    return True, zone


def _check_groups(text: str, rest: str) -> None:
    ellipsis = rest.startswith("::")
    if ellipsis:
        rest = rest[2:]
        if not rest:
            return
    size = 0
    while size < _BYTES:
        digits = _digits(text, rest)
        if rest[digits : digits + 1] == ".":
            if not ellipsis and size != _BYTES - 4:
                raise AddressError(text, "embedded IPv4 address must replace the final 2 fields of the address", rest)
            if size + 4 > _BYTES:
                problem = "too many hex fields to fit an embedded IPv4 at the end of the address"
                raise AddressError(text, problem, rest)
            _check_ipv4_fields(text, rest)
            rest = ""
            size += 4
            break
        size += 2
        rest = rest[digits:]
        if not rest:
            break
        if rest[0] != ":":
            raise AddressError(text, "unexpected character, want colon", rest)
        if len(rest) == 1:
            raise AddressError(text, "colon must be followed by more characters", rest)
        rest = rest[1:]
        if rest[0] == ":":
            if ellipsis:
                raise AddressError(text, "multiple :: in address", rest)
            ellipsis = True
            rest = rest[1:]
            if not rest:
                break
    if rest:
        raise AddressError(text, "trailing garbage after address", rest)
    if size < _BYTES and not ellipsis:
        raise AddressError(text, "address string too short")
    if size == _BYTES and ellipsis:
        raise AddressError(text, "the :: must expand to at least one field of zeros")


def _digits(text: str, rest: str) -> int:
    count = 0
    while count < len(rest) and rest[count] in _HEX:
        count += 1
        if count > _MOST_DIGITS:
            raise AddressError(text, "each group must have 4 or less digits", rest)
    if not count:
        raise AddressError(text, "each colon-separated field must have at least one digit", rest)
    return count


def _check_ipv4_fields(text: str, fields: str) -> None:
    value, digits, position = 0, 0, 0
    for at, char in enumerate(fields):
        if "0" <= char <= "9":
            if digits == 1 and value == 0:
                raise AddressError(text, "IPv4 field has octet with leading zero")
            value = value * 10 + int(char)
            digits += 1
            if value > 255:
                raise AddressError(text, "IPv4 field has value >255")
        elif char == ".":
            if at in (0, len(fields) - 1) or fields[at - 1] == ".":
                raise AddressError(text, "IPv4 field must have at least one digit", fields[at:])
            if position == 3:
                raise AddressError(text, "IPv4 address too long")
            position += 1
            value = digits = 0
        else:
            raise AddressError(text, "unexpected character", fields[at:])
    if position < 3:
        raise AddressError(text, "IPv4 address too short")
