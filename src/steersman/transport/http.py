"""Requests to responses over the network: a thin pool of connections.

Keeps connections alive, goes through proxies (environment or given), follows redirects
without taking credentials to another host, honours ``Retry-After``, streams, and limits
sizes and times. One ``Pool`` may be used from many threads. The meaning of a status code is
the caller's business.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from steersman.errors import Interrupted, TransportError
from steersman.go.errno import errno_text
from steersman.go.integer import integer
from steersman.go.net import ascii_host
from steersman.runtime.scope import sleep
from steersman.runtime.system import is_readable
from steersman.transport.deadline import NO_BODY, NO_HEAD, Deadline
from steersman.transport.dial import authority, bytes_of, dial, exactly, secured
from steersman.transport.model import Headers, Request, RequestFailed, ResponseTooLarge, basic_header
from steersman.transport.proxy import Proxy, Refused, proxy_for
from steersman.transport.tls import TlsOptions
from steersman.transport.wire import Connection, CutShort, Disconnected, Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from steersman.transport.wire import WireResponse

DEFAULT_TIMEOUT = 120.0  # seconds for an exchange, its redirects included: Helm's getter timeout
_SLURP = 2048  # bytes of an unwanted body that are read to keep the connection; Go's number
_PIECE = 64 * 1024
MAX_BODY = 512 * 1024 * 1024  # bytes of a response, where nobody sets another limit: those of an API server
MAX_LINE = 64 * 1024 * 1024  # bytes of an event of a watch; etcd takes objects of 1.5 MiB
_REDIRECTS = (301, 302, 303, 307, 308)
_UPGRADE = ("http", 80, "https", 443)  # a redirect that only adds encryption
_IDLE_PER_HOST = 32
_TOO_MANY_REQUESTS = 429
_LONGEST_PAUSE = 600  # seconds
_BUSY_RETRIES = 10  # client-go: at most ten tries when told to come back


class Response:
    """A response whose body is read once, whole or in pieces.

    Leaving the body unread costs the connection; ``close`` says so explicitly.
    """

    __slots__ = ("_connection", "_kept", "_raw", "_release", "headers", "reason", "status", "status_text", "url")

    def __init__(self, raw: WireResponse, connection: Connection, release: Callable[[Any], None], url: str) -> None:
        self.status = raw.status
        self.reason = raw.reason
        self.status_text = raw.status_text
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
            ResponseTooLarge: when it is longer than ``limit`` bytes (``MAX_BODY`` without it).
            RequestFailed: when the connection breaks inside it.
        """
        if self._raw is None:
            kept, self._kept = self._kept, b""
            return kept
        limit = MAX_BODY if limit is None else limit
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
                raise self._broken(error) from error
            except Interrupted:
                self.close()
                raise
            if not piece:
                self._done()
                return
            yield piece

    def lines(self) -> Iterator[bytes]:
        """Yield the body's lines as they arrive, without their ends.

        Raises:
            ResponseTooLarge: for a line that is longer than any object of a cluster.
        """
        begun: list[bytes] = []
        size = 0
        for piece in self.pieces():
            if b"\n" in piece:
                first, *whole, piece = piece.split(b"\n")
                yield b"".join((*begun, first))
                yield from whole
                begun, size = [], 0
            begun.append(piece)
            size += len(piece)
            if size > MAX_LINE:
                self.close()
                raise ResponseTooLarge(self.url, MAX_LINE)
        if size:
            yield b"".join(begun)

    def discard(self) -> None:
        """Be done with the response; a short rest of the body is read, so that its connection can be used again.

        go: nothing in an unused body is an error (test_a_redirect_with_any_body)
        """
        if self._raw is not None and not self._raw.is_longer_than(_SLURP):
            read = 0
            with suppress(TransportError):
                for piece in self.pieces(_SLURP):
                    read += len(piece)
                    if read >= _SLURP:
                        break
        self.close()

    def close(self) -> None:
        """Drop the response and its connection."""
        if self._raw is not None:
            self._raw = None
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _broken(self, error: OSError) -> RequestFailed:
        self.close()
        is_timeout = isinstance(error, TimeoutError)
        return RequestFailed("Get", self.url, _explain_body(error, self.url), is_timeout=is_timeout)

    def _done(self) -> None:
        raw, self._raw = self._raw, None
        connection, self._connection = self._connection, None
        if raw is not None and connection is not None:
            # bytes after a response do not belong to the next request (test_what_comes_behind_an_answer)
            if raw.will_close or connection.has_rest:
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
        timeout: seconds for an exchange from connecting to the last byte of the body, however slowly it arrives,
            with the redirects that it follows; ``None`` for any time.
        user_agent: sent with every request that has none.
        busy_retries: how often a request is sent again when the server says when to come back.
        pause: waits before that; it may raise instead of letting the request be sent again.

    Attributes:
        is_closed: connections are not kept any more.
    """

    def __init__(
        self,
        tls: TlsOptions | None = None,
        *,
        proxy: str | None = None,
        environ: Mapping[str, str],
        timeout: float | None = DEFAULT_TIMEOUT,
        user_agent: str = "",
        busy_retries: int = _BUSY_RETRIES,
        pause: Callable[[Request, float], None] | None = None,
    ) -> None:
        self._busy_retries = busy_retries
        self._pause = pause or (lambda _request, seconds: sleep(seconds))
        self._tls = tls or TlsOptions()
        self._proxy = proxy
        self._environ = environ
        self._timeout = timeout
        self._user_agent = user_agent
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str, int], list[Connection]] = {}
        self._context: ssl.SSLContext | None = None
        self.is_closed = False

    def send(self, request: Request) -> Response:
        """Send ``request``, follow redirects, come back later when told to.

        Raises:
            RequestFailed: when no response came.
        """
        left = request.redirects - 1  # go: the one that would be the last is not followed
        tries = 0
        timeout = self._timeout if request.timeout is None else request.timeout
        deadline = Deadline(timeout)
        while True:
            response = self._exchange(request, deadline)
            if response.status in _REDIRECTS and request.redirects and response.headers.get("Location"):
                if left <= 0:
                    # go: the text has the place as the server said it (test_redirects_without_end)
                    where = response.headers.get("Location")
                    response.close()
                    raise RequestFailed(request.method, where, f"stopped after {request.redirects} redirects")
                left -= 1
                try:
                    request = _redirected(request, response)
                except RequestFailed:
                    response.close()
                    raise
                response.discard()
                continue
            pause = _retry_after(response)
            if pause is not None and tries < self._busy_retries and _can_repeat(request):
                tries += 1
                response.discard()
                self._pause(request, pause)
                deadline = Deadline(timeout)
                continue
            return response

    def close(self) -> None:
        """Close the connections that wait for work, and from now on those that are given back."""
        with self._lock:
            self.is_closed = True
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection in connections:
                connection.close()

    def _exchange(self, request: Request, deadline: Deadline) -> Response:
        scheme, host, port, target, credentials = split_url(request.url)
        headers = dict(request.headers)
        lower = {name.lower() for name in headers}
        if credentials and "authorization" not in lower:
            headers["Authorization"] = basic_authorization(credentials)
        if self._user_agent and "user-agent" not in lower:
            headers["User-Agent"] = self._user_agent
        key = (scheme, host, port)
        while True:
            if deadline.is_over:
                raise RequestFailed(request.method, request.url, NO_HEAD, is_timeout=True)
            connection, is_reused = self._take(key, request, deadline)
            connection.deadline = deadline
            is_sent = False
            try:
                full, more = target, request.more
                if connection.proxy_headers is not None:
                    full = f"{scheme}://{authority(host, port, scheme)}{target}"
                    more = (*more, *connection.proxy_headers)
                try:
                    connection.request(request.method, full, (*headers.items(), *more), request.body)
                    is_sent = True
                except OSError as error:
                    # go: a server that answers before it has everything is heard (test_an_answer_before_the_end)
                    raw = _early_answer(connection, error)
                else:
                    raw = connection.response()
            except Interrupted:
                connection.close()
                raise
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

    def _take(self, key: tuple[str, str, int], request: Request, deadline: Deadline) -> tuple[Connection, bool]:
        with self._lock:
            idle = self._idle.get(key)
            while idle:
                connection = idle.pop()
                if not _has_spoken(connection):
                    return connection, True
                connection.close()
        return self._connect(key, request, deadline), False

    def _give_back(self, key: tuple[str, str, int], connection: Connection) -> None:
        with self._lock:
            idle = self._idle.setdefault(key, [])
            if len(idle) < _IDLE_PER_HOST and connection.sock is not None and not self.is_closed:
                idle.append(connection)
                return
        connection.close()

    def _connect(self, key: tuple[str, str, int], request: Request, deadline: Deadline) -> Connection:
        scheme, host, port = key
        proxy = self._way(key, request, deadline)
        sock = _reach(key, proxy, request, deadline)
        if scheme == "https":
            sock = self._secure(sock, key, request, deadline)
        headers = proxy.headers if proxy is not None and scheme == "http" else None
        # go: the header is without the zone of an IPv6 address (test_hosts)
        return Connection(sock, authority(host.partition("%")[0], port, scheme), proxy_headers=headers)

    def _way(self, key: tuple[str, str, int], request: Request, deadline: Deadline) -> Proxy | None:
        try:
            url = proxy_for(*key, self._environ) if self._proxy is None else self._proxy
        except Refused as error:
            raise RequestFailed(request.method, request.url, str(error)) from error
        return Proxy(url, request, deadline, self._ssl) if url else None

    def _ssl(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                from steersman.transport.tls import make_context

                self._context = make_context(self._tls)
            return self._context

    def _secure(
        self, sock: socket.socket, key: tuple[str, str, int], request: Request, deadline: Deadline
    ) -> socket.socket:
        import ssl

        from steersman.transport.tls import NO_TLS, PLAIN_HTTP, explain

        context = self._ssl()
        name = self._tls.server_name or key[1]
        try:
            return secured(sock, context, name, deadline)
        except ssl.SSLError as error:
            reason = self._mismatch(error, key, name, request, deadline) or explain(error, name)
            if reason == PLAIN_HTTP and not self._answers_in_http(context, key, request, deadline):
                reason = NO_TLS
            raise RequestFailed(request.method, request.url, reason, is_plain=reason in (PLAIN_HTTP, NO_TLS)) from error
        except OSError as error:
            raise RequestFailed(request.method, request.url, _explain(error, request.url)) from error

    def _mismatch(
        self, error: ssl.SSLError, key: tuple[str, str, int], name: str, request: Request, deadline: Deadline
    ) -> str:
        """Say which names a certificate has instead, by asking for it once more without checking it."""
        from steersman.transport.tls import NAME_MISMATCH, TlsOptions, make_context, mismatch

        if getattr(error, "verify_code", 0) not in NAME_MISMATCH:
            return ""
        try:
            sock = _reach(key, self._way(key, request, deadline), request, deadline)
            with secured(sock, make_context(TlsOptions(insecure=True)), "", deadline) as peer:
                certificate = peer.getpeercert(binary_form=True) or b""
        except (OSError, TransportError):
            return ""
        return f"tls: failed to verify certificate: x509: {mismatch(certificate, name)}"

    def _answers_in_http(
        self, context: ssl.SSLContext, key: tuple[str, str, int], request: Request, deadline: Deadline
    ) -> bool:
        """Return whether a server that does not speak TLS speaks HTTP, by saying hello once more."""
        import ssl

        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        hello = context.wrap_bio(incoming, outgoing, server_hostname=bytes_of(key[1]))
        with suppress(ssl.SSLWantReadError):
            hello.do_handshake()
        try:
            with _reach(key, self._way(key, request, deadline), request, deadline) as sock:
                deadline.limit(sock)
                sock.sendall(outgoing.read())
                return exactly(sock, 5, deadline) == b"HTTP/"
        except (OSError, TransportError):
            return False


def _reach(key: tuple[str, str, int], proxy: Proxy | None, request: Request, deadline: Deadline) -> socket.socket:
    return proxy.dial(*key) if proxy is not None else dial(key[1], key[2], request, deadline)


def split_url(url: str) -> tuple[str, str, int, str, str]:
    """Take ``url`` apart into scheme, host, port, request target and credentials.

    Raises:
        TransportError: when it is not an HTTP URL.
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
    if "%" in host or not host.isascii():
        host = ascii_host(host)
    port = integer(port_text) if port_text else default
    if not target.startswith("/"):
        target = "/" + target
    return scheme, host, port, target, credentials


def basic_authorization(credentials: str) -> str:
    """Return the header for ``user:password`` with percent escapes as a URL has them."""
    from urllib.parse import unquote

    user, _colon, password = credentials.partition(":")
    return basic_header(unquote(user), unquote(password))


def keeps_credentials(url: str, other: str) -> bool:
    """Return whether what is sent to ``url`` may go along to ``other``: the same server, or its encrypted self."""
    here, there = split_url(url), split_url(other)
    return here[:3] == there[:3] or (here[1] == there[1] and (here[0], here[2], there[0], there[2]) == _UPGRADE)


def _redirected(request: Request, response: Response) -> Request:
    from urllib.parse import urljoin

    from steersman.go.quote import quote
    from steersman.go.url import URLError, parse_url
    from steersman.record import replace

    place = response.headers.get("Location")
    try:
        there = parse_url(place)
    except URLError as error:
        reason = f"failed to parse Location header {quote(place)}: {error}"
        raise RequestFailed(request.method, request.url, reason) from error
    if there.scheme in ("http", "https") and not there.host:
        raise RequestFailed(request.method, there.text(), "http: no Host in request URL")
    url = urljoin(request.url, place)
    scheme = url.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        raise RequestFailed(request.method, url, f'unsupported protocol scheme "{scheme}"')
    headers = dict(request.headers)
    if not keeps_credentials(request.url, url) and not (request.pass_credentials and _is_below(url, request.url)):
        # credentials stay with the server they were meant for; Go looks at the host's name only
        headers = {n: v for n, v in headers.items() if n.lower() not in ("authorization", "cookie", "www-authenticate")}
    if response.status in (307, 308):
        return replace(request, url=url, headers=headers)
    method = request.method if request.method in ("GET", "HEAD") else "GET"
    headers = {n: v for n, v in headers.items() if n.lower() not in ("content-type", "content-length")}
    return replace(request, url=url, headers=headers, method=method, body=None)


def _has_spoken(connection: Connection) -> bool:
    """Return whether a server said something on a connection that waits for work: that it goes, mostly.

    Bytes inside TLS may be a session ticket, and mean nothing.
    """
    sock = connection.sock
    if type(sock) is not socket.socket:
        return sock is None
    return is_readable(sock)


def _is_below(url: str, other: str) -> bool:
    """Return whether one URL's host is that of another, or below it: go: further no header goes along a redirect."""
    name, above = split_url(url)[1].lower(), split_url(other)[1].lower()
    return name == above or (name.endswith(f".{above}") and not above.replace(".", "").isdigit())


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
    # if Retry-After is more than ten minutes, report the failure instead
    return pause if pause is not None and pause <= _LONGEST_PAUSE else None


def _can_repeat(request: Request) -> bool:
    return request.body is None or isinstance(request.body, bytes)


def _is_gone(error: Exception) -> bool:
    return isinstance(error, ConnectionResetError | BrokenPipeError)


def _explain(error: Exception, url: str) -> str:
    """Say what broke an exchange, as Go says it."""
    if isinstance(error, TimeoutError):
        return NO_HEAD
    if isinstance(error, Disconnected):
        return "EOF"
    if isinstance(error, Malformed | CutShort):
        # go: a TLS server answers plain HTTP with a TLS alert, which is not a status line
        return f"net/http: HTTP/1.x transport connection broken: {error}"
    import ssl

    if isinstance(error, ssl.SSLError):
        from steersman.transport.tls import explain

        return explain(error, split_url(url)[1])
    return f"read: {errno_text(error)}" if isinstance(error, OSError) else str(error)


def _explain_body(error: Exception, url: str) -> str:
    if isinstance(error, TimeoutError):
        return NO_BODY
    return str(error) if isinstance(error, Malformed | CutShort) else _explain(error, url)
