"""Plugins of every kind, from everywhere, compared with Helm."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.prose import shape
from tests.services import beside
from tests.services.web import Web

CURRENT = """apiVersion: v1
name: greet
version: 1.2.0
type: cli/v1
runtime: subprocess
sourceURL: https://example.com/greet
config: {shortHelp: says hello, longHelp: "Says hello\\nto you.", usage: "greet NAME", ignoreFlags: false}
runtimeConfig:
  platformCommand:
  - command: ${HELM_PLUGIN_DIR}/greet.sh
    args: [hello, $HELM_PLUGIN_NAME]
  platformHooks:
    install: [{command: echo, args: [installed, $HELM_PLUGIN_NAME]}]
    delete: [{command: echo, args: [gone]}]
"""
LEGACY = """name: old
version: 0.1.0
usage: an old one
description: It is old.
command: "$HELM_PLUGIN_DIR/greet.sh legacy"
hooks: {install: 'echo "install $HELM_PLUGIN_NAME"', update: echo updated}
"""


def write(folder: Path, text: str, script: str = 'echo "$@" ns=$HELM_NAMESPACE bin=${HELM_BIN##*/}') -> Path:
    folder.mkdir(parents=True)
    (folder / "plugin.yaml").write_text(text)
    (folder / "greet.sh").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "greet.sh").chmod(0o755)
    return folder


same = partial(beside.same, shape=shape)


def each(steer: Run, helm: Run, *line: str) -> str:
    """Run by Helm and undone, then by us: for what changes something."""
    theirs = helm(*line)
    helm("plugin", "uninstall", "greet" if "greet" in line[2] else "old")
    ours = steer(*line)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), line
    return ours.stdout + ours.stderr


def test_a_folder_is_installed_listed_run_and_removed(steer: Run, helm: Run, tmp_path: Path) -> None:
    write(tmp_path / "greet", CURRENT)
    write(tmp_path / "old", LEGACY)
    for name in ("greet", "old"):
        assert f"Installed plugin: {name}" in each(steer, helm, "plugin", "install", name)
    assert "plugin already exists" in same(steer, helm, "plugin", "install", "old")
    assert "local dev" in same(steer, helm, "plugin", "list")
    assert "hello greet a -b --c=d ns=x bin=helm" in same(steer, helm, "greet", "a", "-b", "--c=d", "--namespace", "x")
    assert "legacy" in same(steer, helm, "-n", "y", "old", "--help")
    for line in (["help", "greet"], ["help", "old"], ["--help"], ["__complete", "gre"], ["__complete", ""]):
        assert "hello" in same(steer, helm, *line) or line[-1] == "old"
    assert "Cannot detect VCS" in same(steer, helm, "plugin", "update", "old", "none")
    ours = steer("plugin", "uninstall", "greet", "none", "old")
    assert ours.stdout == "gone\nUninstalled plugin: greet\nUninstalled plugin: old\n"
    assert ours.stderr == "Error: plugin: none not found\n"
    assert (tmp_path / "greet").exists()


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "",
        "- a",
        "apiVersion: v2\n",
        "apiVersion: v1\nname: a b\n",
        "apiVersion: v1\nname: a\n",
        "apiVersion: v1\nname: a\nversion: x\n",
        "apiVersion: v1\nname: a\nversion: 1.0.0\n",
        "apiVersion: v1\nname: a\nversion: 1.0.0\ntype: cli/v1\n",
        "apiVersion: v1\nname: a\nversion: 1.0.0\ntype: nope\nruntime: subprocess\n",
        "apiVersion: v1\nname: a\nversion: 1.0.0\ntype: cli/v1\nruntime: nope\n",
        "apiVersion: v1\nname: a\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nextra: 1\n",
        "apiVersion: v1\nname: a\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nconfig: {nope: 1}\n",
        "apiVersion: v1\nname: a\nversion: 1.0.0\ntype: getter/v1\nruntime: subprocess\n",
        "name: a\nversion: 1.0.0\ncommand: x\nplatformCommand: [{command: y}]\n",
        "name: a\ndownloaders: [{protocols: [x]}]\n",
        "name: a\ndownloaders: [{command: x}]\n",
        "name: ../a\n",
    ],
)
def test_a_plugin_that_is_not_legal_is_told_of_as_helm_does(steer: Run, helm: Run, tmp_path: Path, text: str) -> None:
    write(tmp_path / "plugins" / "a", text)
    assert "WARN" in same(steer, helm, "plugin", "list", env={"HELM_PLUGINS": str(tmp_path / "plugins")})


def test_names_that_are_taken(steer: Run, helm: Run, tmp_path: Path) -> None:
    place = {"HELM_PLUGINS": str(tmp_path / "plugins")}
    write(tmp_path / "plugins" / "a", LEGACY.replace("name: old", "name: list"))
    assert "name conflicts" in same(steer, helm, "version", env=place)
    write(tmp_path / "plugins" / "b", LEGACY.replace("name: old", "name: list"))
    assert "two plugins claim" in same(steer, helm, "version", env=place)
    assert same(steer, helm, "old", env={**place, "HELM_NO_PLUGINS": "1"})


def test_a_plugin_from_git(steer: Run, helm: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "old", LEGACY)

    def git(*line: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *who, "-C", str(folder), *line], check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    git("tag", "v0.1.0")
    (folder / "plugin.yaml").write_text(LEGACY.replace("0.1.0", "0.2.0"))
    git("commit", "-am", "two")
    url = f"file://{folder}"
    assert "does not support verification" in same(steer, helm, "plugin", "install", url)
    assert "does not exist for plugin" in same(
        steer, helm, "plugin", "install", url, "--verify=false", "--version", "7"
    )
    each(steer, helm, "plugin", "install", url, "--verify=false", "--version", "~0.1")
    assert "0.1.0" in same(steer, helm, "plugin", "list")
    assert steer("plugin", "uninstall", "old").returncode == 0
    each(steer, helm, "plugin", "install", url, "--verify=false")
    (folder / "plugin.yaml").write_text(LEGACY.replace("0.1.0", "0.3.0"))
    git("commit", "-am", "three")
    assert steer("plugin", "update", "old").stdout == "updated\nUpdated plugin: old\n"
    assert "0.3.0" in same(steer, helm, "plugin", "list")
    installed = Path(steer("env", "HELM_PLUGINS").stdout.strip()) / "old" / "greet.sh"
    installed.write_text("changed")
    assert "plugin repo was modified" in same(steer, helm, "plugin", "update", "old")


def test_an_archive_from_here_and_from_the_web(steer: Run, helm: Run, tmp_path: Path) -> None:
    write(tmp_path / "greet", CURRENT)
    for run in (helm, steer):
        done = run("plugin", "package", "greet", "--sign=false")
        assert "saved it to: greet-1.2.0.tgz" in done.stdout
    archive = "greet-1.2.0.tgz"
    assert "no provenance" in same(steer, helm, "plugin", "install", archive)
    assert "Installed plugin: greet" in each(steer, helm, "plugin", "install", archive, "--verify=false")
    assert "unsigned" in same(steer, helm, "plugin", "list")
    assert "hello greet" in same(steer, helm, "greet")
    assert steer("plugin", "uninstall", "greet").returncode == 0
    web = Web(tmp_path)
    try:
        assert "no provenance" in same(steer, helm, "plugin", "install", f"{web.url}/{archive}")
        each(steer, helm, "plugin", "install", f"{web.url}/{archive}", "--verify=false")
        assert "hello greet" in same(steer, helm, "greet")
    finally:
        web.stop()
    same(steer, helm, "plugin", "verify", "none")
    same(steer, helm, "plugin", "verify", "greet")
    same(steer, helm, "plugin", "verify", archive)
    same(steer, helm, "plugin", "package", "none", "--sign=false")
    same(steer, helm, "plugin", "install", "none")


def test_a_packaged_plugin_is_the_same_each_time(steer: Run, tmp_path: Path) -> None:
    write(tmp_path / "greet", CURRENT)
    made = []
    for out in ("a", "b"):
        os.utime(tmp_path / "greet" / "greet.sh")
        done = steer("plugin", "package", "greet", "--sign=false", "-d", out, env={"SOURCE_DATE_EPOCH": "1700000000"})
        assert done.returncode == 0
        made.append((tmp_path / out / "greet-1.2.0.tgz").read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../evil", b"0"), ("greet/../../evil", b"0"), ("/evil", b"0"), ("greet/link", b"2"), ("c:/x", b"0")],
)
def test_an_archive_that_would_leave_its_folder_is_refused_and_nothing_is_left(
    steer: Run, helm: Run, tmp_path: Path, name: str, kind: bytes
) -> None:
    with tarfile.open(tmp_path / "greet-1.0.0.tgz", "w:gz") as archive:
        for path, content, type_ in (("greet/plugin.yaml", CURRENT.encode(), b"0"), (name, b"x", kind)):
            member = tarfile.TarInfo(path)
            member.size = len(content) if type_ == b"0" else 0
            member.type = type_
            member.linkname = "/etc/passwd" if type_ == b"2" else ""
            archive.addfile(member, io.BytesIO(content))
    line = ["plugin", "install", "greet-1.0.0.tgz", "--verify=false"]
    ours, theirs = steer(*line), helm(*line)
    assert ours.returncode == 1
    assert ours.stderr == theirs.stderr
    place = Path(steer("env", "HELM_DATA_HOME").stdout.strip()) / "plugins"
    left = [p.name for p in place.iterdir() if not p.name.endswith((".tgz", ".tgz.prov"))]
    assert left == []
    assert not (tmp_path / "evil").exists()


def test_a_getter_plugin_fetches_what_http_does_not(steer: Run, helm: Run, tmp_path: Path) -> None:
    text = (
        "apiVersion: v1\nname: box\nversion: 1.0.0\ntype: getter/v1\nruntime: subprocess\nconfig: {protocols: [box]}\n"
    )
    text += "runtimeConfig: {protocolCommands: [{protocols: [box], platformCommand: [{command: greet.sh}]}]}\n"
    folder = tmp_path / "served"
    write(tmp_path / "plugins" / "box", text, f'test "$HELM_PLUGIN_USERNAME" = me || exit 3; cat "{folder}/${{4##*/}}"')
    place = {"HELM_PLUGINS": str(tmp_path / "plugins")}
    chart = tmp_path / "c"
    chart.mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    folder.mkdir()
    assert steer("package", "c", "-d", str(folder)).returncode == 0
    assert steer("repo", "index", str(folder)).returncode == 0
    who = ["--username", "me", "--password", "p"]
    for name, run in (("ours", steer), ("theirs", helm)):
        assert run("repo", "add", name, f"box://x/{name}", *who, env=place).returncode == 0
        assert run("pull", f"{name}/c", "-d", str(tmp_path), env=place).returncode == 0
        (tmp_path / "c-1.0.0.tgz").unlink()
    ours = steer("repo", "add", "other", "box://x/y", env=place)
    assert ours.returncode == 1
    assert 'plugin "box" exited with error' in ours.stderr
    assert "could not find protocol handler for: tape" in same(steer, helm, "repo", "add", "z", "tape://x", env=place)


def test_a_python_package_is_a_plugin(steer: Run, tmp_path: Path) -> None:
    site = tmp_path / "site"
    about = site / "hello_steer-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hello-steer\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[steersman.commands]\nhello = hello_steer:main\nbroken = hello_steer:none\n"
    )
    (site / "hello_steer.py").write_text(
        "def main(arguments, environment):\n    print('hello', *arguments, environment['HELM_NAMESPACE'])\n    return 3\n"
    )
    path = {"PYTHONPATH": str(site)}
    done = steer("hello", "you", "-n", "here", env=path)
    assert (done.returncode, done.stdout) == (3, "hello you here\n")
    assert "cannot be loaded" in steer("broken", env=path).stderr


def test_completion_asks_the_plugin(steer: Run, helm: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "plugins" / "old", LEGACY)
    (folder / "plugin.complete").write_text('#!/bin/sh\necho "got $# $1 $HELM_NAMESPACE"\necho ":4"\n')
    (folder / "plugin.complete").chmod(0o755)
    place = {"HELM_PLUGINS": str(tmp_path / "plugins")}
    assert "got 2 a x" in same(steer, helm, "__complete", "old", "--namespace", "x", "a", "b", env=place)
    (folder / "completion.yaml").write_text(
        "name: old\nflags: [q, quiet]\ncommands:\n- {name: list, flags: [a, all], validArgs: [one, two]}\n- name: show\n"
    )
    for line in (["old", ""], ["old", "list", ""], ["old", "sh"], ["plugin", "update", ""]):
        same(steer, helm, "__complete", *line, env=place)


@pytest.mark.parametrize(
    "text",
    [
        *("null", "x", "12", "--- \n", "a long scalar text", "apiVersion: 1\nname: x", "apiVersion: [a]\nname: x"),
        *("name: x\nname: y\nversion: 0.1.0\ncommand: echo", "name: x\nversion: 1\ncommand: echo"),
        *("name: x\nversion: 0.1.0\ncommand: [a]", "name: x\nversion: 0.1.0\ncommand: echo\nignoreFlags: 1"),
        *("name: x\nversion: 0.1.0\nhooks: [a]", "name: x\nversion: 0.1.0\nhooks: {install: [a]}"),
        *("name: x\nversion: 0.1.0\nplatformCommand: x", "name: x\nversion: 0.1.0\nplatformCommand: [a]"),
        *("name: x\nversion: 0.1.0\ndownloaders: {a: b}", "name: x\nversion: 0.1.0\ndownloaders: [a]"),
        "name: x\nversion: 0.1.0\nplatformCommand: [{command: echo, args: x}]",
        "apiVersion: v1\nname: x\nversion: 0.1.0\ntype: cli/v1\nruntime: subprocess\nconfig: [a]",
        "apiVersion: v1\nname: [x]\nversion: {a: 0.1.0}\ntype: 1.5\nruntime: subprocess",
    ],
)
def test_fields_of_the_wrong_shape(
    text: str, steer: Run, helm: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "plugin.yaml").write_text(text)
    said = []
    for run in (steer, helm):
        done = run("plugin", "install", "odd")
        said.append((done.stdout, done.stderr, done.returncode))
        shutil.rmtree(Path(environment["HOME"], ".local"))
    assert said[0] == said[1]
    assert "plugin is installed but unusable" in said[0][1]


def test_a_number_is_a_name(steer: Run, helm: Run, tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "plugin.yaml").write_text("name: 1\nversion: 0.1.0\ncommand: echo\n")
    said = []
    for run in (steer, helm):
        said.append((run("plugin", "install", "odd").stdout, run("1", "a").stdout))
        shutil.rmtree(Path(environment["HOME"], ".local"))
    assert said[0] == said[1]
    assert said[0][1] == "a\n"


def test_a_getter_that_fails(steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "getter").mkdir()
    (tmp_path / "getter" / "plugin.yaml").write_text(
        "apiVersion: v1\nname: getter\nversion: 0.1.0\ntype: getter/v1\nruntime: subprocess\nconfig: {protocols: [my]}\n"
        'runtimeConfig: {protocolCommands: [{protocols: [my], platformCommand: [{command: "g.sh"}]}]}\n'
    )
    (tmp_path / "getter" / "g.sh").write_text("#!/bin/sh\nexit 22\n")
    (tmp_path / "getter" / "g.sh").chmod(0o755)
    assert steer("plugin", "install", "getter").returncode == 0
    for run in (steer, helm):  # Helm prints the whole of the plugin where its name is here
        done = run("pull", "my://h/c.tgz")
        assert done.returncode == 1
        assert done.stderr.endswith('failed to invoke: plugin "getter" exited with error\n')


@pytest.mark.parametrize("usage", [" ", "a\\tb c", "u\\u00a0b c", " u"])
def test_usages_with_odd_blanks(usage: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "u").mkdir()
    (tmp_path / "u" / "plugin.yaml").write_text(
        "apiVersion: v1\nname: u\nversion: 0.1.0\ntype: cli/v1\nruntime: subprocess\n"
        f'config: {{usage: "{usage}"}}\nruntimeConfig: {{platformCommand: [{{command: echo}}]}}\n'
    )
    assert steer("plugin", "install", "u").returncode == 0
    for line in (["plugin", "list"], ["version", "--short"]):
        ours, theirs = steer(*line), helm(*line)
        assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode)
    for line in (["u", "x"], ["a", "x"]):
        assert steer(*line).returncode == helm(*line).returncode == 1


@pytest.mark.parametrize("directive", ["\u00b2", "12x", "4", "999999999999"])
def test_odd_directives_of_completions(directive: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "u").mkdir()
    (tmp_path / "u" / "plugin.yaml").write_text("name: u\nversion: 0.1.0\ncommand: echo\n")
    (tmp_path / "u" / "plugin.complete").write_text(f"#!/bin/sh\necho a; echo ':{directive}'\n")
    (tmp_path / "u" / "plugin.complete").chmod(0o755)
    assert steer("plugin", "install", "u").returncode == 0
    assert steer("__complete", "u", "").stdout == helm("__complete", "u", "").stdout


def test_the_steps_that_debug_shows(steer: Run, helm: Run) -> None:
    for line in ("list", "update none", "uninstall none", "list --type cli/v1"):
        assert "level=DEBUG" in same(steer, helm, "plugin", *line.split(), "--debug")
