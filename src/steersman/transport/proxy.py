"""Select the proxy for a host, and connect to it. Answers to Go's ``http/httpproxy`` and ``net/http.Transport``."""

from __future__ import annotations

from steersman.errors import Interrupted
from steersman.go.net import address_of
from steersman.transport.deadline import NO_HEAD
from steersman.transport.dial import authority, dial, exactly, secured
from steersman.transport.model import RequestFailed
from steersman.transport.wire import Connection, Disconnected

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable, Mapping
    from ipaddress import IPv4Address, IPv6Address

    from steersman.go.url import URL
    from steersman.transport.deadline import Deadline
    from steersman.transport.model import Request

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_CGI = "refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy"
_NO_PASSWORD, _PASSWORD, _NO_METHOD = 0, 2, 0xFF  # SOCKS 5: how a client says who it is (RFC 1928)
_IPV4, _NAME, _IPV6 = 1, 3, 4  # SOCKS 5: forms of an address
_REPLIES = (
    "succeeded",
    "general SOCKS server failure",
    "connection not allowed by ruleset",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "TTL expired",
    "command not supported",
    "address type not supported",
)


class Refused(ValueError):
    """A proxy that is not used because a web server may have set it, with Go's message."""


def proxy_for(scheme: str, host: str, port: int, environ: Mapping[str, str]) -> str:
    """Return the proxy that ``environ`` names for a host, or ``""`` (Go's ``ProxyFromEnvironment``).

    Raises:
        Refused: below a web server, which makes ``HTTP_PROXY`` of a header that anybody may send.
    """
    name = "HTTPS_PROXY" if scheme == "https" else "HTTP_PROXY"
    named = environ.get(name) or environ.get(name.lower()) or ""
    proxy = _proxy(named) if named else ""
    if not proxy:
        return ""
    if scheme == "http" and environ.get("REQUEST_METHOD"):
        raise Refused(_CGI)
    excluded = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    return "" if _is_direct(host, port, excluded) else proxy


def _proxy(named: str) -> str:
    """Return the URL that a variable names: as it is, or with ``http://`` before it; ``""`` where it is none."""
    from steersman.go.url import URLError, parse_url

    try:
        url = parse_url(named)
        if url.scheme and url.host:
            return named
        is_url = True
    except URLError:
        is_url = False
    try:
        parse_url(f"http://{named}")
    except URLError:
        return named if is_url else ""
    return f"http://{named}"


def _is_direct(host: str, port: int, excluded: str) -> bool:
    """Return whether a host is reached without proxy: it is this machine, or ``NO_PROXY`` names it."""
    host = host.lower()
    if host == "localhost":
        return True
    address = address_of(host)
    if address is not None:
        return address.is_loopback or any(_has_address(address, port, entry.strip()) for entry in excluded.split(","))
    return any(_has_name(host, port, entry.strip().lower()) for entry in excluded.split(","))


def _split(entry: str) -> tuple[str, str]:
    """Return the host and the port that an entry of ``NO_PROXY`` names."""
    if entry.startswith("[") and "]" in entry:
        host, _bracket, rest = entry[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _colon, port = entry.partition(":")
    return (entry, "") if ":" in port else (host, port)


def _has_address(address: IPv4Address | IPv6Address, port: int, entry: str) -> bool:
    import ipaddress

    if entry == "*":
        return True
    try:
        if "/" in entry:
            return address in ipaddress.ip_network(entry, strict=False)
        host, wanted = _split(entry)
        return address == ipaddress.ip_address(host) and wanted in ("", str(port))
    except ValueError:
        return False


def _has_name(host: str, port: int, entry: str) -> bool:
    if entry == "*":
        return True
    name, wanted = _split(entry)
    name = name[1:] if name.startswith("*.") else name
    if not name or wanted not in ("", str(port)):
        return False
    return host.endswith(name) if name[0] == "." else host == name or host.endswith(f".{name}")


class Proxy:
    """The way through the proxy at ``url``, for one request and before its deadline.

    ``context`` makes what is needed to speak TLS with the proxy itself.
    """

    def __init__(self, url: str, request: Request, deadline: Deadline, context: Callable[[], ssl.SSLContext]) -> None:
        from steersman.go.url import parse_url

        self._url: URL = parse_url(url)
        self._request = request
        self._deadline = deadline
        self._context = context
        host = self._url.host
        tail = host.rpartition(":")[2] if not host.endswith("]") and ":" in host else ""
        self._host = self._url.hostname()
        self._port = int(tail) if tail else _PORTS.get(self._url.scheme, 0)
        self._is_socks = self._url.scheme in ("socks5", "socks5h")

    @property
    def headers(self) -> tuple[tuple[str, str], ...] | None:
        """The headers for the proxy with each request that it forwards; None where it does not see them."""
        return None if self._is_socks else self._authorization()

    def dial(self, scheme: str, host: str, port: int) -> socket.socket:
        """Connect to the proxy, and through it to ``host`` unless it passes on whole requests.

        Raises:
            RequestFailed: in Go's words.
        """
        sock = self._reach()
        if self._is_socks:
            self._ask_socks(sock, host, port)
        elif scheme == "https":
            self._ask_tunnel(sock, authority(host, port, ""))
        return sock

    def _failed(self, cause: str) -> RequestFailed:
        return RequestFailed(self._request.method, self._request.url, cause)

    def _reach(self) -> socket.socket:
        import ssl

        try:
            sock = dial(self._host or "127.0.0.1", self._port, self._request, self._deadline)
        except RequestFailed as error:
            cause = error.cause if self._host else error.cause.replace(" 127.0.0.1:", " :", 1)
            raise self._failed(f"proxyconnect tcp: {cause}") from error
        if self._url.scheme != "https":
            return sock
        try:
            return secured(sock, self._context(), self._host, self._deadline)
        except OSError as error:
            from steersman.transport.tls import NO_TLS, PLAIN_HTTP, explain

            cause = explain(error, self._host) if isinstance(error, ssl.SSLError) else str(error)
            cause = NO_TLS if cause == PLAIN_HTTP else cause
            raise self._failed(f"proxyconnect tcp: {cause}") from error

    def _authorization(self) -> tuple[tuple[str, str], ...]:
        if self._url.user is None:
            return ()
        from steersman.transport.model import basic_header

        user, password = self._url.user
        return (("Proxy-Authorization", basic_header(user, password or "")),)

    def _ask_tunnel(self, sock: socket.socket, target: str) -> None:
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        lines += [f"{name}: {value}" for name, value in self._authorization()]
        try:
            self._deadline.limit(sock)
            sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape"))
            connection = Connection(sock, target)
            connection.deadline = self._deadline
            answer = connection.tunnelled()
        except Interrupted:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            raise self._failed(_cause(error)) from error
        if answer.status != 200:
            sock.close()
            raise self._failed(answer.reason)

    def _ask_socks(self, sock: socket.socket, host: str, port: int) -> None:
        """Ask a SOCKS 5 proxy for a connection (RFC 1928, RFC 1929)."""
        here, there = (authority(name[0], name[1], "") for name in (sock.getsockname(), sock.getpeername()))
        address = address_of(host)
        way = f"socks connect tcp {there}->{authority(str(address or host), port, '')}"
        try:
            self._deadline.limit(sock)
            self._say_who_asks(sock)
            sock.sendall(b"\x05\x01\x00" + _asked(address or host) + port.to_bytes(2, "big"))
            version, reply, _reserved, form = self._read(sock, 4)
            _check_version(version)
            if reply:
                text = _REPLIES[reply] if reply < len(_REPLIES) else f"unknown code: {reply}"
                raise OSError(f"unknown error {text}")
            if form not in (_IPV4, _NAME, _IPV6):
                raise OSError(f"unknown address type {form}")
            self._read(sock, {_IPV4: 4, _IPV6: 16}.get(form) or self._read(sock, 1)[0])
            self._read(sock, 2)
        except Interrupted:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            cause = f"read tcp {here}->{there}: read: {error.strerror.lower()}" if error.strerror else str(error)
            raise self._failed(f"{way}: {cause}") from error

    def _read(self, sock: socket.socket, count: int) -> bytes:
        return exactly(sock, count, self._deadline)

    def _say_who_asks(self, sock: socket.socket) -> None:
        user = self._url.user
        sock.sendall(b"\x05\x01\x00" if user is None else b"\x05\x02\x00\x02")
        version, method = self._read(sock, 2)
        _check_version(version)
        if method == _NO_METHOD:
            raise OSError("no acceptable authentication methods")
        if user is None or method == _NO_PASSWORD:
            return
        if method == _PASSWORD:
            name, password = (text.encode() for text in (user[0], user[1] or ""))
            if not name or len(name) > 255 or len(password) > 255:
                raise OSError("invalid username/password")
            sock.sendall(b"\x01" + bytes([len(name)]) + name + bytes([len(password)]) + password)
            version, status = self._read(sock, 2)
            if version != 1:
                raise OSError("invalid username/password version")
            if status:
                raise OSError("username/password authentication failed")
        else:
            raise OSError(f"unsupported authentication method {method}")


def _cause(error: OSError) -> str:
    """Return why a proxy made no tunnel, in Go's words."""
    if isinstance(error, TimeoutError):
        return NO_HEAD
    return "unexpected EOF" if isinstance(error, Disconnected) else error.strerror or str(error)


def _check_version(version: int) -> None:
    if version != 5:
        raise OSError(f"unexpected protocol version {version}")


def _asked(host: str | IPv4Address | IPv6Address) -> bytes:
    """Write a host as SOCKS 5 has it: an IP address, or a name.

    Raises:
        OSError: when the name is too long.
    """
    if isinstance(host, str):
        name = host.encode("utf-8", "surrogateescape")
        if len(name) > 255:
            raise OSError("FQDN too long")
        return bytes([_NAME, len(name)]) + name
    return bytes([_IPV4 if host.version == 4 else _IPV6]) + host.packed
