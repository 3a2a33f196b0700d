"""Malicious registries: whatever they answer, a pull ends soon, with an error or with the chart that was asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from steersman.errors import SteerError
from steersman.registry.chart import pull
from steersman.registry.client import Options, RegistryClient
from steersman.registry.reference import parse
from tests.fuzz.signed import ARCHIVE

CONFIG = b'{"name":"c","version":"1.0.0","apiVersion":"v2"}'
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
ENDLESS = "endless"
Answer = tuple[int, dict[str, str], bytes | str]


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def manifest(**changes: Any) -> bytes:
    layer = {"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": digest(ARCHIVE)}
    layer |= {"size": len(ARCHIVE), **changes.pop("layer", {})}
    config = {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": digest(CONFIG), "size": len(CONFIG)}
    tree = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": [layer], **changes}
    return json.dumps(tree).encode()


class Registry:
    """Answers as ``play`` says: what comes for a path's kind (``manifests``, ``blobs``, ``tags``, ``token``)."""

    def __init__(self, play: dict[str, Answer]) -> None:
        outer = self
        self.requests = 0
        self.sent = 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments: object) -> None:
                return

            def do_GET(self) -> None:
                outer.requests += 1
                kind = next((k for k in ("manifests", "blobs", "tags", "token") if f"/{k}" in self.path), "")
                status, headers, body = play.get(kind) or outer.usual(kind, self.path)
                try:
                    self._answer(status, headers, body)
                except OSError:
                    self.close_connection = True

            do_HEAD = do_GET

            def _answer(self, status: int, headers: dict[str, str], body: bytes | str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    shown = value.replace("{url}", outer.url).replace("{path}", self.path)
                    self.send_header(name, shown.replace("{number}", str(outer.requests)))
                if isinstance(body, bytes):
                    if "Content-Length" not in headers:
                        self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(body)
                    self.close_connection = "Content-Length" in headers
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                while self.command != "HEAD":
                    self.wfile.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
                    outer.sent += 65536

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.at = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.at}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def usual(kind: str, path: str) -> Answer:
        if kind == "manifests":
            return 200, {"Content-Type": MANIFEST_TYPE, "Docker-Content-Digest": digest(manifest())}, manifest()
        if kind == "blobs":
            return 200, {}, ARCHIVE if digest(ARCHIVE) in path else CONFIG
        return 404, {}, b"{}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _manifest(body: bytes | str, kind: str = MANIFEST_TYPE, **headers: str) -> dict[str, Answer]:
    named = {"Docker-Content-Digest": digest(body)} if isinstance(body, bytes) else {}
    return {"manifests": (200, {"Content-Type": kind, **named, **headers}, body)}


def _challenge(header: str, token: Answer = (200, {}, b"{}")) -> dict[str, Answer]:
    return {"manifests": (401, {"WWW-Authenticate": header}, b"{}"), "token": token}


BEARER = 'Bearer realm="{url}/token",service="s"'
HARM: dict[str, dict[str, Answer]] = {
    "another digest in the header": _manifest(manifest(), **{"Docker-Content-Digest": "sha256:" + "0" * 64}),
    "junk for a digest": _manifest(manifest(), **{"Docker-Content-Digest": "junk"}),
    "endless manifest": _manifest(ENDLESS),
    "large manifest": _manifest(manifest(annotations={"a": "x" * 5_000_000})),
    "nested manifest": _manifest(b"[" * 100_000 + b"]" * 100_000),
    "many layers": _manifest(manifest(layers=[{"mediaType": "a/b", "digest": digest(b""), "size": 1}] * 20_000)),
    "no layers": _manifest(manifest(layers=[])),
    "layers that are none": _manifest(manifest(layers=5)),
    "manifest in HTML": _manifest(b"<html>", "text/html"),
    "manifest without a type": _manifest(manifest(), ""),
    "index": _manifest(b'{"schemaVersion":2,"manifests":[]}', "application/vnd.oci.image.index.v1+json"),
    "too long for its length": _manifest(manifest(), **{"Content-Length": "10"}),
    "too short for its length": _manifest(manifest(), **{"Content-Length": "10000"}),
    "negative length": _manifest(manifest(), **{"Content-Length": "-1"}),
    "layer of negative size": _manifest(manifest(layer={"size": -1})),
    "layer of a huge size": _manifest(manifest(layer={"size": 1 << 62})),
    "layer whose digest is a path": _manifest(manifest(layer={"digest": "../../../etc/passwd"})),
    "layer whose digest is a weak one": _manifest(manifest(layer={"digest": "md5:" + "0" * 32})),
    "other bytes": {"blobs": (200, {}, b"x" * len(ARCHIVE))},
    "more bytes": {"blobs": (200, {}, ARCHIVE + b"x")},
    "fewer bytes": {"blobs": (200, {}, ARCHIVE[:-1])},
    "endless blob": {"blobs": (200, {}, ENDLESS)},
    "endless error": {"manifests": (404, {}, ENDLESS)},
    "redirects in a circle": {"manifests": (307, {"Location": "{path}"}, b"")},
    "redirects that grow": {"blobs": (307, {"Location": "{path}?a"}, b"")},
    "redirect to a file": {"blobs": (307, {"Location": "file:///etc/passwd"}, b"")},
    "redirect to nowhere": {"blobs": (307, {}, b"")},
    "401 forever": _challenge(BEARER, (200, {}, b'{"token":"t"}')),
    "token server without tokens": _challenge(BEARER),
    "token server with junk": _challenge(BEARER, (200, {}, b"junk")),
    "token server that is endless": _challenge(BEARER, (200, {}, ENDLESS)),
    "token of two lines": _challenge(BEARER, (200, {}, b'{"token":"a\\r\\nX: y"}')),
    "token of 20 MB": _challenge(BEARER, (200, {}, b'{"token":"%b"}' % (b"x" * 20_000_000))),
    "token server in a circle": _challenge(BEARER, (307, {"Location": "/token"}, b"")),
    "token server that refuses": _challenge(BEARER, (401, {"WWW-Authenticate": BEARER}, b"{}")),
    "token server elsewhere": _challenge('Bearer realm="http://169.254.169.254/token"'),
    "token server in a file": _challenge('Bearer realm="file:///etc/passwd"'),
}


@pytest.fixture
def play(request: pytest.FixtureRequest) -> Iterator[Registry]:
    registry = Registry(request.param)
    yield registry
    registry.stop()


@pytest.mark.parametrize("play", HARM.values(), ids=HARM, indirect=True)
def test_a_pull_ends_with_an_error(play: Registry) -> None:
    client = RegistryClient(Options(plain_http=True, environ={}))
    with pytest.raises(SteerError):
        pull(client, f"oci://{play.at}/x/c:1.0.0", lambda _text: None)
    client.close()
    assert play.requests < 30 and play.sent < 1 << 26


TAGS: dict[str, dict[str, Answer]] = {
    "in a circle": {"tags": (200, {"Link": '</v2/x/c/tags/list?last=a>; rel="next"'}, b'{"tags":["1.0.0"]}')},
    "forever": {"tags": (200, {"Link": '</v2/x/c/tags/list?last={number}>; rel="next"'}, b'{"tags":["1.0.0"]}')},
    "endless": {"tags": (200, {}, ENDLESS)},
    "elsewhere": {"tags": (200, {"Link": '<http://127.0.0.1:1/v2/x/c/tags/list>; rel="next"'}, b'{"tags":["1.0.0"]}')},
    "junk": {"tags": (200, {"Link": "junk"}, b'{"tags":["1.0.0"]}')},
    "many": {
        "tags": (
            200,
            {"Link": '</v2/x/c/tags/list?last={number}>; rel="next"'},
            json.dumps({"tags": ["1.0.0"] * 300_000}).encode(),
        )
    },
}


@pytest.mark.parametrize("play", TAGS.values(), ids=TAGS, indirect=True)
def test_a_list_of_tags_ends_with_an_error(play: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    from steersman.registry import client as module

    monkeypatch.setattr(module, "_MAX_PAGES", 50)
    client = RegistryClient(Options(plain_http=True, environ={}))
    with pytest.raises(SteerError):
        client.tags(parse(f"{play.at}/x/c"))
    client.close()
    assert play.requests <= 51


def test_the_usual_answers_are_a_chart() -> None:
    registry = Registry({})
    client = RegistryClient(Options(plain_http=True, environ={}))
    assert pull(client, f"oci://{registry.at}/x/c:1.0.0", lambda _text: None).chart == ARCHIVE
    client.close()
    registry.stop()
