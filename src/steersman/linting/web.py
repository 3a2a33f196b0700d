"""Email addresses and URLs as asaskevich/govalidator sees them, which is what Helm's linter asks."""

from __future__ import annotations

_ALPHA = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALNUM = _ALPHA | frozenset("0123456789")
_ATOM = _ALNUM | frozenset("!#$%&'*+-/=?^_`{|}~")
_LONGEST, _SHORTEST = 2083, 4  # characters of a URL; bytes at least


def _is_wide(char: str) -> bool:
    """Return whether a character is one of those beyond ASCII that an address may have."""
    return "\u00a0" <= char <= "\ud7ff" or "\uf900" <= char <= "\ufdcf" or "\ufdf0" <= char <= "\uffef"


def _all(text: str, allowed: frozenset[str]) -> bool:
    return all(char in allowed or _is_wide(char) for char in text)


def is_email(text: str) -> bool:
    """Return whether ``text`` looks like an email address."""
    local, at, domain = text.rpartition("@")
    return bool(at) and (_is_atoms(local) or _is_quoted(local)) and _is_domain(domain)


def _is_atoms(local: str) -> bool:
    return all(atom and _all(atom, _ATOM) for atom in local.split("."))


def _is_quoted(local: str) -> bool:
    if len(local) < 2 or local[0] != '"' or local[-1] != '"':
        return False
    # go: the expression asks for one character between the quotes and the spaces, no more
    char = local[1:-1].strip(" \t")
    return len(char) == 1 and char not in '\0\n\r"\\' and (char < "\x80" or _is_wide(char))


def _is_domain(domain: str) -> bool:
    """Return whether the last label is one of letters at its ends, and what is before it one of letters and digits."""
    front, dot, last = domain.removesuffix(".").rpartition(".")
    if not dot or not front or not last:
        return False
    ends = _all(front[0] + front[-1], _ALNUM) and _all(last[0] + last[-1], _ALPHA)
    return ends and _all(front, _ALNUM | frozenset("-._~")) and _all(last, _ALNUM | frozenset("-_~"))


def is_request_url(text: str) -> bool:
    """Return whether ``text`` is an absolute URL with a scheme (Go's ``url.ParseRequestURI``)."""
    from steersman.go.url import URLError, parse_url

    try:
        # go: there are no fragments in requests: a number sign is a character of the path, and none of a host
        return bool(parse_url(text.replace("#", "^")).scheme)
    except URLError:
        return False


def is_url(text: str) -> bool:
    """Return whether ``text`` looks like a URL, with or without a scheme."""
    from steersman.go.url import URLError, parse_url

    if not len(text.encode("utf-8", "surrogateescape")) >= _SHORTEST or len(text) >= _LONGEST or text[0] == ".":
        return False
    try:
        # what has a colon and no scheme is taken for a host and a port
        url = parse_url("http://" + text if ":" in text and "://" not in text else text)
    except URLError:
        return False
    if url.host.startswith(".") or (not url.host and url.path and "." not in url.path):
        return False
    return _fits(text)


def _fits(text: str) -> bool:
    from steersman.go.regexp.compile import compile_regexp

    return compile_regexp(_url_pattern()).search(text, 0) is not None


def _url_pattern() -> str:
    wide = r"a-zA-Z\x{00a1}-\x{ffff}"
    octet = r"(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])"
    first = r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])"
    last = r"(?:[0-9]\d?|1\d\d|2[0-4]\d|25[0-5])"
    group = "[0-9a-fA-F]{1,4}"
    four = rf"{octet}(?:\.{octet}){{3}}"
    # the groups before and behind the two colons that stand for the others
    halves = "|".join(rf"(?:{group}:){{1,{7 - behind}}}(?::{group}){{1,{behind}}}" for behind in range(1, 7))
    six = (
        rf"(?:(?:{group}:){{7}}{group}|(?:{group}:){{1,7}}:|{halves}|:(?:(?::{group}){{1,7}}|:)"
        rf"|fe80:(?::[0-9a-fA-F]{{0,4}}){{0,4}}%[0-9a-zA-Z]+|::(?:ffff(?::0{{1,4}})?:)?{four}|(?:{group}:){{1,4}}:{four})"
    )
    labels = r"[a-zA-Z0-9](?:[a-zA-Z0-9_-]+)?[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*"
    under = r"(?:www\.|[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+)?"
    name = rf"(?:{labels}|{under})?(?:[{wide}0-9]+-?-?)*[{wide}0-9]+(?:\.[{wide}]+)?"
    host = rf"(?:{first}(?:\.{octet}){{2}}\.{last}|\[{six}\]|{name})"
    return rf"^(?:(?:ftp|tcp|udp|wss?|https?)://)?(?:\S+(?::\S*)?@)?{host}\.?(?::\d{{1,5}})?(?:[/?#]\S*)?$"
