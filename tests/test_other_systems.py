"""macOS and Windows: the program runs without what those systems lack, and finds its folders where Helm does.

Only Linux is at hand here; the repository's workflow runs the whole suite on all three. Taken away is what Python does
not offer on Windows: modules, functions of ``os``, signals; ``os.name`` is that of Windows. ``msvcrt`` is put there, over the locks of this system.
"""

from __future__ import annotations

import io
import json
import ntpath
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from steersman.runtime import homes

SHOP = Path(__file__).parent.parent / "examples" / "shop"

# what the standard library itself needs of these it has imported before they are taken away
WITHOUT = """
import errno, os, select, signal, sys, time, types
import subprocess, selectors, socket, ssl, threading, http.server, sqlite3, tempfile  # take what they need now
import fcntl as locks

def locking(descriptor, mode, count):
    assert mode == 1 and count == 1
    try:
        locks.flock(descriptor, locks.LOCK_EX | locks.LOCK_NB)
    except BlockingIOError as error:
        raise OSError(errno.EACCES, "Permission denied") from error

windows = types.ModuleType("msvcrt")
windows.locking, windows.LK_NBLCK = locking, 1
sys.modules["msvcrt"] = windows
for name in ("fcntl", "termios", "resource", "pwd", "grp", "pty", "tty"):
    sys.modules[name] = None
for name in (
    "fork", "getuid", "geteuid", "getgid", "getegid", "pread", "pwrite", "fchmod", "chown", "fchown", "lchown", "uname",
    "mkfifo", "killpg", "getpgid", "setsid", "sched_getaffinity", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC",
):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGHUP", "SIGPIPE", "SIGALRM", "SIGUSR1", "SIGCHLD", "setitimer", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
for name in ("poll", "epoll"):
    delattr(select, name)

def symlink(source, target, *more, **named):
    raise OSError(errno.EPERM, "Operation not permitted", source, target)

def replace(source, target, rename=os.replace):  # a file that somebody reads cannot be replaced at once
    if target not in tried and os.path.exists(target):
        tried.add(target)
        raise PermissionError(errno.EACCES, "Permission denied", source, target)
    rename(source, target)

def strftime(layout, *moment, strftime=time.strftime):
    assert "%-" not in layout, layout
    return strftime(layout, *moment)

class Kernel:  # of consoles: remembers what it is asked for
    def GetStdHandle(self, number):
        return number

    def GetConsoleMode(self, handle, mode):
        mode.value = 3
        return True

    def SetConsoleMode(self, handle, mode):
        with open(os.environ["CONSOLE_MODES"], "a") as file:
            file.write(f"{handle} {mode}\\n")

consoles = types.ModuleType("ctypes")
consoles.windll = types.SimpleNamespace(kernel32=Kernel())
consoles.c_ulong, consoles.byref = types.SimpleNamespace, lambda value: value
sys.modules["ctypes"] = consoles
os.name = "nt"
tried = set()
os.symlink, os.replace, time.strftime = symlink, replace, strftime
"""
PROGRAM = """
sys.argv[:] = ["steer", *sys.argv[1:]]
from steersman.start import run
run()
"""

Run = Callable[..., str]


@pytest.fixture
def bare(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the program on a system that has less, and return its output."""
    (tmp_path / "site").mkdir()
    # processes that the program starts are of that system as well
    (tmp_path / "site" / "usercustomize.py").write_text(WITHOUT)
    (tmp_path / "site" / "sitecustomize.py").write_text(WITHOUT)
    shutil.copytree(SHOP, tmp_path / "shop")
    environment = {name: value for name, value in environment.items() if name != "SHELL"}
    around = {**environment, "PYTHONPATH": str(tmp_path / "site"), "STEER_SANDBOX_HOME": str(tmp_path / "sandbox")}

    def run(*arguments: str, code: int = 0, errors: bool = False, **variables: str) -> str:
        line = [sys.executable, "-c", f"import sys\n{PROGRAM}", *arguments]
        done = subprocess.run(
            line, cwd=tmp_path, env={**around, **variables}, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr if errors else done.stdout

    return run


def test_everything_is_taken_away(bare: Run, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import os, fcntl"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "import of fcntl halted" in done.stderr


def test_a_console(bare: Run, tmp_path: Path, environment: dict[str, str]) -> None:
    """It is asked to understand sequences, gets its ends of lines, and sees control characters escaped."""
    import pty

    assert bare("version").count("\n") == 2  # a pipe gets the bytes as they are
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "README.md").write_text("one\x1b[2J\ntwo é\n")
    (tmp_path / "odd" / "Chart.yaml").write_text("apiVersion: v2\nname: odd\nversion: 0.1.0\n")
    ours, theirs = pty.openpty()
    around = {
        **environment,
        "PYTHONPATH": str(tmp_path / "site"),
        "CONSOLE_MODES": str(tmp_path / "modes"),
        "PYTHONIOENCODING": "utf-8",
    }
    line = [sys.executable, "-c", f"import sys\n{PROGRAM}", "show", "readme", "./odd"]
    process = subprocess.Popen(line, cwd=tmp_path, env=around, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    assert process.wait() == 0, process.communicate()[1]
    assert process.stderr is not None
    process.stderr.close()
    # the terminal here puts a carriage return before each newline as well
    assert b"two \xc3\xa9\r\r\n" in shown
    assert shown.replace(b"\r\r\n", b"\n").decode() == "one\\x1b[2J\ntwo é\n\n"
    assert (tmp_path / "modes").read_text() == "-11 7\n"


def test_local_commands(bare: Run, tmp_path: Path) -> None:
    assert bare("version").startswith("steersman ")
    first = bare("template", "web", "./shop")
    assert "kind: Deployment" in first and bare("template", "web", "./shop") == first  # compiled, and from the cache
    assert "0 chart(s) failed" in bare("lint", "./shop")
    assert bare("package", "./shop", "-d", "out").endswith("shop-0.2.0.tgz\n")
    assert "kind: Deployment" in bare("template", "web", "out/shop-0.2.0.tgz")
    assert bare("create", "blog") == "Creating blog\n"
    bare("repo", "index", "out")
    assert "image.tag" in bare("show", "values", "./blog") or "tag:" in bare("show", "values", "./blog")
    assert json.loads(bare("cache", "list", "-o", "json"))
    bare("cache", "prune", "--older-than", "0s")
    assert bare("unittest", "--schema").startswith("{")


def test_repositories_with_their_locks(bare: Run, tmp_path: Path) -> None:
    from tests.services.web import Web

    bare("package", "./shop", "-d", "out")
    bare("repo", "index", "out")
    server = Web(tmp_path / "out")
    try:
        assert "has been added" in bare("repo", "add", "acme", server.url)
        assert "acme/shop" in bare("search", "repo", "shop")
        assert "kind: Deployment" in bare("template", "web", "acme/shop")
        bare("repo", "remove", "acme")
    finally:
        server.stop()


def test_a_registry_whose_connections_are_used_again(bare: Run, tmp_path: Path) -> None:
    from tests.services.registry import Registry

    if shutil.which("docker-registry") is None:
        pytest.skip("no registry: tests/services/install.sh installs docker-registry")
    bare("package", "./shop")
    pushed = (tmp_path / "shop-0.2.0.tgz").read_bytes()
    registry = Registry(tmp_path / "registry")
    try:
        bare("push", "shop-0.2.0.tgz", f"oci://{registry.host}/charts", "--plain-http")
        (tmp_path / "shop-0.2.0.tgz").unlink()
        bare("pull", f"oci://{registry.host}/charts/shop", "--plain-http")
    finally:
        registry.stop()
    assert (tmp_path / "shop-0.2.0.tgz").read_bytes() == pushed


def test_the_sandbox_and_a_release(bare: Run, tmp_path: Path) -> None:
    started = json.loads(bare("sandbox", "up", "-o", "json"))
    try:
        cluster = {"KUBECONFIG": started["kubeconfig"]}
        assert "STATUS: deployed" in bare("install", "web", "./shop", "--wait", **cluster)
        assert "web\t" in bare("list", **cluster).replace(" ", "")
        assert "Rollback was a success" in bare("rollback", "web", "1", **cluster)
        assert json.loads(bare("doctor", "-o", "json", **cluster))
        assert bare("uninstall", "web", **cluster) == 'release "web" uninstalled\n'
        shown = started["kubeconfig"].replace("'", "''")
        assert bare("sandbox", "up") == f"$env:KUBECONFIG = '{shown}'\n"
        assert bare("sandbox", "up", SHELL="/usr/bin/bash") == f"export KUBECONFIG={started['kubeconfig']}\n"
    finally:
        assert bare("sandbox", "down") == "The sandbox is stopped\n"
    assert bare("sandbox", "status", code=1) == "The sandbox is not running\n"


def test_pages_of_the_manual(bare: Run, tmp_path: Path) -> None:
    (tmp_path / "man").mkdir()
    bare("docs", "--type", "man", "--dir", "man")
    heading = (tmp_path / "man" / "steer-install.1").read_text().partition(".TH ")[2].partition("\n")[0]
    assert re.search(r' "\d{1,2}-[A-Z][a-z]{2}-\d{4}"', heading), heading


def test_plugins(bare: Run, tmp_path: Path) -> None:
    (tmp_path / "hello" / "bin").mkdir(parents=True)
    (tmp_path / "hello" / "bin" / "hi").write_text("#!/bin/sh\necho hi\n")
    (tmp_path / "hello" / "plugin.yaml").write_text(
        "apiVersion: v1\ntype: cli/v1\nruntime: subprocess\nname: hello\nversion: 0.1.0\n"
        "runtimeConfig: {platformCommand: [{command: sh, args: [$HELM_PLUGIN_DIR/bin/hi]}]}\n"
    )
    refused = bare("plugin", "install", "./hello", code=1, errors=True)
    assert "on Windows, turn on its developer mode" in refused and "'steer plugin package'" in refused
    bare("plugin", "package", "./hello", "--sign=false")
    bare("plugin", "install", "hello-0.1.0.tgz", "--verify=false")
    assert bare("hello") == "hi\n"
    bare("plugin", "uninstall", "hello")


def test_paths_of_another_drive_are_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    from steersman.runtime import files

    monkeypatch.setattr(files.os, "path", ntpath)
    assert files.shown_path(r"D:\charts\web", r"D:\charts") == "web"
    assert files.shown_path(r"D:\charts\web", r"C:\work") == r"D:\charts\web"


def test_members_of_a_plugins_archive_have_slashes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from steersman.plugin import archive

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "hi").write_text("")
    walk = archive._walk
    monkeypatch.setattr(archive, "_walk", lambda folder: ((b.replace("/", "\\"), p) for b, p in walk(folder)))
    monkeypatch.setattr(archive.os, "sep", "\\")
    data = archive.pack(str(tmp_path), "hello")
    with tarfile.open(fileobj=io.BytesIO(data)) as packed:
        assert packed.getnames() == ["hello", "hello/bin", "hello/bin/hi"]


def test_a_password_cannot_be_typed_into_a_pipe(bare: Run) -> None:
    assert bare("registry", "login", "localhost:1", "-u", "ann", code=1) == "Password: \n"


@pytest.mark.parametrize(
    ("platform", "variables", "folders"),
    [
        (
            "win32",
            {"TEMP": r"C:\Users\ann\Temp", "APPDATA": r"C:\Users\ann\Roaming", "LOCALAPPDATA": r"C:\Users\ann\Local"},
            {
                "cache": r"C:\Users\ann\Temp\helm",
                "config": r"C:\Users\ann\Roaming\helm",
                "data": r"C:\Users\ann\Roaming\helm",
                "state": r"C:\Users\ann\Local\steersman",
            },
        ),
        (
            "darwin",
            {"HOME": "/Users/ann"},
            {
                "cache": "/Users/ann/Library/Caches/helm",
                "config": "/Users/ann/Library/Preferences/helm",
                "data": "/Users/ann/Library/helm",
                "state": "/Users/ann/Library/Application Support/steersman",
            },
        ),
        (
            "linux",
            {"HOME": "/home/ann"},
            {
                "cache": "/home/ann/.cache/helm",
                "config": "/home/ann/.config/helm",
                "data": "/home/ann/.local/share/helm",
                "state": "/home/ann/.local/state/steersman",
            },
        ),
    ],
)
def test_folders_of_each_system(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], folders: dict[str, str]
) -> None:
    monkeypatch.setattr(homes.sys, "platform", platform)
    if platform == "win32":
        monkeypatch.setattr(homes, "join", ntpath.join)
        monkeypatch.setattr(homes, "normpath", ntpath.normpath)
    found = {name: homes.home_folder(variables, name) for name in ("cache", "config", "data")}
    assert {**found, "state": homes.state_folder(variables)} == folders
    named = homes.home_folder({**variables, "HELM_CACHE_HOME": "D:\\cache"}, "cache", "content")
    assert named == ("D:\\cache\\content" if platform == "win32" else "D:\\cache/content")


def test_a_cache_without_owners_is_in_the_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from steersman.runtime import private

    monkeypatch.setattr(private, "HAS_OWNERS", False)
    home = tmp_path / "ann"
    for place, is_used in ((home / "Temp" / "helm", True), (tmp_path / "shared", False), (tmp_path / "anna", False)):
        cache = private.Cache(str(place), str(home / "state"), str(home))
        cache.write("kind", "name", b"data")
        assert cache.read("kind", "name") == (b"data" if is_used else None)
        assert ("is not in the user's profile" in cache.problem()) is not is_used


def test_suites_are_found_by_paths_of_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from steersman.unittest import patterns

    for name in ("tests/a_test.yaml", "tests/deep/b_test.yaml", "charts/db/tests/c_test.yaml"):
        (tmp_path / "web" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / name).write_text("")
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as windows:
        windows.setattr(patterns.os, "path", ntpath)
        windows.setattr(patterns.os, "sep", "\\")
        one_level = patterns.suite_files(".\\web", ["tests/*_test.yaml"])
        written = patterns.suite_files("web", ["tests\\*_test.yaml"])
        everywhere = patterns.suite_files("web", ["**/*_test.yaml"])
        server = patterns.joined(r"\\server\share\web", "tests")
    assert one_level == written == ["web/tests/a_test.yaml"]
    assert sorted(everywhere) == [
        "web/charts/db/tests/c_test.yaml",
        "web/tests/a_test.yaml",
        "web/tests/deep/b_test.yaml",
    ]
    assert server == "//server/share/web/tests"


def test_paths_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    from steersman.chart.errors import NoSuchPath
    from steersman.download import paths

    monkeypatch.setattr(paths.os, "path", ntpath)
    for path in (r"C:\charts\web", r".\web", r"\\server\share\web"):
        with pytest.raises(NoSuchPath):
            paths.local_path(path)
    assert paths.local_path("acme/web") is None


Windows = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Windows:
    """Compute paths as Windows does in a block. Files are those of this system, with backslashes in their names."""

    @contextmanager
    def block() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "meta_path", [PathFinder])  # pytest's own finder makes paths of this system
            patch.setattr(ntpath, "realpath", lambda path, **_named: path)  # whole paths begin with a drive there
            for name, value in (("path", ntpath), ("sep", "\\"), ("pathsep", ";"), ("name", "nt")):
                patch.setattr(os, name, value)
            yield

    return block


def test_output_folders_of_windows(windows: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from steersman.cli.context import Context
    from steersman.cli.terminal.manifests import _OutputFolder
    from steersman.settings import from_environment

    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    context = Context(from_environment({}), out, io.StringIO())
    with windows():
        files = _OutputFolder(context, r"out\prod", "web")
        files.write("shop/templates/a.yaml", "a: 1")
        files.write("shop/templates/a.yaml", "b: 2")
        _OutputFolder(context, r"out\prod", "web").append("shop/templates/a.yaml", "c: 3")
        drive = _OutputFolder(context, "D:\\out\\", "web")._folder
    # helm: the system's separator is between the folder and the name of a template, which has slashes
    name = r"out\prod\web\shop/templates/a.yaml"
    assert out.getvalue() == f"wrote {name}\n" * 3
    assert [line for line in Path(name).read_text().splitlines() if line[1:2] == ":"] == ["a: 1", "b: 2", "c: 3"]
    assert drive == r"D:\out\web"


def test_changed_charts_by_paths_of_windows(windows: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git has slashes in its paths; settings may have backslashes."""
    from steersman.action.ci.changed import changed_charts, is_excluded

    monkeypatch.chdir(tmp_path)
    (tmp_path / "apps" / "charts").mkdir(parents=True)
    (tmp_path / "apps" / "charts" / r"web\Chart.yaml").write_text("name: web\n")
    changed = ["apps/charts/web/values.yaml", "apps/charts/db/values.yaml", "README.md"]
    for folder in ("apps/charts", r"apps\charts", ".\\apps\\charts\\"):
        with windows():
            found = changed_charts(changed, [folder], [], uses_helmignore=False)
            excluded = changed_charts(changed[:1], [folder], ["charts"], uses_helmignore=False)
            assert is_excluded(r"apps\charts\web", ["apps/charts/web"])
        assert found == ([r"apps\charts\web"], ["", r"apps\charts\db"])
        assert excluded == ([], [])


def test_names_in_archives_stay_in_their_folder(windows: Windows, tmp_path: Path) -> None:
    from steersman.chart.model import ChartFile
    from steersman.chart.unpack import chart_name, unpack
    from steersman.errors import ChartError

    for name in (r"..\..\web", r"a\b", "C:web", r"C:\web"):
        with windows(), pytest.raises(ChartError, match="chart name not specified"):
            chart_name([ChartFile("Chart.yaml", f"name: '{name}'\n".encode())])
    with windows():
        assert chart_name([ChartFile("Chart.yaml", b"name: web\n")]) == "web"
        for name in ("C:web.yaml", "c:/web.yaml"):
            with pytest.raises(ChartError, match="illegally named"):
                unpack([ChartFile(name, b"")], str(tmp_path / "web"))
    assert list(tmp_path.iterdir()) == []


def test_plugins_of_windows(windows: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from steersman.action.plugins.source import Folder, InstallOptions, Places, source_of
    from steersman.plugin.load import find
    from steersman.plugin.run import expanded

    monkeypatch.chdir(tmp_path)
    (tmp_path / "plugins" / "hello").mkdir(parents=True)
    (tmp_path / r"plugins\hello\plugin.yaml").write_text(
        "apiVersion: v1\ntype: cli/v1\nruntime: subprocess\nname: hello\nversion: 0.1.0\n"
        "runtimeConfig: {platformCommand: [{command: $HELM_PLUGIN_DIR/bin/hi}]}\n"
    )
    programs = {r"C:\git\git.exe"}
    monkeypatch.setattr(ntpath, "isfile", lambda path: path in programs or os.stat(path).st_size)
    places = Places(r"C:\data\plugins", r"C:\data", {"PATH": r"C:\git"})
    options = InstallOptions(places, *[lambda *words: ""] * 5)  # type: ignore[arg-type, list-item]
    with windows():
        (plugin,) = find("none;plugins", print)
        cloned = source_of("https://github.com/acme/hello.git/", options).target()
        linked = Folder(r"D:\work\hello", options).target()
        command = expanded(plugin.commands[0].command, {"HELM_PLUGIN_DIR": plugin.folder})
    assert (plugin.name, plugin.folder, command) == ("hello", r"plugins\hello", r"plugins\hello/bin/hi")
    assert (cloned, linked) == (r"C:\data\plugins\hello.git", r"C:\data\hello")


def test_programs_of_windows(windows: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by the endings of PATHEXT, and never in the current folder, where a chart could have one."""
    from steersman.runtime.programs import executable, find_program

    there = {r"C:\bin\git.exe", r"C:\tools\az.cmd", r"C:\plugins\hello/bin\hi.bat", "gpg.exe", r".\gpg.exe"}
    monkeypatch.setattr(ntpath, "isfile", there.__contains__)
    environ = {"PATH": r".;C:\bin;;C:\tools", "PATHEXT": ".COM;.EXE;.BAT;.CMD"}
    with windows():
        for around in (environ, {"PATH": environ["PATH"]}):
            assert find_program("git", around) == find_program("git.exe", around) == r"C:\bin\git.exe"
            assert find_program("az", around) == r"C:\tools\az.cmd"
            assert find_program(r"C:\plugins\hello/bin/hi", around) == r"C:\plugins\hello/bin\hi.bat"
            assert find_program("gpg", around) is None
            with pytest.raises(FileNotFoundError):
                executable("gpg", around)
