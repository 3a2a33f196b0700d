"""HTTP over real sockets: keep-alive, redirects, limits, proxies, and Go's words for failures."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest

from steersman.transport.http import Pool, keeps_credentials, split_url
from steersman.transport.model import Request, RequestFailed, ResponseTooLarge, redacted, with_query


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, str]]
    busy = 1

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.seen.append((self.path, self.headers.get("Authorization") or "", str(self.client_address[1])))
        if self.path == "/moved":
            self._answer(302, b"", Location="/here")
        elif self.path == "/away":
            self._answer(307, b"", Location=f"http://localhost:{server.server_port}/here")
        elif self.path == "/busy" and server.busy:
            server.busy -= 1
            self._answer(429, b"later", Retry_After="0")
        elif self.path.startswith("/later/"):
            self._answer(503, b"later", Retry_After=self.path.removeprefix("/later/"))
        elif self.path == "/big":
            self._answer(200, b"x" * 200_000)
        else:
            self._answer(200, self.path.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, body.upper())

    def log_message(self, *_args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, str]] = []
        self.busy = 1

    def handle_error(self, *_args: object) -> None:
        return  # a client that leaves early is part of the tests

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(environ={}, user_agent="steer-test")
    yield made
    made.close()


def test_a_connection_is_used_again(server: Server, pool: Pool) -> None:
    for path in ("/a", "/b"):
        assert pool.send(Request("GET", server.url + path)).read() == path.encode()
    assert len({port for _path, _auth, port in server.seen}) == 1


def test_a_body_is_sent(server: Server, pool: Pool) -> None:
    assert pool.send(Request("POST", server.url, body=b"abc")).read() == b"ABC"


def test_a_redirect_is_followed_with_credentials_on_one_host(server: Server, pool: Pool) -> None:
    assert pool.send(Request("GET", f"{server.url}/moved", {"Authorization": "Bearer t"})).read() == b"/here"
    assert [auth for _path, auth, _port in server.seen] == ["Bearer t", "Bearer t"]


def test_a_redirect_to_another_host_drops_credentials(server: Server, pool: Pool) -> None:
    assert pool.send(Request("GET", f"{server.url}/away", {"Authorization": "Bearer t"})).read() == b"/here"
    assert [auth for _path, auth, _port in server.seen] == ["Bearer t", ""]
    request = Request("GET", f"{server.url}/away", {"Authorization": "Bearer t"}, pass_credentials=True)
    pool.send(request).read()
    # go: what may be passed on goes to the same name at another port, and to no other name
    assert server.seen[-1][1] == ""


def test_no_redirect_is_followed_when_none_is_wanted(server: Server, pool: Pool) -> None:
    response = pool.send(Request("GET", f"{server.url}/moved", redirects=0))
    assert (response.status, response.headers.get("location")) == (302, "/here")
    response.close()


def test_a_busy_server_is_asked_again_when_it_says(server: Server, pool: Pool) -> None:
    assert pool.send(Request("GET", f"{server.url}/busy")).read() == b"/busy"


@pytest.mark.parametrize("seconds", ["601", "1000000000000", "9" * 5000, "-1", "²", "soon"])
def test_a_server_that_is_busy_for_long_has_failed(server: Server, pool: Pool, seconds: str) -> None:
    response = pool.send(Request("GET", f"{server.url}/later/{quote(seconds)}"))
    assert (response.status, response.read()) == (503, b"later")


@pytest.mark.parametrize("port", ["65536", "100000000000000000000080", "9" * 5000])
def test_a_port_that_is_none_is_not_asked(pool: Pool, port: str) -> None:
    with pytest.raises(RequestFailed, match="invalid port"):
        pool.send(Request("GET", f"http://127.0.0.1:{port}/"))


def test_a_body_beyond_the_limit_is_refused(server: Server, pool: Pool) -> None:
    with pytest.raises(ResponseTooLarge, match="larger than 1000 bytes"):
        pool.send(Request("GET", f"{server.url}/big")).read(1000)
    assert len(pool.send(Request("GET", f"{server.url}/big")).read(300_000)) == 200_000


def test_lines_come_as_they_arrive(server: Server, pool: Pool) -> None:
    response = pool.send(Request("POST", server.url, body=b"one\ntwo\nend"))
    assert list(response.lines()) == [b"ONE", b"TWO", b"END"]


def test_a_refused_connection_reads_as_in_go(pool: Pool) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(RequestFailed) as caught:
        pool.send(Request("GET", f"http://127.0.0.1:{port}/version"))
    assert str(caught.value) == (
        f'Get "http://127.0.0.1:{port}/version": dial tcp 127.0.0.1:{port}: connect: connection refused'
    )
    assert caught.value.is_refused


def test_a_password_in_a_url_is_not_shown(pool: Pool) -> None:
    with pytest.raises(RequestFailed) as caught:
        pool.send(Request("GET", "http://ann:secret@127.0.0.1:1/"))
    assert "secret" not in str(caught.value)
    assert redacted("https://a:b@h/p") == "https://a:xxxxx@h/p"


def test_a_plain_server_is_no_tls_server(server: Server, pool: Pool) -> None:
    with pytest.raises(RequestFailed, match="tls: first record does not look like a TLS handshake"):
        pool.send(Request("GET", server.url.replace("http:", "https:")))  # what it says has no status line


def test_a_server_that_says_http_to_a_hello(pool: Pool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            for _ in range(2):
                client = listener.accept()[0]
                client.recv(1 << 16)
                client.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
                client.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(RequestFailed, match="http: server gave HTTP response to HTTPS client"):
            pool.send(Request("GET", f"https://127.0.0.1:{listener.getsockname()[1]}/"))
        thread.join()


def test_urls_are_taken_apart_and_queries_sorted() -> None:
    assert split_url("https://u:p@h:1/a?b#c") == ("https", "h", 1, "/a?b", "u:p")
    assert split_url("http://[::1]") == ("http", "::1", 80, "/", "")
    assert with_query("http://h/", {"b": "x y", "a": "1"}) == "http://h/?a=1&b=x+y"


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("http://a/x", "http://a:80/y", True),
        ("http://a/x", "https://a/y", True),
        ("https://a/x", "http://a/y", False),
        ("https://a/x", "https://b/y", False),
        ("http://a:8080/x", "http://a:8081/y", False),
        ("http://a:8080/x", "https://a/y", False),
    ],
)
def test_credentials_go_along_to_the_same_server_only(here: str, there: str, expected: bool) -> None:
    assert keeps_credentials(here, there) is expected


def test_an_answer_before_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            client = listener.accept()[0]
            client.recv(100)
            client.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
            client.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with Pool(environ={}).send(Request("PUT", url, body=bytes(32 << 20))) as response:
            assert (response.status, response.read()) == (413, b"no")
        thread.join()


def test_what_comes_behind_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            for words in (b"one", b"two", b"three"):
                client = listener.accept()[0]
                client.recv(1000)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(words), words))
                if words != b"two":
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
                else:  # said to a connection that waits
                    time.sleep(0.2)
                    client.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
                clients.append(client)

        clients: list[socket.socket] = []
        thread = threading.Thread(target=answer)
        thread.start()
        pool = Pool(environ={})
        said = []
        for _ in range(3):
            said.append(pool.send(Request("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/")).read())
            time.sleep(0.4)
        assert said == [b"one", b"two", b"three"]
        thread.join()
        for client in clients:
            client.close()
        pool.close()
