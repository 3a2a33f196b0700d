"""A web server over a folder, for repositories: basic auth, TLS, redirects, slow and broken answers."""

from __future__ import annotations

import base64
import functools
import http.server
import ssl
import threading
import time
from pathlib import Path


class Web:
    """A running server over ``folder``.

    Attributes:
        seen: method, path and ``Authorization`` of each request.
        users: what is let in (``user:password``); "" lets everybody in.
        redirect: a URL that every request is sent to, with its path.
        place: where every request is sent to, as it stands.
        slow: seconds between an answer's bytes.
        etag: what every file's state is called; "" says nothing.
        cut: bytes of a body after which the connection is closed.
    """

    def __init__(
        self, folder: Path, *, certificate: tuple[Path, Path] | None = None, client_ca: Path | None = None
    ) -> None:
        self.seen: list[tuple[str, str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.users = ""
        self.redirect = self.place = ""
        self.slow = 0.0
        self.etag = ""
        self.cut: int | None = None
        outer = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                return

            def list_directory(self, path: object) -> None:
                self.send_error(404)

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                outer.seen.append((self.command, self.path, self.headers.get("Authorization") or ""))
                outer.headers.append(dict(self.headers.items()))
                wanted = "Basic " + base64.b64encode(outer.users.encode()).decode()
                if outer.users and self.headers.get("Authorization") != wanted:
                    self._answer(401)
                elif outer.etag and self.headers.get("If-None-Match") == outer.etag:
                    self._answer(304)
                elif outer.redirect or outer.place:
                    self._answer(302, Location=outer.place or outer.redirect + self.path)
                elif outer.slow or outer.cut is not None:
                    self._dribble()
                else:
                    super().do_GET() if self.command == "GET" else super().do_HEAD()

            def end_headers(self) -> None:
                if outer.etag:
                    self.send_header("ETag", outer.etag)
                super().end_headers()

            def _answer(self, status: int, **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _dribble(self) -> None:
                body = Path(self.translate_path(self.path)).read_bytes()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for at in range(0, len(body), 64):
                    if outer.cut is not None and at >= outer.cut:
                        self.close_connection = True
                        self.connection.close()
                        return
                    self.wfile.write(body[at : at + 64])
                    self.wfile.flush()
                    time.sleep(outer.slow)

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
        )
        self.server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            if client_ca is not None:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(client_ca)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()
