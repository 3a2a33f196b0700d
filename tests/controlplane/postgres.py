"""A private PostgreSQL for tests: a data folder of its own, a free port, no privileges."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path


class Postgres:
    """Runs a server while the block runs; ``url`` is empty where its programs are not installed.

    PostgreSQL refuses to run as root: then it runs as the user ``postgres`` of Debian's package.
    """

    def __init__(self) -> None:
        self.url = ""
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Postgres:
        programs = _programs()
        if programs is None:
            return self
        user = "postgres" if os.getuid() == 0 else None
        self._folder = folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "steer", "--auth=trust", "--no-sync", "-E", "UTF8"],
            check=True, capture_output=True, user=user, cwd="/",
        )  # fmt: skip
        self._process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd="/",
        )  # fmt: skip
        ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "30"]
        for _ in range(100):
            if subprocess.run(ready, capture_output=True).returncode == 0:
                self.url = f"postgresql://steer@127.0.0.1:{port}"
                break
            try:
                self._process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError("PostgreSQL did not start")
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL: ends sessions instead of waiting for them
            self._process.wait(30)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _programs() -> Path | None:
    """Return the folder of PostgreSQL's programs: Debian keeps them by version, outside the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None
