"""Places of a chart that ``create`` writes, compared with Helm."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.mark.parametrize(
    "name", ["dir/.", ".", "./.", "dir/..", "a/", "a//", "./a", "a/./b", "a/../c", "/", "", "a/b/"]
)
def test_places_of_a_new_chart(name: str, tmp_path: Path, steer: Run, helm: Run) -> None:
    seen = []
    for run in (steer, helm):
        work = tmp_path / "work"
        (work / "dir").mkdir(parents=True)
        (work / "a").mkdir()
        done = run("create", name, cwd=work)
        charts = {path.relative_to(work): path.read_text() for path in sorted(work.rglob("Chart.yaml"))}
        names = {path: text.partition("name: ")[2].partition("\n")[0] for path, text in charts.items()}
        seen.append((done.returncode, done.stdout, done.stderr, names))
        shutil.rmtree(work)
    assert seen[0] == seen[1]
