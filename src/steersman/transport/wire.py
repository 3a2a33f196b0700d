"""HTTP/1.1 on one connection: a request written, a response read, within limits.

The standard library's ``http.client`` does the same and takes ten milliseconds to import, for the
mail parser that reads its headers: a fifth of what a whole ``history`` takes
(docs/adr/0001-http-on-the-wire.md). Who the peer is, redirects and retries are ``http``'s business.
"""

from __future__ import annotations

from steersman.transport.head import Malformed, fields_of, is_bodiless, is_chunked, is_interim, length_of, status_line

__all__ = ["Connection", "CutShort", "Disconnected", "Malformed", "WireResponse"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Sequence

_PIECE = 64 * 1024
_HEAD_LIMIT = 10 << 20  # bytes of a response's head, as in Go's client
_LINE_LIMIT = 4096  # bytes of the line before a chunk
_INTERIM = 100  # answers "more to come" before the one that counts
_CHUNK_DIGITS = 16  # of an uint64 in hex


class Disconnected(ConnectionResetError):
    """The connection ended before there was any answer."""


class CutShort(OSError):
    """The connection ended inside an answer."""


class Connection:
    """A connection that carries one exchange at a time.

    Args:
        sock: connected, and secured where it must be.
        host: the ``Host`` header.
        proxy_headers: where the peer is a proxy that wants whole URLs, what else it wants with each request.
    """

    __slots__ = ("_at", "_buffer", "_host", "_method", "proxy_headers", "sock")

    def __init__(
        self, sock: socket.socket, host: str, *, proxy_headers: tuple[tuple[str, str], ...] | None = None
    ) -> None:
        self.sock: socket.socket | None = sock
        self.proxy_headers = proxy_headers
        self._host = host
        self._buffer = b""
        self._at = 0  # how much of it has been read
        self._method = ""

    def request(
        self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes | Iterable[bytes] | None
    ) -> None:
        """Send a request; pieces without a ``Content-Length`` go in chunks.

        Raises:
            OSError: when they cannot be sent.
            ValueError: for a header that would be two.
        """
        names = {name.lower() for name, _value in headers}
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._host}"]
        if "accept-encoding" not in names:
            lines.append("Accept-Encoding: identity")
        is_whole = body is None or isinstance(body, bytes)
        is_chunked = not is_whole and "content-length" not in names
        if is_chunked:
            lines.append("Transfer-Encoding: chunked")
        elif is_whole and "content-length" not in names and (body is not None or method in ("POST", "PUT", "PATCH")):
            lines.append(f"Content-Length: {len(body) if isinstance(body, bytes) else 0}")
        lines += [f"{name}: {value}" for name, value in headers]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a header must be one line")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
        sock = self._open()
        self._method = method
        if body is None or isinstance(body, bytes):
            sock.sendall(head + (body or b""))
            return
        sock.sendall(head)
        for piece in body:
            if piece:
                sock.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
        if is_chunked:
            sock.sendall(b"0\r\n\r\n")

    def response(self) -> WireResponse:
        """Read the head of the answer.

        Raises:
            Disconnected: when there is none.
            Malformed: when it is not HTTP.
            OSError: when the connection breaks.
        """
        for _ in range(_INTERIM):
            response = WireResponse(self, self._head(), self._method)
            if not is_interim(response.status) or response.status == 101:
                return response
        raise Malformed("too many 1xx informational responses")

    def tunnelled(self) -> WireResponse:
        """Read the answer to a ``CONNECT`` that was sent; the socket goes on as the tunnel."""
        self._method = "CONNECT"
        return self.response()

    def close(self) -> None:
        """Close the connection."""
        sock, self.sock = self.sock, None
        if sock is not None:
            sock.close()

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._buffer.find(b"\n", self._at)) < 0:
            if len(self._buffer) - self._at > _LINE_LIMIT:
                raise Malformed("header line too long")
            self._fill()
        line, self._at = self._buffer[self._at : end], end + 1
        return line.rstrip(b"\r")

    def exactly(self, count: int) -> bytes:
        """Return the next bytes."""
        while len(self._buffer) - self._at < count:
            self._fill()
        self._at += count
        return self._buffer[self._at - count : self._at]

    def some(self, most: int) -> bytes:
        """Return what has arrived, waiting for the first byte; ``b""`` at the end of the connection."""
        if self._at < len(self._buffer):
            piece = self._buffer[self._at : self._at + most]
            self._at += len(piece)
            return piece
        return self._open().recv(most)

    def _head(self) -> str:
        """Return the lines of the next head, without their ends; go: those may be bare line feeds."""
        start = self._at
        while (end := _end_of_head(self._buffer, start)) < 0:
            known = self._buffer[self._at :]
            if start == self._at and b"\n" in known:
                status_line(_text(known[: known.index(b"\n")]))
            if len(known) > _HEAD_LIMIT:
                raise Malformed(f"net/http: server response headers exceeded {_HEAD_LIMIT} bytes; aborted")
            try:
                self._fill()
            except CutShort as error:
                if not known:
                    raise Disconnected("EOF") from error
                first, _end, rest = _text(known).partition("\n")
                status_line(first)
                fields_of(rest.removesuffix("\n").split("\n") if rest else [])
                raise
            start = max(0, len(known) - 3)
        head, self._at = self._buffer[self._at : end], end
        return _text(head.rstrip(b"\r\n"))

    @property
    def has_rest(self) -> bool:
        """Whether something has arrived that nobody asked for."""
        return self._at < len(self._buffer)

    def _fill(self) -> None:
        piece = self._open().recv(_PIECE)
        if not piece:
            raise CutShort("unexpected EOF")
        self._buffer, self._at = self._buffer[self._at :] + piece, 0

    def _open(self) -> socket.socket:
        if self.sock is None:
            raise OSError("use of closed network connection")
        return self.sock


def _end_of_head(buffer: bytes, start: int) -> int:
    """Return where the empty line after a head ends, or -1."""
    found = [at + len(end) for end in (b"\n\r\n", b"\n\n") if (at := buffer.find(end, start)) >= 0]
    return min(found, default=-1)


def _text(head: bytes) -> str:
    return head.decode("utf-8", "surrogateescape").replace("\r\n", "\n").removesuffix("\r")


class WireResponse:
    """An answer whose body is read from its connection.

    Attributes:
        status, reason, status_text: of the status line; the last is both, as they stand there.
        fields: header fields in order.
        will_close: whether the connection cannot be used again.
    """

    __slots__ = (
        "_connection",
        "_is_chunked",
        "_is_over",
        "_left",
        "fields",
        "reason",
        "status",
        "status_text",
        "will_close",
    )

    def __init__(self, connection: Connection, head: str, method: str) -> None:
        first, *lines = head.split("\n")
        version, self.status, self.status_text = status_line(first)
        self.reason = self.status_text[4:]
        self.fields = fields_of(lines)
        self._connection = connection
        tokens = " ".join(value for name, value in self.fields if name.lower() == "connection").lower()
        self.will_close = "close" in tokens or (version == "HTTP/1.0" and "keep-alive" not in tokens)
        self._is_chunked = is_chunked(version, self.fields) and not is_bodiless(self.status, method)
        self._left = 0 if self._is_chunked else length_of(self.status, method, self.fields)
        if self._left is None:
            self.will_close = True  # the body lasts as long as the connection
        self._is_over = self._left == 0 and not self._is_chunked

    def read(self) -> bytes:
        """Return the rest of the body.

        Raises:
            OSError: when the connection breaks inside it.
        """
        pieces = []
        while piece := self.some(_PIECE if self._left is None else max(_PIECE, self._left)):
            pieces.append(piece)
        return b"".join(pieces)

    def some(self, most: int) -> bytes:
        """Return the next piece of the body as it arrives, ``b""`` at its end.

        Raises:
            OSError: when the connection breaks inside it.
        """
        if self._is_over:
            return b""
        if self._is_chunked and not self._left:
            self._left = self._next_chunk()
            if not self._left:
                self._is_over = True
                return b""
        piece = self._connection.some(most if self._left is None else min(most, self._left))
        if not piece:
            if self._left is None:
                self._is_over = True
                return b""
            raise CutShort("unexpected EOF")
        if self._left is not None:
            self._left -= len(piece)
            if not self._left:
                if self._is_chunked:
                    if self._connection.exactly(2) != b"\r\n":
                        raise Malformed("malformed chunked encoding")
                else:
                    self._is_over = True
        return piece

    @property
    def is_over(self) -> bool:
        """Whether the whole body has been read."""
        return self._is_over

    def _next_chunk(self) -> int:
        text = self._connection.line().partition(b";")[0].strip()
        if not text:
            raise Malformed("empty hex number for chunk length")
        if text.strip(b"0123456789abcdefABCDEF"):
            raise Malformed("invalid byte in chunk length")
        if len(text) > _CHUNK_DIGITS:
            raise Malformed("http chunk length too large")
        size = int(text, 16)
        if size == 0:
            trailers = []
            while line := self._connection.line():
                trailers.append(_text(line))
            fields_of(trailers)
        return size
