"""The scripts of ../shared/conformance/live-cases where that folder is: by steer, by Helm, and by both in turns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent.parent.parent / "shared" / "conformance" / "live-cases" / "run.py"
ONLY = "^(life|upgrade-install|values-reuse|keep-history)"


@pytest.mark.live
@pytest.mark.skipif(not SCRIPTS.exists(), reason="there is no ../shared/conformance/live-cases")
@pytest.mark.parametrize("pair", ["aa", "ab", "ba"])
def test_a_script_ends_as_with_helm(pair: str, oracle: str) -> None:
    program = Path(sys.executable).with_name("steer")
    environ = os.environ
    done = subprocess.run(
        [
            sys.executable, str(SCRIPTS), "--bin", str(program), "--helm", f"{oracle}/helm", "--pairs", pair,
            "--only", ONLY, "--server", environ["STEER_TEST_SERVER"], "--token", environ["STEER_TEST_TOKEN"],
            "--user-token", environ["STEER_TEST_USER_TOKEN"],
        ],
        env={**environ, "PATH": f"{oracle}:{environ['PATH']}"}, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
