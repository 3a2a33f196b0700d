"""Repositories behind everything that stands between: TLS, redirects, passwords, slow and broken servers, many clients."""

from __future__ import annotations

import concurrent.futures
import gzip
import hashlib
import io
import os
import pty
import re
import select
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.yamlio import load
from tests.conftest import Run
from tests.services.beside import same
from tests.services.certificates import self_signed
from tests.services.web import Web

Serve = Callable[..., Web]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers over folders."""
    running: list[Web] = []

    def start(folder: Path, **options: object) -> Web:
        running.append(Web(folder, **options))  # type: ignore[arg-type]
        return running[-1]

    yield start
    for web in running:
        web.stop()


@pytest.fixture
def shop(tmp_path: Path, steer: Run) -> Path:
    """A folder with an index and an archive of two charts each."""
    out = tmp_path / "shop"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n")
        (tmp_path / name / "values.yaml").write_text("a: 1\n")
        assert steer("package", name, "-d", str(out)).returncode == 0
    assert steer("repo", "index", str(out)).returncode == 0
    return out


def test_twenty_clients_at_once_leave_a_whole_configuration(
    shop: Path, serve: Serve, steer: Run, helm: Run, environment: dict[str, str]
) -> None:
    url = serve(shop).url

    def client(number: int) -> int:
        code = steer("repo", "add", f"r{number}", url).returncode
        return code or steer("repo", "update", f"r{number}").returncode

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        assert list(pool.map(client, range(20))) == [0] * 20
    config = Path(environment["HOME"], ".config/helm/repositories.yaml")
    tree = load(config.read_text())
    assert sorted(r["name"] for r in tree["repositories"]) == sorted(f"r{i}" for i in range(20))
    assert len(helm("repo", "list").stdout.splitlines()) == 21
    assert [p.name for p in config.parent.iterdir() if p.name.startswith(".")] == []


def test_one_repository_that_cannot_be_reached_does_not_stop_the_others(
    shop: Path, serve: Serve, steer: Run, helm: Run
) -> None:
    good, bad = serve(shop), serve(shop)
    assert steer("repo", "add", "good", good.url).returncode == 0
    assert steer("repo", "add", "bad", bad.url).returncode == 0
    bad.stop()
    bad.server.server_close()
    seen = []
    for run in (steer, helm):
        before = len(good.seen)
        done = run("repo", "update")
        assert done.returncode == 1
        seen.append((sorted(done.stdout.splitlines()), done.stderr))
        assert len(good.seen) > before
    assert seen[0] == seen[1]
    assert "good/one" in steer("search", "repo").stdout


def test_an_index_that_did_not_change_is_not_sent_again(
    shop: Path, serve: Serve, steer: Run, environment: dict[str, str]
) -> None:
    web = serve(shop)
    index = Path(environment["HOME"], ".cache/helm/repository/r-index.yaml")
    assert steer("repo", "add", "r", web.url).returncode == 0
    assert steer("repo", "update").returncode == 0
    assert "If-Modified-Since" not in web.headers[-1]  # it was written just now, and may be again
    os.utime(shop / "index.yaml", (time.time() - 900, time.time() - 900))
    assert steer("repo", "update").returncode == 0
    before = index.read_bytes()
    assert "Successfully got an update" in steer("repo", "update").stdout
    assert "If-Modified-Since" in web.headers[-1]
    assert index.read_bytes() == before
    index.write_bytes(before + b"# somebody else wrote it\n")
    assert steer("repo", "update").returncode == 0
    assert "If-Modified-Since" not in web.headers[-1]
    assert index.read_bytes() == before
    (shop / "index.yaml").write_bytes(before + b"# new\n")
    os.utime(shop / "index.yaml", (time.time() - 600, time.time() - 600))
    assert steer("repo", "update").returncode == 0
    assert index.read_bytes() == before + b"# new\n"


def test_a_state_that_a_server_names_is_asked_for_by_name(shop: Path, serve: Serve, steer: Run) -> None:
    web = serve(shop)
    web.etag = '"first"'
    assert steer("repo", "add", "r", web.url).returncode == 0
    assert "Successfully got an update" in steer("repo", "update").stdout
    assert web.headers[-1]["If-None-Match"] == '"first"'
    assert "r/one" in steer("search", "repo", "one").stdout
    web.etag = '"second"'
    (shop / "index.yaml").write_text((shop / "index.yaml").read_text().replace("name: one", "name: uno"))
    assert steer("repo", "update").returncode == 0
    assert "r/one" in steer("search", "repo", "uno").stdout


def test_certificates_of_both_sides(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    own, own_key = self_signed(tmp_path, "client")
    web = serve(shop, certificate=(certificate, key), client_ca=own)
    trust = ["--ca-file", str(certificate)]
    me = ["--cert-file", str(own), "--key-file", str(own_key)]
    (tmp_path / "empty").write_text("no certificate")
    same(steer, helm, "pull", "one", "--repo", web.url)
    same(steer, helm, "pull", "one", "--repo", web.url, "--ca-file", "none")
    same(steer, helm, "pull", "one", "--repo", web.url, "--ca-file", "empty")
    same(steer, helm, "pull", "one", "--repo", web.url, "--cert-file", "none", "--key-file", "none")
    for flags in (["--ca-file", "none"], ["--ca-file", "empty"], ["--cert-file", "none", "--key-file", "none"]):
        same(steer, helm, "repo", "add", "r", web.url, *flags)
    for alone in (me[:2], me[2:]):
        same(steer, helm, "pull", "one", "--repo", web.url, *trust, *alone)
        same(steer, helm, "repo", "add", "r", web.url, *trust, *alone)
        same(steer, helm, "repo", "add", "r", web.url, "--insecure-skip-tls-verify", *alone)
    same(steer, helm, "pull", "one", "--repo", web.url, *trust, *me)
    assert steer("pull", "one", "--repo", web.url, *trust).returncode == 1
    assert steer("pull", "one", "--repo", web.url, "--insecure-skip-tls-verify", *me).returncode == 0
    assert steer("repo", "add", "r", web.url, *trust, *me).returncode == 0
    assert steer("template", "x", "r/one").returncode == 0
    assert helm("pull", "r/one").returncode == 0


def test_a_password_goes_to_its_own_server_only(shop: Path, serve: Serve, steer: Run, tmp_path: Path) -> None:
    home, other = serve(shop), serve(shop)
    home.users = "me:pä%41:word"
    who = ["--username", "me", "--password", "pä%41:word"]
    assert steer("repo", "add", "r", home.url).returncode == 1
    assert steer("repo", "add", "r", home.url, *who).returncode == 0
    assert steer("pull", "r/one").returncode == 0
    index = shop / "index.yaml"
    index.write_text(index.read_text().replace("- one-1.0.0.tgz", f"- {other.url}/one-1.0.0.tgz"))
    shutil.rmtree(Path(steer("env", "HELM_CONTENT_CACHE").stdout.strip()))
    assert steer("repo", "update").returncode == 0
    assert steer("pull", "r/one").returncode == 0
    assert other.seen[-1] == ("GET", "/one-1.0.0.tgz", "")
    shutil.rmtree(Path(steer("env", "HELM_CONTENT_CACHE").stdout.strip()))
    assert steer("repo", "add", "r", home.url, *who, "--pass-credentials", "--force-update").returncode == 0
    assert steer("pull", "r/one").returncode == 0
    assert other.seen[-1][2].startswith("Basic ")


def test_a_password_in_a_url_is_in_no_message(shop: Path, serve: Serve, steer: Run) -> None:
    web = serve(shop)
    web.users = "me:right"
    wrong = web.url.replace("://", "://me:secret@")
    for line in (["repo", "add", "r", wrong], ["pull", "one", "--repo", wrong], ["pull", f"{wrong}/one-1.0.0.tgz"]):
        done = steer(*line)
        assert done.returncode == 1
        assert "secret" not in done.stdout + done.stderr
    assert steer("repo", "add", "r", web.url.replace("://", "://me:right@")).returncode == 0


def test_a_redirect_to_another_server_takes_no_password_along(shop: Path, serve: Serve, steer: Run) -> None:
    home, other = serve(shop), serve(shop)
    home.redirect = other.url
    who = ["--username", "me", "--password", "p"]
    assert steer("repo", "add", "r", home.url, *who).returncode == 0
    assert home.seen[-1][2].startswith("Basic ")
    assert other.seen[-1] == ("GET", "/index.yaml", "")


def test_a_download_that_breaks_off_leaves_nothing(
    shop: Path, serve: Serve, steer: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    web = serve(shop)
    assert steer("repo", "add", "r", web.url).returncode == 0
    web.cut = 128
    (tmp_path / "out").mkdir()
    done = steer("pull", "r/one", "-d", "out")
    assert done.returncode == 1
    assert "unexpected EOF" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
    cache = Path(environment["HOME"], ".cache/helm/content")
    assert [p for p in cache.rglob("*") if p.is_file()] == []
    kept = Path(environment["HOME"], ".cache/helm/repository/r-index.yaml").read_bytes()
    assert steer("repo", "update").returncode == 1
    assert Path(environment["HOME"], ".cache/helm/repository/r-index.yaml").read_bytes() == kept


def test_a_server_that_dribbles_is_not_waited_for(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    web = serve(shop)
    (shop / "index.yaml").write_text((shop / "index.yaml").read_text() + "# more\n" * 500)
    web.slow = 0.3
    assert "context deadline exceeded" in same(steer, helm, "repo", "add", "r", web.url, "--timeout", "1s")


def test_a_broken_answer_reads_as_in_helm(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    web = serve(shop)
    web.cut = 64
    same(steer, helm, "repo", "add", "r", web.url)
    same(steer, helm, "pull", f"{web.url}/one-1.0.0.tgz")
    same(steer, helm, "pull", "one", "--repo", web.url)


def test_redirects_without_end(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    web = serve(shop)
    web.redirect = web.url
    assert "stopped after 10 redirects" in same(steer, helm, "repo", "add", "r", web.url)
    web.redirect = "ftp://127.0.0.1"
    assert 'unsupported protocol scheme "ftp"' in same(steer, helm, "repo", "add", "r", web.url)


def test_an_address_that_is_a_port_alone_is_this_machine(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    port = serve(shop).url.rpartition(":")[2].rstrip("/")
    assert steer("show", "chart", f"http://:{port}/one-1.0.0.tgz").returncode == 0
    assert "dial tcp :1: connect: connection refused" in same(steer, helm, "pull", "http://:1/x.tgz")


def test_a_scheme_in_capitals(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    url = serve(shop).url.replace("http://", "HTTP://")
    assert '"r" has been added' in steer("repo", "add", "r", url).stdout
    assert "already exists with the same configuration" in helm("repo", "add", "r", url).stdout
    assert steer("pull", "one", "--repo", url).returncode == 0


def test_a_url_that_is_none_is_refused(steer: Run, helm: Run) -> None:
    assert "invalid chart URL format" in same(steer, helm, "repo", "add", "r", "http://127.0.0.1:1/%zz")


@pytest.mark.parametrize(
    "reference",
    [
        *("http://", "http:///x.tgz", "https://", "oci://", "oci://x y", "oci://127.0.0.1:bad/x", "FILE:///x", "://x"),
        *(
            "http://127.0.0.1:abc/c.tgz",
            "http://127.0.0.1:-1/c.tgz",
            "http://127.0.0.1:99999/c.tgz",
            "http://[::1/x.tgz",
        ),
        *("http://h h/x.tgz", "http://127.0.0.1:/c.tgz", " ", "%zz", "a:b", "a:b/c", ""),
    ],
)
def test_odd_urls_of_charts(reference: str, steer: Run, helm: Run) -> None:
    assert "Error: " in same(steer, helm, "pull", reference)


@pytest.mark.parametrize("url", ["%zz", "http://", "https://", "x", "", "oci://h/r", "oci://H/r", "ftp://x"])
def test_odd_urls_of_repositories(url: str, steer: Run, helm: Run) -> None:
    assert "Error: " in same(steer, helm, "repo", "add", "r", url)
    assert "Error: " in same(steer, helm, "pull", "c", "--repo", url)


def test_values_files_that_read_as_urls(shop: Path, steer: Run, helm: Run) -> None:
    for url in ("%zz", "http://127.0.0.1:1/%zz", "a+b://c", "http://", "oci://h/r"):
        assert "Error: " in same(steer, helm, "template", "r", "one", "-f", url)


def test_names_in_urls_are_escaped_and_read(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    url = serve(shop).url
    assert "a%20b.tgz" in same(steer, helm, "pull", f"{url}/a b.tgz")
    for run in (steer, helm):
        assert run("pull", f"{url}/%6Fne-1.0.0.tgz").returncode == 0
        (tmp_path / "one-1.0.0.tgz").unlink()


def test_what_is_in_the_way_of_a_pull(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    url = serve(shop).url + "/one-1.0.0.tgz"
    (tmp_path / "file").write_text("")
    for arguments in (["-d", "file"], ["--untar", "--untardir", "file"]):
        ours, theirs = (re.sub(r"tgz\d+", "tgzN", run("pull", url, *arguments).stderr) for run in (steer, helm))
        assert ours == theirs
        assert "not a directory" in ours


def test_a_server_without_tls(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    url = serve(shop).url.replace("http:", "https:")  # it answers a hello with a page, without a status line
    assert "first record does not look like a TLS handshake" in same(steer, helm, "pull", "one", "--repo", url)


def test_refused_changes_of_repositories_leave_what_helm_leaves(
    steer: Run, helm: Run, environment: dict[str, str]
) -> None:
    config = Path(environment["HOME"], ".config")
    for arguments, is_left in ((["add", "r", "x"], True), (["add", "a/b", "http://h"], True), (["remove", "x"], False)):
        for run in (steer, helm):
            assert run("repo", *arguments).returncode == 1
            assert (config / "helm" / "repositories.lock").exists() == is_left
            shutil.rmtree(config, ignore_errors=True)


def test_a_repository_without_name(
    shop: Path, serve: Serve, steer: Run, helm: Run, environment: dict[str, str]
) -> None:
    url = serve(shop).url
    for run in (steer, helm):
        assert run("repo", "add", "", url).returncode == 0
        assert Path(environment["HOME"], ".cache/helm/repository/index.yaml").exists()
        assert run("repo", "remove", "").returncode == 0


def test_names_of_repositories_are_quoted(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    url = serve(shop).url
    ours, theirs = (
        run("repo", "add", "a\tb", url).stdout + run("repo", "remove", "a\tb").stdout for run in (steer, helm)
    )
    assert ours == theirs
    assert '"a\\tb" has been added' in ours


def test_an_expression_needs_repositories_first(steer: Run, helm: Run) -> None:
    assert "no repositories configured" in same(steer, helm, "search", "repo", "-r", "(")


def test_pull_makes_no_folder(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    web = serve(shop)
    for run in (steer, helm):
        done = run("pull", "one", "--repo", web.url, "-d", "missing")
        assert done.returncode == 1 and "no such file or directory" in done.stderr
        assert not (tmp_path / "missing").exists()
    assert steer("pull", "one", "--repo", web.url, "-d", "missing", "--untar").returncode == 0
    assert (tmp_path / "missing" / "one" / "Chart.yaml").exists()


def test_the_lock_is_the_users_own(shop: Path, serve: Serve, steer: Run, environment: dict[str, str]) -> None:
    assert steer("repo", "add", "r", serve(shop).url).returncode == 0
    (lock,) = Path(environment["HOME"], ".config/helm").glob("*.lock")
    assert lock.stat().st_mode & 0o777 == 0o600


def test_an_archive_that_was_published_again_is_noticed(shop: Path, serve: Serve, steer: Run, tmp_path: Path) -> None:
    web = serve(shop)
    parent = tmp_path / "parent"
    parent.mkdir()
    rows = "".join(f"- {{name: {n}, version: 1.x, repository: '{web.url}'}}\n" for n in ("one", "two"))
    (parent / "Chart.yaml").write_text(f"apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n{rows}")
    assert steer("repo", "add", "r", web.url).returncode == 0
    assert steer("dependency", "update", "parent").returncode == 0
    fetched = [path for _, path, _ in web.seen if path.endswith(".tgz")]
    assert sorted(fetched) == ["/one-1.0.0.tgz", "/two-1.0.0.tgz"]
    shutil.rmtree(parent / "charts")
    assert steer("dependency", "build", "parent").returncode == 0  # all of it is here already
    assert [path for _, path, _ in web.seen if path.endswith(".tgz")] == fetched
    (shop / "one-1.0.0.tgz").write_bytes((shop / "one-1.0.0.tgz").read_bytes() + b"\0")
    shutil.rmtree(Path(steer("env", "HELM_CONTENT_CACHE").stdout.strip()))
    done = steer("dependency", "build", "parent")
    assert done.returncode == 1
    assert "published again" in done.stderr + done.stdout or "has the digest" in done.stderr
    assert sorted(p.name for p in (parent / "charts").iterdir()) == ["one-1.0.0.tgz", "two-1.0.0.tgz"]
    assert not [p for p in parent.iterdir() if p.name.startswith("tmpcharts")]


def test_dependencies_are_fetched_at_the_same_time(
    shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path
) -> None:
    web = serve(shop)
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        rows = "".join(f"- {{name: {n}, version: 1.x, repository: '{web.url}'}}\n" for n in ("one", "two"))
        (tmp_path / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: p\nversion: 1.0.0\ndependencies:\n{rows}")
    assert steer("repo", "add", "r", web.url).returncode == 0
    said = [run("dependency", "update", name).stdout for run, name in ((steer, "ours"), (helm, "theirs"))]
    assert said[0] == said[1]


def pack(path: Path, *members: tuple[str, bytes, bytes]) -> None:
    """Write an archive of members: name, content, type."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content, kind in (("c/Chart.yaml", b"apiVersion: v2\nname: c\nversion: 1.0.0\n", b"0"), *members):
            member = tarfile.TarInfo(name)
            member.size = len(content) if kind == b"0" else 0
            member.type = kind
            member.linkname = "/etc/passwd" if kind in (b"1", b"2") else ""
            archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    "member",
    [
        ("c/../../evil", b"x", b"0"),
        ("../evil", b"x", b"0"),
        ("/c/evil", b"x", b"0"),
        ("c//evil", b"x", b"0"),
        ("evil", b"x", b"0"),
        ("c/C:/evil", b"x", b"0"),
        ("c/link", b"", b"2"),
        ("c/hard", b"", b"1"),
        ("c/device", b"", b"3"),
        ("c/large", b"\0" * (6 << 20), b"0"),
    ],
    ids=lambda m: m[0],
)
def test_archives_with_what_does_not_belong_there(
    serve: Serve, steer: Run, helm: Run, tmp_path: Path, member: tuple[str, bytes, bytes]
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    pack(served / "c-1.0.0.tgz", member)
    url = f"{serve(served).url}/c-1.0.0.tgz"
    for line in (["show", "chart", url], ["template", "x", url]):
        ours, theirs = steer(*line), helm(*line)
        assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)
        assert ours.stderr == theirs.stderr
    done = steer("pull", url, "--untar", "-d", "out")
    below = list((tmp_path / "out").rglob("*")) if (tmp_path / "out").exists() else []
    assert not [p for p in below if p.is_symlink() or p.name == "evil"] or done.returncode == 0
    assert not (tmp_path / "evil").exists()
    assert not Path("/c/evil").exists()


def test_a_bomb_is_refused_in_little_time_and_memory(serve: Serve, steer: Run, tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.mkdir()
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for i in range(40):
            member = tarfile.TarInfo(f"c/f{i}")
            member.size = 4 << 20
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    (served / "c-1.0.0.tgz").write_bytes(gzip.compress(plain.getvalue()))
    assert (served / "c-1.0.0.tgz").stat().st_size < 1 << 20
    done = steer("template", "x", f"{serve(served).url}/c-1.0.0.tgz")
    assert done.returncode == 1
    assert "unable to load chart archive" in done.stderr
    assert "larger than the maximum size" in steer("show", "chart", f"{serve(served).url}/c-1.0.0.tgz").stderr


def test_a_long_download_shows_how_far_it_is_on_a_terminal(
    shop: Path, serve: Serve, steer: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    (shop / "one-1.0.0.tgz").write_bytes(os.urandom(2000))
    web = serve(shop)
    web.slow = 0.05
    master, slave = pty.openpty()
    program = str(tmp_path / "bin" / "helm")
    line = [program, "pull", f"{web.url}/one-1.0.0.tgz"]
    process = subprocess.Popen(line, stderr=slave, stdout=subprocess.PIPE, env=environment, cwd=tmp_path)
    os.close(slave)
    shown = b""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        ready, _, _ = select.select([master], [], [], 0.2)
        try:
            piece = os.read(master, 4096) if ready else b""
        except OSError:
            break  # the other end is closed
        shown += piece
        if not piece and process.poll() is not None:
            break
    os.close(master)
    assert process.wait(10) == 0
    assert process.stdout is not None
    assert process.stdout.read() == b""
    process.stdout.close()
    assert b"one-1.0.0.tgz: 0.0 of 0.0 MB" in shown
    assert shown.endswith(b"\r\x1b[K")
    web.slow = 0
    assert steer("pull", f"{web.url}/one-1.0.0.tgz").stderr == ""  # no terminal, no line


def test_what_is_kept_is_listed_and_pruned(
    shop: Path, serve: Serve, steer: Run, own: Run, helm: Run, environment: dict[str, str]
) -> None:
    web = serve(shop)
    assert steer("repo", "add", "r", web.url).returncode == 0
    assert steer("template", "x", "r/one").returncode == 0
    assert "one-1.0.0" in own("cache", "list").stdout
    (kept,) = Path(environment["HOME"], ".cache/helm/content").rglob("*.chart")
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.stem
    kept.write_bytes(b"not what its name says")
    assert steer("template", "x", "r/one").returncode == 0
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.stem
    assert own("cache", "prune").stdout.startswith("Removed 0 files")
    os.utime(kept, (1, 1))
    # and the program's own byte code, if that was not used for an hour
    assert re.match(r"Removed [12] files?,", own("cache", "prune", "--older-than", "1h").stdout)
    assert not kept.exists()
    assert helm("template", "x", "r/one").returncode == 0  # Helm fills the same cache
    before = len(web.seen)
    assert steer("template", "x", "r/one").returncode == 0
    assert len(web.seen) == before


def test_many_runs_fill_one_cache(shop: Path, serve: Serve, steer: Run, environment: dict[str, str]) -> None:
    web = serve(shop)
    assert steer("repo", "add", "r", web.url).returncode == 0
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(lambda i: steer("template", "x", f"r/{('one', 'two')[i % 2]}").returncode, range(20)))
    assert codes == [0] * 20
    files = [p for p in Path(environment["HOME"], ".cache/helm/content").rglob("*") if p.is_file()]
    assert len(files) == 2
    assert all(hashlib.sha256(p.read_bytes()).hexdigest() == p.stem for p in files)


def test_the_same_chart_gives_the_same_archive(steer: Run, shop: Path, tmp_path: Path) -> None:
    made = []
    for i in range(2):
        os.utime(tmp_path / "one" / "values.yaml")
        done = steer("package", "one", "-d", f"out{i}", env={"SOURCE_DATE_EPOCH": "1700000000"})
        assert done.returncode == 0, done.stderr
        made.append((tmp_path / f"out{i}" / "one-1.0.0.tgz").read_bytes())
        time.sleep(1.1)
    assert made[0] == made[1]
    assert sys.platform != "linux" or len(made[0]) > 100


@pytest.mark.parametrize(
    "text",
    [
        *("a: [", "[]", "repositories: x", "repositories: [x, {name: 1, url: 2}]"),
        "repositories: [{name: a, url: 'http://127.0.0.1:1', insecure_skip_tls_verify: 'x'}]",
        *("repositories: [{name: a, url: '%zz'}]", "repositories: [{name: [a], url: ''}]"),
    ],
)
def test_repositories_of_the_wrong_shape(text: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    config = tmp_path / "repositories.yaml"
    for line in (
        *(("repo", "list"), ("repo", "update"), ("search", "repo", "c"), ("pull", "a/c"), ("repo", "remove", "z")),
        ("repo", "add", "x", "http://127.0.0.1:1"),
    ):
        config.write_text(text)
        assert same(steer, helm, *line, "--repository-config", str(config))


@pytest.mark.parametrize("digest", ["'zz'", "abcd", "abc", "sha256:00", "\u00b2", "00", "1e3", "true", "-0.0"])
def test_digests_of_an_index_that_are_none(
    digest: str, shop: Path, serve: Serve, steer: Run, helm: Run, environment: dict[str, str]
) -> None:
    url = serve(shop).url
    assert steer("repo", "add", "r", url).returncode == 0
    index = Path(environment["HOME"], ".cache/helm/repository/r-index.yaml")
    lines = [f"    digest: {digest}" if "digest:" in line else line for line in index.read_text().split("\n")]
    index.write_text("\n".join(lines))
    assert "Error: " in same(steer, helm, "pull", "r/one")


def test_addresses_of_an_index_that_are_none(
    shop: Path, serve: Serve, steer: Run, helm: Run, environment: dict[str, str]
) -> None:
    assert steer("repo", "add", "r", serve(shop).url).returncode == 0
    index = Path(environment["HOME"], ".cache/helm/repository/r-index.yaml")
    index.write_text(index.read_text().replace("one-1.0.0.tgz", "'%zz'"))
    assert "invalid chart URL format: r/one" in same(steer, helm, "pull", "r/one")


def test_insecure_is_for_the_index(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    url = serve(shop, certificate=self_signed(tmp_path / "own")).url
    assert steer("repo", "add", "r", url, "--insecure-skip-tls-verify").returncode == 0
    assert "unknown authority" in same(steer, helm, "pull", "r/one")
    for run in (steer, helm):
        assert run("pull", "r/one", "--insecure-skip-tls-verify").returncode == 0


def test_an_index_with_names_that_are_escaped(shop: Path, steer: Run, helm: Run) -> None:
    shutil.copy(shop / "one-1.0.0.tgz", shop / "a b.tgz")
    said = []
    for run in (steer, helm):
        for url in ("http://x", "http://x/y/?z=1", "x y", "oci://x/y"):
            assert run("repo", "index", str(shop), "--url", url).returncode == 0
            said.append([line for line in (shop / "index.yaml").read_text().split("\n") if ".tgz" in line])
    assert said[:4] == said[4:]


def test_merging_what_is_no_index(shop: Path, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "blank").write_text("\n")
    for name in ("blank", "shop"):
        assert "merge failed" in same(steer, helm, "repo", "index", "shop", "--merge", name)


def test_a_cache_that_cannot_be(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    url = serve(shop).url
    (tmp_path / "file").write_text("")
    said = [
        re.sub(r"yaml\d+", "yamlN", run("repo", "add", "r", url, env={"HELM_CACHE_HOME": "file/x"}).stderr)
        for run in (steer, helm)
    ]
    assert said[0] == said[1] and "not a directory" in said[0]
    assert "not a directory" in steer("pull", "one", "--repo", url, env={"HELM_CACHE_HOME": "file/x"}).stderr
    for run in (steer, helm):
        done = run("pull", f"{url}/one-1.0.0.tgz", env={"HELM_CONTENT_CACHE": ""})
        assert done.stderr == "Error: content cache must be set\n"


def test_a_busy_server_fails(steer: Run, helm: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_it() -> None:
            for _ in range(2):
                client = listener.accept()[0]
                client.recv(1 << 16)
                client.sendall(b"HTTP/1.1 503 Busy\r\nRetry-After: 1000\r\nContent-Length: 0\r\n\r\n")
                client.close()

        thread = threading.Thread(target=serve_it)
        thread.start()
        assert "503 Busy" in same(steer, helm, "repo", "add", "r", f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", "invalid byte in chunk length"),
        (b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "cannot contain multiple Content-Length headers"),
        (b"Content-Length: \r\n\r\n", "invalid empty Content-Length"),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nfour\r\n0\r\n\r\n", "malformed chunked encoding"),
        (b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "chunk length too large"),
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n", "missing colon"),
        (b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "unsupported transfer encoding"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "too many transfer"),
        (b"no colon\r\n\r\n", "missing colon"),
        (b": no name\r\n\r\n", "malformed MIME header line"),
        (b"X: \0\r\n\r\n", "malformed MIME header line"),
        (b" X: y\r\n\r\n", "malformed MIME header initial line"),
        (b"Content-Le", "missing colon"),
        (b"Content-Length: -5\r\n\r\nabcd", "bad Content-Length"),
    ],
)
def test_answers_that_are_not_http(answer: bytes, told: str, steer: Run, helm: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_it() -> None:
            for _ in range(2):
                client = listener.accept()[0]
                client.recv(1 << 16)
                client.sendall(b"HTTP/1.1 200 OK\r\n" + answer)
                client.close()

        thread = threading.Thread(target=serve_it)
        thread.start()
        assert told in same(steer, helm, "repo", "add", "r", f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


def test_a_place_that_is_no_url(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    web = serve(shop)
    web.redirect = "%zz"
    assert "failed to parse Location header" in same(steer, helm, "repo", "add", "r", web.url)


def test_a_proxy_that_is_no_url_is_none(steer: Run, helm: Run) -> None:
    ours, theirs = (
        run("repo", "add", "r", "http://example.invalid", env={"HTTP_PROXY": "%zz", "NO_PROXY": ""}).stderr
        for run in (steer, helm)
    )
    assert ours == theirs
    assert "dial tcp: lookup example.invalid" in ours


def test_who_a_url_belongs_to_is_in_the_indexes(
    shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    (site / "index").mkdir(parents=True)
    shutil.copytree(shop, site / "charts")
    web = serve(site)
    assert steer("repo", "index", str(site / "charts"), "--url", f"{web.url}/charts").returncode == 0
    shutil.move(site / "charts" / "index.yaml", site / "index" / "index.yaml")
    web.users = "ann:secret"
    line = ["repo", "add", "r", f"{web.url}/index", "--username", "ann", "--password", "secret"]
    assert steer(*line).returncode == 0
    for run in (steer, helm):
        assert run("pull", f"{web.url}/charts/one-1.0.0.tgz").returncode == 0
        assert run("pull", f"{web.url}/charts/other-1.0.0.tgz").returncode == 1


def test_an_index_that_is_not_here_does_not_stop_a_pull_by_url(
    shop: Path, serve: Serve, steer: Run, environment: dict[str, str]
) -> None:
    web = serve(shop)
    assert steer("repo", "add", "r", web.url).returncode == 0
    (Path(environment["HOME"]) / ".cache" / "helm" / "repository" / "r-index.yaml").unlink()
    assert steer("pull", f"{web.url}/one-1.0.0.tgz").returncode == 0
    assert steer("pull", "two", "--repo", web.url).returncode == 0
    assert "no cached repo found" in steer("pull", "r/one").stderr


def test_a_version_with_spaces(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    assert steer("repo", "add", "r", serve(shop).url).returncode == 0
    assert "falling back" in same(steer, helm, "pull", "r/one", "--version", " 1.0.0 ")
    assert "falling back" not in same(steer, helm, "show", "chart", "r/one", "--version", " 1.0.0 ")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"HTTP/1.1 20 OK", "malformed HTTP status code"),
        (b"HTTP/1.1 2000 OK", "malformed HTTP status code"),
        (b"http/1.1 200 OK", "malformed HTTP version"),
        (b"HTTP/1.1 500", " : 500\n"),
        (b"HTTP/1.1 500 ", " : 500 \n"),
        (b"HTTP/1.1 099 What", " : 099 What\n"),
        (b"HTTP/2.0 404 N\xc3\xb6", " : 404 N\u00f6\n"),
        (b"nonsense", "malformed HTTP response"),
    ],
)
def test_lines_of_status(line: bytes, told: str, steer: Run, helm: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_it() -> None:
            for _ in range(2):
                client = listener.accept()[0]
                client.recv(1 << 16)
                client.sendall(line + b"\nContent-Length: 0\n\n")
                client.close()

        thread = threading.Thread(target=serve_it)
        thread.start()
        assert told in same(steer, helm, "repo", "add", "r", f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


def test_credentials_that_are_passed_go_to_no_other_name(shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    home, other = serve(shop), serve(shop)
    who = ("--username", "me", "--password", "p", "--pass-credentials", "--force-update")
    for place, is_passed in ((other.url, True), (other.url.replace("127.0.0.1", "localhost"), False)):
        home.redirect = place
        for run in (steer, helm):
            assert run("repo", "add", "r", home.url, *who).returncode == 0
            assert bool(other.seen[-1][2]) == is_passed


@pytest.mark.parametrize("place", ["http://", "http:///x", "https:", "//", "ftp://x/y", "?", "#"])
def test_places_of_redirects_that_are_none(place: str, shop: Path, serve: Serve, steer: Run, helm: Run) -> None:
    web = serve(shop)
    (shop / "index.yaml").write_text("nothing")
    web.place = place
    assert "Error: " in same(steer, helm, "repo", "add", "r", web.url)


def test_the_steps_of_a_download(shop: Path, serve: Serve, steer: Run, helm: Run, tmp_path: Path) -> None:
    url = serve(shop).url
    said = []
    for name, run in (("ours", steer), ("theirs", helm)):
        top = tmp_path / name
        top.mkdir()
        homes = {f"HELM_{kind}_HOME": str(top / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA")}
        lines = [
            ("show", "chart", "one", "--repo", url), ("repo", "add", "shop", url), ("repo", "update"),
            ("pull", "shop/two"), ("template", "r", "shop/one"), ("pull", f"{url}/two-1.0.0.tgz"),
            ("template", "r", "shop/none"), ("pull", f"{url}/none.tgz"), ("template", "r", f"{url}/two-1.0.0.tgz"),
        ]  # fmt: skip
        steps = []
        for line in lines:
            done = run(*line, "--debug", cwd=top, env=homes)
            steps.append((line, done.returncode, done.stderr.replace(str(top), "TOP")))
        said.append(steps)
    for ours, theirs in zip(*said):
        assert ours == theirs
    assert "fetch complete" in str(said[0]) and "found chart in cache" in str(said[0])
