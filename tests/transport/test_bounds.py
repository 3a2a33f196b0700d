"""Servers that never end, dribble or send odd parts: the same verdict as a real Helm, in bounded time and memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from steersman.transport.head import fields_of
from steersman.transport.http import Pool
from steersman.transport.model import Request, RequestFailed
from tests.conftest import Run
from tests.services.scripted import Piece, Play, ScriptedServer, dribble

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = CHUNKED + b"2\r\nhi\r\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"

Serve = Callable[[Play], ScriptedServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[ScriptedServer] = []

    def start(play: Play) -> ScriptedServer:
        running.append(ScriptedServer(play))
        return running[-1]

    yield start
    for server in running:
        server.stop()


def says(*pieces: Piece) -> Play:
    return lambda _head: pieces


def endless(start: bytes, piece: bytes, most: int = 64 << 20) -> Play:
    """Begin an answer and continue with a piece; it does end, so that a reader without a limit takes it."""

    def play(_head: bytes) -> Iterator[Piece]:
        yield start
        for _ in range(most // len(piece)):
            yield piece
        yield None

    return play


def both(steer: Run, helm: Run, server: ScriptedServer, *words: str) -> str:
    """Run a command with both programs; return what both said, without the port."""
    arguments = words or ("pull", f"{server.url}/x.tgz")
    ours, theirs = run_alike(steer, arguments), run_alike(helm, arguments)
    assert ours == theirs
    return ours[2].replace(server.at, "HOST")


def run_alike(run: Run, arguments: tuple[str, ...]) -> tuple[int, str, str]:
    result = run(*arguments)
    return result.returncode, result.stdout, result.stderr


TRAILERS = [
    endless(CHUNK + b"0\r\n", b"X: " + b"y" * 1000 + b"\r\n"),
    says(CHUNK + b"0\r\nX: " + b"y" * 4000 + b"\r\n\r\n"),
    says(CHUNK + b"0\r\nX: " + b"y" * 4089 + b"\r\n\r\n"),
    says(CHUNK + b"0\r\nX: " + b"y" * 4090 + b"\r\n\r\n"),
    says(CHUNK + b"0\r\nX: y\n\n", None),
    says(CHUNK + b"0\r\nX: y\r\n", None),
    says(CHUNK + b"0\r\nno colon\r\n\r\n", None),
    says(CHUNK + b"0\r\n", None),
    says(CHUNK + b"0\r\n\r", None),
]


@pytest.mark.parametrize("play", TRAILERS)
def test_trailers(play: Play, serve: Serve, steer: Run, helm: Run) -> None:
    both(steer, helm, serve(play))


CHUNKS = [
    says(CHUNKED + b"2\nhi\r\n0\r\n\r\n", None),
    says(CHUNKED + b"2;\rx\r\nhi\r\n0\r\n\r\n", None),
    says(CHUNKED + b"2;" + b"x" * 4092 + b"\r\nhi\r\n0\r\n\r\n", None),
    says(CHUNKED + b"2;" + b"x" * 4093 + b"\r\nhi\r\n0\r\n\r\n", None),
    says(CHUNKED + b" 2 \r\nhi\r\n0\r\n\r\n", None),
    says(CHUNKED + b"2\r\nhi", None),
    says(CHUNKED + b"2\r\nhi\r\n", None),
    endless(CHUNKED + b"2;", b"x" * 1000),
]


@pytest.mark.parametrize("play", CHUNKS)
def test_lines_of_chunks(play: Play, serve: Serve, steer: Run, helm: Run) -> None:
    both(steer, helm, serve(play))


def test_chunks_that_are_mostly_lines(serve: Serve, steer: Run, helm: Run) -> None:
    both(steer, helm, serve(says(CHUNKED + b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n")))
    both(steer, helm, serve(says(CHUNKED + (b"1;" + b"e" * 11 + b"\r\nx\r\n") * 20_000 + b"0\r\n\r\n")))
    said = both(steer, helm, serve(says(CHUNKED + (b"1;" + b"e" * 50 + b"\r\nx\r\n") * 20_000 + b"0\r\n\r\n")))
    assert "too much non-data" in said


INTERIM = [
    says(b"HTTP/1.1 100 Go\r\n\r\n" * 200 + OK),
    says(b"HTTP/1.1 103 Go\r\nX: y\r\n\r\n" * 10_000 + OK),
    says(b"HTTP/1.1 100 Go\r\n\r\n", None),
    says(b"HTTP/1.1 100 Go\r\nno colon\r\n\r\n" + OK),
    says(b"HTTP/1.1 103 Go\r\nTransfer-Encoding: foo\r\n\r\n" + OK),
    says(b"HTTP/1.1 103 Go\r\nContent-Length: 10\r\n\r\n" + OK),
]


@pytest.mark.parametrize("play", INTERIM)
def test_interim_answers(play: Play, serve: Serve, steer: Run, helm: Run) -> None:
    both(steer, helm, serve(play))


def test_interim_answers_share_one_limit(serve: Serve, steer: Run, helm: Run) -> None:
    answer = b"HTTP/1.1 103 Go\r\nX: " + b"y" * 1000 + b"\r\n\r\n"
    assert "exceeded 10485760 bytes" in both(steer, helm, serve(endless(answer, answer)))


@pytest.mark.parametrize("length", [b"x", b"", b"-1", b"1\r\nContent-Length: 2", b"9223372036854775808", b"0002"])
@pytest.mark.parametrize("status", [b"103 Go", b"204 No Content", b"304 Not Modified", b"404 No", b"200 OK"])
def test_lengths_that_do_not_matter(length: bytes, status: bytes, serve: Serve, steer: Run, helm: Run) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n"
    rest = {b"103": OK, b"204": b"", b"304": b""}.get(status[:3], b"hi")
    both(steer, helm, serve(says(answer + rest, None)))


HEADS = [
    endless(b"", b"x" * 1000),
    endless(b"HTTP/1.1 200 ", b"x" * 1000),
    endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000),
    endless(SIZED, b"a:b\r\n" * 1000),
    says(SIZED, b"a:b\r\n" * 100_000 + b"\r\nhi"),
    says(b"HTTP/1.1 200 OK\r\n", None),
    says(b"HTTP/1.1 200 OK\r\nContent-Length: 2", None),
]


@pytest.mark.parametrize("play", HEADS)
def test_heads(play: Play, serve: Serve, steer: Run, helm: Run) -> None:
    both(steer, helm, serve(play))


def test_fields_take_memory_by_their_size() -> None:
    text = "a:b\n" * 200_000
    tracemalloc.start()
    fields = fields_of(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(fields) == 200_000
    assert peak < 100 * len(fields)  # bytes: a pair, and the place in the list for it


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"Content-Length: 2000000", b"x" * 2_000_000),
        (b"Content-Length: 1000", b"x" * 10),
        (b"Content-Length: 10", b"x" * 10),
        (b"Transfer-Encoding: chunked", b"zz\r\n"),
        (b"Transfer-Encoding: chunked", b"3e8\r\n" + b"x" * 1000 + b"\r\n"),
        (b"Connection: close", b"x" * 1_500_000),
    ],
)
def test_a_redirect_with_any_body(fields: bytes, body: bytes, serve: Serve, steer: Run, helm: Run) -> None:
    def play(head: bytes) -> Iterator[Piece]:
        if head.startswith(b"GET /y"):
            yield OK
        else:
            yield b"HTTP/1.1 302 Found\r\nLocation: /y.tgz\r\n" + fields + b"\r\n\r\n" + body
            yield None

    assert both(steer, helm, serve(play)) == ""


@pytest.mark.parametrize("fields", [b"Content-Length: 2000000\r\n", b"Transfer-Encoding: chunked\r\n", b""])
def test_a_failure_with_a_long_body(fields: bytes, serve: Serve, steer: Run, helm: Run) -> None:
    said = both(steer, helm, serve(says(b"HTTP/1.1 404 No\r\n" + fields + b"\r\n" + b"x" * 2_000_000)))
    assert said == "Error: failed to fetch http://HOST/x.tgz : 404 No\n"


LONG = b"x" * 2000
SLOW = {
    "status line": dribble(b"HTTP/1.1 200 " + LONG),
    "fields": [b"HTTP/1.1 200 OK\r\n", *dribble(b"X: " + LONG)],
    "body": [b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", *dribble(LONG)],
    "body without length": [b"HTTP/1.1 200 OK\r\n\r\n", *dribble(LONG), None],
    "chunk line": [CHUNKED + b"2;", *dribble(LONG), b"\r\nhi\r\n0\r\n\r\n"],
    "chunk": [CHUNKED + b"7d0\r\n", *dribble(LONG), b"\r\n0\r\n\r\n"],
    "chunks": [CHUNKED, *([b"1\r\nx\r\n", 0.1] * 300), b"0\r\n\r\n"],
    "trailer": [CHUNK + b"0\r\nX: ", *dribble(LONG), b"\r\n\r\n"],
    "interim answers": [*([b"HTTP/1.1 103 Go\r\n\r\n", 0.1] * 300), OK],
    "redirect": [b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 2000\r\n\r\n", *dribble(LONG)],
    "body of a redirect": [b"HTTP/1.1 302 Found\r\nLocation: /y\r\n\r\n", *dribble(LONG), None],
}


@pytest.mark.parametrize("part", SLOW)
def test_one_deadline_whatever_dribbles(part: str, serve: Serve, steer: Run, helm: Run) -> None:
    server = serve(lambda _head: SLOW[part])
    said = both(steer, helm, server, "repo", "add", "x", server.url, "--timeout", "700ms")
    assert "context deadline exceeded" in said or "stopped after 10 redirects" in said


@pytest.mark.parametrize("answer", [b"\x16\x03\x03\x40\x00" + LONG, b"HTTP/1.1 200 " + LONG, b"\x05\x00" + LONG])
@pytest.mark.parametrize("proxy", ["http", "socks5", "https", ""])
def test_the_deadline_holds_for_proxies_and_handshakes(answer: bytes, proxy: str) -> None:
    server = ScriptedServer(lambda _head: (), dribble(answer))
    pool = Pool(environ={}, timeout=0.5, proxy=f"{proxy}://{server.at}" if proxy else "")
    with pytest.raises(RequestFailed):
        pool.send(Request("GET", f"https://{server.at if not proxy else 'far.example'}/"))
    assert server.sent < 100
    server.stop()
