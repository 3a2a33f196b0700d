"""A list of dependencies that is empty, or absent, compared with Helm: the values of vendored subcharts are processed or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_helm_ways import write_chart
from tests.conftest import Run

VALUES = "a: 1\nb: {c: {d: 1}}\nsub: {n: null, z: 1}\n"
SUB_VALUES = "n: 5\nz: {q: 1}\nw: null\n"


@pytest.mark.helm
@pytest.mark.parametrize("api_version", ["v1", "v2"])
@pytest.mark.parametrize("line", ["", "dependencies: []\n", "dependencies: null\n"], ids=["absent", "empty", "null"])
@pytest.mark.parametrize("flag", ["b.c=1", "sub=[]", 'sub={"z":null,"y":null}', "tags={}"])
def test_an_empty_list_is_processed(
    tmp_path: Path, steer: Run, helm: Run, api_version: str, line: str, flag: str
) -> None:
    templates = {"t.yaml": "x: {{ .Values | toJson }}\n"}
    about = f"apiVersion: {api_version}\nversion: 1.0.0\n"
    write_chart(tmp_path / "c", f"{about}name: c\n{line}", templates, VALUES)
    write_chart(tmp_path / "c" / "charts" / "sub", f"{about}name: sub\n", templates, SUB_VALUES)
    ours, theirs = (run("template", "r", "c", "--set-json", flag) for run in (steer, helm))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert ours.stdout or "type mismatch on sub" in ours.stderr
