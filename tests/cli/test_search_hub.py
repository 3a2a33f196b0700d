"""``search hub`` against a server that answers as Artifact Hub does, compared with Helm."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from tests.conftest import Run
from tests.services.beside import same

FOUND = [
    {
        "id": "stable/shop",
        "artifactHub": {"packageUrl": "https://artifacthub.io/packages/helm/stable/shop"},
        "attributes": {
            "description": "A shop with a description that is longer than a column of a table may be",
            "repo": {"name": "stable", "url": "https://charts.example.com"},
        },
        "relationships": {"latestChartVersion": {"data": {"version": "1.2.3", "app_version": "7"}}},
    },
    {"id": "old/shop", "attributes": {}, "relationships": {}},
]


class Hub(http.server.ThreadingHTTPServer):
    status = 200
    body = json.dumps({"data": FOUND}).encode()
    promised = 0  # bytes that are said to come beyond those that do

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str]] = []


class Handler(http.server.BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, *args: object) -> None:
        return

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["User-Agent"]))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body) + self.server.promised))
        self.end_headers()
        self.wfile.write(self.server.body)
        self.close_connection = True


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_what_a_hub_finds_is_shown_as_helm_shows_it(hub: Hub, steer: Run, helm: Run) -> None:
    url = f"http://127.0.0.1:{hub.server_port}"
    for flags in (
        [],
        ["--list-repo-url"],
        ["--max-col-width", "0"],
        ["-o", "json"],
        ["-o", "yaml"],
        ["--endpoint", f"{url}/below/"],
    ):
        assert "1.2.3" in same(steer, helm, "search", "hub", "a shop", "& more", "--endpoint", url, *flags)
    assert hub.asked[0] == hub.asked[1]
    assert hub.asked[-1] == hub.asked[-2]


def test_answers_that_are_no_answers(hub: Hub, steer: Run, helm: Run) -> None:
    line = ["search", "hub", "x", "--endpoint", f"http://127.0.0.1:{hub.server_port}"]
    for status, body in ((200, b"{}"), (200, b"no JSON"), (200, b'{"data": null}'), (404, b""), (500, b"")):
        hub.status, hub.body = status, body
        for flags in ([], ["-o", "json"], ["--fail-on-no-result"]):
            same(steer, helm, *line, *flags)
    hub.status = 200
    odd = (b"[]", b"null", b'{"data": 12}', b'{"data": [12, null, {"id": 1}, {"attributes": []}]}', b'{"data": "abc"}')
    for body in (*odd, Hub.body[:100], Hub.body + b"{}", Hub.body + b"nonsense"):
        hub.body = body
        for hub.promised in (0, 10):
            same(steer, helm, *line)
    same(steer, helm, "search", "hub", "x", "--endpoint", "nowhere")
    same(steer, helm, "search", "hub", "x", "--endpoint", "http://127.0.0.1:1")
