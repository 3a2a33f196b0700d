"""Files that commands leave: modes under any umask, links that stay links, read-only homes."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.runtime.files import rewrite, write_aside
from tests.conftest import Run
from tests.services.web import Web


@pytest.fixture
def shop(tmp_path: Path, steer: Run) -> Iterator[str]:
    """A repository of one chart."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "Chart.yaml").write_text("apiVersion: v2\nname: one\nversion: 1.0.0\n")
    assert steer("package", "one", "-d", "served").returncode == 0
    assert steer("repo", "index", "served").returncode == 0
    web = Web(tmp_path / "served")
    yield web.url
    web.stop()


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def _modes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): oct(path.stat().st_mode & 0o777) for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize("mask", [0o077, 0o027, 0o002, 0o000])
def test_modes_of_what_is_left(
    mask: int,
    shop: str,
    steer: Run,
    helm: Run,
    tmp_path: Path,
    umask: Callable[[int], int],
    environment: dict[str, str],
) -> None:
    (tmp_path / "parent").mkdir()
    (tmp_path / "parent" / "Chart.yaml").write_text(
        f"apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies: [{{name: one, version: 1.x, repository: {shop}}}]\n"
    )
    left = []
    home = Path(environment["HOME"])
    for run in (steer, helm):
        shutil.rmtree(home)
        home.mkdir()
        out = tmp_path / "out"
        shutil.copytree(tmp_path / "parent", out / "parent")
        umask(mask)
        for line in (
            ("repo", "add", "r", shop),
            ("pull", "r/one", "-d", "out"),
            ("pull", "r/one", "-d", "out", "--untar", "--untardir", "a/b"),
            ("dependency", "update", "out/parent"),
            ("package", "one", "-d", "out/packed"),
            ("repo", "index", "out", "--merge", "out/new"),
            ("show", "chart", "r/one"),
            ("create", "out/made"),
            ("create", "--starter", f"{tmp_path}/out/made", "out/copied"),
            ("package", "out/made", "-d", "out/more/folder"),
        ):
            done = run(*line)
            assert done.returncode == 0, done.stderr
        umask(0o022)
        kept = {path: mode for path, mode in _modes(home).items() if "steersman" not in path}
        left.append((_modes(out), kept))
        shutil.rmtree(out)
    assert left[0] == left[1]


def test_the_link_of_a_configuration_stays(shop: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("repositories: []\n")
    (tmp_path / "mine.yaml").chmod(0o664)
    (tmp_path / "link.yaml").symlink_to("mine.yaml")
    for run, name in ((steer, "a"), (helm, "b")):
        assert run("repo", "add", name, shop, "--repository-config", "link.yaml").returncode == 0
        assert (tmp_path / "link.yaml").is_symlink()
        assert f"name: {name}" in (tmp_path / "mine.yaml").read_text()
        assert (tmp_path / "mine.yaml").stat().st_mode & 0o777 == 0o664


def test_the_link_of_a_store_of_credentials_stays(steer: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps({"auths": {"x": {"auth": "YTpi"}}}))
    (tmp_path / "link.json").symlink_to("mine.json")
    assert steer("registry", "logout", "x", "--registry-config", "link.json").returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "mine.json").read_text()) == {"auths": {}}
    assert (tmp_path / "mine.json").stat().st_mode & 0o777 == 0o600


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    rewrite(str(tmp_path / "pipe"), b"hello", 0o600)
    reader.join(10)
    assert heard == [b"hello"]
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_stays_its_owners(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    os.chown(tmp_path / "file", 12345, 54321)
    rewrite(str(tmp_path / "file"), b"y", 0o600)
    status = (tmp_path / "file").stat()
    assert (status.st_uid, status.st_gid) == (12345, 54321)


def test_folders_that_vanish_are_made_again(tmp_path: Path) -> None:
    is_over = threading.Event()

    def tidy() -> None:
        while not is_over.wait(0.0005):
            for folder in ("a/b", "a"):
                try:
                    os.rmdir(tmp_path / folder)
                except OSError:
                    continue

    thread = threading.Thread(target=tidy)
    thread.start()
    for _ in range(300):
        write_aside(str(tmp_path / "a" / "b" / "file"), b"x")
        (tmp_path / "a" / "b" / "file").unlink()
    is_over.set()
    thread.join()


def test_a_cache_that_cannot_be_written_does_not_stop_a_pull(shop: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nowhere = {"HELM_CONTENT_CACHE": "file/x"}
    assert steer("repo", "add", "r", shop).returncode == 0
    for run in (steer, helm):
        assert run("pull", "r/one", env=nowhere).returncode == 0
        assert (tmp_path / "one-1.0.0.tgz").exists()
        (tmp_path / "one-1.0.0.tgz").unlink()
    ours, theirs = (run("show", "chart", "r/one", env=nowhere) for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_an_index_that_cannot_be_written(steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "out" / "index.yaml").mkdir(parents=True)
    ours, theirs = (run("repo", "index", "out") for run in (steer, helm))
    assert ours.returncode == theirs.returncode == 1
