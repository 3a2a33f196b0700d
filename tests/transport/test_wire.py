"""HTTP/1.1 on a pair of sockets: what is sent, and what answers are read as."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steersman.transport.wire import Connection, CutShort, Disconnected, Malformed
from tests.services.growth import LINEAR, growth


class Pair:
    """A connection and its peer."""

    def __init__(self) -> None:
        ours, self.peer = socket.socketpair()
        self.connection = Connection(ours, "example.test")

    def close(self) -> None:
        self.connection.close()
        self.peer.close()

    def answer(self, data: bytes, *, method: str = "GET", step: int = 0) -> None:
        """Ask for something and let the peer answer ``data``, in steps of so many bytes, and hang up."""
        self.connection.request(method, "/x", (), None)
        self.sent = self.peer.recv(65536)

        def send() -> None:
            with suppress(OSError):  # the reader has seen enough
                for i in range(0, len(data), step or max(1, len(data))):
                    self.peer.sendall(data[i : i + (step or len(data))])
                self.peer.shutdown(socket.SHUT_WR)

        threading.Thread(target=send).start()


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.close()


def test_a_request_is_written_whole(pair: Pair) -> None:
    pair.connection.request("POST", "/x?y=1", (("Accept", "*/*"),), b"body")
    assert pair.peer.recv(65536) == (
        b"POST /x?y=1 HTTP/1.1\r\nHost: example.test\r\nAccept-Encoding: identity\r\nContent-Length: 4\r\n"
        b"Accept: */*\r\n\r\nbody"
    )


def test_pieces_of_unknown_length_go_in_chunks(pair: Pair) -> None:
    pair.connection.request("PATCH", "/x", (), iter([b"one", b"", b"three"]))
    assert pair.peer.recv(65536).endswith(b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n")


def test_pieces_of_known_length_go_as_they_are(pair: Pair) -> None:
    pair.connection.request("PUT", "/x", (("Content-Length", "4"),), iter([b"on", b"e!"]))
    assert pair.peer.recv(65536).endswith(b"\r\n\r\none!")


def test_a_header_cannot_smuggle_another(pair: Pair) -> None:
    with pytest.raises(ValueError, match="one line"):
        pair.connection.request("GET", "/x", (("Accept", "a\r\nX-Evil: b"),), None)


@pytest.mark.parametrize("step", [0, 1, 3])
def test_a_body_is_as_long_as_it_says(pair: Pair, step: int) -> None:
    pair.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhellomore", step=step)
    response = pair.connection.response()
    assert (response.status, response.reason, response.will_close) == (200, "OK", False)
    assert response.fields[1:] == [("X-A", "1"), ("x-a", "2")]
    assert response.read() == b"hello"
    assert response.is_over


@pytest.mark.parametrize("step", [0, 1, 7])
def test_chunks_are_joined_and_trailers_passed_over(pair: Pair, step: int) -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\none\r\n5\r\nthree\r\n0\r\nT: 1\r\n\r\n"
    pair.answer(data + b"HTTP/1.1 204 No Content\r\n\r\n", step=step)
    assert pair.connection.response().read() == b"onethree"
    assert pair.connection.response().status == 204


@pytest.mark.parametrize("code", [204, 304])
def test_some_answers_have_no_body(pair: Pair, code: int) -> None:
    pair.answer(f"HTTP/1.1 {code} None\r\nContent-Length: 9\r\n\r\n".encode())
    assert pair.connection.response().read() == b""


def test_the_answer_to_a_head_has_no_body(pair: Pair) -> None:
    pair.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", method="HEAD")
    assert pair.connection.response().read() == b""


def test_a_body_without_a_length_lasts_until_the_end(pair: Pair) -> None:
    pair.answer(b"HTTP/1.0 200 OK\r\n\r\nall of it")
    response = pair.connection.response()
    assert response.will_close
    assert response.read() == b"all of it"


def test_interim_answers_are_passed_over(pair: Pair) -> None:
    pair.answer(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    assert pair.connection.response().status == 201


def test_a_head_may_be_long(pair: Pair) -> None:
    pair.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + b"x" * 5_000_000 + b"\r\n\r\nhi")
    response = pair.connection.response()
    assert response.read() == b"hi" and len(dict(response.fields)["X"]) == 5_000_000


def test_a_field_of_many_lines_takes_time_by_its_length() -> None:
    def read(lines: int) -> None:
        pair = Pair()
        pair.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a\r\n" + b" b\r\n" * lines + b"\r\nhi")
        response = pair.connection.response()
        assert dict(response.fields)["X"] == "a" + " b" * lines and response.read() == b"hi"
        pair.close()

    assert growth(read, 20_000) < LINEAR


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Disconnected),
        (b"HTTP/1.1 200 OK\r\nContent-", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", CutShort),
        (b"HTTP/1.1 2", Malformed),
        (b"\x15\x03\x01\x00\x02\x02", Malformed),
        (b"HTTP/1.1 two OK\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Malformed),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 11_000_000, Malformed),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 200, Malformed),
        (b"HTTP/1.1 103 Hints\r\n\r\n" * 600_000, Malformed),
    ],
)
def test_what_is_no_answer_is_refused(pair: Pair, data: bytes, error: type[Exception]) -> None:
    pair.answer(data)
    with pytest.raises(error):
        pair.connection.response()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"Content-Length: 9\r\n\r\nshort", CutShort),
        (b"Transfer-Encoding: chunked\r\n\r\n9\r\nshort", CutShort),
        (b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", Malformed),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", Malformed),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nfour\r\n0\r\n\r\n", Malformed),
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n", Malformed),
        (b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 9000, Malformed),
    ],
)
def test_a_body_that_ends_early_is_no_body(pair: Pair, body: bytes, error: type[Exception]) -> None:
    pair.answer(b"HTTP/1.1 200 OK\r\n" + body)
    response = pair.connection.response()
    with pytest.raises(error):
        response.read()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b"HTTP/1.1 200 OK", b"\r\n", b"\n", b"A: b", b"5", b"\0", b"chunked", b":", b" "])))
def test_any_bytes_end_in_an_answer_or_an_error(parts: list[bytes]) -> None:
    pair = Pair()
    try:
        pair.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + b"".join(parts))
        pair.connection.response().read()
    except (CutShort, Malformed):
        pass
    finally:
        pair.close()
