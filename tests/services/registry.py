"""A real registry (Debian's docker-registry): open, with basic auth, with a token server, with TLS."""

from __future__ import annotations

import base64
import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.services.certificates import self_signed

USER, PASSWORD = "ann", "s3cret%41:word"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TokenServer:
    """Gives bearer tokens, signed as the registry wants them, to whom it knows; notes what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.certificate, key_file = self_signed(folder, "tokens", use_rsa=True)
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key
        der = x509.load_pem_x509_certificate(self.certificate.read_bytes()).public_bytes(serialization.Encoding.DER)
        self._chain = [base64.b64encode(der).decode()]
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                return

            def do_GET(self) -> None:
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
                self._answer(query, self.headers.get("Authorization") == wanted)

            def do_POST(self) -> None:
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                is_known = form.get("refresh_token") == ["refresh-me"] or (
                    form.get("username") == [USER] and form.get("password") == [PASSWORD]
                )
                self._answer(form, is_known)

            def _answer(self, query: dict[str, list[str]], is_known: bool) -> None:
                outer.asked.append((self.command, query))
                scopes = [s for text in query.get("scope", []) for s in text.split()]
                body = {"token": outer.token(scopes), "access_token": outer.token(scopes)} if is_known else {}
                data = json.dumps(body).encode()
                self.send_response(200 if is_known else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"

    def token(self, scopes: list[str]) -> str:
        """Return a signed token (RFC 7519) that allows ``scopes``."""
        now = int(time.time())
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":", 2)
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        claims = {
            "iss": "the tests",
            "sub": USER,
            "aud": "charts",
            "exp": now + 300,
            "nbf": now - 10,
            "iat": now,
            "jti": str(now),
            "access": access,
        }
        head = {"typ": "JWT", "alg": "RS256", "x5c": self._chain}
        text = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
        return f"{text}.{_base64(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Registry:
    """A running registry; ``host`` is its name in references."""

    def __init__(self, folder: Path, *, auth: str = "", tls: bool = False) -> None:
        program = shutil.which("docker-registry")
        assert program is not None
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.data = folder / "data"
        self.certificate: Path | None = None
        self.tokens: TokenServer | None = None
        lines = ["version: 0.1", "log: {level: error}", f"storage: {{filesystem: {{rootdirectory: {self.data}}}}}"]
        if auth == "basic":
            hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
            (folder / "htpasswd").write_text(f"{USER}:{hashed}\n")
            lines.append(f"auth: {{htpasswd: {{realm: charts, path: {folder / 'htpasswd'}}}}}")
        elif auth == "token":
            self.tokens = TokenServer(folder)
            bundle = self.tokens.certificate
            lines.append(
                f"auth: {{token: {{realm: '{self.tokens.url}', service: charts, issuer: the tests, "
                f"rootcertbundle: {bundle}}}}}"
            )
        secure = ""
        if tls:
            self.certificate, key = self_signed(folder)
            secure = f", tls: {{certificate: {self.certificate}, key: {key}}}"
        lines.append(f"http: {{addr: '{self.host}'{secure}}}")
        config = folder / "config.yml"
        config.write_text("\n".join(lines) + "\n")
        environ = {k: v for k, v in os.environ.items() if not k.startswith("REGISTRY_")}
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [program, "serve", str(config)], stderr=self._log, stdout=self._log, env=environ
        )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the registry did not start")

    def stop(self) -> None:
        """End the registry and what belongs to it."""
        self._process.terminate()
        self._process.wait(10)
        self._log.close()
        if self.tokens is not None:
            self.tokens.server.shutdown()
            self.tokens.server.server_close()
