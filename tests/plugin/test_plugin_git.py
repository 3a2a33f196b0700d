"""Plugins in git repositories: versions, updates and what goes wrong, each in a home of its own, compared with Helm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run

YAML = """name: old
version: {version}
usage: u
command: "$HELM_PLUGIN_DIR/x.sh"
hooks: {{install: "echo installed; env | grep HELM_; cat", update: "echo updated", delete: "echo deleted"}}
"""
Answer = list[tuple[str, str, int]]


class Repository:
    """A repository with tags and a branch, made anew for each program; both find it at the same path."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = home
        self.url = f"file://{folder}"

    @property
    def installed(self) -> Path:
        return self.home / ".local" / "share" / "helm" / "plugins" / "old"

    def git(self, *line: str, at: Path | None = None) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        command = ["git", *who, "-C", str(at or self.folder), *line]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self, version: str, *tags: str) -> str:
        (self.folder / "plugin.yaml").write_text(YAML.format(version=version))
        self.git("add", ".")
        self.git("commit", "-m", version)
        for tag in tags:
            self.git("tag", tag)
        return version

    def make(self) -> None:
        for folder in (self.folder, self.home):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        (self.folder / "x.sh").write_text("#!/bin/sh\necho run\n")
        (self.folder / "x.sh").chmod(0o755)
        self.git("init")
        self.commit("0.1.0", "v0.1.0", "0.1.1")
        self.commit("0.2.0", "v0.2.0", "v0.3.0-rc.1", "latest")
        self.git("branch", "feature/x")
        self.commit("0.4.0")


@pytest.fixture
def repository(tmp_path: Path, environment: dict[str, str]) -> Repository:
    return Repository(tmp_path / "old", Path(environment["HOME"]))


def both(
    repository: Repository, steer: Run, helm: Run, steps: list[str | Callable[[], object]], **options: object
) -> str:
    """Let each program take the steps from the same beginning; return what ours said."""
    said: list[Answer] = []
    for run in (helm, steer):
        repository.make()
        answers: Answer = []
        for step in steps:
            if callable(step):
                step()
                continue
            done = run(*step.replace("URL", repository.url).split(), **options)
            answers.append((done.stdout, done.stderr, done.returncode))
        left = sorted(str(path) for path in repository.installed.rglob("*") if ".git" not in path.parts)
        said.append([*answers, ("\n".join(left), "", 0)])
    assert said[1] == said[0]
    return "".join(out + err for out, err, _ in said[1])


INSTALL = "plugin install URL --verify=false"
UPDATE: list[str | Callable[[], object]] = ["plugin update old", "plugin list", "old"]


@pytest.mark.parametrize(
    "version",
    [
        *("v0.1.0", "0.1.0", "0.1.1", "~0.1", ">=0.1.0", "*", "v0.3.0-rc.1", "feature/x", "main", "origin/main"),
        *("latest", "HEAD~1", "7", ">=9", "nope", "-h", "--upload-pack=x", "0.1.x", "origin/feature/x"),
    ],
)
def test_versions_of_git(version: str, repository: Repository, steer: Run, helm: Run) -> None:
    both(repository, steer, helm, [f"{INSTALL} --version={version}", *UPDATE, "plugin uninstall old", "plugin list"])


def test_branches_of_git_are_followed(repository: Repository, steer: Run, helm: Run) -> None:
    for version, is_followed in (("main", True), ("feature/x", True), ("v0.1.0", False)):

        def move(branch: str = "main" if version == "v0.1.0" else version) -> None:
            repository.git("checkout", branch)
            repository.commit("0.9.0")

        said = both(repository, steer, helm, [f"{INSTALL} --version={version}", move, *UPDATE])
        assert ("0.9.0" in said) == is_followed


CHANGES: dict[str, Callable[[Repository], object]] = {
    "changed here": lambda r: (r.installed / "x.sh").write_text("changed"),
    "new here": lambda r: (r.installed / "new").write_text("x"),
    "staged here": lambda r: ((r.installed / "new").write_text("x"), r.git("add", ".", at=r.installed)),
    "committed here": lambda r: (
        (r.installed / "new").write_text("x"),
        r.git("add", ".", at=r.installed),
        r.git("commit", "-m", "x", at=r.installed),
    ),
    "rewritten there": lambda r: (r.git("reset", "--hard", "HEAD~1"), r.commit("0.8.0")),
    "gone there": lambda r: shutil.rmtree(r.folder),
    "broken there": lambda r: ((r.folder / "plugin.yaml").write_text("name: [\n"), r.git("commit", "-am", "x")),
    "removed there": lambda r: (r.git("rm", "plugin.yaml"), r.git("commit", "-m", "x")),
    "no remote": lambda r: r.git("remote", "remove", "origin", at=r.installed),
}


@pytest.mark.parametrize("change", CHANGES)
def test_updates_after_a_change(change: str, repository: Repository, steer: Run, helm: Run) -> None:
    def move() -> None:
        CHANGES[change](repository)
        if not change.endswith("there"):
            repository.commit("0.9.0")

    both(repository, steer, helm, [INSTALL, move, *UPDATE, "plugin uninstall old old"])


def test_a_remote_that_changed(repository: Repository, steer: Run, helm: Run) -> None:
    def move() -> None:
        repository.git("remote", "set-url", "origin", "file:///nosuch", at=repository.installed)

    assert "plugin does not exist" in both(repository, steer, helm, [INSTALL, move, *UPDATE])


def test_what_hooks_get(repository: Repository, steer: Run, helm: Run) -> None:
    said = both(repository, steer, helm, [f"{INSTALL} --namespace q"], stdin="not read")
    assert f"HELM_PLUGIN_DIR={repository.installed}" in said
    assert "HELM_NAMESPACE" not in said


def test_repositories_without_a_plugin(repository: Repository, steer: Run, helm: Run) -> None:
    def empty() -> None:
        repository.git("rm", "plugin.yaml")
        repository.git("commit", "-m", "x")

    assert "(plugin.yaml) missing" in both(repository, steer, helm, [empty, INSTALL, "plugin list"])
    assert not repository.installed.exists()


def test_without_git(repository: Repository, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    # what starts us needs no PATH: the program's first line names its Python
    said = both(repository, steer, helm, [INSTALL], env={"PATH": str(tmp_path / "empty")})
    assert "git is not installed" in said


def test_places_where_a_plugin_cannot_be(repository: Repository, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "not a directory" in both(repository, steer, helm, [INSTALL], env={"HELM_PLUGINS": str(tmp_path / "file")})

    def dangle() -> None:
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
        shutil.copytree(repository.folder, tmp_path / "x" / "old")
        shutil.rmtree(repository.folder)

    local: list[str | Callable[[], object]] = [
        "plugin install old",
        dangle,
        "plugin list",
        "plugin uninstall old",
        "plugin install x/old",
    ]
    assert "file exists" in both(repository, steer, helm, local)


def test_sources_that_are_not_legal(repository: Repository, steer: Run, helm: Run) -> None:
    steps: list[str | Callable[[], object]] = [
        *("plugin install foo://x --verify=false", "plugin install oci://", "plugin install oci://127.0.0.1:1/x:1"),
        *(
            "plugin install oci://127.0.0.1:1/x --plain-http",
            "plugin install oci://127.0.0.1:1/x@sha256:0 --plain-http",
        ),
        *("plugin install git@127.0.0.1:x", "plugin install http://127.0.0.1:1/x.tar.gz", "plugin install old/x.sh"),
    ]
    both(repository, steer, helm, steps)


def test_every_place_of_plugins_counts(repository: Repository, steer: Run, tmp_path: Path) -> None:
    repository.make()
    repository.git("clone", "--bare", "old", "old.git", at=tmp_path)
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    source = f"file://{tmp_path}/old.git"
    assert steer("plugin", "install", source, "--verify=false", env={"HELM_PLUGINS": second}).returncode == 0
    places = {"HELM_PLUGINS": f"{first}:{second}"}
    assert steer("plugin", "update", "old", env=places).stdout == "updated\nUpdated plugin: old\n"
    assert steer("plugin", "uninstall", "old", env=places).stdout == "deleted\nUninstalled plugin: old\n"


def test_files_of_a_linked_folder_are_left_alone(repository: Repository, steer: Run, tmp_path: Path) -> None:
    repository.make()
    repository.git("clone", repository.url, str(tmp_path / "work" / "old"), at=tmp_path)
    (tmp_path / "work" / "old" / "notes").write_text("mine")
    assert steer("plugin", "install", "work/old").returncode == 0
    repository.commit("0.9.0")
    assert steer("plugin", "update", "old").returncode == 0
    assert "0.9.0" in steer("plugin", "list").stdout
    assert (tmp_path / "work" / "old" / "notes").read_text() == "mine"
