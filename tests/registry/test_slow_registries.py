"""Registries and token servers that dribble: an exchange ends with its time."""

from __future__ import annotations

import pytest

from steersman.errors import SteerError
from steersman.registry.client import Options, RegistryClient
from steersman.registry.model import Descriptor, digest_of
from steersman.registry.reference import parse
from tests.services.scripted import Piece, ScriptedServer, dribble

SLOW = dribble(b"HTTP/1.1 200 OK\r\n" + b"x" * 2000)
SLOW_BODY = [b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 2000\r\n\r\n", *dribble(b"x" * 2000)]
BUSY = [b"HTTP/1.1 503 Busy\r\n\r\n", *dribble(b"x" * 5000), None]


@pytest.mark.parametrize("play", [SLOW, SLOW_BODY, BUSY])
@pytest.mark.parametrize("has_tokens", [False, True])
def test_a_registry_that_dribbles(play: list[Piece], has_tokens: bool) -> None:
    def answer(head: bytes) -> list[Piece]:
        if has_tokens and b" /v2/" in head:
            realm = f'Bearer realm="{server.url}/token"'
            return [f"HTTP/1.1 401 No\r\nWWW-Authenticate: {realm}\r\nContent-Length: 0\r\n\r\n".encode()]
        return play

    server = ScriptedServer(answer)
    client = RegistryClient(Options(plain_http=True, environ={}, timeout=0.5))
    reference = parse(f"{server.at}/charts/demo:1.0.0")
    descriptor = Descriptor("a/b", "sha256:" + "0" * 64, 2000)
    for ask in (
        lambda: client.tags(reference),
        lambda: client.manifest(reference),
        lambda: client.resolve(reference),
        lambda: client.blob(reference, descriptor),
        lambda: client.put_blob(reference, b"data"),
    ):
        server.sent = 0
        with pytest.raises(SteerError):
            ask()
        assert server.sent < 1000
    client.close()
    server.stop()


def test_a_blob_has_time_by_its_size() -> None:
    """At the slowest rate that is borne, a blob takes longer than the time of other exchanges."""
    data = b"x" * 40_000
    play = [b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n", *([data[:4000], 0.1] * 10)]
    server = ScriptedServer(lambda _head: play)
    client = RegistryClient(Options(plain_http=True, environ={}, timeout=0.3))
    reference = parse(f"{server.at}/charts/demo:1.0.0")
    assert client.blob(reference, Descriptor("a/b", digest_of(data), len(data))) == data
    client.close()
    server.stop()
