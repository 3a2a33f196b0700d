"""A proxy before the API server that counts requests and breaks those it is told to break.

Clients speak plain HTTP to it; it speaks TLS to the server. Each request gets the next index and is
put to ``decide``, which may name a fault: an answer instead of the server's, a delay, a request that
never reaches the server, an answer that never comes back, a stream cut short, a killed client.
"""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

_HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "host", "keep-alive")


class Fault:
    """The fault of one request.

    Args:
        delay: seconds before anything happens.
        answer: a status code sent instead of asking the server, with ``headers``.
        drop: close the connection: ``before`` the server is asked, or ``after`` it has answered.
        reset: close hard, so that the client sees a reset.
        cut: bytes of the answer's body after which the connection is closed.
        act: called ``before`` the server is asked or ``after`` it has answered, by ``act_when``.
    """

    def __init__(
        self,
        *,
        delay: float = 0.0,
        answer: int = 0,
        headers: dict[str, str] | None = None,
        drop: str = "",
        reset: bool = False,
        cut: int | None = None,
        act: Callable[[], None] | None = None,
        act_when: str = "before",
    ) -> None:
        self.delay = delay
        self.answer = answer
        self.headers = headers or {}
        self.drop = drop
        self.reset = reset
        self.cut = cut
        self.act = act
        self.act_when = act_when


class Seen:
    """One request as it came in."""

    def __init__(self, index: int, method: str, path: str) -> None:
        self.index = index
        self.method = method
        self.path = path

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def is_watch(self) -> bool:
        return "watch=true" in self.path or "watch=1" in self.path

    def __str__(self) -> str:
        return f"{self.index} {self.method} {self.path}"


class Proxy:
    """A running proxy; a context manager.

    Args:
        server: the API server's URL.
        token: sent for clients that send none: Go's tell nobody who they are without TLS.
        decide: a request to its fault, ``None`` to let it pass; may be set anew at any time.
    """

    def __init__(self, server: str, token: str, decide: Callable[[Seen], Fault | None] | None = None) -> None:
        self.token = token
        target = urlsplit(server)
        self.upstream = (target.hostname or "", target.port or 443)
        self.context = ssl._create_unverified_context()
        self.decide = decide
        self.seen: list[Seen] = []
        self._lock = threading.Lock()
        self._http = _Server(self)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def forget(self) -> None:
        """Count from zero again."""
        with self._lock:
            self.seen.clear()

    def take(self, method: str, path: str) -> Seen:
        """Note a request."""
        with self._lock:
            seen = Seen(len(self.seen), method, path)
            self.seen.append(seen)
            return seen


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # these tests are about clients that went away


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.upstream: http.client.HTTPSConnection | None = None

    def finish(self) -> None:
        if self.upstream is not None:
            self.upstream.close()
        with suppress(OSError):
            super().finish()

    def handle_request(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen = proxy.take(self.command, self.path)
        fault = (proxy.decide(seen) if proxy.decide else None) or Fault()
        if fault.delay:
            time.sleep(fault.delay)
        if fault.act and fault.act_when == "before":
            fault.act()
        if fault.drop == "before":
            self._hang_up(reset=fault.reset)
            return
        if fault.answer:
            self._answer(fault)
            return
        response = self._ask(body)
        body = None
        if fault.act and fault.act_when == "after":
            body = response.read()
            fault.act()
        if fault.drop == "after":
            self._hang_up(reset=fault.reset)
            return
        self._pass_on(response, fault, body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request

    def _ask(self, body: bytes) -> http.client.HTTPResponse:
        connection = self.upstream
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        headers.setdefault("Authorization", f"Bearer {self.server.proxy.token}")
        while True:
            is_new = connection is None
            if connection is None:
                host, port = self.server.proxy.upstream
                connection = http.client.HTTPSConnection(host, port, context=self.server.proxy.context, timeout=600)
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.upstream = connection
            try:
                connection.request(self.command, self.path, body or None, headers)
                return connection.getresponse()
            except OSError:
                connection.close()
                connection = None
                if is_new or self.command == "POST":
                    raise

    def _pass_on(self, response: http.client.HTTPResponse, fault: Fault, body: bytes | None) -> None:
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        length = response.getheader("Content-Length")
        if response.status in (204, 304):
            length = "0"  # there is no body to be chunked
        if length is not None:
            self.send_header("Content-Length", length)
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        left = fault.cut
        pieces = iter(lambda: response.read1(65536), b"") if body is None else iter([body] if body else [])
        for piece in pieces:
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            with suppress(OSError):
                self.wfile.write(piece if length is not None else b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
                if left == 0:
                    response.close()
                    self._hang_up(reset=fault.reset)
                    return
                continue
            response.close()  # the client is gone
            self.close_connection = True
            return
        response.close()  # read1 does not notice the end of a body, and the connection waits for it
        if length is None:
            self.wfile.write(b"0\r\n\r\n")

    def _answer(self, fault: Fault) -> None:
        reasons = {409: "Conflict", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable"}
        status = {
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": fault.answer,
            "reason": reasons.get(fault.answer, ""), "message": f"the proxy says {fault.answer}",
        }  # fmt: skip
        body = json.dumps(status).encode()
        self.send_response_only(fault.answer)
        for name, value in {"Content-Type": "application/json", **fault.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self, *, reset: bool) -> None:
        if reset:
            # no lingering: the kernel sends a reset instead of an orderly end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_arguments: Any) -> None:
        pass
