"""A small API server over real HTTP: discovery and a dict of answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from steersman.kube.client import ApiClient
from steersman.kube.config import ClusterConfig


def served(group: str, version: str, *kinds: tuple[str, str, str]) -> dict[str, Any]:
    resources = [
        {"resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": ["get", "list"]}
        for kind, plural, scope in kinds
    ]
    return {"metadata": {"name": group}, "versions": [{"version": version, "resources": resources}]}


CORE = served("", "v1", ("ConfigMap", "configmaps", "Namespaced"), ("Namespace", "namespaces", "Cluster"))
APPS = served("apps", "v1", ("Deployment", "deployments", "Namespaced"))


class Api(ThreadingHTTPServer):
    """Answers GETs from ``answers`` (path without query) and counts what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.apis: list[dict[str, Any]] = [APPS]
        self.answers: dict[str, tuple[int, Any]] = {
            "/version": (200, {"gitVersion": "v1.36.3", "major": "1", "minor": "36"})
        }

    @property
    def client(self) -> ApiClient:
        return ApiClient(ClusterConfig(f"http://127.0.0.1:{self.server_port}"), user_agent="test")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Api

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(self.path)
        if path in ("/api", "/apis"):
            items = [CORE] if path == "/api" else self.server.apis
            body = {"kind": "APIGroupDiscoveryList", "items": items}
            tag = f'"{len(items)}{path}"'
            if self.headers.get("If-None-Match") == tag:
                self._send(304, None, tag)
            else:
                self._send(200, body, tag)
            return
        status, answer = self.server.answers.get(path, (404, "404 page not found"))
        self._send(status, answer)

    def _send(self, status: int, answer: Any, tag: str = "") -> None:
        is_text = isinstance(answer, str)
        body = b"" if answer is None else answer.encode() if is_text else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if is_text else "application/json")
        if tag:
            self.send_header("Etag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def client(api: Api) -> Iterator[ApiClient]:
    made = api.client
    yield made
    made.close()
