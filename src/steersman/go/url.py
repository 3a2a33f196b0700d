"""URLs as Go's ``net/url`` reads and writes them, as far as ``urlParse`` and ``urlJoin`` show."""

from __future__ import annotations

from steersman.go.quote import quote
from steersman.go.values import decode, encode
from steersman.record import Record

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_SAFE = {
    "path": _UNRESERVED | frozenset(b"$&+,/:;=@"),
    "user": _UNRESERVED | frozenset(b"$&+,;="),
    "host": _UNRESERVED | frozenset(b"!$&'()*+,;=:[]<>\""),
    "fragment": _UNRESERVED | frozenset(b"$&+,/:;=?@!()*"),
}
_HEX = frozenset("0123456789abcdefABCDEF")


class URLError(ValueError):
    """A text that is not a URL, with Go's message."""


class URL(Record):
    """A URL taken apart; ``user`` is (name, password or None), ``omits_host`` says that no ``//`` stood there."""

    scheme: str = ""
    opaque: str = ""
    user: tuple[str, str | None] | None = None
    host: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""
    has_query: bool = False
    raw_path: str = ""
    raw_fragment: str = ""
    omits_host: bool = False

    def hostname(self) -> str:
        """Return the host without its port and brackets."""
        host = _split_port(self.host)[0]
        return host[1:-1] if host.startswith("[") and host.endswith("]") else host

    def userinfo_text(self) -> str:
        """Return ``name[:password]`` escaped."""
        if self.user is None:
            return ""
        name, password = self.user
        text = _escape(name, "user")
        return text if password is None else f"{text}:{_escape(password, 'user')}"

    def text(self) -> str:
        """Write the URL."""
        out = f"{self.scheme}:" if self.scheme else ""
        if self.opaque:
            out += self.opaque
        else:
            is_nowhere = self.omits_host and not self.host and self.user is None
            if (self.scheme or self.host or self.user is not None) and not is_nowhere:
                if self.host or self.path or self.user is not None:
                    out += "//"
                if self.user is not None:
                    out += self.userinfo_text() + "@"
                out += _escape(self.host, "host") if self.host else ""
            out += self._path_text(out)
        if self.has_query or self.query:
            out += "?" + self.query
        if self.fragment:
            out += "#" + (self.raw_fragment or _escape(self.fragment, "fragment"))
        return out

    def escaped_path(self) -> str:
        """Return the path as it is written."""
        if self.raw_path and _is_escaped(self.raw_path):
            return self.raw_path
        return "*" if self.path == "*" else _escape(self.path, "path")

    def _path_text(self, before: str) -> str:
        path = self.escaped_path()
        if path and path[0] != "/" and self.host:
            return "/" + path
        # go: a first segment with a colon would read as a scheme.
        if not before and ":" in path.split("/", 1)[0]:
            return "./" + path
        return path


def _escape(text: str, mode: str) -> str:
    safe = _SAFE[mode]
    return (
        "".join(chr(b) if b in safe else f"%{b:02X}" for b in encode(text))
        if (not text.isascii() or any(b not in safe for b in encode(text)))
        else text
    )


def path_escaped(path: str) -> str:
    """Return a path as it stands in a URL."""
    return _escape(path, "path")


def _is_escaped(path: str) -> bool:
    return all(b in _SAFE["path"] or b in b"!'()*[]%" for b in encode(path))


def _unescape(text: str, mode: str) -> str:
    if "%" not in text:
        return text
    data = bytearray()
    raw = encode(text)
    at = 0
    while at < len(raw):
        if raw[at] != 0x25:
            data.append(raw[at])
            at += 1
            continue
        digits = decode(raw[at + 1 : at + 3])
        if len(digits) < 2 or any(c not in _HEX for c in digits):
            raise URLError(f"invalid URL escape {quote(decode(raw[at : at + 3]))}")
        code = int(digits, 16)
        if mode == "host" and code < 0x80 and digits != "25":
            raise URLError(f"invalid URL escape {quote('%' + digits)}")
        data.append(code)
        at += 3
    return decode(bytes(data))


def _split_port(host: str) -> tuple[str, str]:
    colon = host.rfind(":")
    if colon >= 0 and host[colon + 1 :].isdigit() | (host[colon + 1 :] == "") and host.rfind("]") < colon:
        return host[:colon], host[colon:]
    return host, ""


def parse_url(text: str) -> URL:
    """Read a URL.

    Raises:
        URLError: ``parse "…": …``.
    """
    rest, _, fragment = text.partition("#")
    try:
        url = _parse(rest)
    except URLError as err:
        raise URLError(f"parse {quote(rest)}: {err}") from None
    if not fragment:
        return url
    try:
        decoded = _unescape(fragment, "fragment")
    except URLError as err:
        raise URLError(f"parse {quote(text)}: {err}") from None
    raw = fragment if _escape(decoded, "fragment") != fragment else ""
    return URL(
        *(url.scheme, url.opaque, url.user, url.host, url.path, url.query, decoded),
        *(url.has_query, url.raw_path, raw, url.omits_host),
    )


def _parse(text: str) -> URL:
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
        raise URLError("net/url: invalid control character in URL")
    if text == "*":
        return URL(path="*")
    scheme, rest = _take_scheme(text)
    scheme = scheme.lower()
    has_query = rest.endswith("?") and rest.count("?") == 1
    rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if scheme:
            return URL(scheme=scheme, opaque=rest, query=query, has_query=has_query)
        if ":" in rest.split("/", 1)[0]:
            raise URLError("first path segment in URL cannot contain colon")
    user: tuple[str, str | None] | None = None
    host = ""
    had_authority = (bool(scheme) or not rest.startswith("///")) and rest.startswith("//")
    if had_authority:
        authority, slash, path = rest[2:].partition("/")
        user, host = _parse_authority(authority)
        rest = slash + path
    path = _unescape(rest, "path")
    raw_path = rest if _escape(path, "path") != rest else ""
    # go: "http:/x" is written so again (test_indexes_beside_helms)
    omits_host = bool(scheme) and rest.startswith("/") and not had_authority
    return URL(scheme, "", user, host, path, query, "", has_query, raw_path, "", omits_host)


def resolve_path(path: str) -> tuple[str, str]:
    """Return an escaped path without its dot segments, as a URL's ``path`` and ``raw_path`` (RFC 3986, 5.2.4)."""
    *_, last = parts = path.split("/")
    kept: list[str] = []
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    joined = "/" + "/".join(kept) + ("/" if last in (".", "..") else "")
    joined = joined[1:] if joined.startswith("//") else joined
    decoded = _unescape(joined, "path")
    return decoded, joined if _escape(decoded, "path") != joined else ""


def _take_scheme(text: str) -> tuple[str, str]:
    for at, char in enumerate(text):
        if char.isascii() and char.isalpha():
            continue
        if char.isascii() and (char.isdigit() or char in "+-."):
            if at == 0:
                return "", text
            continue
        if char == ":":
            if at == 0:
                raise URLError("missing protocol scheme")
            return text[:at], text[at + 1 :]
        return "", text
    return "", text


def _parse_authority(text: str) -> tuple[tuple[str, str | None] | None, str]:
    userinfo, at, host = text.rpartition("@")
    host = _parse_host(host)
    if not at:
        return None, host
    if any(not (c.isascii() and (c.isalnum() or c in "-._:~!$&'()*+,;=%@")) for c in userinfo):
        raise URLError("net/url: invalid userinfo")
    name, colon, password = userinfo.partition(":")
    return (_unescape(name, "user"), _unescape(password, "user") if colon else None), host


def _parse_host(host: str) -> str:
    bracket = host.rfind("[")
    if bracket > 0:
        raise URLError("invalid IP-literal")
    if bracket == 0:
        close = host.rfind("]")
        if close < 0:
            raise URLError("missing ']' in host")
        _check_port(host[close + 1 :])
        found = _unescape(host, "zone")
        _check_literal(found[1 : found.rfind("]")])
        return found
    # go: a host with a colon in it is one with a port, and not an address without brackets
    _check_port(host[host.find(":") :] if ":" in host else "")
    for char in host:
        if char.isascii() and char != "%" and ord(char) not in _SAFE["host"]:
            raise URLError(f"invalid character {quote(char)} in host name")
    return _unescape(host, "host")


def _check_port(port: str) -> None:
    if port and not (port[0] == ":" and all("0" <= c <= "9" for c in port[1:])):
        raise URLError(f"invalid port {quote(port)} after host")


def _check_literal(address: str) -> None:
    from steersman.go.netip import AddressError, check_address

    try:
        is_six, _ = check_address(address)
    except AddressError as error:
        raise URLError(f"invalid host: {error}") from error
    if not is_six:
        raise URLError("invalid IP-literal")
