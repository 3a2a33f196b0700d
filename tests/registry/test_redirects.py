"""Errors of registries and token servers that redirect their clients, compared with Helm's."""

from __future__ import annotations

import http.server
import threading

import pytest

from tests.conftest import Run


@pytest.mark.parametrize("is_token", [False, True])
@pytest.mark.parametrize(("status", "body"), [(404, b""), (403, b'{"errors":[{"code":"DENIED"}]}'), (200, b"x")])
def test_what_redirects_lead_to(status: int, body: bytes, is_token: bool, steer: Run, helm: Run) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            return

        def do_GET(self) -> None:
            host = self.headers["Host"]
            if self.path.startswith("/last"):
                self._answer(status, body)
            elif is_token and self.path.startswith("/v2"):
                self._answer(401, **{"WWW-Authenticate": f'Bearer realm="http://{host}/token",service="s"'})
            else:
                self._answer(307, Location=f"/last{self.path}")

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for field, value in headers.items():
                self.send_header(field, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    for line in (
        ("pull", f"oci://{host}/a", "--plain-http"),
        ("pull", f"oci://{host}/a", "--version", "1.0.0", "--plain-http"),
        ("registry", "login", host, "-u", "a", "-p", "b", "--plain-http"),
    ):
        ours, theirs = steer(*line), helm(*line)
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    server.shutdown()
    server.server_close()
