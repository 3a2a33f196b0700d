"""Words that are pasted into a shell, and lines that it evaluates, arrive as they were meant, in real shells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from steersman.runtime import shell
from steersman.runtime.shell import Shell, shell_of
from tests.conftest import Run

ODD = [
    "plain",
    "",
    "two words",
    "it's",
    'a "b" $HOME `id` \\',
    "a*b?",
    "#no",
    "~",
    "a;b&c|d",
    "line\nbreak",
    "ä=b,c:@%+",
]


@pytest.mark.parametrize("program", ["sh", "bash", "zsh", "fish"])
def test_words_and_assignments_in_posix_shells(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"no {program} is installed")
    posix = Shell()
    odd = [text for text in ODD if program != "fish" or "\\" not in text]  # fish reads \\ between single quotes as well
    line = posix.line([sys.executable, "-c", "import json, sys; print(json.dumps(sys.argv[1:]))", *odd])
    done = subprocess.run([program, "-c", line], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == odd
    for text in odd:
        script = f'{posix.assignment("THERE", text)}; printf %s "$THERE"'
        assert subprocess.run([program, "-c", script], capture_output=True, text=True, check=True).stdout == text


def test_words_and_assignments_in_powershell() -> None:
    there = Shell(is_powershell=True)
    path = r"C:\Users\Ann's files\kubeconfig"
    assert there.assignment("KUBECONFIG", path) == r"$env:KUBECONFIG = 'C:\Users\Ann''s files\kubeconfig'"
    assert there.assignment("KUBECONFIG", r"C:\k") == r"$env:KUBECONFIG = 'C:\k'"
    # typographic quotes end a text as well; a comma makes a list
    assert there.line(["steer", r".\web", "a,b", "\u2019"]) == "steer .\\web 'a,b' '\u2019\u2019'"
    assert there.evaluated("steer sandbox up") == "steer sandbox up | Invoke-Expression"


def test_the_shell_of_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not shell_of({}).is_powershell
    monkeypatch.setattr(shell, "HAS_OWNERS", False)
    assert shell_of({}).is_powershell
    assert not shell_of({"SHELL": "/usr/bin/bash"}).is_powershell


@pytest.mark.parametrize("program", ["sh", "zsh"])
def test_the_first_line_of_the_readme_with_an_odd_home(own: Run, tmp_path: Path, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"no {program} is installed")
    home = tmp_path / "Ann's own files"
    home.mkdir()
    around = {**os.environ, "HOME": str(home), "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for name in ("STEER_SANDBOX_HOME", "STEER_STATE_HOME", "XDG_STATE_HOME", "KUBECONFIG"):
        around.pop(name, None)
    script = 'eval "$(steer sandbox up)" && printf "%s\\n" "$KUBECONFIG" && steer list --short && steer sandbox status'
    try:
        done = subprocess.run([program, "-c", script], env=around, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        kubeconfig = done.stdout.splitlines()[0]
        assert Path(kubeconfig).is_relative_to(home) and Path(kubeconfig).is_file()
    finally:
        subprocess.run([tmp_path / "bin" / "steer", "sandbox", "down"], env=around, capture_output=True, check=False)


def test_advice_of_the_doctor_can_be_pasted(own: Run, tmp_path: Path) -> None:
    folder = tmp_path / "Ann's files"
    folder.mkdir()
    config = folder / "config"
    config.write_text("apiVersion: v1\nkind: Config\n")
    config.chmod(0o644)
    found = own("doctor", env={"KUBECONFIG": str(config)}).stdout
    assert f"Run 'chmod 600 {Shell().quoted(str(config))}'." in found
