"""The completion scripts in real shells: what is inserted, what is listed, and what the program is asked.

A stand-in for the program answers as told and keeps what it was asked; some tests ask the program itself. bash and zsh
are typed to on a terminal; fish prints candidates by itself (``complete -C``). No test runs PowerShell.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.cli.completion import script

STAND_IN = """#!/bin/sh
printf '%s\\n' "$#" "$@" >"$STAND_IN_ASKED"
cat "$STAND_IN_ANSWER"
"""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][0-9B]?|\x1b\].*?\x07|\r|\x07")
TWO = "one\tthe first\ntwo\tthe second\n:4\n"


class World:
    """A folder with a few files, a stand-in for ``steer`` on PATH, and an environment."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder / "work"
        self.bin = folder / "stand-in"
        self.asked_file = folder / "asked"
        self.answer_file = folder / "answer"
        self.scripts = folder / "scripts"
        for path in (self.folder / "charts" / "web", self.folder / "charts" / "db", self.bin, self.scripts):
            path.mkdir(parents=True)
        for name in ("values.yaml", "values.json", "notes.txt", "two words.yaml"):
            (self.folder / name).write_text("")
        (self.bin / "steer").write_text(STAND_IN)
        (self.bin / "steer").chmod(0o755)
        for shell in ("bash", "zsh", "fish"):
            (self.scripts / shell).write_text(script(shell, "steer", descriptions=True))
        self.environment = {
            **environment,
            "PATH": f"{self.bin}:{environment['PATH']}",
            "STAND_IN_ASKED": str(self.asked_file),
            "STAND_IN_ANSWER": str(self.answer_file),
            "DUMP": str(folder / "buffer"),
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "INPUTRC": "/dev/null",
            "BASH_SILENCE_DEPRECATION_WARNING": "1",
            "ZDOTDIR": str(folder),
            "HISTFILE": "",
        }

    def answer(self, text: str) -> None:
        self.answer_file.write_text(text)

    @property
    def asked(self) -> list[str]:
        """The arguments of the last question."""
        count, *arguments = self.asked_file.read_text().split("\n")[:-1]
        assert int(count) == len(arguments)
        return arguments


class Terminal:
    """A shell on a terminal of 100 columns."""

    def __init__(self, world: World, arguments: list[str]) -> None:
        # bash lists at a second Tab; zsh at the first, and at a second inserts
        self.list_keys = b"\t\t" if "bash" in arguments[0] else b"\t"
        self._dump = Path(world.environment["DUMP"])
        self._seen = ""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(world.folder)
            os.execvpe(arguments[0], arguments, world.environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 100, 0, 0))
        self._wait(lambda: "ready> " in self._seen)

    def _wait(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30  # of a shell that hangs
        while not is_done():
            self._read()
            assert time.monotonic() < deadline, self._seen

    def send(self, keys: bytes) -> None:
        os.write(self._fd, keys)

    def type(self, line: str, keys: bytes = b"\t") -> str:
        """Type a line and keys behind it; return the line as it is then."""
        self.send(line.encode() + keys)
        return self.buffer()

    def buffer(self) -> str:
        """Return what stands on the line, once everything that was typed is worked off."""
        self._dump.unlink(missing_ok=True)
        self.send(b"\x14")
        self._wait(self._dump.exists)
        self._read()
        return self._dump.read_text()[:-1]

    @property
    def screen(self) -> str:
        """Everything that was shown."""
        self._read()
        return ESCAPES.sub("", self._seen)

    def _read(self) -> None:
        while select.select([self._fd], [], [], 0.05)[0]:
            try:
                self._seen += os.read(self._fd, 65536).decode(errors="replace")
            except OSError:  # the shell has ended
                return

    def close(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)


def found(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"no {shell}: tests/services/install.sh installs it")
    return path


BASH = r"""
PS1='ready> '; set +o history
bind 'set enable-bracketed-paste off'; bind 'set page-completions off'; bind 'set bell-style none'
dump() { printf '%s\n' "$READLINE_LINE" >"$DUMP.new"; mv "$DUMP.new" "$DUMP"; }
bind -x '"\C-t": dump'
source ../scripts/bash
"""
ZSH = r"""
PS1='ready> '; unsetopt zle_bracketed_paste beep
autoload -U compinit; compinit -u -D; source ../scripts/zsh
dump() { print -r -- $BUFFER >$DUMP.new; mv $DUMP.new $DUMP }
zle -N dump; bindkey '^T' dump
"""


def shell_of(name: str, world: World, setup: str = "") -> Terminal:
    """Start bash or zsh with the script loaded."""
    path = found(name)
    if name == "bash":
        (world.folder.parent / "bashrc").write_text(setup or BASH)
        return Terminal(world, [path, "--noprofile", "--rcfile", "../bashrc", "-i"])
    (world.folder.parent / ".zshrc").write_text(setup or ZSH)
    return Terminal(world, [path, "-d", "-i"])


@pytest.fixture
def world(tmp_path: Path, environment: dict[str, str]) -> World:
    return World(tmp_path, environment)


@pytest.fixture(params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest, world: World) -> Iterator[Terminal]:
    """bash and zsh, with the script loaded."""
    terminal = shell_of(request.param, world)
    yield terminal
    terminal.close()


@pytest.fixture
def bash(world: World) -> Iterator[Terminal]:
    terminal = shell_of("bash", world)
    yield terminal
    terminal.close()


def fish(world: World, line: str) -> list[str]:
    """Return the candidates of fish for a line, with a tab before descriptions."""
    command = f"source ../scripts/fish; complete -C {quoted(line)}"
    done = subprocess.run(
        [found("fish"), "--no-config", "-c", command],
        cwd=world.folder,
        env=world.environment,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def test_a_single_candidate_is_inserted(shell: Terminal, world: World) -> None:
    world.answer("install\tinstall a chart\n:4\n")
    assert shell.type("steer ins") == "steer install "
    assert world.asked == ["__complete", "ins"]


def test_several_candidates_are_listed_with_descriptions(shell: Terminal, world: World) -> None:
    world.answer(TWO)
    assert shell.type("steer get ", shell.list_keys) == "steer get "
    assert re.search(r"one +(--|\() ?the first\)?\s+two +(--|\() ?the second", shell.screen)
    assert world.asked == ["__complete", "get", ""]


def test_what_candidates_have_in_common_is_inserted(shell: Terminal, world: World) -> None:
    world.answer("release-1\tone: with a colon\nrelease-2\ntwo\n:4\n")
    assert shell.type("steer status r").rstrip() == "steer status release-"


def test_a_slash_wants_no_blank(shell: Terminal, world: World) -> None:
    world.answer("bitnami/\thttps://charts.example.com\n:6\n")
    assert shell.type("steer install web bit") == "steer install web bitnami/"


def test_words_with_colons(shell: Terminal, world: World) -> None:
    world.answer("oci://\ta registry\n:6\n")
    assert shell.type("steer show chart oc") == "steer show chart oci://"
    assert shell.type("reg", b"") == "steer show chart oci://reg"
    world.answer("oci://registry:5000/web\n:4\n")
    assert shell.type("", b"\t") == "steer show chart oci://registry:5000/web "
    assert world.asked == ["__complete", "show", "chart", "oci://reg"]


def test_a_value_behind_an_equals_sign(shell: Terminal, world: World) -> None:
    world.answer("json\tJSON\ntable\nyaml\n:4\n")
    assert shell.type("steer list --output=j") == "steer list --output=json "
    assert world.asked == ["__complete", "list", "--output=j"]


@pytest.mark.parametrize("typed", [r"two\ words", "'two words'", '"two words"', "two' 'words"])
def test_quotes_are_taken_off(shell: Terminal, world: World, typed: str) -> None:
    world.answer("install\n:4\n")
    assert shell.type(f"steer -n {typed} ins") == f"steer -n {typed} install "
    assert world.asked == ["__complete", "-n", "two words", "ins"]


def test_what_needs_quotes_gets_them(shell: Terminal, world: World) -> None:
    world.answer("two words\n:4\n")
    assert shell.type("steer status tw") == r"steer status two\ words "


def test_within_quotes(shell: Terminal, world: World) -> None:
    world.answer("two words\n:4\n")
    assert shell.type("steer status 'two w") == "steer status 'two words' "
    assert world.asked == ["__complete", "status", "two w"]


def test_nothing_on_the_line_is_run(shell: Terminal, world: World) -> None:
    world.answer("install\n:4\n")
    shell.type("steer --set $(touch ran)`touch ran` ins")
    assert not (world.folder / "ran").exists()


def test_what_is_behind_the_cursor_does_not_count(shell: Terminal, world: World) -> None:
    world.answer("install\n:4\n")
    shell.type("steer ins web", b"\x1bb\x02\t")  # a word and a character back
    assert world.asked == ["__complete", "ins"]


def test_files_where_there_is_no_candidate(shell: Terminal, world: World) -> None:
    world.answer(":0\n")
    assert shell.type("steer lint cha") == "steer lint charts/"
    assert shell.type("", b"\x15steer template -f not\t") == "steer template -f notes.txt "
    assert shell.type("", b"\x15steer template --values=not\t") == "steer template --values=notes.txt "


def test_no_files_where_they_are_not_wanted(shell: Terminal, world: World) -> None:
    world.answer(":4\n")
    assert shell.type("steer status not") == "steer status not"
    world.answer(":1\n")
    assert shell.type("", b"\t").rstrip().endswith(("not", "notes.txt"))  # an error leaves it to the shell


def test_files_with_extensions(shell: Terminal, world: World) -> None:
    world.answer("json\n.txt\n:8\n")
    assert shell.type("steer template -f v") == "steer template -f values.json "
    assert shell.type("", b"\x15steer template -f n\t") == "steer template -f notes.txt "
    assert shell.type("", b"\x15steer template -f ch\t") == "steer template -f charts/"


def test_folders_and_folders_within_one(shell: Terminal, world: World) -> None:
    (world.folder / "champ").write_text("")
    world.answer(":16\n")
    assert shell.type("steer lint ch").rstrip() == "steer lint charts/"
    world.answer("charts\n:16\n")
    assert shell.type("", b"\x15steer lint w\t").rstrip(" /") == "steer lint web"


def test_the_order_of_the_program_is_kept(shell: Terminal, world: World) -> None:
    world.answer("3\tthird\n1\tfirst\n2\tsecond\n:36\n")
    shell.type("steer rollback web ", shell.list_keys)
    assert re.search(r"third.*first.*second", shell.screen, re.DOTALL)
    world.answer("3\tthird\n1\tfirst\n2\tsecond\n:4\n")
    shell.type("", b"\x15steer rollback web " + shell.list_keys)
    assert re.search(r"first.*second.*third", shell.screen.rpartition("rollback web")[0], re.DOTALL)


def test_hints_are_shown_and_not_inserted(shell: Terminal, world: World) -> None:
    world.answer("_activeHelp_ 100% done: no more arguments\n:4\n")
    assert shell.type("steer version ", shell.list_keys) == "steer version "
    assert "100% done: no more arguments" in shell.screen


def test_hints_beside_candidates(shell: Terminal, world: World) -> None:
    world.answer("one\tthe first\n_activeHelp_ choose well\ntwo\n:4\n")
    assert shell.type("steer get ", shell.list_keys) == "steer get "
    assert re.search(r"choose well\s+one .*the first", shell.screen)
    world.answer("one\n_activeHelp_ choose well\n:4\n")
    assert shell.type("", b"\x15steer get o\t") == "steer get one "


@pytest.mark.parametrize("answer", ["", "no answer\n", "a\n:x\n", "a\n:1\n"])
def test_a_program_that_fails_completes_nothing(shell: Terminal, world: World, answer: str) -> None:
    world.answer(answer)
    assert shell.type("steer zz", shell.list_keys).rstrip() == "steer zz"


def test_a_program_by_its_path_and_by_an_alias(shell: Terminal, world: World) -> None:
    world.answer("install\n:4\n")
    assert shell.type(f"{world.bin}/steer ins") == f"{world.bin}/steer install "
    assert world.asked == ["__complete", "ins"]


def test_bash_inserts_no_description_from_a_menu(bash: Terminal, world: World) -> None:
    world.answer(TWO)
    assert bash.type("bind 'TAB:menu-complete'", b"\n") == ""
    assert bash.type("steer get ", b"\t").rstrip() == "steer get one"
    assert bash.type("", b"\x15steer get \t\t").rstrip() == "steer get two"


def test_bash_completes_an_alias(bash: Terminal, world: World) -> None:
    world.answer("install\n:4\n")
    bash.type("alias h=steer; complete -o default -F __steer_complete h", b"\n")
    assert bash.type("h ins") == "h install "


def test_long_descriptions_of_bash_are_cut(bash: Terminal, world: World) -> None:
    world.answer(f"one\t{'long ' * 40}\ntwo\tshort\n:4\n")
    bash.type("steer get ", bash.list_keys)
    assert all(len(line) <= 100 for line in bash.screen.splitlines())
    assert re.search(r"one  \(long long", bash.screen)


def test_zsh_finds_the_script_in_a_folder(world: World) -> None:
    (world.scripts / "_steer").write_text(script("zsh", "steer", descriptions=True))
    world.answer("install\n:4\n")
    setup = ZSH.replace("autoload -U compinit", "fpath=(../scripts $fpath); autoload -U compinit").replace(
        "source ../scripts/zsh", ":"
    )
    terminal = shell_of("zsh", world, setup)
    for _ in range(2):  # the first time, the file itself is the function
        assert terminal.type("steer ins") == "steer install "
        assert terminal.type("", b"\x15") == ""
    terminal.close()


def test_zsh_without_its_completion_says_what_to_do(world: World) -> None:
    done = subprocess.run(
        [found("zsh"), "-f", "-c", "source ../scripts/zsh"],
        cwd=world.folder,
        env=world.environment,
        capture_output=True,
        text=True,
    )
    assert "compinit" in done.stderr


def test_fish_shows_candidates_with_descriptions(world: World) -> None:
    world.answer("two\tthe second: with a colon\none\n:4\n")
    assert fish(world, "steer get -n 'two words' ") == ["two\tthe second: with a colon", "one"]
    assert world.asked == ["__complete", "get", "-n", "two words", ""]


@pytest.mark.parametrize(
    ("line", "answer", "candidates"),
    [
        ("steer list --output=j", "json\tJSON\nyaml\n:4\n", ["--output=json\tJSON"]),
        ("steer install web bit", "bitnami/\tan address\n:6\n", ["bitnami/\tan address"]),
        ("steer install web a", "abc\tsomething\n:6\n", ["abc\tsomething", "abc."]),
        ("steer show chart oci://r", "oci://reg:5000/web\n:4\n", ["oci://reg:5000/web"]),
        ("steer status two", "two words\n:4\n", ["two words"]),
        ("steer status 'two w", "two words\n:4\n", ["two words"]),
        ("steer version ", "_activeHelp_ no more\n:4\n", []),
        ("steer lint not", ":0\n", ["notes.txt"]),
        ("steer lint --values=not", ":0\n", ["--values=notes.txt"]),
        ("steer lint two", ":0\n", ["two words.yaml"]),
        ("steer lint ch", ":0\n", ["charts/"]),
        ("steer status not", ":4\n", []),
        ("steer lint -f ", "json\n.txt\n:8\n", ["charts/", "notes.txt", "values.json"]),
        ("steer lint ch", ":16\n", ["charts/"]),
        ("steer lint ", "charts\n:16\n", ["db/", "web/"]),
        ("steer lint zz", "no answer\n", []),
        ("steer lint not", "notes\n:1\n", []),
    ],
)
def test_candidates_of_fish(world: World, line: str, answer: str, candidates: list[str]) -> None:
    world.answer(answer)
    assert [text.removesuffix("\t") for text in fish(world, line) if not text.startswith("_active")] == candidates


def test_fish_runs_nothing_on_the_line(world: World) -> None:
    world.answer("install\n:4\n")
    fish(world, "steer --set (touch ran) $nothing ins")
    assert not (world.folder / "ran").exists()


@pytest.fixture
def real(world: World) -> World:
    """The program itself in place of the stand-in."""
    program = shutil.which("steer", path=os.path.dirname(sys.executable))
    assert program is not None
    (world.bin / "steer").unlink()
    (world.bin / "steer").symlink_to(program)
    return world


def test_commands_flags_and_values_of_the_program(real: World, shell: Terminal) -> None:
    assert shell.type("steer upg") == "steer upgrade "
    assert shell.type("web ./ch") == "steer upgrade web ./charts/"
    assert shell.type("web --recov") == "steer upgrade web ./charts/web --recover "
    assert shell.type("--output=y") == "steer upgrade web ./charts/web --recover --output=yaml "
    assert shell.type("more ", shell.list_keys).rstrip().endswith("more")
    assert "does not take any more arguments" in shell.screen


def test_the_program_in_fish(real: World) -> None:
    assert fish(real, "steer upg") == ["upgrade\tchange a release: another chart version, other values"]
    assert fish(real, "steer list --output=y") == ["--output=yaml\tYAML"]
    assert fish(real, "steer version ") == []


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "powershell"])
def test_scripts_have_the_name_of_the_program(name: str) -> None:
    text = script(name, "helm", descriptions=False)
    assert "steer" not in text.lower() and "__completeNoDesc " in text and "__complete " not in text
    if name != "powershell":
        assert subprocess.run([found(name), "-n"], input=text, text=True).returncode == 0
