"""Charts of the experimental API version v3, with and without the gate, compared with Helm."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.test_helm_ways import same
from tests.conftest import Run

pytestmark = pytest.mark.helm


@pytest.mark.parametrize("gate", [None, "1", "0"])
@pytest.mark.parametrize("version", ["v1", "v2", "v3", "", "3"])
def test_the_version_that_create_is_given(
    tmp_path: Path, steer: Run, helm: Run, version: str, gate: str | None
) -> None:
    env = {"HELM_EXPERIMENTAL_CHART_V3": gate} if gate is not None else {}
    line = ("create", "c", "--chart-api-version", version)
    theirs = helm(*line, env=env)
    about = tmp_path / "c" / "Chart.yaml"
    wanted = next((x for x in about.read_text().splitlines() if "apiVersion" in x), "") if about.exists() else ""
    shutil.rmtree(tmp_path / "c", ignore_errors=True)
    ours = steer(*line, env=env)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert not wanted or wanted in about.read_text()
    if about.exists():
        for command in (
            "template r c",
            "lint c",
            "show chart c",
            "package c",
            "dependency list c",
            "dependency build c",
        ):
            same(steer, helm, *command.split(), env=env)


@pytest.mark.parametrize("gate", ["", "1"])
def test_the_gate_brings_out_the_flag(steer: Run, helm: Run, gate: str) -> None:
    env = {"HELM_EXPERIMENTAL_CHART_V3": gate}
    assert ("--chart-api-version" in same(steer, helm, "__complete", "create", "--ch", env=env)) == bool(gate)
    assert ("--chart-api-version" in steer("create", "--help", env=env).stdout) == bool(gate)
