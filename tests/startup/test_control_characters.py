"""Texts of charts and servers on a terminal: control characters are shown escaped, and nowhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from steersman.cli.terminal.streams import visible
from tests.services.terminal import on_terminal

PROGRAM = os.path.join(os.path.dirname(sys.executable), "steer")
# clears the screen, names the window, hides text, turns the direction of writing; and a byte that is not UTF-8
EVIL = "\x1b[2J\x1b]0;owned\x07\x1b[8m\x9b31m\u202eend\x7f"
SHOWN = r"\x1b[2J\x1b]0;owned\x07\x1b[8m\x9b31m\u202eend\x7f"


@pytest.fixture
def chart(tmp_path: Path, environment: dict[str, str]) -> Path:
    """A chart with sequences wherever a chart can have text, and a repository that describes one so."""
    environment["NO_COLOR"] = "1"
    folder = tmp_path / "evil"
    (folder / "templates").mkdir(parents=True)
    quoted = ascii(EVIL).replace("'", '"')
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: evil\nversion: 1.0.0\ndescription: {quoted}\n")
    (folder / "README.md").write_text(f"# Read {EVIL}\r\n")
    (folder / "raw.txt").write_bytes(b"\xff\xfe")
    # YAML cannot have most of them, unescaped; what is not read as YAML can
    (folder / "templates" / "a.yaml").write_text(
        f"a: abc\u202edef\n{{{{ if .Values.fails }}}}{{{{ fail {quoted} }}}}{{{{ end }}}}"
        f"{{{{ if .Values.breaks }}}}b: {EVIL}{{{{ end }}}}"
    )
    (folder / "templates" / "NOTES.txt").write_text(f'Notes {EVIL} {{{{ .Files.Get "raw.txt" }}}}\n')
    return folder


LINES = [
    ["template", "r", "evil"],
    ["template", "r", "evil", "--set", "fails=true"],
    ["template", "r", "evil", "--debug", "--set", "breaks=true"],
    ["show", "readme", "evil"],
    ["show", "all", "evil"],
    ["lint", "evil", "--set", "fails=true"],
    ["install", "r", "evil", "--dry-run=client"],
    ["show", "chart", f"no{EVIL}"],
    ["template", f"r{EVIL}", "evil"],
    [EVIL],
    ["version", f"--{EVIL}"],
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line)[:30].encode("unicode_escape").decode())
def test_controls_are_escaped_on_a_terminal(line: list[str], chart: Path, environment: dict[str, str]) -> None:
    for output, errors in ((True, True), (True, False), (False, True)):
        _code, shown = on_terminal([PROGRAM, *line], environment, chart.parent, output=output, errors=errors)
        text = shown.decode().replace("\r\n", "\n")
        assert visible(text) == text
    _code, shown = on_terminal([PROGRAM, *line], environment, chart.parent)
    assert r"\x1b" in shown.decode() or r"abc\u202edef" in shown.decode()


def test_bytes_that_are_not_utf_8_are_escaped_on_a_terminal(chart: Path, environment: dict[str, str]) -> None:
    _code, shown = on_terminal([PROGRAM, "install", "r", "evil", "--dry-run=client"], environment, chart.parent)
    assert rf"Notes {SHOWN} \xff\xfe" in shown.decode()


@pytest.mark.parametrize("line", (*LINES[:5], LINES[6]))
def test_bytes_stay_in_pipes_and_under_the_name_helm(
    line: list[str], chart: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    helm = tmp_path / "helm"
    helm.symlink_to(PROGRAM)
    piped = subprocess.run([PROGRAM, *line], env=environment, cwd=chart.parent, capture_output=True)
    assert b"\x1b[2J\x1b]0;owned\x07" in piped.stdout + piped.stderr or "abc\u202edef".encode() in piped.stdout
    plain = subprocess.run([helm, *line], env=environment, cwd=chart.parent, capture_output=True)
    for output, errors in ((True, False), (False, True)):
        _code, shown = on_terminal([str(helm), *line], environment, chart.parent, output=output, errors=errors)
        expected = plain.stdout if output else plain.stderr
        # the terminal itself puts a return before the end of each line
        assert _timeless(shown).startswith(_timeless(expected.replace(b"\n", b"\r\n")))


def _timeless(text: bytes) -> bytes:
    return re.sub(rb"LAST DEPLOYED: [^\r]*", b"", text)


def test_colors_of_the_program_stay() -> None:
    code = (
        "import sys; sys.argv[0] = 'steer'\n"
        "from steersman.cli.terminal import streams\n"
        "streams.replace_outputs(shows_controls=True)\n"
        "from steersman.cli.context import Context\n"
        "from steersman.cli.terminal.releases import write_status, write_release_list\n"
        "from steersman.release.model import Info, Release\n"
        "from steersman.settings import from_environment\n"
        "ctx = Context(from_environment({}), sys.stdout, sys.stderr)\n"
        "release = Release(name='a\\x1b[2J', namespace='n\\x1b[8m', revision=1,"
        " info=Info(status='deployed', description='d\\x1b[2J'))\n"
        "write_status(ctx, release)\n"
        "write_release_list(ctx, [release], 'table')\n"
    )
    exit_code, shown = on_terminal([sys.executable, "-c", code], dict(os.environ), Path.cwd())
    text = shown.decode()
    assert exit_code == 0, text
    assert "NAMESPACE: \x1b[36mn\\x1b[8m\x1b[0m\r\n" in text and "STATUS: \x1b[32mdeployed\x1b[0m\r\n" in text
    assert "\x1b[2J" not in text and "\x1b[8m" not in text
    header, row = text.splitlines()[-2:]
    assert header.startswith("\x1b[1mNAME\x1b[0m") and row.startswith("a\\x1b[2J")
