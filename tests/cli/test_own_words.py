"""The prose of the program is its own: no run of eight words of Helm's help or scaffold is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from steersman.cli.tables.commands import COMMANDS, OWN_COMMANDS
from steersman.cli.tables.help_texts import OWN_TEXTS, TEXTS
from tests.conftest import Run

pytestmark = pytest.mark.helm

RUN = 8  # words
PATHS = ["", "help", *(path for path in COMMANDS if path not in OWN_COMMANDS)]
_NAMES = re.compile(r"^(Usage|Aliases):\n(?:  .*\n)+", re.MULTILINE)


def words(text: str) -> list[str]:
    """Return the words of a text, without the usages and aliases, which programs depend on."""
    stripped = (word.strip("\"'`.,:;!?()[]{}<>#*|=") for word in _NAMES.sub("", text).lower().split())
    return [word for word in stripped if word]


def runs(texts: list[str]) -> set[tuple[str, ...]]:
    """Return every run of ``RUN`` words in any of the texts."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        listed = words(text)
        found.update(zip(*(listed[i:] for i in range(RUN))))
    return found


def borrowed(ours: dict[str, str], theirs: list[str]) -> list[tuple[str, str]]:
    """Return the runs of ``theirs`` that are in ``ours``, with the place."""
    known = runs(theirs)
    return [(name, " ".join(run)) for name, text in ours.items() for run in sorted(runs([text]) & known)]


def help_tree(run: Run) -> dict[str, str]:
    return {path: run(*path.split(), "--help").stdout for path in PATHS}


def test_help_is_in_words_of_our_own(steer: Run, helm: Run, tmp_path: Path) -> None:
    ours = help_tree(steer)
    for kind in ("man", "markdown"):
        (tmp_path / kind).mkdir()
        steer("docs", "--type", kind, "--dir", str(tmp_path / kind))
        ours |= {path.name: path.read_text() for path in (tmp_path / kind).iterdir()}
    ours |= {f"text of {path}": "\n".join(texts) for path, texts in (*TEXTS.items(), *OWN_TEXTS.items())}
    theirs = list(help_tree(helm).values())
    assert len(theirs) > 60 and len(runs(theirs)) > 3000
    assert borrowed({"helm": theirs[0]}, theirs)
    assert borrowed(ours, theirs) == []


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_the_scaffold_is_in_words_of_our_own(steer: Run, helm: Run, tmp_path: Path, version: str) -> None:
    made: dict[str, dict[str, str]] = {}
    for name, run in (("ours", steer), ("theirs", helm)):
        folder = tmp_path / name
        folder.mkdir()
        run("create", "web", "--chart-api-version", version, cwd=folder, env={"HELM_EXPERIMENTAL_CHART_V3": "1"})
        made[name] = {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}
    theirs = list(made["theirs"].values())
    assert len(theirs) == 12 and borrowed({"helm": theirs[0]}, theirs)
    assert borrowed(made["ours"], theirs) == []


def test_the_completion_scripts_are_our_own(steer: Run, helm: Run) -> None:
    for shell in ("bash", "zsh", "fish", "powershell"):
        theirs = helm("completion", shell).stdout
        assert len(runs([theirs])) > 500
        assert borrowed({shell: steer("completion", shell).stdout}, [theirs]) == []
