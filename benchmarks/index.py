"""Large indexes, measured: a repository of some 30 MB of index, compared with a real Helm where there is one.

    python -m benchmarks.index [--runs N] [--charts N] [--versions N]

Prints a row per promise: the median of ours and of Helm's, the median of the ratios pair by pair, and the bound.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import http.server
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.run import STEER, oracle

VERSION = """  - annotations:
      category: Infrastructure
      images: |
        - name: {name}
          image: docker.io/example/{name}:{number}.0.1
      licenses: Apache-2.0
    apiVersion: v2
    appVersion: 1.{number}.3
    created: "2024-01-11T10:20:30.123456789Z"
    dependencies:
    - name: common
      repository: https://charts.example.com/stable
      tags:
      - stable-common
      version: 2.x.x
    - condition: cache.enabled
      name: cache
      repository: https://charts.example.com/stable
      version: 19.x.x
    description: Chart {name} for a service that does something useful, with replicas, storage and monitoring.
    digest: {digest}
    home: https://example.com/charts/{name}
    icon: https://example.com/icons/{name}.png
    keywords:
    - {name}
    - service
    - web
    kubeVersion: '>=1.23.0-0'
    maintainers:
    - email: team@example.com
      name: The Team
      url: https://example.com/team
    name: {name}
    sources:
    - https://github.com/example/{name}
    type: application
    urls:
    - {name}-{number}.1.0.tgz
    version: {number}.1.0
"""


def make_index(charts: int, versions: int, real: dict[str, str]) -> str:
    """Return an index; ``real`` are digests of the archives that there are, by chart."""
    parts = ["apiVersion: v1\nentries:\n"]
    for i in range(charts):
        name = f"chart-{i:04d}"
        parts.append(f"  {name}:\n")
        for number in range(versions, 0, -1):
            digest = hashlib.sha256(f"{name}-{number}".encode()).hexdigest()
            if number == versions:
                digest = real.get(name, digest)
            parts.append(VERSION.format(name=name, number=number, digest=digest))
    parts.append('generated: "2024-05-11T10:20:30.123456789Z"\n')
    return "".join(parts)


def package(folder: Path, name: str, version: str, out: Path) -> str:
    """Package a small chart and return its archive's digest."""
    (folder / name).mkdir()
    (folder / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: {version}\n")
    subprocess.run([STEER, "package", str(folder / name), "-d", str(out)], check=True, stdout=subprocess.DEVNULL)
    return hashlib.sha256((out / f"{name}-{version}.tgz").read_bytes()).hexdigest()


class Home:
    """A home folder with the repository in it, for one of the two programs."""

    def __init__(self, folder: Path, program: str, url: str) -> None:
        self.folder = folder
        self.program = program
        folder.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "XDG_"))}
        self.environment = {**kept, "HOME": str(folder), "NO_PROXY": "*"}
        parent = folder / "parent"
        parent.mkdir()
        (parent / "Chart.yaml").write_text(
            "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n"
            f"- {{name: chart-0003, version: '>=1', repository: '{url}'}}\n"
        )
        self.run("repo", "add", "big", url)

    def run(self, *arguments: str, forget: bool = False) -> float:
        """Run a command and return its seconds; ``forget`` drops first what was read of the index before."""
        if forget:
            shutil.rmtree(self.folder / ".cache" / "helm" / "steersman", ignore_errors=True)
        start = time.perf_counter()
        subprocess.run(
            [self.program, *arguments],
            env=self.environment,
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - start


ROWS: tuple[tuple[str, tuple[str, ...], bool, float], ...] = (
    ("search repo, nothing kept", ("search", "repo", "chart-0003"), True, 0.5),
    ("pull, nothing kept", ("pull", "big/chart-0003"), True, 0.5),
    ("search repo", ("search", "repo", "chart-0003"), False, 0.05),
    ("pull", ("pull", "big/chart-0003"), False, 0.05),
    ("dependency update --skip-refresh", ("dependency", "update", "parent", "--skip-refresh"), False, 0.05),
    ("repo update", ("repo", "update"), True, 0.5),
)


def main() -> int:
    """Measure and print; the exit code is 1 when a bound does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--charts", type=int, default=500)
    parser.add_argument("--versions", type=int, default=54)
    options = parser.parse_args()
    helm = oracle()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        served = top / "served"
        served.mkdir()
        real = {c: package(top, c, f"{options.versions}.1.0", served) for c in ("chart-0003",)}
        text = make_index(options.charts, options.versions, real)
        (served / "index.yaml").write_text(text)
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(served))
        http.server.SimpleHTTPRequestHandler.log_message = lambda *_: None  # type: ignore[method-assign]
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        ours = Home(top / "ours", STEER, url)
        theirs = Home(top / "theirs", helm, url) if helm else None
        print(f"an index of {len(text) / 1e6:.0f} MB, {options.charts * options.versions} versions")
        print(f"{'':36}{'ours':>9}{'helm':>9}{'ratio':>8}{'bound':>7}")
        is_kept = True
        for label, line, forget, bound in ROWS:
            ours.run(*line)
            pairs = [
                (ours.run(*line, forget=forget), theirs.run(*line) if theirs else 0.0) for _ in range(options.runs)
            ]
            mine, other = (statistics.median(column) for column in zip(*pairs))
            ratio = statistics.median(a / b for a, b in pairs) if theirs else 0.0
            is_kept = is_kept and ratio <= bound
            print(f"{label:36}{mine * 1000:7.0f}ms{other * 1000:7.0f}ms{ratio:8.3f}{bound:7.2f}")
        server.shutdown()
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
