"""Scripts of commands end as with Helm: run by steersman, and by both in turns."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.cases import Cases, is_serial, scripts
from tests.live.conftest import under_helms_name

pytestmark = pytest.mark.live
SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "conformance" / "live-cases" / "run.py"
ONLY = "^(life|upgrade-install|values-reuse|keep-history)"


# the long ones first, so that no worker is left with one at the end
LONG = ("wait", "hooks", "pending", "rollback", "list", "tests", "crds", "removed")
# what changes more than its namespace runs by itself: one worker has all of them
SCRIPTS = [
    pytest.param(script, id=script.stem, marks=[pytest.mark.xdist_group("serial")] if is_serial(script) else [])
    for script in sorted(scripts(), key=lambda script: not script.stem.startswith(LONG))
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_ends_as_with_helm(script: Path, oracle: str, environment: tuple[str, str, str]) -> None:
    if script.stem.startswith("sql") and not (os.environ.get("STEER_TEST_POSTGRES") and shutil.which("psql")):
        pytest.skip("needs a PostgreSQL server (STEER_TEST_POSTGRES) and psql")
    server, token, user = environment
    cases = Cases(server, token, user, Path(oracle, "helm"), Path(sys.executable).with_name("steer"))
    found = cases.differences(script, ["aa", "ab", "ba"])
    assert not found, "\n".join(found.values())


@pytest.mark.skipif(not SHARED.exists(), reason="there is no ../shared/conformance/live-cases")
@pytest.mark.parametrize("pair", ["aa", "ab", "ba"])
def test_a_script_of_the_shared_suite_ends_as_with_helm(
    pair: str, oracle: str, environment: tuple[str, str, str], tmp_path: Path
) -> None:
    program = under_helms_name(tmp_path)
    server, token, user = environment
    done = subprocess.run(
        [
            sys.executable, str(SHARED), "--bin", str(program), "--helm", f"{oracle}/helm", "--pairs", pair,
            "--only", ONLY, "--server", server, "--token", token, "--user-token", user,
        ],
        env={**os.environ, "PATH": f"{oracle}:{os.environ['PATH']}"}, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
