"""The program's output compared with a real Helm's: the same bytes, the same exit code."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from steersman.cli.tables.commands import COMMANDS, OWN_COMMANDS
from tests.conftest import Run
from tests.prose import shape
from tests.services import beside

CHART = """apiVersion: v2
name: c
version: 0.1.0
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "c"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(CHART)
    (folder / "values.yaml").write_text("a: {b: 1, c: [x, y]}\nlist: [{n: 1}]\nflag: true\n")
    (folder / "templates" / "t.yaml").write_text(
        "values: {{ .Values | toYaml | nindent 2 }}\nrelease: {{ .Release | toJson }}\nns: {{ .Release.Namespace }}\n"
    )
    return folder


same = partial(beside.same, shape=shape)


@pytest.mark.parametrize("path", ["", "help", *(p for p in sorted(COMMANDS) if p not in OWN_COMMANDS)])
def test_help_has_the_usages_and_flags_of_helm(path: str, steer: Run, helm: Run) -> None:
    ours, theirs = steer(*path.split(), "--help"), helm(*path.split(), "--help")
    assert (shape(ours.stdout), ours.stderr, ours.returncode) == (shape(theirs.stdout), theirs.stderr, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["instal"],
        ["install"],
        ["install", "--nope"],
        ["install", "-n"],
        ["version", "x"],
        ["cache"],
        ["cache", "list"],
        ["sandbox", "up"],
        ["search", "oci", "oci://h/x"],
        ["version"],
        ["version", "--short"],
        ["template", "--output-dir"],
        ["template", "--timeout", "x", "a", "b"],
        ["template", "--debug=maybe", "a", "b"],
        ["get", "values"],
        ["repo"],
        ["list", "-o", "toml"],
        ["template", "a", "./nosuch"],
        ["install", "--force-replace", "--force-conflicts", "a", "b"],
    ],
    ids=" ".join,
)
def test_usage_errors_are_helms(arguments: list[str], steer: Run, helm: Run) -> None:
    same(steer, helm, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--set", "a.b=2,a.c={p,q}"],
        ["--set", "list[0].n=5,list[2].n=7"],
        ["--set-string", "a.b=2"],
        ["--set-json", 'a={"b":[1,{"c":null}]}'],
        ["--set-literal", "a.b=x,y=z"],
        ["--set", "a=null"],
        ["--set", "a"],
        ["--set", "a.b.c=1"],
        ["--set", r"a\.b=1"],
        ["--set", "list[-1]=1"],
        ["--set", "list[0]xé=1"],
        ["-f", "//a b/c"],
        ["--set-file", "a=\tb"],
        ["--namespace", "other"],
        ["--is-upgrade"],
        ["--show-only", "templates/t.yaml"],
        ["--show-only", "templates/none.yaml"],
        ["--kube-version", "1.20", "--api-versions", "x/v1"],
        ["--kube-version", "one"],
    ],
    ids=" ".join,
)
def test_template_is_helms(arguments: list[str], chart: Path, steer: Run, helm: Run) -> None:
    same(steer, helm, "template", "r", str(chart), *arguments)


def test_lint_and_show_are_helms(chart: Path, steer: Run, helm: Run) -> None:
    for command in (["lint"], ["show", "chart"], ["show", "values"], ["show", "all"], ["lint", "--strict"]):
        same(steer, helm, *command, str(chart))


def test_candidates_are_helms(steer: Run, helm: Run) -> None:
    for line in (["te"], ["repo", ""], ["template", "--set"], ["install", "x", ""], ["status", "--output", ""]):
        ours, theirs = steer("__complete", *line), helm("__complete", *line)
        assert (shape(ours.stdout), ours.stderr) == (shape(theirs.stdout), theirs.stderr)


def test_started_as_steer_it_says_steer(environment: dict[str, str]) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "steersman", "install"], env=environment, capture_output=True, text=True
    )
    assert '"steer install" requires at least 1 argument' in done.stderr
    assert done.returncode == 1
