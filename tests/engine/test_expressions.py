"""Calls on odd values, each written and read, compared with Helm: ``expressions.txt`` has one in a line."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

LINES = (Path(__file__).parent / "expressions.txt").read_text(encoding="utf-8").splitlines()
FAILING = [line[1:] for line in LINES if line.startswith("!")]
WRITING = [line for line in LINES if not line.startswith("!")]


@pytest.mark.helm
def test_odd_values_are_written_as_helm_writes_them(tmp_path: Path, steer: Run, helm: Run) -> None:
    row = "x{number}: {{{{ tpl (index .Values.t {number}) . | b64enc }}}}\n"
    write_chart(tmp_path / "m", CHART, {"t.yaml": "".join(row.format(number=at) for at in range(len(WRITING)))})
    (tmp_path / "m" / "values.yaml").write_text(
        "t:\n" + "".join("- '" + line.replace("'", "''") + "'\n" for line in WRITING)
    )
    rows = []
    for run in (steer, helm):
        done = run("template", "x", "m")
        assert done.returncode == 0, done.stderr
        lines = [line.partition(": ") for line in done.stdout.splitlines() if line.startswith("x")]
        rows.append([b64decode(text) for _, _, text in lines])
    assert len(rows[1]) == len(WRITING) > 90
    for text, ours, theirs in zip(WRITING, *rows):
        assert ours == theirs, text


@pytest.mark.helm
@pytest.mark.parametrize("text", FAILING)
def test_odd_values_are_refused_as_helm_refuses_them(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": f"a: |\n  {text}\n"})
    assert "Error: " in same(steer, helm, "template", "x", "m")
