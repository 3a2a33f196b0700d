"""The string formats that JSON Schema's older drafts assert.

Which texts fit, and the words for those that do not, are santhosh-tekuri/jsonschema's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.go.url import URL

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")
_LABEL = _LETTERS | _DIGITS | {"-"}
_LOCAL = _LETTERS | _DIGITS | frozenset(".!#$%&'*+-/=?^_`{|}~")


class Unfit(ValueError):
    """An invalid text, with the library's message."""


def problem(name: str, text: str) -> str:
    """Return what is wrong with ``text`` as the format ``name``, or ``""``; unknown formats accept everything."""
    check = _CHECKS.get(name)
    if check is None:
        return ""
    try:
        check(text)
    except ValueError as error:
        return str(error)
    return ""


def _rune(char: str) -> str:
    from steersman.go.quote import quote

    return quote(char, "'")


def _digits(text: str) -> int:
    """Return how many digits a text begins with."""
    return next((at for at, char in enumerate(text) if char not in _DIGITS), len(text))


def _only(text: str, allowed: frozenset[str] | set[str], context: str = "") -> None:
    for char in text:
        if char not in allowed:
            raise Unfit(f"invalid character {_rune(char)}{context}")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _bytes_as_text(text: str) -> str:
    """Return a character for each byte: places in a text are counted in bytes."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1") if not text.isascii() else text


def _atoi(text: str) -> int:
    from steersman.go.integer import atoi

    number, problem = atoi(text)
    if problem:
        from steersman.go.quote import quote

        raise Unfit(f"strconv.Atoi: parsing {quote(text)}: {problem}")
    return number


def _within(words: str, check: Callable[[str], None], text: str) -> None:
    try:
        check(text)
    except ValueError as error:
        raise Unfit(f"{words}: {error}") from error


def _json_pointer(text: str) -> None:
    if not text:
        return
    if text[0] != "/":
        raise Unfit("not starting with /")
    for token in text.split("/"):
        for at, char in enumerate(token):
            if char == "~" and token[at + 1 : at + 2] not in ("0", "1"):
                raise Unfit("~ must be followed by 0 or 1")


def _relative_json_pointer(text: str) -> None:
    count = _digits(text)
    if not count:
        raise Unfit("must start with non-negative integer")
    if count > 1 and text[0] == "0":
        raise Unfit("starts with zero")
    if text[count:] != "#":
        _json_pointer(text[count:])


def _uuid(text: str) -> None:
    sizes = (8, 4, 4, 4, 12)
    groups = text.split("-")
    if len(groups) != len(sizes):
        raise Unfit("must have 5 elements")
    for number, (group, size) in enumerate(zip(groups, sizes), 1):
        if _size(group) != size:
            raise Unfit(f"element {number} must be {size} characters long")
        for char in group:
            if char not in _HEX:
                raise Unfit(f"non-hex character {_rune(char)}")


def _duration(text: str) -> None:
    if not text.startswith("P"):
        raise Unfit("must start with P")
    text = text[1:]
    if not text:
        raise Unfit("nothing after P")
    if text.endswith("W"):
        if text == "W":
            raise Unfit("no number in week")
        if _digits(text) < len(text) - 1:
            raise Unfit("invalid week")
        return
    for number, part in enumerate(text.split("T")):
        if number and not part:
            raise Unfit("no time elements")
        if number > 1:
            raise Unfit("more than one T")
        _elements(part, "HMS" if number else "YMD")


def _elements(part: str, units: str) -> None:
    left = units
    while part:
        count = _digits(part)
        if not count:
            raise Unfit("missing number")
        if count == len(part):
            raise Unfit("missing unit")
        # go: the first byte, whatever the character
        unit = chr(part[count].encode("utf-8", "surrogateescape")[0])
        if unit not in left:
            raise Unfit(f"unit {_rune(unit)} out of order" if unit in units else f"invalid unit {_rune(unit)}")
        left = left.partition(unit)[2]
        part = part[count + 1 :]


def _period(text: str) -> None:
    start, slash, end = text.partition("/")
    if not slash:
        raise Unfit("missing slash")
    if start.startswith("P"):
        _within("invalid start duration", _duration, start)
        _within("invalid end date-time", _date_time, end)
        return
    _within("invalid start date-time", _date_time, start)
    if end.startswith("P"):
        _within("invalid end duration", _duration, end)
    else:
        _within("invalid end date-time", _date_time, end)


def _ipv4(text: str) -> None:
    groups = text.split(".")
    if len(groups) != 4:
        raise Unfit("expected four decimals")
    for group in groups:
        if len(group) > 1 and group[0] == "0":
            raise Unfit("leading zeros")
        if not 0 <= _atoi(group) <= 255:
            raise Unfit("decimal must be between 0 and 255")


def _ipv6(text: str) -> None:
    from steersman.go.netip import check_address

    if ":" not in text:
        raise Unfit("missing colon")
    if check_address(text)[1]:
        raise Unfit("zone id is not a part of ipv6 address")


def _hostname(text: str) -> None:
    text = text.removesuffix(".")
    if _size(text) > 253:
        raise Unfit("more than 253 characters long")
    for label in text.split("."):
        if not 1 <= _size(label) <= 63:
            raise Unfit("label must be 1 to 63 characters long")
        if label[0] == "-":
            raise Unfit("label starts with hyphen")
        if label[-1] == "-":
            raise Unfit("label ends with hyphen")
        _only(label, _LABEL)


def _email(text: str) -> None:
    if _size(text) > 254:
        raise Unfit("more than 255 characters long")
    local, at, domain = text.rpartition("@")
    if not at:
        raise Unfit("missing @")
    if _size(local) > 64:
        raise Unfit("local part more than 64 characters long")
    _local_part(local)
    if domain.startswith("[") and domain.endswith("]"):
        inner = domain[1:-1]
        if inner.startswith("IPv6:"):
            _within("invalid ipv6 address", _ipv6, inner.removeprefix("IPv6:"))
        else:
            _within("invalid ipv4 address", _ipv4, inner)
        return
    _within("invalid domain", _hostname, domain)


def _local_part(local: str) -> None:
    if len(local) > 1 and local[0] == '"':
        # go: the last character is taken for the closing quote, whatever it is
        if "\\" in local[1:-1] or '"' in local[1:-1]:
            raise Unfit("backslash and quote are not allowed within quoted local part")
        return
    if local.startswith("."):
        raise Unfit("starts with dot")
    if local.endswith("."):
        raise Unfit("ends with dot")
    if ".." in local:
        raise Unfit("consecutive dots")
    _only(local, _LOCAL)


def _date(text: str) -> None:
    from steersman.go.time.read import parse_moment

    parse_moment("2006-01-02", text)


def _time(text: str) -> None:
    if _size(text) < 9:
        raise Unfit("less than 9 characters long")
    text = _bytes_as_text(text)
    if text[2] != ":" or text[5] != ":":
        raise Unfit("missing colon in correct place")
    hour, minute, second = _numbers(text[:8].split(":", 2), "hour/min/sec")
    if hour > 23 or minute > 59 or second > 60:
        raise Unfit("hour/min/sec out of range")
    rest = text[8:]
    if rest.startswith("."):
        count = _digits(rest[1:])
        if not count:
            raise Unfit("no digits in second fraction")
        rest = rest[1 + count :]
    if rest not in ("z", "Z"):
        moved = hour * 60 + minute - _offset(rest)
        hour, minute = divmod(moved + 24 * 60 if moved < 0 else moved, 60)
    if second >= 60 and (hour != 23 or minute != 59):
        raise Unfit("invalid leap second")


def _offset(text: str) -> int:
    """Return an offset from UTC in minutes."""
    if _size(text) != 6:
        raise Unfit("offset must be 6 characters long")
    if text[0] not in "+-":
        raise Unfit("offset must begin with plus/minus")
    if text[3] != ":":
        raise Unfit("missing colon in offset in correct place")
    hour, minute = _numbers(text[1:].split(":", 1), "hour/min in offset")
    if hour > 23 or minute > 59:
        raise Unfit("hour/min in offset out of range")
    return (hour * 60 + minute) * (1 if text[0] == "+" else -1)


def _numbers(texts: list[str], what: str) -> list[int]:
    numbers = []
    for text in texts:
        try:
            number = _atoi(text)
        except Unfit:
            raise Unfit(f"invalid {what}") from None
        if number < 0:
            raise Unfit(f"non-positive {what}")
        numbers.append(number)
    return numbers


def _date_time(text: str) -> None:
    if _size(text) < 20:
        raise Unfit("less than 20 characters long")
    data = text.encode("utf-8", "surrogateescape")
    if data[10:11] not in (b"t", b"T"):
        raise Unfit("11th character must be t or T")
    _within("invalid date element", _date, data[:10].decode("utf-8", "surrogateescape"))
    _within("invalid time element", _time, data[11:].decode("utf-8", "surrogateescape"))


def _parsed(text: str) -> URL:
    from steersman.go.url import parse_url

    url = parse_url(text)
    host = url.hostname()
    if ":" in host:
        if "[" not in url.host or "]" not in url.host:
            raise Unfit("ipv6 address not enclosed in brackets")
        _within("invalid ipv6 address", _ipv6, host)
    return url


def _uri(text: str) -> None:
    if not _parsed(text).scheme:
        raise Unfit("relative url")


def _uri_reference(text: str) -> None:
    if "\\" in text:
        raise Unfit("contains \\")
    _parsed(text)


def _uri_template(text: str) -> None:
    for token in _parsed(text).raw_path.split("/"):
        is_open = False
        for char in token:
            if char in "{}":
                if (char == "{") == is_open:
                    raise Unfit("nested curly braces")
                is_open = not is_open
        if is_open:
            raise Unfit("no matching closing brace")


def _semver(text: str) -> None:
    text, plus, build = text.partition("+")
    if plus:
        if not build:
            raise Unfit("build is empty")
        for word in build.split("."):
            if not word:
                raise Unfit("build identifier is empty")
            _only(word, _LABEL, " in build identifier")
    text, hyphen, before = text.partition("-")
    for word in before.split(".") if hyphen else ():
        if not word:
            raise Unfit("pre-release identifier is empty")
        _only(word, _LABEL, " in pre-release identifier")
        if len(word) > 1 and word[0] == "0" and _digits(word) == len(word):
            raise Unfit("pre-release numeric identifier starts with zero")
    numbers = text.split(".")
    if len(numbers) != 3:
        raise Unfit("versionCore must have 3 numbers separated by dot")
    for name, number in zip(("major", "minor", "patch"), numbers):
        if not number:
            raise Unfit(f"{name} is empty")
        if len(number) > 1 and number[0] == "0":
            raise Unfit(f"{name} starts with zero")
        if _digits(number) < len(number):
            raise Unfit(f"{name} contains non-digit")


def _regex(text: str) -> None:
    from steersman.go.regexp.compile import compile_regexp
    from steersman.go.regexp.tree import RegexpError

    try:
        compile_regexp(text)
    except RegexpError as error:
        raise Unfit(str(error)) from error


_CHECKS: dict[str, Callable[[str], None]] = {
    "date": _date,
    "date-time": _date_time,
    "duration": _duration,
    "email": _email,
    "hostname": _hostname,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "iri": _uri,
    "iri-reference": _uri_reference,
    "json-pointer": _json_pointer,
    "period": _period,
    "regex": _regex,
    "relative-json-pointer": _relative_json_pointer,
    "semver": _semver,
    "time": _time,
    "uri": _uri,
    "uri-reference": _uri_reference,
    "uri-template": _uri_template,
    "uuid": _uuid,
}
