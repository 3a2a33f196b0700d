"""Proxies: which host goes through which, what a proxy is asked and told, and Helm's words where it fails."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from steersman.transport.http import Pool
from steersman.transport.model import Request, RequestFailed
from steersman.transport.proxy import Refused, proxy_for
from steersman.transport.tls import TlsOptions
from tests.conftest import Run
from tests.services.certificates import self_signed

SOCKS_OK = b"\x05\x00"
CONNECTED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Peer:
    """A server that answers what it gets with the given bytes, one after the other, and closes."""

    def __init__(self, *answers: bytes, certificate: tuple[Path, Path] | None = None) -> None:
        self.seen: list[bytes] = []
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        self.at = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                sock = self._listener.accept()[0]
                with suppress(OSError):
                    sock = self._context.wrap_socket(sock, server_side=True) if self._context else sock
                    for answer in self._answers:
                        self.seen.append(sock.recv(4096))
                        sock.sendall(answer)
                sock.close()

    def stop(self) -> None:
        self._listener.close()


@pytest.fixture
def peers() -> Iterator[list[Peer]]:
    running: list[Peer] = []
    yield running
    for peer in running:
        peer.stop()


def both(steer: Run, helm: Run, url: str, **environ: str) -> str:
    """Pull a URL with both programs; return what both said."""
    ours, theirs = (run("pull", url, env={"NO_PROXY": "", **environ}) for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), environ
    return ours.stderr


@pytest.mark.parametrize(
    ("host", "no_proxy", "expected"),
    [
        ("a.example", "", "http://p:1"),
        ("localhost", "", ""),
        ("127.0.0.1", "", ""),
        ("127.9.9.9", "", ""),
        ("127.example", "", "http://p:1"),
        ("::1", "", ""),
        ("::ffff:127.0.0.1", "", ""),
        ("a.example", "example", ""),
        ("a.example", ".example", ""),
        ("a.example", "*.example", ""),
        ("example", ".example", "http://p:1"),
        ("badexample", "example", "http://p:1"),
        ("10.1.2.3", "10.0.0.0/8", ""),
        ("10.1.2.3", "10.1.2.3", ""),
        ("10.1.2.3", "10.1.2.3:443", ""),
        ("10.1.2.3", "10.1.2.3:80", "http://p:1"),
        ("2001:db8::1", "[2001:db8::1]:443", ""),
        ("2001:db8::1", "2001:db8::/32", ""),
        ("a.example", "*", ""),
        ("10.1.2.3", "*", ""),
        ("a.example", "a.example:444", "http://p:1"),
        ("a.example", " B , A.Example:443 ", ""),
        ("a.example", "/,:443,[,*.", "http://p:1"),
    ],
)
def test_which_hosts_go_through_the_proxy(host: str, no_proxy: str, expected: str) -> None:
    assert proxy_for("https", host, 443, {"HTTPS_PROXY": "p:1", "NO_PROXY": no_proxy}) == expected


def test_a_proxy_that_a_header_may_name_is_not_used(steer: Run, helm: Run) -> None:
    environ = {"HTTP_PROXY": "p:1", "REQUEST_METHOD": "GET"}
    with pytest.raises(Refused):
        proxy_for("http", "localhost", 80, environ)
    assert proxy_for("https", "a.example", 443, {**environ, "HTTPS_PROXY": "p:1"}) == "http://p:1"
    assert "refusing to use HTTP_PROXY value in CGI" in both(steer, helm, "http://a.invalid/x.tgz", **environ)


@pytest.mark.parametrize(
    "proxy",
    [
        *(f"{scheme}127.0.0.1:1" for scheme in ("", "http://", "https://", "ftp://", "socks4://", "socks5://")),
        *("socks5h://127.0.0.1:1", ":1", "a b", "http://[", "foo://p.invalid", "p.invalid", "http://", "%zz"),
        *("http://p.invalid:x", "//p.invalid", "socks5://p.invalid", "HTTP://127.0.0.1:1", "http://u:p@127.0.0.1:1"),
    ],
)
def test_proxies_that_are_not_there(proxy: str, steer: Run, helm: Run) -> None:
    both(steer, helm, "http://a.invalid/x.tgz", HTTP_PROXY=proxy)
    both(steer, helm, "https://a.invalid/x.tgz", https_proxy=proxy)


@pytest.mark.parametrize(
    "answers",
    [
        [b"\x05\xff"],
        [b"\x04\x00"],
        [b"\x05\x02", b""],
        [b"\x05\x07", b""],
        [b""],
        [b"\x05"],
        *([SOCKS_OK, bytes([5, reply]) + b"\x00\x01"] for reply in (1, 2, 3, 4, 5, 6, 7, 8, 9, 200)),
        [SOCKS_OK, b"\x04\x00\x00\x01"],
        [SOCKS_OK, b"\x05\x00\x00\x09"],
        [SOCKS_OK, b"\x05\x00"],
        [SOCKS_OK, CONNECTED, b""],
        [SOCKS_OK, CONNECTED, b"HTTP/1.1 404 Not There\r\nContent-Length: 0\r\n\r\n"],
    ],
)
def test_socks_proxies_that_refuse(answers: list[bytes], peers: list[Peer], steer: Run, helm: Run) -> None:
    peers.append(Peer(*answers))
    both(steer, helm, "http://a.invalid/x.tgz", HTTP_PROXY=f"socks5://{peers[0].at}")
    half = len(peers[0].seen) // 2
    assert [m for m in peers[0].seen[:half] if b"HTTP/" not in m] == [
        m for m in peers[0].seen[half:] if b"HTTP/" not in m
    ]


@pytest.mark.parametrize("host", ["a.example", "192.0.2.1", "[2001:db8::1]", "[::ffff:192.0.2.1]"])
def test_what_a_socks_proxy_is_asked_for(host: str, peers: list[Peer], steer: Run, helm: Run) -> None:
    peers.append(Peer(b"\x05\x02", b"\x01\x00", b"\x05\x01\x00\x01"))
    both(steer, helm, f"http://{host}/x.tgz", HTTP_PROXY=f"socks5h://us%20er:secret@{peers[0].at}")
    assert peers[0].seen[0] == b"\x05\x02\x00\x02" and peers[0].seen[1] == b"\x01\x05us er\x06secret"
    assert peers[0].seen[2] == peers[0].seen[5]


def test_a_socks_proxy_that_does_not_know_one(peers: list[Peer], steer: Run, helm: Run) -> None:
    peers.append(Peer(b"\x05\x02", b"\x01\x01"))
    for user in ("u:p", "u", ":p"):
        said = both(steer, helm, "http://a.invalid/x.tgz", HTTP_PROXY=f"socks5://{user}@{peers[0].at}")
        assert "authentication failed" in said or "invalid username/password" in said


def test_plain_requests_go_through_a_proxy_whole(peers: list[Peer]) -> None:
    peers.append(Peer(ANSWER))
    pool = Pool(environ={}, proxy=f"http://u:p%40@{peers[0].at}")
    assert pool.send(Request("GET", "http://far.example/x?y")).read() == b"hi"
    pool.close()
    request = peers[0].seen[0]
    assert request.startswith(b"GET http://far.example/x?y HTTP/1.1\r\nHost: far.example\r\n")
    assert b"\r\nProxy-Authorization: Basic dTpwQA==\r\n" in request


def test_encrypted_requests_ask_a_proxy_for_a_tunnel(peers: list[Peer], steer: Run, helm: Run) -> None:
    peers.append(Peer(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
    said = both(steer, helm, "https://far.example/x", HTTPS_PROXY=f"http://u:p@{peers[0].at}")
    assert "Proxy Authentication Required" in said
    ours, theirs = (sorted(m.split(b"\r\n")) for m in peers[0].seen)
    assert b"CONNECT far.example:443 HTTP/1.1" in ours and b"Proxy-Authorization: Basic dTpw" in ours
    assert [line for line in theirs if not line.startswith(b"User-Agent")] == ours


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 503 \r\n\r\n"])
def test_tunnels_that_are_none(answer: bytes, peers: list[Peer], steer: Run, helm: Run) -> None:
    peers.append(Peer(answer, *([b""] if answer else [])))  # a tunnel is read from before it ends
    both(steer, helm, "https://far.example/x", HTTPS_PROXY=f"http://{peers[0].at}")


def test_a_proxy_may_be_behind_tls_itself(peers: list[Peer], tmp_path: Path, steer: Run, helm: Run) -> None:
    certificate = self_signed(tmp_path)
    peers.append(Peer(ANSWER, certificate=certificate))
    pool = Pool(TlsOptions(ca_file=str(certificate[0])), environ={}, proxy=f"https://{peers[0].at}")
    assert pool.send(Request("GET", "http://far.example/x")).read() == b"hi"
    pool.close()
    for scheme in ("http", "https"):
        with pytest.raises(RequestFailed, match="proxyconnect tcp: tls: failed to verify certificate: x509"):
            Pool(environ={}, proxy=f"https://{peers[0].at}").send(Request("GET", f"{scheme}://far.example/x"))
    peers.append(Peer(b"HTTP/1.0 400 Bad Request\r\n\r\n"))
    both(steer, helm, "http://far.example/x", HTTP_PROXY=f"https://{peers[0].at}")
    both(steer, helm, "http://far.example/x", HTTP_PROXY=f"https://{peers[1].at}")
