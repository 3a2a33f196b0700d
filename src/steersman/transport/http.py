"""Requests to responses over the network: a thin pool of connections.

Keeps connections alive, goes through proxies (environment or given), follows redirects
without taking credentials to another host, honours ``Retry-After``, streams, and limits
sizes and times. One ``Pool`` may be used from many threads. What a status code means is
the caller's business.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress

from steersman.errors import TransportError
from steersman.gointeger import integer
from steersman.transport.model import Headers, Request, RequestFailed, ResponseTooLarge
from steersman.transport.tls import TlsOptions
from steersman.transport.wire import Connection, CutShort, Disconnected, Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from steersman.transport.wire import WireResponse

DEFAULT_TIMEOUT = 120.0  # seconds for one wait on a socket: Helm's getter timeout
DIAL_TIMEOUT = 30.0  # seconds to connect: Go's default dialer
_PIECE = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_UPGRADE = ("http", 80, "https", 443)  # a redirect that only adds encryption
_IDLE_PER_HOST = 32
_MAX_PORT = 65535
_TOO_MANY_REQUESTS = 429
_LONGEST_PAUSE = 600  # seconds
_BUSY_RETRIES = 10  # client-go: at most ten tries when told to come back


class Response:
    """A response whose body is read once, whole or in pieces.

    Leaving the body unread costs the connection; ``close`` says so explicitly.
    """

    __slots__ = ("_connection", "_kept", "_raw", "_release", "headers", "reason", "status", "url")

    def __init__(self, raw: WireResponse, connection: Connection, release: Callable[[Any], None], url: str) -> None:
        self.status = raw.status
        self.reason = raw.reason
        self.headers = Headers(raw.fields)
        self.url = url
        self._raw: WireResponse | None = raw
        self._connection: Connection | None = connection
        self._release = release
        self._kept = b""

    def keep(self, body: bytes) -> None:
        """Put back a body that was read, for the next reader."""
        self._kept = body

    def read(self, limit: int | None = None) -> bytes:
        """Return the whole body.

        Raises:
            ResponseTooLarge: when it is longer than ``limit`` bytes.
            RequestFailed: when the connection breaks inside it.
        """
        if limit is None:
            if self._raw is None:
                kept, self._kept = self._kept, b""
                return kept
            try:
                data = self._raw.read()
            except OSError as error:
                self.close()
                raise RequestFailed("Get", self.url, _explain_body(error, self.url)) from error
            self._done()
            return data
        pieces, total = [], 0
        for piece in self.pieces():
            total += len(piece)
            if total > limit:
                self.close()
                raise ResponseTooLarge(self.url, limit)
            pieces.append(piece)
        return b"".join(pieces)

    def pieces(self, size: int = _PIECE) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        while self._raw is not None:
            try:
                piece = self._raw.some(size)
            except OSError as error:
                self.close()
                raise RequestFailed("Get", self.url, _explain_body(error, self.url)) from error
            if not piece:
                self._done()
                return
            yield piece

    def lines(self) -> Iterator[bytes]:
        """Yield the body's lines as they arrive, without their ends."""
        rest = b""
        for piece in self.pieces():
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def set_timeout(self, seconds: float | None) -> None:
        """Change how long the next wait for body bytes may last."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            connection.sock.settimeout(seconds)

    def abort(self) -> None:
        """Shut the socket from another thread, which ends a reader that waits."""
        connection = self._connection
        sock = None if connection is None else connection.sock
        if sock is not None:
            with suppress(OSError):  # already gone
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Drop the response and its connection."""
        if self._raw is not None:
            self._raw = None
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _done(self) -> None:
        raw, self._raw = self._raw, None
        connection, self._connection = self._connection, None
        if raw is not None and connection is not None:
            if raw.will_close:
                connection.close()
            else:
                self._release(connection)

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class Pool:
    """Connections under one set of TLS options.

    Args:
        tls: trust and client certificate.
        proxy: a proxy's URL for everything, ``""`` for none, ``None`` to ask ``environ``.
        environ: where ``HTTP_PROXY``, ``HTTPS_PROXY`` and ``NO_PROXY`` are.
        timeout: seconds for each wait on a socket.
        user_agent: sent with every request that has none.
        busy_retries: how often a request is sent again when the server says when to come back.
    """

    def __init__(
        self,
        tls: TlsOptions | None = None,
        *,
        proxy: str | None = None,
        environ: Mapping[str, str] | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        user_agent: str = "",
        busy_retries: int = _BUSY_RETRIES,
    ) -> None:
        self._busy_retries = busy_retries
        self._tls = tls or TlsOptions()
        self._proxy = proxy
        self._environ = os.environ if environ is None else environ
        self._timeout = timeout
        self._user_agent = user_agent
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str, int], list[Connection]] = {}
        self._context: ssl.SSLContext | None = None

    def send(self, request: Request) -> Response:
        """Send ``request``, follow redirects, come back later when told to.

        Raises:
            RequestFailed: when no response came.
        """
        left = request.redirects
        tries = 0
        while True:
            response = self._exchange(request)
            if response.status in _REDIRECTS and request.redirects and response.headers.get("Location"):
                if not left:
                    # go: the text has the place as the server said it (test_redirects_without_end)
                    where = response.headers.get("Location")
                    raise RequestFailed(request.method, where, f"stopped after {request.redirects} redirects")
                left -= 1
                request = _redirected(request, response)
                response.read(_PIECE * 16)
                continue
            pause = _retry_after(response)
            if pause is not None and tries < self._busy_retries and _can_repeat(request):
                tries += 1
                response.read()
                time.sleep(pause)
                continue
            return response

    def close(self) -> None:
        """Close the connections that wait for work."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection in connections:
                connection.close()

    def _exchange(self, request: Request) -> Response:
        scheme, host, port, target, credentials = split_url(request.url)
        headers = dict(request.headers)
        lower = {name.lower() for name in headers}
        if credentials and "authorization" not in lower:
            headers["Authorization"] = basic_authorization(credentials)
        if self._user_agent and "user-agent" not in lower:
            headers["User-Agent"] = self._user_agent
        key = (scheme, host, port)
        while True:
            connection, is_reused = self._take(key, request)
            timeout = self._timeout if request.timeout is None else request.timeout
            is_sent = False
            try:
                if connection.sock is not None:
                    connection.sock.settimeout(timeout)
                full = target
                if connection.is_plain_proxy:
                    full = f"{scheme}://{_authority(host, port, scheme)}{target}"
                try:
                    connection.request(request.method, full, (*headers.items(), *request.more), request.body)
                    is_sent = True
                except OSError as error:
                    # go: a server that answers before it has everything is heard (test_an_answer_before_the_end)
                    raw = _early_answer(connection, error)
                else:
                    raw = connection.response()
            except OSError as error:
                connection.close()
                # a connection kept open may have been closed by the server meanwhile: not an answer to us
                is_repeatable = _can_repeat(request) and (not is_sent or request.method != "POST")
                if is_reused and _is_gone(error) and is_repeatable:
                    continue
                raise RequestFailed(
                    request.method,
                    request.url,
                    _explain(error, request.url),
                    is_timeout=isinstance(error, TimeoutError),
                ) from error
            return Response(raw, connection, lambda c: self._give_back(key, c), request.url)

    def _take(self, key: tuple[str, str, int], request: Request) -> tuple[Connection, bool]:
        with self._lock:
            idle = self._idle.get(key)
            if idle:
                return idle.pop(), True
        return self._connect(key, request), False

    def _give_back(self, key: tuple[str, str, int], connection: Connection) -> None:
        with self._lock:
            idle = self._idle.setdefault(key, [])
            if len(idle) < _IDLE_PER_HOST and connection.sock is not None:
                idle.append(connection)
                return
        connection.close()

    def _connect(self, key: tuple[str, str, int], request: Request) -> Connection:
        scheme, host, port = key
        proxy = proxy_for(scheme, host, port, self._environ) if self._proxy is None else self._proxy
        sock = _dial_through(proxy, host, port, request, self._ssl) if proxy else _dial(host, port, request)
        is_plain_proxy = bool(proxy) and scheme == "http" and not proxy.startswith("socks5")
        if scheme == "https":
            sock = self._secure(sock, host, request)
        return Connection(sock, _authority(host, port, scheme), is_plain_proxy=is_plain_proxy)

    def _ssl(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                from steersman.transport.tls import make_context

                self._context = make_context(self._tls)
            return self._context

    def _secure(self, sock: socket.socket, host: str, request: Request) -> socket.socket:
        import ssl

        from steersman.transport.tls import PLAIN_HTTP, explain

        context = self._ssl()
        name = self._tls.server_name or host
        try:
            return context.wrap_socket(sock, server_hostname=_bytes_of(name))
        except ssl.SSLError as error:
            sock.close()
            reason = self._mismatch(error, host, name, request) or explain(error, name)
            if reason == PLAIN_HTTP and not self._proxy and not _answers_in_http(context, host, request):
                reason = "tls: first record does not look like a TLS handshake"
            raise RequestFailed(request.method, request.url, reason) from error
        except OSError as error:
            sock.close()
            raise RequestFailed(request.method, request.url, _explain(error, request.url)) from error

    def _mismatch(self, error: ssl.SSLError, host: str, name: str, request: Request) -> str:
        """Say which names a certificate has instead, by asking for it once more without checking it."""
        from steersman.transport.tls import NAME_MISMATCH, TlsOptions, make_context, mismatch

        if getattr(error, "verify_code", 0) not in NAME_MISMATCH or self._proxy:
            return ""
        port = split_url(request.url)[2]
        try:
            with make_context(TlsOptions(insecure=True)).wrap_socket(_dial(host, port, request)) as sock:
                certificate = sock.getpeercert(binary_form=True) or b""
        except (OSError, TransportError):
            return ""
        return f"tls: failed to verify certificate: x509: {mismatch(certificate, name)}"


def split_url(url: str) -> tuple[str, str, int, str, str]:
    """Take ``url`` apart into scheme, host, port, request target and credentials.

    Raises:
        TransportError: when it is no HTTP URL.
    """
    scheme, separator, rest = url.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in ("http", "https"):
        raise TransportError(f'unsupported protocol scheme "{scheme if separator else ""}"')
    end = next((i for i, c in enumerate(rest) if c in "/?#"), len(rest))
    authority, target = rest[:end], rest[end:].partition("#")[0]
    credentials, _at, address = authority.rpartition("@")
    default = 443 if scheme == "https" else 80
    if address.startswith("["):
        host, _bracket, tail = address[1:].partition("]")
        port_text = tail[1:]
    else:
        host, _colon, port_text = address.partition(":")
    if port_text and not (port_text.isascii() and port_text.isdigit()):
        raise TransportError(f'parse "{url}": invalid port ":{port_text}" after host')
    port = integer(port_text) if port_text else default
    if not target.startswith("/"):
        target = "/" + target
    return scheme, host, port, target, credentials


def proxy_for(scheme: str, host: str, port: int, environ: Mapping[str, str]) -> str:
    """Return the proxy that ``environ`` names for a host, or ``""`` (Go's ``ProxyFromEnvironment``)."""
    name = "HTTPS_PROXY" if scheme == "https" else "HTTP_PROXY"
    proxy = environ.get(name) or environ.get(name.lower()) or ""
    # go: localhost and loopback addresses never go through a proxy
    if not proxy or host == "localhost" or host.startswith("127.") or host == "::1":
        return ""
    excluded = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    if any(_is_excluded(host, port, entry.strip().lower()) for entry in excluded.split(",")):
        return ""
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    return proxy if is_url(proxy) else ""  # go: what is no URL names no proxy


def is_url(text: str) -> bool:
    """Tell whether Go takes ``text`` for a URL."""
    from steersman.sprig.urls import URLError, parse_url

    try:
        return bool(parse_url(text))
    except URLError:
        return False


def basic_authorization(credentials: str) -> str:
    """Return the header for ``user:password`` with percent escapes as a URL has them."""
    from urllib.parse import unquote

    user, _colon, password = credentials.partition(":")
    return basic_header(unquote(user), unquote(password))


def basic_header(user: str, password: str) -> str:
    """Return the ``Authorization`` header for a user and password."""
    import binascii

    text = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return "Basic " + binascii.b2a_base64(text, newline=False).decode()


def keeps_credentials(url: str, other: str) -> bool:
    """Tell whether what is sent to ``url`` may go along to ``other``: the same server, or its encrypted self."""
    here, there = split_url(url), split_url(other)
    return here[:3] == there[:3] or (here[1] == there[1] and (here[0], here[2], there[0], there[2]) == _UPGRADE)


def _is_excluded(host: str, port: int, entry: str) -> bool:
    if entry == "*":
        return True
    if not entry:
        return False
    if "/" in entry:
        import ipaddress

        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name, _colon, wanted_port = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
    if wanted_port and wanted_port != str(port):
        return False
    name = name.removeprefix("*")
    host = host.lower()
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith("." + name)


def _bytes_of(name: str) -> str | bytes:
    return name.encode("ascii") if name.isascii() and name else name


def _dial(host: str, port: int, request: Request) -> socket.socket:
    if not host:
        raise RequestFailed(request.method, request.url, "http: no Host in request URL")
    if port > _MAX_PORT:
        raise RequestFailed(request.method, request.url, f"dial tcp: address {port}: invalid port")
    try:
        # a name as bytes spares loading the codec for international names, which ASCII has no need of
        addresses = socket.getaddrinfo(_bytes_of(host), port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise RequestFailed(request.method, request.url, f"dial tcp: {_lookup(host, error)}") from error
    first: tuple[str, OSError] | None = None
    for family, kind, protocol, _name, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(DIAL_TIMEOUT if request.timeout is None else min(request.timeout, DIAL_TIMEOUT))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except OSError as error:
            sock.close()
            first = first or (_authority(str(address[0]), port, ""), error)
        else:
            return sock
    where, why = first or (f"{host}:{port}", OSError("no address"))
    is_timeout = isinstance(why, TimeoutError)
    text = "i/o timeout" if is_timeout else f"connect: {_strerror(why)}"
    raise RequestFailed(
        request.method,
        request.url,
        f"dial tcp {where}: {text}",
        is_timeout=is_timeout,
        is_refused=isinstance(why, ConnectionRefusedError),
    ) from why


def _answers_in_http(context: ssl.SSLContext, host: str, request: Request) -> bool:
    """Tell whether a server that does not speak TLS speaks HTTP, by saying hello once more."""
    import ssl

    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = context.wrap_bio(incoming, outgoing, server_hostname=_bytes_of(host))
    with suppress(ssl.SSLWantReadError):
        hello.do_handshake()
    try:
        with _dial(host, split_url(request.url)[2], request) as sock:
            sock.sendall(outgoing.read())
            return _exactly(sock, 5) == b"HTTP/"
    except (OSError, TransportError):
        return False


def _dial_through(
    proxy: str, host: str, port: int, request: Request, context: Callable[[], ssl.SSLContext]
) -> socket.socket:
    """Connect to a proxy, and through it to ``host`` where the traffic will be encrypted."""
    if proxy.startswith("socks5"):
        return _dial_socks(proxy, host, port, request)
    scheme, proxy_host, proxy_port, _target, credentials = split_url(proxy)
    try:
        sock = _dial(proxy_host, proxy_port, request)
    except RequestFailed as error:
        raise RequestFailed(request.method, request.url, f"proxyconnect tcp: {error.cause}") from error
    if scheme == "https":
        sock = context().wrap_socket(sock, server_hostname=proxy_host)
    if request.url.lower().startswith("http:"):
        return sock
    authority = _authority(host, port, "")
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    if credentials:
        lines.append(f"Proxy-Authorization: {basic_authorization(credentials)}")
    sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape"))
    raw = Connection(sock, authority).tunnelled()
    if raw.status != 200:
        sock.close()
        raise RequestFailed(request.method, request.url, raw.reason or str(raw.status))
    return sock


def _dial_socks(proxy: str, host: str, port: int, request: Request) -> socket.socket:
    """Connect through a SOCKS5 proxy (RFC 1928), with a user and password where the URL has them."""
    _scheme, _sep, rest = proxy.partition("://")
    _s, proxy_host, proxy_port, _t, credentials = split_url(
        f"http://{rest}" if ":" in rest.rpartition("@")[2] else f"http://{rest}:1080"
    )
    sock = _dial(proxy_host, proxy_port, request)
    try:
        sock.sendall(b"\x05\x01\x02" if credentials else b"\x05\x01\x00")
        if _exactly(sock, 2)[1] == 2:
            user, _colon, password = credentials.partition(":")
            sock.sendall(b"\x01" + bytes([len(user)]) + user.encode() + bytes([len(password)]) + password.encode())
            if _exactly(sock, 2)[1] != 0:
                raise OSError("socks connect: username/password authentication failed")
        name = host.encode("idna")
        sock.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
        answer = _exactly(sock, 4)
        if answer[1] != 0:
            raise OSError("socks connect: unknown error general SOCKS server failure")
        _exactly(sock, {1: 4, 4: 16}.get(answer[3], 0) or _exactly(sock, 1)[0])
        _exactly(sock, 2)
    except OSError as error:
        sock.close()
        raise RequestFailed(request.method, request.url, str(error)) from error
    return sock


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise OSError("socks connect: unexpected EOF")
        data += piece
    return data


def _authority(host: str, port: int, scheme: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if (scheme, port) in (("https", 443), ("http", 80)) else f"{name}:{port}"


def _redirected(request: Request, response: Response) -> Request:
    from urllib.parse import urljoin

    from steersman.goquote import quote
    from steersman.record import replace
    from steersman.sprig.urls import URLError, parse_url

    place = response.headers.get("Location")
    try:
        parse_url(place)
    except URLError as error:
        reason = f"failed to parse Location header {quote(place)}: {error}"
        raise RequestFailed(request.method, request.url, reason) from error
    url = urljoin(request.url, place)
    scheme = url.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        raise RequestFailed(request.method, url, f'unsupported protocol scheme "{scheme}"')
    headers = dict(request.headers)
    if not keeps_credentials(request.url, url) and not request.pass_credentials:
        # credentials stay with the server they were meant for; Go looks at the host's name only
        headers = {n: v for n, v in headers.items() if n.lower() not in ("authorization", "cookie", "www-authenticate")}
    if response.status in (307, 308):
        return replace(request, url=url, headers=headers)
    method = request.method if request.method in ("GET", "HEAD") else "GET"
    headers = {n: v for n, v in headers.items() if n.lower() not in ("content-type", "content-length")}
    return replace(request, url=url, headers=headers, method=method, body=None)


def _early_answer(connection: Connection, error: OSError) -> WireResponse:
    """Return what a server said that took no more of a request, or raise what is the better reason."""
    if isinstance(error, TimeoutError):
        raise error
    import ssl

    try:
        raw = connection.response()
    except ssl.SSLError as alert:
        raise (alert if "ALERT" in (alert.reason or "") else error) from error
    except OSError:
        raise error from None
    raw.will_close = True
    return raw


def _retry_after(response: Response) -> float | None:
    """Return how long the server asks to wait, where it does (429 and 503 with ``Retry-After``)."""
    if response.status not in (_TOO_MANY_REQUESTS, 503):
        return None
    text = response.headers.get("Retry-After")
    pause = float(text) if text.isascii() and text.isdigit() else None
    # who is to come back in more than ten minutes is told of the failure instead
    return pause if pause is not None and pause <= _LONGEST_PAUSE else None


def _can_repeat(request: Request) -> bool:
    return request.body is None or isinstance(request.body, bytes)


def _is_gone(error: Exception) -> bool:
    return isinstance(error, ConnectionResetError | BrokenPipeError)


def _explain(error: Exception, url: str) -> str:
    """Say what broke an exchange, as Go says it."""
    if isinstance(error, TimeoutError):
        return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    if isinstance(error, Disconnected):
        return "EOF"
    if isinstance(error, CutShort):
        return "unexpected EOF"
    if isinstance(error, Malformed):
        # go: a TLS server answers plain HTTP with a TLS alert, which is no status line
        return f"net/http: HTTP/1.x transport connection broken: {error}"
    import ssl

    if isinstance(error, ssl.SSLError):
        from steersman.transport.tls import explain

        return explain(error, split_url(url)[1])
    return f"read: {_strerror(error)}" if isinstance(error, OSError) else str(error)


def _explain_body(error: Exception, url: str) -> str:
    return str(error) if isinstance(error, Malformed) else _explain(error, url)


def _lookup(host: str, error: OSError) -> str:
    """Say that a name has no address; Go's resolver names the server it asked."""
    server = ""
    try:
        with open("/etc/resolv.conf", encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split()
                if len(words) > 1 and words[0] == "nameserver":
                    server = f" on {_authority(words[1], 53, '')}"
                    break
    except OSError:
        pass  # without the file there is no server to name
    reason = "no such host" if isinstance(error, socket.gaierror) else _strerror(error)
    return f"lookup {host}{server}: {reason}"


def _strerror(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
