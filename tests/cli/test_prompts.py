"""Questions on a terminal, compared with Helm: what is typed, what is shown, what the end of the input means."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
import termios
import threading
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.services.web import Web

Answers = list[tuple[bytes, bytes]]


def talk(program: str, line: list[str], answers: Answers, environment: dict[str, str]) -> tuple[int, str, bool]:
    """Run a program on a terminal; return its exit code, what the terminal shows, and whether it still echoes."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [program, *line], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, preexec_fn=_hear_interrupts
    )
    shown, left = b"", list(answers)
    timer = threading.Timer(30, process.kill)
    timer.start()
    while process.poll() is None or select.select([ours], [], [], 0)[0]:
        if select.select([ours], [], [], 0.05)[0]:
            shown += os.read(ours, 4096)
        if left and shown.endswith(left[0][0]):
            # whoever asks for a password turns the echo off after the question
            with contextlib.suppress(TimeoutError):
                _wait_for_silence(theirs, left[0][0])
            os.write(ours, left.pop(0)[1])
    timer.cancel()
    echoes = _echoes_again(theirs)
    os.close(ours)
    os.close(theirs)
    assert not left
    return process.returncode, shown.decode().replace("\r\n", "\n"), echoes


def _hear_interrupts() -> None:
    """Undo that a shell lets what it runs in the background ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _echoes_again(terminal: int) -> bool:
    """Return whether a terminal shows what is typed; a program behind a shell may end a little after the shell does."""
    for _ in range(100):
        if termios.tcgetattr(terminal)[3] & termios.ECHO:
            return True
        threading.Event().wait(0.05)
    return False


def _wait_for_silence(terminal: int, question: bytes) -> None:
    if question == b"Username: ":
        return
    for _ in range(100):
        if not termios.tcgetattr(terminal)[3] & termios.ECHO:
            return
        threading.Event().wait(0.02)
    raise TimeoutError


@pytest.fixture
def web(tmp_path: Path) -> Web:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "index.yaml").write_text("apiVersion: v1\nentries: {}\n")
    made = Web(tmp_path / "served")
    made.users = "ann:secret"
    return made


USER, PASSWORD, TOKEN = b"Username: ", b"Password: ", b"Token: "


@pytest.mark.parametrize(
    "answers",
    [
        [(USER, b"\x04")],
        [(USER, b"ann\n"), (PASSWORD, b"\n")],
        [(USER, b"ann\n"), (PASSWORD, b"\x04")],
        [(USER, b"ann\n"), (PASSWORD, b"se\x04\x04")],
        [(USER, b"\n"), (TOKEN, b"\n")],
        [(USER, b"  ann  \n"), (PASSWORD, b"wrong\n")],
    ],
)
def test_logging_in(answers: Answers, oracle: str, steer: Run, tmp_path: Path, environment: dict[str, str]) -> None:
    line = ["registry", "login", "127.0.0.1:1", "--plain-http"]
    ours, theirs = (
        talk(program, line, answers, environment)
        for program in (str(tmp_path / "bin" / "helm"), os.path.join(oracle, "helm"))
    )
    assert ours == theirs
    assert ours[0] == 1 and ours[2]


@pytest.mark.parametrize("answer", [b"secret\n", b"wrong\n", b"\n"])
def test_adding_a_repository(
    answer: bytes, web: Web, oracle: str, steer: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    said = []
    for program in (str(tmp_path / "bin" / "helm"), os.path.join(oracle, "helm")):
        line = ["repo", "add", "r", web.url, "--username", "ann", "--force-update"]
        said.append(talk(program, line, [(PASSWORD, answer)], environment))
    web.stop()
    assert said[0] == said[1]
    assert (said[0][0] == 0) == (answer == b"secret\n")


def test_the_end_of_the_input_is_no_password(web: Web, steer: Run, tmp_path: Path, environment: dict[str, str]) -> None:
    line = ["repo", "add", "r", web.url, "--username", "ann"]
    said = talk(str(tmp_path / "bin" / "helm"), line, [(PASSWORD, b"\x04")], environment)
    web.stop()
    assert said == (1, "Password: \nError: EOF\n", True)


def test_an_interrupted_question_leaves_the_terminal_as_it_was(
    web: Web, steer: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "run").write_text(f"{tmp_path}/bin/helm repo add r {web.url} --username ann\n")
    line = ["--ctty", "--wait", "sh", str(tmp_path / "run")]
    code, shown, echoes = talk("setsid", line, [(PASSWORD, b"\x03")], environment)
    web.stop()
    assert echoes and shown.startswith("Password: ") and code != 0


@pytest.mark.parametrize(
    ("name", "url", "configuration"),
    [
        ("a", "http://127.0.0.1:1", ""),
        ("a/b", "http://127.0.0.1:1", ""),
        ("a", "x://y", ""),
        ("a", "https://kubernetes-charts.storage.googleapis.com", ""),
        ("a", "http://127.0.0.1:1", "["),
    ],
)
def test_what_a_refused_question_leaves(
    name: str, url: str, configuration: str, steer: Run, helm: Run, environment: dict[str, str]
) -> None:
    seen = []
    folder = Path(environment["HOME"], ".config", "helm")
    for run in (steer, helm):
        if configuration:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "repositories.yaml").write_text(configuration)
        done = run("repo", "add", name, url, "--username", "u")
        assert done.returncode == 1
        seen.append((done.stdout, done.stderr, sorted(path.name for path in folder.glob("*"))))
        for path in folder.glob("*"):
            path.unlink()
    assert seen[0] == seen[1]
