"""Uploads that registries and networks interrupt, refuse or send elsewhere: nothing is pushed by halves."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import os
import re
import tarfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.registry.client import CHUNK
from tests.conftest import Run
from tests.registry.conftest import Make
from tests.services.cutting import CuttingProxy

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def _chart(folder: Path, size: int) -> str:
    """Write the archive of a chart with ``size`` bytes that cannot be made smaller."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in (("c/Chart.yaml", b"apiVersion: v2\nname: c\nversion: 1.0.0\n"), ("c/a", os.urandom(size))):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (folder / "c-1.0.0.tgz").write_bytes(gzip.compress(out.getvalue(), 1, mtime=0))
    return "c-1.0.0.tgz"


class Uploads:
    """A registry that takes uploads.

    Attributes:
        place: the ``Location`` of uploads.
        answers: by method, what is answered first: a status, or 0 to hang up.
        seen: method and target of each request about uploads.
        blobs: sizes of finished blobs.
        manifests: by tag and digest.
    """

    def __init__(self) -> None:
        self.place = "/up/1"
        self.answers: dict[str, list[int]] = {}
        self.seen: list[str] = []
        self.blobs: list[int] = []
        self.manifests: dict[str, bytes] = {}
        self.arrived: dict[str, int] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                return

            def _handle(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                wanted = outer.answers.get(self.command)
                status = wanted.pop(0) if wanted else -1
                if status == 0:
                    self.close_connection = True
                    return
                body = self.rfile.read(length)
                if "/manifests/" not in self.path and self.command != "HEAD":
                    outer.seen.append(f"{self.command} {re.sub('sha256%3A[0-9a-f]+', 'DIGEST', self.path)}")
                self._answer(status, b"{}") if status > 0 else self._act(body)

            do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = _handle

            def _act(self, body: bytes) -> None:
                name = self.path.rpartition("/")[2]
                if "/manifests/" in self.path and self.command == "PUT":
                    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
                    outer.manifests[name] = outer.manifests[digest] = body
                    self._answer(201)
                elif "/manifests/" in self.path and name in outer.manifests:
                    data = outer.manifests[name]
                    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
                    self._answer(200, data, Content_Type=MANIFEST, Docker_Content_Digest=digest)
                elif self.command in ("GET", "HEAD"):
                    self._answer(404)
                elif self.command == "POST":
                    place = outer.place
                    if place == "/up/1":
                        place = f"/up/{len(outer.arrived) + 1}"
                        outer.arrived[place] = 0
                    self._answer(202, Location=place)
                elif self.command == "PATCH":
                    outer.arrived[self.path] += len(body)
                    self._answer(202, Location=self.path)
                else:
                    outer.blobs.append(len(body) + outer.arrived.get(self.path.partition("?")[0], 0))
                    self._answer(201)

            def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
                self.send_response(status)
                for field, value in headers.items():
                    if value:
                        self.send_header(field.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"oci://127.0.0.1:{self.server.server_port}/x"


@pytest.fixture
def uploads() -> Iterator[Callable[[], Uploads]]:
    """Start registries."""
    running: list[Uploads] = []

    def start() -> Uploads:
        running.append(Uploads())
        return running[-1]

    yield start
    for one in running:
        one.server.shutdown()
        one.server.server_close()


def _push(run: Run, registry: Uploads) -> tuple[int, str]:
    done = run("push", "c-1.0.0.tgz", registry.url, "--plain-http")
    said = re.sub(r"sha256[:%][0-9a-fA-F]+", "DIGEST", done.stdout + done.stderr)
    return done.returncode, re.sub(r"/up/\d", "/up/N", said.replace(str(registry.server.server_port), "PORT"))


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("/up/1?state=a%2Fb&z=1&a=2#f", "Pushed: "),
        ("/up/1?b=2&a=1&b=1&digest=old&x&c=1;d=2&e=%zz", "Pushed: "),
        ("?x=1", "Pushed: "),
        ("rel/1", "Pushed: "),
        ("/up/a%2Fb", "Pushed: "),
        ("/up/a b\u00fc", "Pushed: "),
        ("%zz", "invalid URL escape"),
        ("", "no Location header"),
        ("//127.0.0.1:1/x", "is on a different host"),
        ("http://localhost/up", '"localhost" is on a different host'),
        ("ftp://x/y", "is on a different host"),
    ],
)
def test_places_of_uploads(
    place: str, told: str, uploads: Callable[[], Uploads], steer: Run, helm: Run, tmp_path: Path
) -> None:
    _chart(tmp_path, 1)
    seen = []
    for run in (steer, helm):
        registry = uploads()
        registry.place = place
        seen.append((_push(run, registry), sorted({line for line in registry.seen if line.startswith("PUT")})))
    assert seen[0] == seen[1]
    assert told in seen[0][0][1]


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD"])
@pytest.mark.parametrize("status", [0, 200, 400, 401, 403, 404, 405, 409, 413, 416, 501])
def test_uploads_that_are_refused(
    status: int, method: str, uploads: Callable[[], Uploads], steer: Run, helm: Run, tmp_path: Path
) -> None:
    _chart(tmp_path, 1)
    seen = []
    for run in (steer, helm) if status != 501 else (steer,):  # Helm asks again for seven seconds
        registry = uploads()
        registry.answers[method] = [status] * 20
        seen.append(_push(run, registry))
        assert "1.0.0" not in registry.manifests or (method, status) == ("HEAD", 404)
    assert seen[0] == seen[-1]
    assert seen[0][0] == ((method, status) != ("HEAD", 404))


@pytest.mark.parametrize("status", [0, 400, 404, 405, 413, 416])
@pytest.mark.parametrize("first", [[], [-1]])
def test_pieces_that_are_refused(
    first: list[int], status: int, uploads: Callable[[], Uploads], steer: Run, helm: Run, tmp_path: Path
) -> None:
    name = _chart(tmp_path, CHUNK + 1)
    seen = []
    for run in (steer, helm):
        registry = uploads()
        registry.answers["PATCH"] = [*first, *[status] * 20]
        seen.append(_push(run, registry))
        assert (tmp_path / name).stat().st_size in registry.blobs
        assert "1.0.0" in registry.manifests
    assert seen[0] == seen[1]
    assert seen[0][1].startswith("Pushed: ")


@pytest.mark.parametrize("left", [1, 3, -1])
def test_connections_cut_in_the_middle_of_a_piece(left: int, registries: Make, steer: Run, tmp_path: Path) -> None:
    registry = registries()
    proxy = CuttingProxy(registry.port, after=3 << 20)
    proxy.left = left
    (tmp_path / "out").mkdir()
    _chart(tmp_path, CHUNK + 1)
    done = steer("push", "c-1.0.0.tgz", f"oci://{proxy.host}/cut/times{left}", "--plain-http")
    proxy.stop()
    pulled = steer("pull", f"oci://{registry.host}/cut/times{left}/c", "--plain-http", "-d", "out")
    if left > 0:
        assert done.returncode == 0, done.stderr
        assert pulled.returncode == 0, pulled.stderr
        assert (tmp_path / "out" / "c-1.0.0.tgz").read_bytes() == (tmp_path / "c-1.0.0.tgz").read_bytes()
        return
    assert done.returncode == 1
    # the registry's refusal of a body that ends early can arrive before the end of the connection
    why = r'Put "http://[^ ]+": \w+|PUT "http://[^ ]+": response status code 404: blob upload invalid'
    assert re.search(f'Error: failed to perform "Push" on destination: (?:{why})', done.stderr)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://{registry.host}/v2/cut/times-1/c/manifests/1.0.0")
