"""Closed and failing standard streams, signals at any moment, locales without UTF-8: one line at most, no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Run

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"
SCRIPT = os.path.join(os.path.dirname(sys.executable), "steer")
CLOSED = [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "<&-", "2>/dev/full"]
LINES = ["version", "--help", f"template r {SHOP}", "template r missing", "bogus", "version --bogus", "lint missing"]


def _shell(line: str, environment: dict[str, str], folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(["bash", "-c", line], env=environment, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.helm
@pytest.mark.parametrize("redirection", CLOSED)
def test_closed_streams_are_the_null_device(
    redirection: str, oracle: str, environment: dict[str, str], tmp_path: Path
) -> None:
    for line in LINES:
        code, out, err = _shell(f"exec -a helm {SCRIPT} {line} {redirection}", environment, tmp_path)
        helm_code, helm_out, helm_err = _shell(f"{oracle}/helm {line} {redirection}", environment, tmp_path)
        assert code == helm_code, line
        assert bool(out) == bool(helm_out) and bool(err) == bool(helm_err), (line, err)
        assert "Traceback" not in err


def test_a_full_disk_behind_standard_output_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    for line in ("version", "--help", f"template r {SHOP}", f"lint {SHOP}"):
        code, _out, err = _shell(f"{SCRIPT} {line} >/dev/full", environment, tmp_path)
        assert (code, err) == (1, "Error: write /dev/stdout: no space left on device\n"), line


def test_an_action_is_completed_where_its_output_cannot_be_written(environment: dict[str, str], tmp_path: Path) -> None:
    _shell(f"{SCRIPT} create whole", environment, tmp_path)
    code, _out, _err = _shell(f"{SCRIPT} create chart >/dev/full", environment, tmp_path)
    assert code == 1

    def names(chart: str) -> list[str]:
        return sorted(str(p.relative_to(tmp_path / chart)) for p in (tmp_path / chart).rglob("*"))

    assert names("chart") == names("whole")


def test_a_reader_that_goes_away_ends_the_program_by_sigpipe(environment: dict[str, str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [SCRIPT, "template", "r", str(SHOP)], stdout=write, stderr=subprocess.PIPE, env=environment, text=True
    )
    os.close(write)
    # go: a write to a broken standard output raises SIGPIPE
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")


def test_output_that_may_not_block_arrives_whole(environment: dict[str, str], tmp_path: Path) -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    started = subprocess.Popen([SCRIPT, "completion", "bash"], stdout=write, env=environment)
    os.close(write)
    time.sleep(0.2)  # the pipe fills
    with os.fdopen(read, "rb") as pipe:
        received = pipe.read()
    assert started.wait() == 0
    assert received == subprocess.run([SCRIPT, "completion", "bash"], capture_output=True, env=environment).stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_program_starts_ends_it_without_a_traceback(
    number: signal.Signals, environment: dict[str, str]
) -> None:
    # Each import of the program is a moment of its start: the signal comes in every one of them in turn.
    # A shell starts what runs in its background with SIGINT ignored.
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from _frozen_importlib_external import PathFinder\n"
        "left = int(sys.argv.pop(1))\n"
        "class Interrupting:\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        global left\n"
        "        left -= 1\n"
        f"        left or os.kill(os.getpid(), {int(number)})\n"
        "import steersman.start\n"
        "from steersman.runtime import image\n"
        "image.install()\n"
        "image.install = lambda: None\n"  # it would stand before the finder that interrupts
        "sys.meta_path.insert(0, Interrupting)\n"
        "steersman.start.run()\n"
    )
    moments = 0
    while True:
        moments += 1
        command = [sys.executable, "-c", code, str(moments), "template", "r", str(SHOP)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode == 0:
            break
        assert (done.returncode, done.stderr) == (-number, ""), moments
        moments += 6
    assert moments > 30


def test_sigint_that_the_interpreter_drops_ends_the_program(environment: dict[str, str]) -> None:
    code = (
        "import gc, os, signal, sys, steersman.cli.main as main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Dropping:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT)\n"
        "def guarded(_arguments):\n"
        "    Dropping()\n"
        "    return 0\n"
        "main.guarded = guarded\n"
        "import steersman.start; steersman.start.run()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


def test_the_script_lets_sigint_end_the_process_first() -> None:
    """Until then the interpreter's own handler prints a traceback."""
    lines = (Path(__file__).parent.parent.parent / "scripts" / "steer").read_text().splitlines()
    imports = [line for line in lines if "import" in line and not line.startswith("#")]
    assert imports[0].startswith("from _signal import") and imports[1] == "from steersman.start import run"
    assert lines.index("    signal(SIGINT, SIG_DFL)") < lines.index(imports[1])


def test_a_program_that_ignores_sigint_keeps_ignoring_it(environment: dict[str, str], tmp_path: Path) -> None:
    line = f"trap '' INT; {SCRIPT} template r - <<< x >/dev/null 2>&1; {sys.executable} -c "
    code = (
        "import signal, sys; sys.argv = ['steer', 'version']; import steersman.cli.main as main;"
        "main.guarded = lambda a: print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN) or 0;"
        "import steersman.start; steersman.start.run()"
    )
    assert _shell(f'{line}"{code}"', environment, tmp_path)[1] == "True\n"


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1", "xx_YY"])
def test_the_locale_changes_nothing(locale: str, steer: Run, tmp_path: Path) -> None:
    chart = tmp_path / "words"
    steer("create", "words")
    (chart / "dätei.txt").write_text("ä€𝄞")
    (chart / "templates" / "möre.yaml").write_text(
        'a: {{ .Files.Get "dätei.txt" | upper | quote }}\nb: {{ .Values.ü | quote }}\nc: {{ len .Values.ü }}\n'
    )
    line = ["template", "r", "words", "--set", "ü=žluťoučký", "--show-only", "templates/möre.yaml"]
    usual = steer(*line, env={"LC_ALL": "C.UTF-8"})
    assert usual.returncode == 0 and "Ä€𝄞" in usual.stdout
    plain = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for words in (line, ["template", "r", "möre"], ["show", "chart", "words"], ["create", "no/ñ"]):
        expected, found = steer(*words, env={"LC_ALL": "C.UTF-8"}), steer(*words, env=plain)
        assert (found.returncode, found.stdout) == (expected.returncode, expected.stdout)
        if words != ["create", "no/ñ"]:  # the second run finds the files of the first
            assert found.stderr == expected.stderr
