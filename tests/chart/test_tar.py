"""``tarfile`` is loaded without ``shutil``, and finds it when it needs it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from steersman.chart.tar import load_tarfile
assert "shutil" not in sys.modules, "nothing to see"
load_tarfile()
assert "shutil" not in sys.modules
import io, tarfile
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as out:
    member = tarfile.TarInfo("a")
    member.size = 3
    out.addfile(member, io.BytesIO(b"abc"))
archive.seek(0)
with tarfile.open(fileobj=archive) as taken:
    assert taken.extractfile("a").read() == b"abc"
assert "shutil" not in sys.modules
assert tarfile.shutil.copyfileobj and type(sys.modules["shutil"]).__name__ == "module"
import shutil
assert tarfile.shutil.copyfileobj is shutil.copyfileobj
"""


def test_tarfile_comes_without_shutil() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT], capture_output=True, text=True, env={"PYTHONPATH": "src"}
    )
    assert done.returncode == 0, done.stderr
