"""A host and a port to a connected socket, and what is said where that fails, in Go's words."""

from __future__ import annotations

import socket

from steersman.transport.model import RequestFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.transport.model import Request

DIAL_TIMEOUT = 30.0  # seconds to connect: Go's default dialer
_MAX_PORT = 65535


def dial(host: str, port: int, request: Request) -> socket.socket:
    """Return a socket that is connected to ``host``, for ``request``.

    Raises:
        RequestFailed: in the words of Go's dialer.
    """
    if not host:
        raise RequestFailed(request.method, request.url, "http: no Host in request URL")
    if port > _MAX_PORT:
        raise RequestFailed(request.method, request.url, f"dial tcp: address {port}: invalid port")
    try:
        # a name as bytes spares loading the codec for international names, which ASCII has no need of
        addresses = socket.getaddrinfo(bytes_of(host), port, type=socket.SOCK_STREAM)
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
            first = first or (authority(str(address[0]), port, ""), error)
        else:
            return sock
    where, why = first or (f"{host}:{port}", OSError("no address"))
    is_timeout = isinstance(why, TimeoutError)
    text = "i/o timeout" if is_timeout else f"connect: {strerror(why)}"
    raise RequestFailed(
        request.method,
        request.url,
        f"dial tcp {where}: {text}",
        is_timeout=is_timeout,
        is_refused=isinstance(why, ConnectionRefusedError),
    ) from why


def authority(host: str, port: int, scheme: str) -> str:
    """Return ``host:port``, without the port where it is the scheme's own."""
    name = f"[{host}]" if ":" in host else host
    return name if (scheme, port) in (("https", 443), ("http", 80)) else f"{name}:{port}"


def bytes_of(name: str) -> str | bytes:
    """Return a host's name as the socket module takes it without loading a codec."""
    return name.encode("ascii") if name.isascii() and name else name


def exactly(sock: socket.socket, count: int) -> bytes:
    """Read ``count`` bytes.

    Raises:
        OSError: when there are not so many; ``EOF`` or ``unexpected EOF``.
    """
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise OSError("unexpected EOF" if data else "EOF")
        data += piece
    return data


def strerror(error: OSError) -> str:
    """Say what an error of the system is, as Go writes it."""
    return (error.strerror or str(error)).lower()


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
    reason = "no such host" if isinstance(error, socket.gaierror) else strerror(error)
    return f"lookup {host}{server}: {reason}"
