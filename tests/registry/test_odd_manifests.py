"""Unexpected responses of a registry instead of a chart's manifest and blobs, compared with Helm."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from steersman.registry.model import digest_of
from tests.conftest import Run

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


def _archive() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        text = b"apiVersion: v2\nname: c\nversion: 1.0.0\n"
        member = tarfile.TarInfo("c/Chart.yaml")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return gzip.compress(out.getvalue(), mtime=0)


ARCHIVE, CONFIG = _archive(), b'{"name":"c","version":"1.0.0","apiVersion":"v2"}'


def described(media_type: str, data: bytes, **more: object) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data), **more}


CHART = {
    "schemaVersion": 2,
    "config": described("application/vnd.cncf.helm.config.v1+json", CONFIG),
    "layers": [described(LAYER, ARCHIVE)],
}
MEMBER = json.dumps(CHART).encode()


class Odd:
    """A registry of one manifest.

    Attributes:
        manifest, media_type: the content of the tag 1.0.0, and the declared media type.
        digest: the declared digest of everything; None declares the right one.
        blobs: by digest.
        length: of blobs; "" says nothing and closes.
        link: the place of more tags.
    """

    def __init__(self) -> None:
        self.manifest: object = CHART
        self.media_type = MANIFEST
        self.digest: str | None = None
        self.blobs = {digest_of(ARCHIVE): ARCHIVE, digest_of(CONFIG): CONFIG}
        self.length: str | None = None
        self.link = ""
        odd = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                return

            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2].partition("?")[0]
                if "/tags/" in self.path:
                    self._answer(b'{"tags": ["1.0.0"]}', Link=odd.link)
                elif "/blobs/" in self.path and name in odd.blobs:
                    self._answer(odd.blobs[name], length=odd.length)
                elif name == digest_of(MEMBER):
                    self._answer(MEMBER, Content_Type=MANIFEST)
                elif "/manifests/" in self.path:
                    self._answer(json.dumps(odd.manifest).encode(), Content_Type=odd.media_type)
                else:
                    self.send_error(404)

            def _answer(self, body: bytes, length: str | None = None, **headers: str) -> None:
                self.send_response(200)
                said = digest_of(body) if odd.digest is None else odd.digest
                fields = {"Content_Length": str(len(body)) if length is None else length}
                if "/tags/" not in self.path and (odd.digest is not None or "/manifests/" in self.path):
                    fields["Docker_Content_Digest"] = said
                for field, value in {**headers, **fields}.items():
                    if value:
                        self.send_header(field.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"oci://127.0.0.1:{self.server.server_port}/x/c"


@pytest.fixture
def odd() -> Iterator[Odd]:
    registry = Odd()
    yield registry
    registry.server.shutdown()
    registry.server.server_close()


@pytest.fixture
def same(odd: Odd, steer: Run, helm: Run) -> Callable[..., str]:
    def compare(reference: str = ":1.0.0") -> str:
        seen = []
        for verb in (("pull",), ("show", "chart")):
            ours, theirs = (run(*verb, odd.url + reference, "--plain-http") for run in (steer, helm))
            assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
            seen.append(ours.stdout + ours.stderr)
        return "".join(seen)

    return compare


def index(*members: object, **more: object) -> dict[str, object]:
    return {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(members), **more}


@pytest.mark.parametrize(
    ("manifest", "media_type", "told"),
    [
        (index(described(MANIFEST, MEMBER)), INDEX, "Pulled: "),
        (index(described(MANIFEST, MEMBER, platform={"os": "linux", "architecture": "amd64"})), INDEX, "Pulled: "),
        (index(), INDEX, "minimum number of descriptors"),
        (index(described("a/b", MEMBER)), INDEX, "minimum number of descriptors"),
        (index({**described(MANIFEST, MEMBER), "size": 3}), INDEX, "FindSuccessors"),
        (index(manifests="x"), INDEX, "cannot unmarshal string"),
        (index(1), INDEX, "cannot unmarshal number"),
        (CHART, MANIFEST.upper(), "Pulled: "),
        (CHART, f"{MANIFEST}; charset=utf-8", "Pulled: "),
        (CHART, "", "no media type"),
        (CHART, "application/json", "descriptors found: 0"),
        ({**CHART, "layers": None}, MANIFEST, "does not contain a layer"),
        ({**CHART, "config": None}, MANIFEST, "could not load config"),
        ({**CHART, "layers": [described(LAYER, ARCHIVE), described(LAYER, CONFIG)]}, MANIFEST, "Pulled: "),
        ({**CHART, "layers": [described("a/b", CONFIG), described(LAYER, ARCHIVE)]}, MANIFEST, "Pulled: "),
        ({**CHART, "layers": [described("application/tar+gzip", ARCHIVE)]}, MANIFEST, "is deprecated"),
        ({**CHART, "layers": [{**described(LAYER, ARCHIVE), "size": 10}]}, MANIFEST, "mismatch Content-Length"),
        ({**CHART, "layers": [{**described(LAYER, ARCHIVE), "size": 10**15}]}, MANIFEST, "mismatch Content-Length"),
        ({**CHART, "layers": [described(LAYER, b"gone")]}, MANIFEST, "not found"),
    ],
)
def test_odd_manifests(manifest: object, media_type: str, told: str, odd: Odd, same: Callable[..., str]) -> None:
    odd.manifest, odd.media_type = manifest, media_type
    assert told in same()


@pytest.mark.parametrize("algorithm", ["sha384", "sha512"])
def test_digests_of_other_algorithms(algorithm: str, odd: Odd, same: Callable[..., str]) -> None:
    digest = f"{algorithm}:{hashlib.new(algorithm, ARCHIVE).hexdigest()}"
    odd.blobs[digest] = ARCHIVE
    odd.manifest = {**CHART, "layers": [{"mediaType": LAYER, "digest": digest, "size": len(ARCHIVE)}]}
    assert "Pulled: " in same()
    odd.blobs[digest] = ARCHIVE[:-1] + b"x"
    assert "mismatched digest" in same()


@pytest.mark.parametrize(
    ("digest", "told"),
    [
        ("", "Pulled: "),
        (f"sha256:{'0' * 64}", "mismatched digest"),
        ("foo", "invalid checksum digest format"),
        (f"md5:{'0' * 32}", "unsupported digest algorithm"),
    ],
)
def test_digests_that_are_said(digest: str, told: str, odd: Odd, same: Callable[..., str]) -> None:
    odd.digest = digest
    assert told in same()
    known = digest_of(json.dumps(CHART).encode())
    assert ("digest mismatch" in same(f"@{known}")) == digest.startswith("sha256")


@pytest.mark.parametrize(
    ("blob", "length", "told"),
    [
        (ARCHIVE + b"x", None, "mismatch Content-Length"),
        (ARCHIVE + b"x", "", "trailing data"),
        (ARCHIVE[:-1], "", "read failed: expected content size"),
        (ARCHIVE[:50], str(len(ARCHIVE)), "read failed: expected content size"),
        (ARCHIVE[:-1] + b"x", None, "mismatched digest"),
    ],
)
def test_blobs_that_are_others(blob: bytes, length: str | None, told: str, odd: Odd, same: Callable[..., str]) -> None:
    odd.blobs = {digest_of(ARCHIVE): blob, digest_of(CONFIG): CONFIG}
    odd.length = length
    if length:  # the configuration is as long as it says
        config = CONFIG.ljust(len(ARCHIVE))
        odd.blobs[digest_of(config)] = config
        odd.manifest = {**CHART, "config": described("application/vnd.cncf.helm.config.v1+json", config)}
    assert told in same()


@pytest.mark.parametrize("link", ["<%zz>", "nope", "<nope", "<http://localhost:1/x>"])
def test_places_of_more_tags(link: str, odd: Odd, same: Callable[..., str]) -> None:
    odd.link = link
    assert "Error: " in same("")
