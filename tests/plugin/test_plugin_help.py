"""Help and completion where there are plugins, compared with Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.prose import shape

OLD = "name: old\nversion: 0.1.0\nusage: an old one\ndescription: |\n  It is old.\n\n  Very.\ncommand: echo\n"
BARE = (
    "apiVersion: v1\nname: bare\nversion: 1.2.0\ntype: cli/v1\nruntime: subprocess\nconfig: {}\n"
    "runtimeConfig:\n  platformCommand: [{command: echo}]\n"
)
FLAGS = BARE.replace("bare", "flg").replace("{}", '{usage: "flg [flags] NAME", longHelp: "x  \\n\\n"}')
IGNORES = BARE.replace("bare", "ign").replace("{}", "{ignoreFlags: true}")
GETTER = "apiVersion: v1\nname: box\nversion: 1.0.0\ntype: getter/v1\nruntime: subprocess\nconfig: {protocols: [box]}\n"
STATIC = """name: old
flags: [q, quiet, verbose]
validArgs: [v1, v2]
commands:
- {name: list, flags: [a, all], validArgs: [one, two]}
- name: show
  commands: [{name: deep, flags: [x]}]
- {name: empty, commands: []}
"""
ASKED = '#!/bin/sh\necho "got $# <$*> $HELM_NAMESPACE"\necho "on error" >&2\necho ":2"\n'


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    plugins = tmp_path / "plugins"
    texts = {"old": OLD, "bare": BARE, "flg": FLAGS, "ign": IGNORES, "box": GETTER, "dyn": OLD.replace("old", "dyn")}
    for name, text in texts.items():
        (plugins / name).mkdir(parents=True)
        (plugins / name / "plugin.yaml").write_text(text)
    for name in ("old", "dyn", "ign"):
        (plugins / name / "plugin.complete").write_text(ASKED)
        (plugins / name / "plugin.complete").chmod(0o755)
    (plugins / "old" / "completion.yaml").write_text(STATIC)
    return {"HELM_PLUGINS": str(plugins)}


def same(steer: Run, helm: Run, place: dict[str, str], line: str) -> str:
    words = ["" if word == "''" else word for word in line.split()]
    ours, theirs = steer(*words, env=place), helm(*words, env=place)
    texts = [(shape(done.stdout), shape(done.stderr), done.returncode) for done in (ours, theirs)]
    assert texts[0] == texts[1], line
    return ours.stdout + ours.stderr


@pytest.mark.parametrize(
    "line",
    [
        *(
            "help",
            "help old",
            "help bare",
            "help flg",
            "help ign",
            "help box",
            "help cache",
            "help nope",
            "help nope at all",
        ),
        *("help old list", "help old list x", "help old show", "help old show deep", "help old empty", "help old nope"),
        *("help -h", "help --help", "help old --help", "help -h old", "help help", "help help old", "help plugin old"),
        *("help -n x old", "-n x help old", "help old --nope", "help --nope old", "help old -q", "help -q old"),
    ],
)
def test_help_of_plugins(line: str, steer: Run, helm: Run, place: dict[str, str]) -> None:
    assert same(steer, helm, place, line)


@pytest.mark.parametrize(
    "line",
    [
        *("--help list", "-h list", "--help plugin list", "plugin -h list", "plugin --help list", "-h --debug list"),
        *("--help old", "-h bare x", "--nope list", "-x list", "--nope list x", "-n x nope", "-- list", "-nx nope"),
    ],
)
def test_help_before_words(line: str, steer: Run, helm: Run, place: dict[str, str]) -> None:
    assert same(steer, helm, place, line)


@pytest.mark.parametrize("how", ["__complete", "__completeNoDesc"])
@pytest.mark.parametrize(
    "lines",
    [
        ("help ''", "help o", "help old ''", "help old l", "help bare ''", "help nope ''", "help list ''", "help -"),
        ("old ''", "old -", "old --q", "old -q ''", "old list ''", "old list -", "old list --", "old list one ''"),
        ("old list -a ''", "old show ''", "old show deep ''", "old show deep -", "old show x ''", "old x ''"),
        ("old empty ''", "old empty -", "old v", "old v1 ''", "old --quiet=", "old list --namespace ''", "old nope -"),
        ("bare ''", "bare -", "bare --n", "bare --namespace ''", "bare -n ''", "bare --namespace=", "bare x -"),
        ("dyn ''", "dyn -", "dyn --na", "dyn a b", "dyn --foo ''", "dyn --foo=", "dyn -n x y", "dyn --namespace x ''"),
        ("dyn --namespace", "dyn --namespace ''", "--namespace x dyn ''", "-n x dyn a b", "dyn -- ''", "dyn -- -"),
        ("ign ''", "ign a b", "ign -", "flg -", "box ''", "''", "-", "nope ''", "dyn --kube-as-group a --kube-as"),
        ("-n x ''", "-n x li", "list --filter x --fil", "list -n x --n", "list -a -", "list -h ''", "list --help x -"),
    ],
)
def test_completion_with_plugins(
    how: str, lines: tuple[str, ...], steer: Run, helm: Run, place: dict[str, str]
) -> None:
    for line in lines:
        assert "Completion ended" in same(steer, helm, place, f"{how} {line}")
