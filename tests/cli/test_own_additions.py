"""Flags, commands and variables of our own: shown under the name ``steer``, and hidden under ``helm``."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import pytest

from steersman.version import __version__
from tests.conftest import Run

FLAGS = [
    ("upgrade", "--recover"),
    ("upgrade", "--offline"),
    ("install", "--schema-ignore-global"),
    ("lint", "--offline"),
    ("template", "--show-compiled"),
    ("template", "--strict-values"),
    ("template", "--lookup-from"),
    ("install", "--seed"),
    ("upgrade", "--record"),
    ("lint", "--no-values-check"),
    ("upgrade", "--verbose"),
]
COMMANDS = ["annotate", "cache", "doctor", "replay", "sandbox", "search oci"]


@pytest.mark.parametrize(("command", "flag"), FLAGS)
def test_flags_are_shown_under_our_name_only(own: Run, steer: Run, tmp_path: Path, command: str, flag: str) -> None:
    for run, name, is_shown in ((own, "steer", True), (steer, "helm", False)):
        assert (flag in run(command, "--help").stdout) is is_shown
        assert (flag in run("__complete", command, flag).stdout) is is_shown
        for kind, page in (("man", f"{name}-{command}.1"), ("markdown", f"{name}_{command}.md")):
            folder = tmp_path / name / kind
            folder.mkdir(parents=True)
            assert run("docs", "--type", kind, "--dir", str(folder)).returncode == 0
            assert (flag in (folder / page).read_text().replace("\\-", "-")) is is_shown


def test_commands_are_shown_under_our_name_only(own: Run, steer: Run, tmp_path: Path) -> None:
    for command in COMMANDS:
        *group, last = command.split()
        for run, is_shown in ((own, True), (steer, False)):
            listed = re.search(rf"^  {last} ", run(*group, "--help").stdout, re.MULTILINE)
            assert (listed is not None) is is_shown
            assert (f"{last}\t" in run("__complete", *group, "").stdout) is is_shown


def test_variables_are_explained_under_our_name_only(own: Run, steer: Run) -> None:
    source = Path(__file__).parents[2] / "src" / "steersman"
    read = {name for path in source.rglob("*.py") for name in re.findall(r'"(STEER_[A-Z_]+)"', path.read_text())}
    shown = set(re.findall(r"STEER_[A-Z_]+", own("env", "--help").stdout))
    assert read == shown
    assert "STEER_" not in steer("env", "--help").stdout


def test_help_names_the_program(own: Run, steer: Run) -> None:
    ours, helms = own("--help").stdout, steer("--help").stdout
    assert "steer install web ./web" in ours and "helm install" not in ours
    assert "helm install web ./web" in helms and "steer" not in helms


def test_the_version_is_our_own_under_our_name_only(own: Run, steer: Run, helm: Run) -> None:
    line = f"steersman {__version__}, matching Helm v4.3.1 and Kubernetes v1.37\n"
    assert own("--version").stdout == line
    shown = own("version").stdout
    assert shown.startswith(line) and f"Python {platform.python_version()} on " in shown
    assert own("version", "--short").stdout == helm("version", "--short").stdout
    assert own("version", "--template", "{{.Version}}").stdout == "v4.3.1"
    assert steer("version").stdout == helm("version").stdout
    ours, theirs = steer("--version"), helm("--version")
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)


def test_the_program_has_the_name_that_it_was_started_under(own: Run, tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "bin" / "steersman").symlink_to((tmp_path / "bin" / "steer").readlink())

    def run(*arguments: str) -> str:
        line = [str(tmp_path / "bin" / "steersman"), *arguments]
        environment = {**os.environ, "HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "none")}
        done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert 'eval "$(steersman sandbox up)"' in run("list")
    help_text = run("install", "--help")
    assert "  steersman install " in help_text and "steer install" not in help_text
    assert "complete -o default -F __steersman_complete steersman" in run("completion", "bash")
    assert "steersmansman" not in run("--help") + run("completion", "zsh") + run("check", "--help")
    assert 'unknown command "nope" for "steersman repo"' in run("repo", "nope")
