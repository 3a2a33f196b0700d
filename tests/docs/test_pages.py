"""The blocks of pages run, in order, offline, on the sandbox; and pages have all that they claim to have.

``sh`` blocks are run by bash, and a line of them that ends with ``# fails`` must fail; a ``text`` block has lines that the blocks before it have printed, in this order. In a
line, ``…`` is anything, or a space and more; a line of its own is any lines. ``python`` blocks run in the same folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import steersman
from steersman.cli.cobra.command_line import find_command
from steersman.cli.tables.commands import COMMANDS, GLOBAL_FLAGS
from steersman.cli.tables.flags import FLAGS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
RUN = [
    ROOT / "README.md",
    *(DOCS / f"{name}.md" for name in ("first-ten-minutes", "sandbox", "from-helm", "check", "replay", "ci")),
]
_BLOCK = re.compile(r"^```(sh|text|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Shell:
    """A bash that runs blocks one after the other: variables stay."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment

    def run(self, block: str) -> str:
        """Run a block and return what it prints, errors among it; each line must succeed, or fail if it says so."""
        block = re.sub(r"^(.*)  # fails$", r"! \1", block, flags=re.MULTILINE)
        kept = self._folder / ".environment"
        script = f"set -eo pipefail\n[ ! -f {kept} ] || . {kept}\n{block}\nexport -p >{kept}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}"
        return done.stdout

    def program(self, text: str) -> str:
        """Run a Python program with the variables of the blocks and return what it prints."""
        (self._folder / "program.py").write_text(text)
        return self.run(f"{sys.executable} program.py")


@pytest.fixture
def shell(tmp_path: Path, environment: dict[str, str]) -> Shell:
    program = shutil.which("steer", path=os.path.dirname(sys.executable))
    assert program is not None
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "steer").symlink_to(program)
    (tmp_path / "work").mkdir()
    kept = {name: value for name, value in environment.items() if name != "KUBECONFIG"}
    path = f"{tmp_path / 'names'}:{environment['PATH']}"
    return Shell(tmp_path / "work", {**kept, "PATH": path, "STEER_SANDBOX_HOME": str(tmp_path / "sandbox")})


def missing(wanted: str, printed: str) -> list[str]:
    """Return the lines of a ``text`` block that were not printed, in their order."""
    lines = iter(printed.splitlines())
    out = []
    for line in wanted.splitlines():
        if line.strip() in ("", "…"):
            continue
        # one space may be any blanks: columns are as wide as they need to be
        pattern = re.sub(r"(\\ )+", r"\\s+", re.escape(line.strip())).replace("…", ".*")
        if not any(re.fullmatch(rf"\s*{pattern}\s*", found) for found in lines):
            out.append(line)
            lines = iter(())
    return out


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_the_blocks_run(shell: Shell, tmp_path: Path, page: Path) -> None:
    blocks = _BLOCK.findall(page.read_text())
    assert len([kind for kind, _text in blocks if kind == "sh"]) >= 2
    if page.name == "README.md":  # its Python renders the example
        shutil.copytree(ROOT / "examples" / "shop", tmp_path / "work" / "examples" / "shop")
    printed = ""
    try:
        for kind, text in blocks:
            if kind == "sh":
                printed += shell.run(text)
            elif kind == "python":
                printed += shell.program(text)
            else:
                assert missing(text, printed) == [], printed
                printed = ""
    finally:
        shell.run("steer sandbox down")


def test_what_a_text_block_wants() -> None:
    printed = "a 1\nweb-7d9  ready\nend\n"
    assert missing("a 1\n…\nend\n", printed) == []
    assert missing("web-… ready\n", printed) == []
    assert missing("end\na 1\n", printed) == ["a 1"]
    assert missing("web", printed) == ["web"]


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text().partition("\nnav:\n")[2].partition("\nplugins:")[0]
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.glob("*.md")}
    assert pages <= set(re.findall(r"[\w/-]+\.md", navigation))


def test_environment_variables_are_all_explained() -> None:
    text = (DOCS / "environment.md").read_text()
    source = "\n".join(path.read_text() for path in (ROOT / "src" / "steersman").rglob("*.py"))
    own = set(re.findall(r'"(STEER_[A-Z_]+)"', source))
    settings = set(re.findall(r'"(HELM_[A-Z_]+)"', (ROOT / "src" / "steersman" / "settings.py").read_text()))
    explained = set(re.findall(r"`((?:STEER|HELM)_[A-Z_]+)`", text))
    assert own | settings <= explained
    assert not {name for name in explained if name.startswith("STEER_")} - own


def test_messages_of_troubleshooting_are_those_of_the_program() -> None:
    headings = re.findall(r"^### (.*)$", (DOCS / "troubleshooting.md").read_text(), re.MULTILINE)
    assert len(headings) > 25
    source = "\n".join(path.read_text() for path in (ROOT / "src" / "steersman").rglob("*.py"))
    of_servers = {"is forbidden", "namespaces", "nil pointer evaluating"}
    for heading in headings:
        parts = [part for part in re.split(r'"…"|…|\d+', heading) if part.strip(" .:")]
        for part in (part.strip() for part in parts):
            words = part.strip("() ")
            assert words in source or words in of_servers or words == "not found", words


def test_the_reference_has_all_that_is_public() -> None:
    text = (DOCS / "reference.md").read_text()
    events = {"Event", "Waiting", "ServerWarning", "HookLog", "Explanation", "Cancellation"}
    named = set(re.findall(r"\w+", text))
    assert set(steersman.__all__) - events - {"__version__"} <= named
    assert "steersman.library.events" in text


def test_commands_of_pages_exist() -> None:
    words = {path.split()[0] for path in COMMANDS} | {"help", "--version"}
    for page in [*DOCS.glob("*.md"), ROOT / "README.md"]:
        for command in re.findall(r"(?:^|[$`(] ?)steer ([a-z-]+)", page.read_text(), re.MULTILINE):
            assert command in words or command in ("greet", "diff"), (page.name, command)  # or a plugin's


def test_flags_of_commands_in_pages_exist() -> None:
    """In blocks for a shell and in code inside a sentence; words after ``--`` are another program's."""
    flags_of = {path: [FLAGS[key] for key in (*GLOBAL_FLAGS, *row[4], *row[5])] for path, row in COMMANDS.items()}
    seen = 0
    for page in [*DOCS.glob("*.md"), *(DOCS / "rules").glob("*.md"), ROOT / "README.md"]:
        text = page.read_text()
        blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
        lines += re.findall(r"`([^`\n]+)`", text)
        for line in lines:
            for words in re.findall(r"(?:^|[ (])steer ((?:[^|&;>#)]|>=)*)", line):
                path, rest = find_command(words.partition(" -- ")[0].split(), "steer")
                known = {row[0] for row in flags_of.get(path, ())} | {"help", "version"}
                shorts = {row[1] for row in flags_of.get(path, ())} | {"h"}
                for word in rest if path in flags_of else ():
                    seen += 1
                    long = re.match(r"--([a-z][\w-]*)", word)
                    assert not long or long[1] in known, (page.name, words)
                    short = re.match(r"-([a-zA-Z])", word)
                    assert not short or short[1] in shorts, (page.name, words)
    assert seen > 100


def test_the_programs_that_are_compared(shell: Shell, tmp_path: Path) -> None:
    """The first with the library, the second with this program under the name ``helm``; the third needs pyhelm3."""
    library, subprocesses, _pyhelm3 = re.findall(r"```python\n(.*?)```", (DOCS / "compared.md").read_text(), re.DOTALL)
    (tmp_path / "names" / "helm").symlink_to(tmp_path / "names" / "steer")
    shell.run("steer create web")
    assert shell.program(library) == shell.program(subprocesses) == "3\n"


def test_the_programs_of_pages_are_typed(tmp_path: Path) -> None:
    """The tests that testing.md shows have no annotations, as tests are mostly written; their bodies are checked."""
    written = 0
    for page in [*DOCS.glob("*.md"), ROOT / "README.md"]:
        blocks = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
        if page.name == "compared.md":
            blocks = blocks[:1]  # the others use libraries that need not be there
        if page.name == "testing.md":
            blocks = ["# mypy: allow-untyped-defs\n", *blocks]
        if blocks:
            (tmp_path / f"page_{page.stem.replace('-', '_')}.py").write_text("\n".join(blocks))
            written += 1
    line = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path / "cache"), "."]
    done = subprocess.run(
        line, cwd=tmp_path, env={**os.environ, "MYPYPATH": ""}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert written > 5


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="needs the extra docs")
    pytest.importorskip("mkdocstrings", reason="needs the extra docs")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for page in (
        "index.html",
        "first-ten-minutes/index.html",
        "commands/steer_doctor/index.html",
        "reference/index.html",
    ):
        assert (tmp_path / "site" / page).exists()
