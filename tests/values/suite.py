"""The official JSON Schema test suite, which the source distribution of the package ``jsonschema`` carries.

    python -m tests.values.suite

fetches it once from the package index into $STEER_SUITE_CACHE (default: $XDG_CACHE_HOME/steersman/schema-suite), by version
and digest, and prints the folder. The suite is not part of this repository.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "4.25.1"
DIGEST = "e4a9655ce0da0c0b67a085847e00a3a51449e1157f4f75e9fb5aa545e122eb85"
COMMAND = "make schema-suite"


def folder() -> Path:
    """Return where the suite is, or would be."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    named = os.environ.get("STEER_SUITE_CACHE") or os.path.join(cache, "steersman", "schema-suite")
    return Path(named, VERSION)


def fetch() -> Path:
    """Return the folder of the suite, which is fetched unless it is there.

    Raises:
        subprocess.CalledProcessError: when the download fails.
    """
    target = folder()
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        wanted = Path(work, "wanted.txt")
        wanted.write_text(f"jsonschema=={VERSION} --hash=sha256:{DIGEST}\n")
        line = [
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary=jsonschema",
            "--dest",
            work,
            "--requirement",
            str(wanted),
        ]
        subprocess.run([sys.executable, "-m", "pip", *line], check=True)
        with tarfile.open(Path(work, f"jsonschema-{VERSION}.tar.gz")) as archive:
            inside = f"jsonschema-{VERSION}/json/"
            members = [m for m in archive.getmembers() if m.name.startswith((f"{inside}tests/", f"{inside}remotes/"))]
            archive.extractall(work, members, filter="data")
        try:
            os.replace(Path(work, inside), target)
        except OSError:
            if not target.exists():  # else another run was faster
                raise
    return target


if __name__ == "__main__":
    print(fetch())
