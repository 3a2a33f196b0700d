"""The script ``steer``: what a wheel has, and what an installation makes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SCRIPT = Path(os.path.dirname(sys.executable), "steer")


def test_the_installed_script_is_ours_with_this_python() -> None:
    source = (ROOT / "scripts" / "steer").read_text().splitlines()
    installed = SCRIPT.read_text().splitlines()
    assert source[0] == "#!python"  # installers put the path of the interpreter in its place
    assert installed[0].startswith("#!/") and installed[1:] == source[1:]


def test_the_script_imports_as_little_as_the_package_needs(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(SCRIPT), "version"], env=environment, capture_output=True, text=True
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "steersman.cli.commands.version" in imported
    assert not imported & {"re", "enum", "signal", "typing", "importlib.metadata"}
