"""A host and a port to a connected socket, with Go's error messages."""

from __future__ import annotations

import socket
from contextlib import suppress

from steersman.errors import Interrupted
from steersman.go.errno import errno_text
from steersman.go.net import address_of, can_be_looked_up, is_number_in_c
from steersman.runtime.scope import waking
from steersman.transport.model import RequestFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Any

    from steersman.transport.deadline import Deadline
    from steersman.transport.model import Request

DIAL_TIMEOUT = 30.0  # seconds to connect: Go's default dialer
_MAX_PORT = 65535
_THIS_MACHINE = "127.0.0.1"


def dial(host: str, port: int, request: Request, deadline: Deadline) -> socket.socket:
    """Return a socket that is connected to ``host``, for ``request`` and before ``deadline``.

    Raises:
        RequestFailed: in the words of Go's dialer.
    """
    if not host and not _names_port(request.url):
        raise RequestFailed(request.method, request.url, "http: no Host in request URL")
    if port > _MAX_PORT:
        raise RequestFailed(request.method, request.url, f"dial tcp: address {port}: invalid port")
    addresses = _addresses(host, port, request)
    first: tuple[str, OSError] | None = None
    for family, kind, protocol, _name, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            left = deadline.left()
            sock.settimeout(DIAL_TIMEOUT if left is None else min(left, DIAL_TIMEOUT))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with abortable(sock):
                sock.connect(address)
        except OSError as error:
            sock.close()
            first = first or (authority(host if "%" in host or not host else str(address[0]), port, ""), error)
        except Interrupted:
            sock.close()
            raise
        else:
            return sock
    where, why = first or (f"{host}:{port}", OSError("no address"))
    is_timeout = isinstance(why, TimeoutError)
    text = "i/o timeout" if is_timeout else f"connect: {errno_text(why)}"
    raise RequestFailed(
        request.method,
        request.url,
        f"dial tcp {where}: {text}",
        is_timeout=is_timeout,
        is_refused=isinstance(why, ConnectionRefusedError),
    ) from why


def _names_port(url: str) -> bool:
    """Return whether a URL has a port; go: one without a host is this machine."""
    from steersman.go.url import URLError, parse_url

    try:
        return parse_url(url).host.startswith(":") and not parse_url(url).host.endswith(":")
    except URLError:
        return False


def _addresses(host: str, port: int, request: Request) -> list[Any]:
    """Return what ``getaddrinfo`` makes of a host, for those that Go would look up or takes for an address.

    Raises:
        RequestFailed: when it has no address.
    """
    address = address_of(host) if host else _THIS_MACHINE
    if address is None and not can_be_looked_up(host):
        raise RequestFailed(request.method, request.url, f"dial tcp: lookup {host}: no such host")
    try:
        if address is None and is_number_in_c(host):
            raise socket.gaierror("no such host")
        # a name as bytes spares loading the codec for international names, which ASCII has no need of
        return socket.getaddrinfo(bytes_of(str(address or host)), port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise RequestFailed(request.method, request.url, f"dial tcp: {_lookup(host, error)}") from error


def authority(host: str, port: int, scheme: str) -> str:
    """Return ``host:port``, without the port where it is the scheme's own."""
    name = f"[{host}]" if ":" in host else host
    return name if (scheme, port) in (("https", 443), ("http", 80)) else f"{name}:{port}"


def bytes_of(name: str) -> str | bytes:
    """Return a host's name as the socket module takes it without loading a codec."""
    return name.encode("ascii") if name.isascii() and name else name


def abortable(sock: socket.socket) -> waking:
    """Return a block that waits for a socket, and ends when the scope of this thread is cancelled."""
    return waking(lambda: _shut(sock))


def secured(sock: socket.socket, context: ssl.SSLContext, name: str, deadline: Deadline) -> ssl.SSLSocket:
    """Return a socket that speaks TLS over ``sock``, after the handshake; ``sock`` is used up or closed.

    Raises:
        OSError: when the handshake fails.
    """
    try:
        deadline.limit(sock)
    except OSError:
        sock.close()
        raise
    made = context.wrap_socket(sock, server_hostname=bytes_of(name) or None, do_handshake_on_connect=False)
    try:
        with abortable(made):
            made.do_handshake()
    except BaseException:
        made.close()
        raise
    return made


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it is not connected yet, or no longer
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # a TLS socket's own method forgets what its reader still uses


def exactly(sock: socket.socket, count: int, deadline: Deadline) -> bytes:
    """Read ``count`` bytes before ``deadline``.

    Raises:
        OSError: when there are not so many; ``EOF`` or ``unexpected EOF``.
    """
    data = b""
    while len(data) < count:
        deadline.limit(sock)
        with abortable(sock):
            piece = sock.recv(count - len(data))
        if not piece:
            raise OSError("unexpected EOF" if data else "EOF")
        data += piece
    return data


def _lookup(host: str, error: OSError) -> str:
    """Say that a name has no address; Go's resolver names the server it asked."""
    server = ""
    try:
        with open("/etc/resolv.conf", encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split()
                if len(words) > 1 and words[0] == "nameserver":
                    server = f" on {authority(words[1], 53, '')}"
                    break
    except OSError:
        pass  # without the file there is no server to name
    reason = "no such host" if isinstance(error, socket.gaierror) else errno_text(error)
    return f"lookup {host}{server}: {reason}"
