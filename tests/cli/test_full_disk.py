"""A full disk, and runs that are killed: one line, and nothing half made."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import Run

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk")
Disk = Callable[[str], Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mount a file system of a size at ``small``, empty each time."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted: list[Path] = []

    def unmount() -> None:
        while mounted:
            subprocess.run(["umount", str(mounted.pop())], check=True)

    def mount(size: str) -> Path:
        unmount()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},nr_inodes=200", "none", str(folder)], check=True)
        mounted.append(folder)
        return folder

    yield mount
    unmount()


def test_create_on_a_full_disk_leaves_nothing(disk: Disk, steer: Run, helm: Run) -> None:
    for size in ("4k", "8k", "28k"):
        folder = disk(size)
        theirs = helm("create", "chart", cwd=folder)
        shutil.rmtree(folder / "chart")
        done = steer("create", "chart", cwd=folder)
        assert (done.returncode, done.stdout) == (theirs.returncode, theirs.stdout)
        assert done.stderr.startswith(f"Error: write {folder}/chart/") and done.stderr.count("\n") == 1
        assert done.stderr.endswith(": no space left on device\n") and theirs.stderr.endswith(done.stderr[-26:])
        assert list(folder.iterdir()) == []


def test_create_of_a_starter_on_a_full_disk_leaves_nothing(disk: Disk, steer: Run, tmp_path: Path) -> None:
    steer("create", "starter")
    folder = disk("8k")
    done = steer("create", "chart", "--starter", str(tmp_path / "starter"), cwd=folder)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "no space left on device" in done.stderr
    assert list(folder.iterdir()) == []


def test_create_over_a_chart_keeps_what_it_cannot_replace(disk: Disk, steer: Run) -> None:
    folder = disk("64k")
    assert steer("create", "chart", cwd=folder).returncode == 0
    values = folder / "chart" / "values.yaml"
    values.write_text("mine: 1\n")
    (folder / "filler").write_bytes(b"x" * 4096)
    while True:
        try:
            with open(folder / "filler", "ab", buffering=0) as file:
                file.write(b"x" * 4096)
        except OSError:
            break
    done = steer("create", "chart", cwd=folder)
    assert done.returncode == 1 and done.stderr.endswith("no space left on device\n")
    assert done.stderr.count("\n") == 1
    assert values.read_text() == "mine: 1\n"
    assert [p for p in folder.rglob(".*") if p.name != ".helmignore"] == []


def test_package_on_a_full_disk_leaves_nothing(disk: Disk, steer: Run, helm: Run, tmp_path: Path) -> None:
    steer("create", "chart")
    (tmp_path / "chart" / "large").write_bytes(os.urandom(300_000))
    folder = disk("64k")
    theirs = helm("package", "chart", "-d", str(folder))
    assert list(folder.iterdir()) == []
    done = steer("package", "chart", "-d", str(folder))
    assert (done.returncode, done.stdout, done.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert list(folder.iterdir()) == []


def test_template_into_a_folder_on_a_full_disk_leaves_whole_files(disk: Disk, steer: Run, helm: Run) -> None:
    steer("create", "chart")
    whole = {p[2:] for p in ("./serviceaccount.yaml", "./service.yaml")}
    folder = disk("8k")
    theirs = helm("template", "r", "chart", "--output-dir", str(folder))
    shutil.rmtree(folder / "chart")
    done = steer("template", "r", "chart", "--output-dir", str(folder))
    assert (done.returncode, done.stdout, done.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    files = {p.name: p.read_text() for p in folder.rglob("*") if p.is_file()}
    assert set(files) == whole and all(text.endswith("\n") for text in files.values())


def test_documents_that_are_added_to_a_file_are_added_whole(disk: Disk, steer: Run, tmp_path: Path) -> None:
    steer("create", "chart")
    shutil.rmtree(tmp_path / "chart" / "templates")
    (tmp_path / "chart" / "templates").mkdir()
    documents = "".join(f"---\na{i}: {str(i) * 3000}\n" for i in range(1, 6))
    (tmp_path / "chart" / "templates" / "t.yaml").write_text(documents)
    folder = disk("8k")
    done = steer("template", "r", "chart", "--output-dir", str(folder))
    assert done.returncode == 1 and "no space left on device" in done.stderr
    (file,) = [p for p in folder.rglob("*") if p.is_file()]
    assert [line for line in file.read_text().splitlines() if line.startswith("a")] == [
        f"a1: {'1' * 3000}",
        f"a2: {'2' * 3000}",
    ]


def test_standard_output_into_a_file_on_a_full_disk_is_one_line(
    disk: Disk, steer: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    steer("create", "chart")
    folder = disk("4k")
    (folder / "filler").write_bytes(b"x" * 4096)
    program = os.path.join(os.path.dirname(sys.executable), "steer")
    with open(folder / "out", "wb") as out:
        done = subprocess.run(
            [program, "template", "r", "chart"], stdout=out, stderr=subprocess.PIPE, env=environment, cwd=tmp_path
        )
    assert (done.returncode, done.stderr) == (1, b"Error: write /dev/stdout: no space left on device\n")


def _fill(path: Path) -> None:
    with open(path, "wb", buffering=0) as file:
        while True:
            try:
                if not file.write(b"x" * 512):
                    break
            except OSError:
                break


@pytest.mark.parametrize(
    "line",
    [
        ("dependency", "update", "{disk}/parent"),
        ("dependency", "build", "{disk}/parent"),
        ("package", "{chart}", "-d", "{disk}"),
        ("package", "{disk}/parent", "-d", "{disk}", "-u"),
        ("create", "{disk}/new"),
        ("repo", "index", "{disk}"),
        ("docs", "--dir", "{disk}"),
    ],
    ids=lambda line: " ".join(line[:2]),
)
def test_no_command_calls_a_full_disk_a_fault_or_leaves_a_part(
    line: tuple[str, ...], disk: Disk, steer: Run, tmp_path: Path
) -> None:
    steer("create", "chart")
    folder = disk("32k")
    (folder / "parent").mkdir()
    (folder / "parent" / "Chart.yaml").write_text(
        "apiVersion: v2\nname: parent\nversion: 1.0.0\n"
        f"dependencies:\n- name: chart\n  version: 0.1.0\n  repository: file://{tmp_path}/chart\n"
    )
    _fill(folder / "filler")
    before = sorted(str(p) for p in folder.rglob("*"))
    words = [word.format(disk=folder, chart=tmp_path / "chart") for word in line]
    done = steer(*words, env={"HELM_CONFIG_HOME": str(folder / "config"), "HELM_CACHE_HOME": str(folder / "cache")})
    assert done.returncode == 1
    assert "fault in" not in done.stderr and "Traceback" not in done.stderr
    left = [p for p in folder.rglob("*") if str(p) not in before and p.is_file()]
    assert left == []


def test_a_killed_update_leaves_nothing_for_package(steer: Run, helm: Run, tmp_path: Path) -> None:
    steer("create", "sub")
    steer("create", "parent")
    with open(tmp_path / "parent" / "Chart.yaml", "a") as file:
        file.write("dependencies:\n- name: sub\n  version: 0.1.0\n  repository: file://../sub\n")
    assert steer("dependency", "update", "parent").returncode == 0
    assert steer("package", "parent").returncode == 0
    with tarfile.open(tmp_path / "parent-0.1.0.tgz") as archive:
        expected = sorted(archive.getnames())
    # killed where the archives are complete and about to be moved
    code = (
        "import os, signal, sys; import steersman.action.dependencies.fetch as fetch;"
        "fetch._move = lambda *arguments: os.kill(os.getpid(), signal.SIGKILL);"
        "sys.argv = ['steer', 'dependency', 'update', 'parent']; import steersman.start; steersman.start.run()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    assert done.returncode == -9
    (left,) = [p for p in (tmp_path / "parent").rglob("*") if "tmpcharts" in p.name]
    assert [p.name for p in left.iterdir()] == ["sub-0.1.0.tgz"]
    for run in (steer, helm):
        (tmp_path / "parent-0.1.0.tgz").unlink()
        assert run("package", "parent").returncode == 0
        with tarfile.open(tmp_path / "parent-0.1.0.tgz") as archive:
            assert sorted(archive.getnames()) == expected
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "mine").write_text("")
    (left.parent / ".tmpcharts-1link").symlink_to(kept)
    used = left.parent / ".tmpcharts-2used"
    used.mkdir()
    for one in (left, used):
        os.utime(one, (time.time() - 60, time.time() - 60))
    descriptor = os.open(used, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)  # as an update that continues
    assert steer("dependency", "build", "parent").returncode == 0
    assert not left.exists()  # nobody locks it
    assert used.exists() and (kept / "mine").exists()
    os.close(descriptor)
    assert steer("dependency", "update", "parent").returncode == 0
    assert not used.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", ["update", "build"])
def test_an_update_that_a_signal_ends_leaves_nothing(
    command: str, number: int, environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        dependencies = f"dependencies:\n- name: sub\n  version: 0.1.0\n  repository: {url}\n"
        chart = tmp_path / "parent"
        chart.mkdir()
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: parent\nversion: 1.0.0\n{dependencies}")
        program = os.path.join(os.path.dirname(sys.executable), "steer")
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        running = subprocess.Popen(  # type: ignore[call-overload]
            [program, "dependency", command, str(chart)],
            env=environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # it may be ignored here
            **pipes,
        )
        entries = "apiVersion: v1\nentries:\n  sub:\n  - {apiVersion: v2, name: sub, version: 0.1.0, urls: [sub.tgz]}\n"
        while True:
            connection, _ = server.accept()
            request = connection.recv(4096)
            if b"index.yaml" not in request:
                break  # the archive: it never comes
            connection.sendall(
                f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(entries)}\r\n\r\n{entries}".encode()
            )
            connection.close()
        (aside,) = (chart / "charts").iterdir()
        running.send_signal(number)
        _, errors = running.communicate()
        connection.close()
    assert (running.returncode, errors) == (-number, b"")
    assert not aside.exists()


def test_an_update_on_a_full_disk_names_the_file_as_helm_does(
    disk: Disk, steer: Run, helm: Run, web: str, tmp_path: Path
) -> None:
    for run, name in ((steer, "fetched"), (steer, "saved")):
        run("create", name)
    assert steer("package", "fetched", "-d", str(tmp_path / "web")).returncode == 0
    assert steer("repo", "index", str(tmp_path / "web")).returncode == 0
    folder = disk("32k")
    chart = folder / "parent"
    for name, repository in (("fetched", web), ("saved", f"file://{tmp_path}/saved")):
        said = []
        for run in (helm, steer):
            shutil.rmtree(chart, ignore_errors=True)
            (folder / "filler").unlink(missing_ok=True)
            chart.mkdir()
            (chart / "Chart.yaml").write_text(
                "apiVersion: v2\nname: parent\nversion: 1.0.0\n"
                f"dependencies:\n- name: {name}\n  version: 0.1.0\n  repository: {repository}\n"
            )
            _fill(folder / "filler")
            done = run("dependency", "update", str(chart))
            said.append(re.sub(r"tmpcharts-\w+|(?<=\.tgz)\d+", "", f"{done.returncode} {done.stdout} {done.stderr}"))
            assert [one.name for one in (chart / "charts").iterdir()] == []
        assert said[0] == said[1]
        assert f"write {chart}//{name}-0.1.0.tgz: no space left on device\n" in said[1]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """Serve the folder ``web`` at the URL."""
    (tmp_path / "web").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
