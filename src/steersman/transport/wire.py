"""HTTP/1.1 on one connection: a request written, a response read, within limits.

The standard library's ``http.client`` does the same and takes ten milliseconds to import, for the
mail parser that reads its headers: a fifth of what a whole ``history`` takes
(docs/adr/0001-http-on-the-wire.md). Who the peer is, redirects and retries are ``http``'s business.
"""

from __future__ import annotations

from steersman.transport.deadline import NEVER
from steersman.transport.dial import abortable
from steersman.transport.head import Malformed, fields_of, is_bodiless, is_chunked, is_interim, length_of, status_line

__all__ = ["Connection", "CutShort", "Disconnected", "Malformed", "WireResponse"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Sequence

    from steersman.transport.deadline import Deadline

_PIECE = 64 * 1024
_HEAD_LIMIT = 10 << 20  # bytes of a response's head and of the interim ones before it, as in Go's client
_LINE_LIMIT = 4096  # bytes of the line before a chunk, and of a trailer: the buffer of Go's client
_CHUNK_DIGITS = 16  # of an uint64 in hex
_FREE_OVERHEAD = 16  # bytes of a chunk's line that are not counted as excess; Go's numbers
_EXCESS_LIMIT = 16 * 1024  # bytes of chunk lines beyond twice the data


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

    Attributes:
        deadline: when the exchange must be over; set before each.
    """

    __slots__ = ("_at", "_buffer", "_host", "_method", "deadline", "proxy_headers", "sock")

    def __init__(
        self, sock: socket.socket, host: str, *, proxy_headers: tuple[tuple[str, str], ...] | None = None
    ) -> None:
        self.sock: socket.socket | None = sock
        self.proxy_headers = proxy_headers
        self.deadline: Deadline = NEVER
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
        self._method = method
        if body is None or isinstance(body, bytes):
            self._send(head + (body or b""))
            return
        self._send(head)
        for piece in body:
            if piece:
                self._send(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
        if is_chunked:
            self._send(b"0\r\n\r\n")

    def response(self) -> WireResponse:
        """Read the head of the answer.

        Raises:
            Disconnected: when there is none.
            Malformed: when it is not HTTP.
            OSError: when the connection breaks or the deadline passes.
        """
        left = _HEAD_LIMIT
        while True:
            try:
                head = self._head(left)
            except Disconnected as error:
                if left == _HEAD_LIMIT:
                    raise
                raise Malformed("unexpected EOF") from error
            response = WireResponse(self, _text(head), self._method)
            # go: any number of interim answers, within the size of one head (test_interim_answers_share_one_limit)
            if not is_interim(response.status) or response.status == 101:
                return response
            left -= len(head)

    def tunnelled(self) -> WireResponse:
        """Read the answer to a ``CONNECT`` that was sent; the socket becomes the tunnel."""
        self._method = "CONNECT"
        return self.response()

    def close(self) -> None:
        """Close the connection."""
        sock, self.sock = self.sock, None
        if sock is not None:
            sock.close()

    def line(self) -> bytes:
        """Return the next line of a chunked body without its end.

        Raises:
            Malformed: when it is too long, or ends in another way than with CR and LF.
        """
        line = self._until(b"\n", "header line too long")
        ending = line.find(b"\r")
        if ending < 0:
            raise Malformed("chunked line ends with bare LF")
        if ending != len(line) - 2:
            raise Malformed("invalid CR in chunked line")
        return line[:-2]

    def trailer(self) -> bytes:
        """Return the lines behind the last chunk, with the empty one that ends them.

        Raises:
            Malformed: when they are too long or broken off.
        """
        try:
            start = self.exactly(2)
        except CutShort as error:
            raise Malformed("http: unexpected EOF reading trailer") from error
        if start == b"\r\n":
            return start
        self._at -= 2
        too_long = "http: suspiciously long trailer after chunked body"
        try:
            return self._until(b"\r\n\r\n", too_long)
        except CutShort as error:
            raise Malformed(too_long) from error

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
        return self._receive(most)

    def _until(self, end: bytes, too_long: str) -> bytes:
        """Return the next bytes up to ``end`` and with it."""
        while (found := self._buffer.find(end, self._at)) < 0 and len(self._buffer) - self._at < _LINE_LIMIT:
            self._fill()
        past = found + len(end)
        if found < 0 or past - self._at > _LINE_LIMIT:
            raise Malformed(too_long)
        taken, self._at = self._buffer[self._at : past], past
        return taken

    def _head(self, limit: int) -> bytes:
        """Return the lines of the next head without the last end; go: those may be bare line feeds."""
        end = _end_of_head(self._buffer, self._at)
        if 0 <= end <= self._at + limit:
            head, self._at = self._buffer[self._at : end], end
            return head.rstrip(b"\r\n")
        known = bytearray(self._buffer[self._at :])
        self._buffer, self._at = b"", 0
        start = 0
        is_http = False
        while (end := _end_of_head(known, start)) < 0:
            if not is_http and b"\n" in known:
                status_line(_text(known[: known.index(b"\n")]))
                is_http = True
            if len(known) > limit:
                raise Malformed(_TOO_LONG)
            start = max(0, len(known) - 3)
            piece = self._receive(_PIECE)
            if not piece:
                raise _broken_off(known)
            known += piece
        if end > limit:
            raise Malformed(_TOO_LONG)
        self._buffer = bytes(known[end:])
        del known[end:]
        return bytes(known.rstrip(b"\r\n"))

    @property
    def has_rest(self) -> bool:
        """Whether unexpected bytes have arrived."""
        return self._at < len(self._buffer)

    @property
    def has_line(self) -> bool:
        """Whether a whole line has arrived."""
        return self._buffer.find(b"\n", self._at) >= 0

    def _fill(self) -> None:
        piece = self._receive(_PIECE)
        if not piece:
            raise CutShort("unexpected EOF")
        self._buffer, self._at = self._buffer[self._at :] + piece, 0

    def _receive(self, most: int) -> bytes:
        sock = self._open()
        self.deadline.limit(sock)
        with abortable(sock):
            return sock.recv(most)

    def _send(self, data: bytes) -> None:
        sock = self._open()
        self.deadline.limit(sock)
        with abortable(sock):
            sock.sendall(data)

    def _open(self) -> socket.socket:
        if self.sock is None:
            raise OSError("use of closed network connection")
        return self.sock


_TOO_LONG = f"net/http: server response headers exceeded {_HEAD_LIMIT} bytes; aborted"


def _broken_off(head: bytearray) -> OSError:
    """Return the error for a connection that ended inside a head: what is wrong with its lines comes first."""
    if not head:
        return Disconnected("EOF")
    first, _end, rest = _text(head).partition("\n")
    status_line(first)
    fields_of(rest.removesuffix("\n"))
    return CutShort("unexpected EOF")


def _end_of_head(buffer: bytes | bytearray, start: int) -> int:
    """Return where the empty line after a head ends, or -1."""
    usual = buffer.find(b"\n\r\n", start)
    bare = buffer.find(b"\n\n", start, usual if usual >= 0 else len(buffer))
    return bare + 2 if bare >= 0 else usual + 3 if usual >= 0 else -1


def _text(head: bytes | bytearray) -> str:
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
        "_excess",
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
        first, _end, lines = head.partition("\n")
        version, self.status, self.status_text = status_line(first)
        self.reason = self.status_text[4:]
        self.fields = fields_of(lines)
        self._connection = connection
        self._excess = 0  # bytes of chunk lines beyond what the data justifies
        tokens = " ".join(value for name, value in self.fields if name.lower() == "connection").lower()
        self.will_close = "close" in tokens or (version == "HTTP/1.0" and "keep-alive" not in tokens)
        self._is_chunked = is_chunked(version, self.fields) and not is_bodiless(self.status, method)
        length = length_of(self.status, method, self.fields)
        self._left = 0 if self._is_chunked else length
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
        if self._is_chunked:
            return self._chunks(most)
        if self._is_over:
            return b""
        piece = self._connection.some(most if self._left is None else min(most, self._left))
        if self._left is None:
            self._is_over = not piece
            return piece
        if not piece:
            raise CutShort("unexpected EOF")
        self._left -= len(piece)
        self._is_over = not self._left
        return piece

    def _chunks(self, most: int) -> bytes:
        """Return the next bytes in chunks: of several, where they have arrived already."""
        pieces: list[bytes] = []
        while most > 0 and not self._is_over and (not pieces or self._has_more()):
            piece = self._of_chunk(most)
            most -= len(piece)
            pieces.append(piece)
        return b"".join(pieces) if len(pieces) != 1 else pieces[0]

    def _has_more(self) -> bool:
        """Return whether the next bytes have arrived, with the line of their chunk: nothing to wait for."""
        return self._connection.has_rest if self._left else self._connection.has_line

    def _of_chunk(self, most: int) -> bytes:
        left = self._left or self._next_chunk()
        if not left:
            self._is_over = True
            return b""
        piece = self._connection.some(min(most, left))
        if not piece:
            raise CutShort("unexpected EOF")
        self._left = left - len(piece)
        if not self._left and self._connection.exactly(2) != b"\r\n":
            raise Malformed("malformed chunked encoding")
        return piece

    def is_longer_than(self, count: int) -> bool:
        """Return whether the rest of the body is known to have more bytes than ``count``."""
        return not self._is_chunked and self._left is not None and self._left > count

    @property
    def is_over(self) -> bool:
        """Whether the whole body has been read."""
        return self._is_over

    def _next_chunk(self) -> int:
        line = self._connection.line()
        text = line.partition(b";")[0].rstrip(b" \t")
        if not text:
            raise Malformed("empty hex number for chunk length")
        if text.strip(b"0123456789abcdefABCDEF"):
            raise Malformed("invalid byte in chunk length")
        if len(text) > _CHUNK_DIGITS:
            raise Malformed("http chunk length too large")
        size = int(text, 16)
        # go: lines may not be much longer than what they announce (test_chunks_that_are_mostly_lines)
        self._excess = max(self._excess + len(line) + 2 - _FREE_OVERHEAD - 2 * size, 0)
        if self._excess > _EXCESS_LIMIT:
            raise Malformed("chunked encoding contains too much non-data")
        if size == 0:
            fields_of(_text(self._connection.trailer()).rstrip("\n"))
        return size
