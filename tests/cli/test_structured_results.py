"""``-o json`` of commands for which Helm has none: standard output is the value and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.cli.tables.commands import COMMANDS
from steersman.pytest_plugin.cluster import Sandbox
from tests.conftest import Run
from tests.services.web import Web

SHOP = Path(__file__).parents[2] / "examples" / "shop"
OWN = [path for path, row in COMMANDS.items() if "output#own" in (*row[4], *row[5])]

Asked = Callable[..., Any]


@pytest.fixture
def asked(own: Run, tmp_path: Path, sandbox: Sandbox) -> Asked:
    """Run a command with ``-o json`` and return what it prints."""
    shutil.copytree(SHOP, tmp_path / "shop")

    def run(*arguments: str, code: int = 0) -> Any:
        done = own(*arguments, "-o", "json", env={"KUBECONFIG": sandbox.kubeconfig})
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def repository(own: Run, asked: Asked, tmp_path: Path) -> Iterator[Web]:
    """A repository with two versions of the chart."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for version in ("1.0.0", "1.1.0"):
        assert own("package", "./shop", "--version", version, "-d", str(folder)).returncode == 0
    index = asked("repo", "index", str(folder))
    assert [(row["name"], row["version"], row["urls"]) for row in index] == [
        ("shop", version, [f"shop-{version}.tgz"]) for version in ("1.1.0", "1.0.0")
    ]
    server = Web(folder)
    yield server
    server.stop()


def test_the_flag_is_under_our_name_only(own: Run, steer: Run, helm: Run) -> None:
    assert len(OWN) > 20
    for path in OWN:
        assert "--output format" in own(*path.split(), "--help").stdout
        if not path.startswith(("cache", "sandbox")):
            assert "--output" not in steer(*path.split(), "--help").stdout
    ours, theirs = steer("repo", "list", "-o", "nope"), helm("repo", "list", "-o", "nope")
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)
    ours, theirs = steer("uninstall", "x", "-o", "json"), helm("uninstall", "x", "-o", "json")
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_every_command_that_changes_or_lists_has_it() -> None:
    without = {
        path
        for path, row in COMMANDS.items()
        if row[3] != "group" and not {"output", "output#own", "output#check", "output#a"} & {*row[4], *row[5]}
    }
    # they print a script, a manifest, a text or what another program prints
    assert without == {
        *(f"completion {shell}" for shell in ("bash", "fish", "powershell", "zsh")),
        *(f"get {part}" for part in ("manifest", "notes")),
        *(f"show {part}" for part in ("all", "chart", "crds", "readme", "values")),
        *(
            "coverage",
            "docs",
            "explain",
            "replay",
            "schema",
            "template",
            "unittest",
            "verify",
            "plugin verify",
        ),
        "sandbox exec",
    }


def test_a_release_that_comes_and_goes(asked: Asked, own: Run) -> None:
    name = f"json-{os.urandom(4).hex()}"
    asked("install", "web", "./shop", "-n", name, "--create-namespace")
    asked("upgrade", "web", "./shop", "-n", name, "--set", "replicas=2")
    whole = asked("get", "all", "web", "-n", name)
    assert (whole["config"], whole["computed_values"]["replicas"]) == ({"replicas": 2}, 2)
    assert whole["chart"]["metadata"]["name"] == "shop" and "kind: Deployment" in whole["manifest"]
    hooks = asked("get", "hooks", "web", "-n", name)
    assert ("Pod", ["test"]) in [(hook["kind"], hook["events"]) for hook in hooks] and whole["hooks"] == hooks
    back = asked("rollback", "web", "1", "-n", name)
    assert (back["name"], back["version"], back["info"]["status"]) == ("web", 3, "deployed")
    gone = asked("uninstall", "web", "other", "-n", name, "--ignore-not-found")
    assert gone == [
        {"name": "web", "namespace": name, "revision": 3, "found": True, "info": ""},
        {"name": "other", "namespace": name, "revision": 0, "found": False, "info": ""},
    ]


def test_tests_of_a_release(asked: Asked, own: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    name = f"json-{os.urandom(4).hex()}"
    templates = tmp_path / "tried" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "tried" / "Chart.yaml").write_text("apiVersion: v2\nname: tried\nversion: 0.1.0\n")
    for pod, outcome, weight in (("good", "succeed", 0), ("bad", "fail", 1), ("never", "succeed", 2)):
        notes = f'{{helm.sh/hook: test, helm.sh/hook-weight: "{weight}", sandbox.steersman.io/outcome: {outcome}}}'
        (templates / f"{pod}.yaml").write_text(
            f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {pod}, annotations: {notes}}}\n"
            "spec: {restartPolicy: Never, containers: [{name: c, image: i}]}\n"
        )
    asked("install", "tried", "./tried", "-n", name, "--create-namespace")
    result = asked("test", "tried", "-n", name, code=1)
    assert (result["name"], result["revision"], result["passed"]) == ("tried", 1, False) and result["error"]
    outcomes = {row["name"]: row["status"] for row in result["tests"]}
    assert outcomes == {"good": "succeeded", "bad": "failed", "never": "skipped"}
    passing = asked("test", "tried", "-n", name, "--filter", "name=good", "--logs")
    assert passing["passed"] is True and passing["error"] == ""
    nothing = own("test", "tried", "-n", name, "--filter", "name=nosuch", env={"KUBECONFIG": sandbox.kubeconfig})
    assert nothing.returncode == 0
    assert nothing.stderr == "steer: no test of release tried matches --filter, none has run\n"


def test_the_version(asked: Asked, own: Run) -> None:
    from steersman.version import __version__

    version = asked("version")
    assert (version["version"], version["helm"]) == (__version__, "v4.3.1")
    assert version["python"] in own("version").stdout


def test_repositories(asked: Asked, own: Run, repository: Web, tmp_path: Path) -> None:
    assert asked("repo", "add", "acme", repository.url) == {"name": "acme", "url": repository.url, "added": True}
    assert asked("repo", "add", "acme", repository.url)["added"] is False
    assert asked("repo", "update") == [{"name": "acme", "url": repository.url, "updated": True, "error": ""}]
    archive = (tmp_path / "repository" / "shop-1.1.0.tgz").read_bytes()
    assert asked("pull", "acme/shop") == [
        {
            "name": "shop",
            "version": "1.1.0",
            "url": f"{repository.url}/shop-1.1.0.tgz",
            "digest": f"sha256:{hashlib.sha256(archive).hexdigest()}",
            "path": "shop-1.1.0.tgz",
        }
    ]
    ((_name, path),) = [(row["name"], row["path"]) for row in asked("pull", "acme/shop", "--untar", "-d", "out")]
    assert (tmp_path / path / "Chart.yaml").exists()
    (tmp_path / "repository" / "index.yaml").unlink()
    ((updated, error),) = [(row["updated"], row["error"]) for row in asked("repo", "update", code=1)]
    assert updated is False and "404" in error
    assert asked("repo", "remove", "acme") == [{"name": "acme"}]


def test_charts(asked: Asked, own: Run, repository: Web, tmp_path: Path) -> None:
    assert asked("create", "blog") == {"name": "blog", "path": "blog"}
    assert asked("lint", "./shop") == [{"chart": "./shop", "failed": False, "findings": [], "errors": []}]
    ((linted),) = asked("lint", "./blog")
    assert linted["findings"] == [{"severity": "info", "path": "Chart.yaml", "message": "icon is recommended"}]
    assert asked("lint", "./none", code=1)[0]["failed"] is True
    ((made),) = asked("package", "./shop", "-d", "out")
    assert (made["name"], made["version"], made["app_version"]) == ("shop", "0.2.0", "1.4.0")
    assert made["digest"] == f"sha256:{hashlib.sha256((tmp_path / made['path']).read_bytes()).hexdigest()}"
    with (tmp_path / "blog" / "Chart.yaml").open("a") as file:
        file.write(f'dependencies: [{{name: shop, version: ^1.0.0, repository: "{repository.url}"}}]\n')
    row = {"name": "shop", "version": "^1.0.0", "repository": repository.url, "status": "missing"}
    assert asked("dependency", "list", "./blog") == [row]
    chosen = [{**row, "version": "1.1.0", "status": "ok"}]
    assert asked("dependency", "update", "./blog") == chosen
    assert own("repo", "add", "acme", repository.url).returncode == 0
    assert asked("dependency", "build", "./blog") == chosen


def test_plugins(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "hello").mkdir()
    (tmp_path / "hello" / "plugin.yaml").write_text("name: hello\nversion: 0.2.0\ncommand: echo hi\n")
    made = asked("plugin", "install", str(tmp_path / "hello"))
    assert (made["name"], made["version"]) == ("hello", "0.2.0") and Path(made["path"]).exists()
    assert [(row["name"], row["type"]) for row in asked("plugin", "list") if row["api_version"] != "python"] == [
        ("hello", "cli/v1")
    ]
    assert asked("plugin", "uninstall", "hello") == [{"name": "hello"}]
    packed = {"name": "hello", "version": "0.2.0", "path": "hello-0.2.0.tgz", "signed": False}
    assert asked("plugin", "package", str(tmp_path / "hello"), "--sign=false") == packed


def test_settings_and_caches(asked: Asked, own: Run) -> None:
    assert asked("env", "HELM_NAMESPACE") == {"HELM_NAMESPACE": "default"}
    assert "HELM_CACHE_HOME" in asked("env")
    for _ in range(2):
        assert own("template", "./shop").returncode == 0
    listed = asked("cache", "list")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["used"]) for row in listed)
    assert [row for row in asked("cache", "prune", "--older-than", "1h") if row["kind"] != "image"] == []
    pruned = asked("cache", "prune", "--older-than", "0s")
    derived = [{row["path"] for row in rows if row["kind"] != "image"} for rows in (pruned, listed)]
    assert derived[0] == derived[1] != set()  # the program's own byte code comes back with the next run


def test_the_sandbox(own: Run, tmp_path: Path) -> None:
    environment = {"STEER_SANDBOX_HOME": str(tmp_path / "sandbox")}

    def run(*arguments: str) -> Any:
        return json.loads(own("sandbox", *arguments, "-o", "json", env=environment).stdout)

    assert run("status") == {"running": False}
    started = run("up")
    try:
        assert run("status") == {"running": True, **started, "problems": []}
    finally:
        assert run("down") == {"stopped": True}
    assert run("down") == {"stopped": False}


def test_the_line_of_progress_is_wiped_after_an_interrupt(own: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    """The last thing on the terminal is not a line that says that something is waited for."""
    import pty

    (tmp_path / "slow" / "templates").mkdir(parents=True)
    (tmp_path / "slow" / "Chart.yaml").write_text("apiVersion: v2\nname: slow\nversion: 0.1.0\n")
    notes = "{name: slow, annotations: {sandbox.steersman.io/outcome: pending}}"
    (tmp_path / "slow" / "templates" / "pod.yaml").write_text(
        f"apiVersion: v1\nkind: Pod\nmetadata: {notes}\nspec: {{containers: [{{name: c, image: i}}]}}\n"
    )
    environment = {**os.environ, "KUBECONFIG": sandbox.kubeconfig, "HOME": str(tmp_path)}
    for more, numbers in (((), (signal.SIGINT,)), (("--timeout", "3s"), ())):
        ours, theirs = pty.openpty()
        line = ["install", "slow", "./slow", "-n", f"slow-{len(more)}", "--create-namespace", "--wait", *more]
        process = subprocess.Popen(
            [str(tmp_path / "bin" / "steer"), *line],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            cwd=tmp_path,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        os.close(theirs)
        shown = b""
        while b"waiting for Pod/slow" not in shown:
            shown += os.read(ours, 4096)
        for number in numbers:
            process.send_signal(number)
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
        os.close(ours)
        assert process.wait() != 0
        after = shown.rpartition(b"waiting for Pod/slow")[2]
        assert after.startswith(after.partition(b"\r")[0] + b"\r\r\x1b[K"), after
        assert b"Error: " in after


def test_tables_fit_the_terminal_under_our_name(own: Run, steer: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    import fcntl
    import pty
    import struct
    import termios

    shutil.copytree(SHOP, tmp_path / "shop")
    environment = {**os.environ, "KUBECONFIG": sandbox.kubeconfig, "HOME": str(tmp_path)}
    name = f"tables-{os.urandom(4).hex()}"
    done = own("install", "web", "./shop", "-n", name, "--create-namespace", env=environment)
    assert done.returncode == 0, done.stderr

    def lines(program: str, columns: int, *command: str) -> list[str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen(
            [str(tmp_path / "bin" / program), *command, "-n", name], stdout=theirs, env=environment, cwd=tmp_path
        )
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
        os.close(ours)
        assert process.wait() == 0
        return shown.decode().replace("\r\n", "\n").splitlines()

    for command in (("list", "--color", "never"), ("history", "web")):
        whole = own(*command, "-n", name, env=environment).stdout.splitlines()
        assert max(map(len, whole)) > 80 and "\t" in whole[0]
        assert lines("helm", 80, *command) == whole
        for columns in (80, 100, 200):
            fitted = lines("steer", columns, *command)
            assert max(map(len, fitted)) <= columns and "\t" not in "".join(fitted)
            # history has its reasons whole, on lines of their own
            assert ("…" in "".join(fitted)) is (columns < 200 and command[0] == "list")
        firsts = [line.split()[0] for line in lines("steer", 80, *command) if not line.startswith(" ")]
        assert firsts == [line.split()[0] for line in whole]
    narrow = lines("steer", 80, "history", "web")
    assert narrow[1::2] == ["          DESCRIPTION", "          Install complete"]
    assert whole[1].split("\t")[1].strip() in narrow[2]  # when it was
    own("uninstall", "web", "-n", name, env=environment)
