"""The blocks of docs/library.md run, are typed, and the reference names all that is public."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import steersman
from tests.conftest import Run

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "library.md").read_text()
PROGRAM = "\n".join(re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL))


def test_the_blocks_run(environ: dict[str, str], tmp_path: Path, steer: Run) -> None:
    steer("create", "shop")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "deployed 1 20" in done.stdout
    assert "shop/templates/deployment.yaml:" in done.stdout
    assert "['web']" in done.stdout
    assert "/replicaCount of values[1]: got string, want integer" in done.stdout


def test_the_blocks_are_typed(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    line = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path), "program.py"]
    done = subprocess.run(
        line, cwd=tmp_path, env={**os.environ, "MYPYPATH": ""}, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_pyright_agrees(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    line = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "program.py"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 errors, 0 warnings" in done.stdout


def test_the_reference_names_all_that_is_public() -> None:
    _, _, reference = DOCUMENT.partition("## Reference")
    assert set(re.findall(r"`([\w]+)`", reference)) - {"on_event"} == set(steersman.__all__)
