"""Repositories over real HTTP: add, update, search, pull; credentials, digests, what cannot be reached."""

from __future__ import annotations

import base64
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tests.conftest import Run

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"


class Handler(http.server.SimpleHTTPRequestHandler):
    seen: ClassVar[list[str]] = []
    password = ""

    def log_message(self, *args: object) -> None:
        return

    def do_GET(self) -> None:
        type(self).seen.append(self.headers.get("Authorization", ""))
        wanted = "Basic " + base64.b64encode(f"me:{self.password}".encode()).decode()
        if self.password and self.headers.get("Authorization") != wanted:
            self.send_error(401)
            return
        super().do_GET()


@pytest.fixture
def repository(tmp_path: Path, steer: Run) -> Iterator[tuple[str, type[Handler], Path]]:
    folder = tmp_path / "repo"
    folder.mkdir()
    assert steer("package", str(SHOP), "-d", str(folder)).returncode == 0
    assert steer("repo", "index", str(folder)).returncode == 0

    class Own(Handler):
        seen: ClassVar[list[str]] = []

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Own, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", Own, folder
    server.shutdown()
    server.server_close()


def test_a_chart_comes_from_a_repository(
    repository: tuple[str, type[Handler], Path], steer: Run, tmp_path: Path
) -> None:
    url, _, _ = repository
    assert steer("repo", "add", "demo", url).stdout == '"demo" has been added to your repositories\n'
    assert steer("repo", "add", "demo", url).stdout == '"demo" already exists with the same configuration, skipping\n'
    assert "demo/shop" in steer("search", "repo", "web application").stdout
    assert steer("pull", "demo/shop", "--version", ">=0.1", "--untar", "-d", "out").returncode == 0
    assert (tmp_path / "out" / "shop" / "Chart.yaml").exists()
    assert "name: web-shop" in steer("template", "web", "demo/shop").stdout


def test_one_unreachable_repository_does_not_stop_the_others(
    repository: tuple[str, type[Handler], Path], steer: Run, tmp_path: Path
) -> None:
    url, _, _ = repository
    steer("repo", "add", "demo", url)
    config = tmp_path / "home" / ".config" / "helm" / "repositories.yaml"
    config.write_text(config.read_text() + "- {name: gone, url: 'http://127.0.0.1:1'}\n")
    done = steer("repo", "update")
    assert done.returncode == 1
    assert 'Successfully got an update from the "demo"' in done.stdout
    assert 'Unable to get an update from the "gone"' in done.stdout
    assert done.stderr == "Error: failed to update the following repositories: [http://127.0.0.1:1]\n"


def test_credentials_go_to_their_own_host_only(repository: tuple[str, type[Handler], Path], steer: Run) -> None:
    url, handler, folder = repository
    other = url.replace("127.0.0.1", "localhost")
    index = folder / "index.yaml"
    index.write_text(index.read_text().replace("- shop-0.2.0.tgz", f"- {other}/shop-0.2.0.tgz"))
    handler.password = "secret"
    assert steer("repo", "add", "demo", url, "--username", "me", "--password", "secret").returncode == 0
    handler.password = ""
    handler.seen.clear()
    assert steer("pull", "demo/shop").returncode == 0
    assert handler.seen == [""]


def test_a_republished_archive_is_noticed(repository: tuple[str, type[Handler], Path], steer: Run) -> None:
    url, _, folder = repository
    steer("repo", "add", "demo", url)
    archive = folder / "shop-0.2.0.tgz"
    archive.write_bytes(archive.read_bytes() + b"\0")
    done = steer("pull", "demo/shop")
    assert done.returncode == 1
    assert "its repository's index says" in done.stderr


def test_parallel_adds_leave_a_whole_file(repository: tuple[str, type[Handler], Path], steer: Run) -> None:
    from concurrent.futures import ThreadPoolExecutor

    url, _, _ = repository
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda i: steer("repo", "add", f"r{i}", url), range(20)))
    assert [d.stderr for d in done if d.returncode] == []
    listed = steer("repo", "list", "--no-headers").stdout.split()
    assert sorted(listed[::2]) == sorted(f"r{i}" for i in range(20))


def test_what_helm_packed_and_indexed_is_read_and_the_other_way(
    repository: tuple[str, type[Handler], Path], steer: Run, helm: Run
) -> None:
    url, _, _ = repository
    assert helm("repo", "add", "demo", url).returncode == 0
    assert steer("search", "repo", "shop").stdout == helm("search", "repo", "shop").stdout
    assert steer("show", "all", "demo/shop").stdout == helm("show", "all", "demo/shop").stdout
