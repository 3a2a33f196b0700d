"""The examples of docs/insight.md run as they stand there, on the public chart that they name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CHART = ROOT.parent / "shared" / "corpus" / "charts" / "kubernetes-sigs.metrics-server.tgz"
BLOCK = re.compile(r"```(yaml|sh|text|python)\n(.*?)```", re.DOTALL)


@pytest.mark.skipif(not CHART.exists(), reason="the public charts are not there")
def test_the_examples_print_what_is_shown(tmp_path: Path, environment: dict[str, str]) -> None:
    with tarfile.open(CHART) as archive:
        archive.extractall(tmp_path, filter="data")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    output, ran = "", 0
    for language, text in BLOCK.findall((ROOT / "docs" / "insight.md").read_text()):
        if language == "yaml":
            name = text.partition("\n")[0].removeprefix("# ")
            (tmp_path / name).write_text(text)
        elif language == "text":
            assert text in output, output
        else:
            command = ["sh", "-c", text] if language == "sh" else [sys.executable, "-c", text]
            done = subprocess.run(
                command, cwd=tmp_path, env={**environment, "PATH": path}, capture_output=True, text=True
            )
            output = done.stdout + done.stderr
            ran += 1
    assert ran > 2
