"""Schemas by URL: what is fetched from a server, what is kept, and what is refused; Helm's words where it has some."""

from __future__ import annotations

import gzip
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from steersman.download import schemas
from steersman.download.schemas import SchemaFetcher, unpacked
from steersman.runtime.private import NOWHERE, Cache
from steersman.values.errors import SchemaError
from steersman.values.schema import problem_of
from steersman.values.schema_access import SchemaAccess
from steersman.values.schemas.loading import MAX_DOCUMENTS
from tests.cli.test_helm_ways import CHART, write_chart
from tests.conftest import Run

NUMBER = b'{"type": "number"}'
Answer = Callable[[BaseHTTPRequestHandler], None]


def _json(body: bytes = NUMBER, status: int = 200, **fields: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in fields.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


class Server:
    """A server whose paths a test answers; ``asked`` has the requests as they came."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers)))
                try:
                    outer.answers.get(self.path, _json(b"nothing", 404))(self)
                except (ConnectionError, TimeoutError):
                    self.close_connection = True

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    tmp_path.chmod(0o700)
    return Cache(str(tmp_path / "cache"), str(tmp_path / "state"), str(tmp_path))


def _problem(url: str, fetcher: SchemaFetcher, value: object = "x") -> str:
    return problem_of(
        b'{"properties": {"a": {"$ref": "%s"}}}' % url.encode(), {"a": value}, SchemaAccess(fetcher.fetch)
    )


def _words_of_both(steer: Run, helm: Run, folder: Path, url: str) -> tuple[str, str]:
    chart = write_chart(folder / "m", CHART, {"t.yaml": "a: b\n"}, '{"a": "x"}')
    (chart / "values.schema.json").write_text(f'{{"properties": {{"a": {{"$ref": "{url}"}}}}}}')
    return steer("template", "x", "m").stderr, helm("template", "x", "m").stderr


def test_a_schema_is_fetched_and_may_refer_to_others(server: Server) -> None:
    server.answers["/a/first.json"] = _json(b'{"$ref": "../second.json#/$defs/n"}')
    server.answers["/second.json"] = _json(b'{"$defs": {"n": {"type": "number"}}}')
    fetcher = SchemaFetcher({}, NOWHERE)
    assert _problem(f"{server.url}/a/first.json", fetcher) == "- at '/a': got string, want number\n"
    assert _problem(f"{server.url}/a/first.json", fetcher, 1.0) == ""
    assert server.asked[0][1]["User-Agent"] == "Helm/4.3.1"
    assert "Authorization" not in server.asked[0][1]


def test_a_metaschema_is_fetched_too(server: Server) -> None:
    server.answers["/meta"] = _json(b'{"$schema": "http://json-schema.org/draft-07/schema#"}')
    schema = b'{"$schema": "%s/meta", "properties": {"a": {"items": [{"type": "number"}]}}}' % server.url.encode()
    access = SchemaAccess(SchemaFetcher({}, NOWHERE).fetch)
    assert problem_of(schema, {"a": ["x"]}, access) == "- at '/a/0': got string, want number\n"


@pytest.mark.helm
@pytest.mark.parametrize(
    "answer",
    [
        _json(),
        _json(NUMBER, Content_Type="text/html"),
        _json(b"<html>", Content_Type="application/json"),
        _json(b""),
        _json(b"{"),
        _json(b'{"type": "nope"}'),
        _json(b"\xef\xbb\xbf{}"),
        _json(b"\xff\xfe{}"),
        _json(b'{"enum": ["\xe9", "x"]}'),
        _json(gzip.compress(NUMBER), Content_Encoding="gzip"),
        _json(NUMBER, Content_Encoding="gzip"),
        _json(b"", Content_Encoding="gzip"),
        _json(NUMBER, Content_Encoding="br"),
        _json(b"", 404),
        _json(b"{}", 500),
        _json(b"{}", 201),
        _json(b"", 204),
        _json(b"", 304),
        _json(b"{}", 503, Retry_After="1"),
        _json(b"", 302, Location="/second"),
        _json(b"", 302, Location="/s"),
        _json(b"", 302, Location="ftp://127.0.0.1/x"),
        _json(b"", 302),
    ],
)
def test_what_a_server_may_answer_has_helms_words(
    tmp_path: Path, steer: Run, helm: Run, server: Server, answer: Answer
) -> None:
    server.answers |= {"/s": answer, "/second": _json()}
    ours, theirs = _words_of_both(steer, helm, tmp_path, f"{server.url}/s")
    assert ours == theirs


@pytest.mark.helm
@pytest.mark.parametrize("count", [9, 10, 11])
def test_chains_of_redirects_end_as_with_helm(
    tmp_path: Path, steer: Run, helm: Run, server: Server, count: int
) -> None:
    server.answers |= {f"/{at}": _json(b"", 302, Location=f"/{at - 1}") for at in range(1, count + 1)} | {"/0": _json()}
    ours, theirs = _words_of_both(steer, helm, tmp_path, f"{server.url}/{count}")
    assert ours == theirs
    assert (f'Get "/{count - 10}": stopped after 10 redirects' in ours) is (count > 9)


@pytest.mark.helm
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x", "https://127.0.0.1:1/x#/a", "http://localhost:0/x", "ftp://127.0.0.1/x",
        "http://", "https://", "http:x", "http:/x", "http:///x", "http://?q", "http://#a", "http://:1/x", "http://:/x", "HTTP://127.0.0.1:1/x",
    ],
)  # fmt: skip
def test_a_server_that_is_not_there_has_helms_words(tmp_path: Path, steer: Run, helm: Run, url: str) -> None:
    ours, theirs = _words_of_both(steer, helm, tmp_path, url)
    assert ours == theirs


def _never(handler: BaseHTTPRequestHandler) -> None:
    handler.server.stopped.wait(30)  # type: ignore[attr-defined]


def _dribble(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.stopped.wait(0.05):  # type: ignore[attr-defined]
        handler.wfile.write(b" ")


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 65536)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_never, "Client.Timeout exceeded while awaiting headers"),
        (_dribble, "Client.Timeout or context cancellation while reading body"),
        (_endless, "larger than 5,242,880 bytes"),
        (_json(b"", 302, Location="/s"), "stopped after 10 redirects"),
    ],
)
def test_a_slow_or_endless_server_is_left(
    server: Server, monkeypatch: pytest.MonkeyPatch, answer: Answer, words: str
) -> None:
    server.server.stopped = threading.Event()  # type: ignore[attr-defined]
    server.answers["/s"] = answer
    monkeypatch.setattr(schemas, "TIMEOUT", 0.5 if answer is not _endless else 30.0)
    try:
        problem = _problem(f"{server.url}/s", SchemaFetcher({}, NOWHERE))
    finally:
        server.server.stopped.set()  # type: ignore[attr-defined]
    assert problem.startswith(f'failing loading "{server.url}/s": ')
    assert words in problem


def test_a_document_that_unpacks_to_much_is_refused(server: Server) -> None:
    server.answers["/s"] = _json(gzip.compress(b" " * (schemas.MAX_BYTES + 1)), Content_Encoding="gzip")
    assert "larger than 5,242,880 bytes" in _problem(f"{server.url}/s", SchemaFetcher({}, NOWHERE))


def test_a_document_that_is_cut_off_is_refused(server: Server) -> None:
    server.answers["/s"] = _json(gzip.compress(NUMBER)[:-3], Content_Encoding="gzip")
    assert "unexpected EOF" in _problem(f"{server.url}/s", SchemaFetcher({}, NOWHERE))


def test_the_number_of_documents_is_limited(server: Server) -> None:
    for at in range(MAX_DOCUMENTS + 2):
        server.answers[f"/{at}"] = _json(b'{"$ref": "/%d"}' % (at + 1))
    assert "more than 100 other documents" in _problem(f"{server.url}/0", SchemaFetcher({}, NOWHERE))
    assert len(server.asked) == MAX_DOCUMENTS


def test_the_time_for_all_documents_is_limited(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "ALL_SECONDS", -1.0)
    assert "take longer than" in _problem(f"{server.url}/0", SchemaFetcher({}, NOWHERE))
    assert not server.asked


def test_what_a_server_dates_is_asked_for_only_if_changed(server: Server, cache: Cache) -> None:
    url = f"{server.url}/s"
    server.answers["/s"] = _json(ETag='"1"')
    assert SchemaFetcher({}, cache).fetch(url) == NUMBER
    server.answers["/s"] = _json(b"", 304, ETag='"1"')
    assert SchemaFetcher({}, cache).fetch(url) == NUMBER
    assert server.asked[1][1]["If-None-Match"] == '"1"'
    server.answers["/s"] = _json(b"{}", ETag='"2"')
    assert SchemaFetcher({}, cache).fetch(url) == b"{}"
    assert len(server.asked) == 3


def test_what_a_server_lets_be_kept_is_not_asked_for_again(server: Server, cache: Cache) -> None:
    url = f"{server.url}/s"
    server.answers["/s"] = _json(Cache_Control="public, max-age=300")
    assert [SchemaFetcher({}, cache).fetch(url) for _ in range(3)] == [NUMBER] * 3
    assert len(server.asked) == 1


@pytest.mark.parametrize("control", ["no-store, max-age=300", "max-age=0", "max-age=x", "private"])
def test_what_a_server_lets_not_be_kept_is_asked_for_again(server: Server, cache: Cache, control: str) -> None:
    url = f"{server.url}/s"
    server.answers["/s"] = _json(Cache_Control=control)
    assert [SchemaFetcher({}, cache).fetch(url) for _ in range(2)] == [NUMBER] * 2
    assert len(server.asked) == 2


def test_offline_nothing_is_fetched_and_copies_are_used(server: Server, cache: Cache) -> None:
    url = f"{server.url}/s"
    server.answers["/s"] = _json(ETag='"1"')
    with pytest.raises(SchemaError, match=r"forbidden.* run once without them, or with --skip-schema-validation"):
        SchemaFetcher({}, cache, is_offline=True).fetch(url)
    assert not server.asked
    SchemaFetcher({}, cache).fetch(url)
    assert SchemaFetcher({}, cache, is_offline=True).fetch(url) == NUMBER
    assert len(server.asked) == 1


@pytest.fixture
def own(tmp_path: Path, steer: Run, environment: dict[str, str]) -> Run:
    """Run the program under its own name."""
    link = tmp_path / "bin" / "steer"
    link.symlink_to((tmp_path / "bin" / "helm").readlink())

    def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(link), *arguments], env={**environment, **(env or {})}, cwd=tmp_path, capture_output=True, text=True
        )

    return run


def test_the_variable_and_the_flag_forbid_fetching(tmp_path: Path, own: Run, server: Server) -> None:
    chart = write_chart(tmp_path / "m", CHART, {"t.yaml": "a: b\n"}, '{"a": "x"}')
    (chart / "values.schema.json").write_text(f'{{"$ref": "{server.url}/s"}}')
    server.answers["/s"] = _json(b"{}")
    for run in (
        own("template", "x", "m", "--offline"),
        own("template", "x", "m", env={"STEER_OFFLINE": "1"}),
        own("lint", "m", "--offline"),
        own("install", "x", "m", "--dry-run=client", "--offline"),
        own("install", "x", "m", "--dry-run=client", env={"STEER_OFFLINE": "1"}),
    ):
        assert run.returncode == 1
        assert "fetching is forbidden by --offline or STEER_OFFLINE" in run.stdout + run.stderr
    assert not server.asked
    assert own("template", "x", "m").returncode == 0
    assert own("install", "x", "m", "--dry-run=client").returncode == 0
    assert len(server.asked) == 2


@pytest.mark.helm
@pytest.mark.parametrize("command", ["template", "install", "upgrade", "lint"])
def test_the_name_helm_has_no_such_flag(steer: Run, helm: Run, own: Run, command: str) -> None:
    assert steer(command, "--offline").stderr == helm(command, "--offline").stderr
    assert "--offline" not in steer(command, "--help").stdout
    assert "--offline" in own(command, "--help").stdout


@pytest.mark.parametrize("data", [b"", b"a\n\n", b"a\nb\nc\nd", b"a\nb\n1.0", b"\xff"])
def test_a_copy_that_cannot_be_read_counts_as_absent(data: bytes) -> None:
    assert unpacked(data) is None
