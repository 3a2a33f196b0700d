"""Answers without an end, of servers that nobody sets another limit for: those of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from steersman.transport import http
from steersman.transport.http import Pool
from steersman.transport.model import Request, ResponseTooLarge
from tests.services.growth import LINEAR, growth
from tests.services.scripted import Piece, ScriptedServer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def _endless(piece: bytes) -> Iterator[Piece]:
    yield HEAD
    while True:
        yield piece


def _server(pieces: Iterable[Piece]) -> ScriptedServer:
    return ScriptedServer(lambda _head: pieces)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1 << 20)
    monkeypatch.setattr(http, "MAX_LINE", 1 << 20)


def test_an_endless_body_is_refused() -> None:
    server, pool = _server(_endless(b" " * 65536)), Pool(environ={})
    with pytest.raises(ResponseTooLarge, match="larger than 1048576 bytes"):
        pool.send(Request("GET", f"{server.url}/api")).read()
    pool.close()
    server.stop()


def test_an_endless_line_of_a_watch_is_refused() -> None:
    server, pool = _server(_endless(b" " * 65536)), Pool(environ={})
    with pytest.raises(ResponseTooLarge):
        list(pool.send(Request("GET", f"{server.url}/api?watch=1")).lines())
    pool.close()
    server.stop()


@pytest.mark.parametrize("text", [b"", b"\n", b"a", b"a\nb", b"a\nb\n", b"\n\na\n\nb"])
def test_lines_are_those_of_the_body(text: bytes) -> None:
    for size in (1, 2, 100):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        server, pool = _server([HEAD, *pieces, None]), Pool(environ={})
        whole = text.split(b"\n")
        expected = whole if whole[-1] else whole[:-1]
        assert list(pool.send(Request("GET", f"{server.url}/")).lines()) == expected
        pool.close()
        server.stop()


def test_a_long_line_takes_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_LINE", 1 << 30)

    def read(size: int) -> None:
        server, pool = _server([HEAD, *([b" " * 65536] * size), None]), Pool(environ={})
        assert sum(map(len, pool.send(Request("GET", f"{server.url}/")).lines())) == size * 65536
        pool.close()
        server.stop()

    assert growth(read, 64) < LINEAR
