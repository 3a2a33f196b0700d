"""The promises about speed and memory, measured: whole processes in pairs, compared with a real Helm if possible.

    python -m benchmarks.run [--runs N]

Prints a row per promise: what it stands for, the medians of ours and of Helm's, the median of the ratios pair by
pair, the bound, and the most memory that either needed. "cold" is a first run: nothing compiled, nothing parsed;
"no cache" keeps nothing from one run to the next. Then renders per second by the library, compared with a process of
Helm's and, where it is installed, with helm-python-sdk (Go's Helm behind ctypes).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.charts import LARGE

ROOT = Path(__file__).resolve().parent.parent
STEER = str(Path(sys.executable).parent / "steer")
SECONDS = 2.0  # of rendering by the library, for each chart
TURNS = 4  # of each, for so long


def oracle() -> str:
    """Return the path of a real helm, or ``""``."""
    named = os.environ.get("HELM_ORACLE", "")
    tool = ROOT.parent / "shared" / "tools" / "helm-oracle"
    if not named and tool.exists():
        named = subprocess.run([tool], capture_output=True, text=True).stdout.strip()
    path = os.path.join(named, "helm")
    return path if named and os.path.exists(path) else ""


class Run(NamedTuple):
    """One finished process: wall time in seconds, peak memory in MiB."""

    seconds: float
    peak: float


def once(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command to its end.

    Raises:
        SystemExit: when it fails.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024)


class Bench:
    """Prints the rows."""

    def __init__(self, helm: str, runs: int, home: Path) -> None:
        self.helm = helm
        self.runs = runs
        self.home = home
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "KUBE", "XDG_"))}
        self.environment = {**kept, "HOME": str(home), "KUBECONFIG": str(home / "none")}

    def head(self) -> None:
        """Print the names of the columns."""
        print(f"{'promise':46}{'steer ms':>10}{'helm ms':>10}{'ratio':>8}{'bound':>8}{'MiB':>8}{'helm':>8}")

    def row(
        self,
        name: str,
        arguments: list[str],
        bound: float,
        *,
        cold: bool = False,
        runs: int = 0,
        variables: dict[str, str] | None = None,
    ) -> None:
        """Measure one promise and print it; ``variables`` are for the environment of our program."""
        forget = self._forget if cold else lambda: None
        ours, theirs, ratios = [], [], []
        environment = {**self.environment, **(variables or {})}
        for _ in range(2):  # the first run notes the templates, the second compiles them
            once([STEER, *arguments], environment)
        for _ in range(runs or self.runs):
            forget()
            ours.append(once([STEER, *arguments], environment))
            if self.helm:
                theirs.append(once([self.helm, *arguments], self.environment))
                ratios.append(ours[-1].seconds / theirs[-1].seconds)
        text = f"{name:46}{statistics.median(r.seconds for r in ours) * 1e3:10.1f}"
        if theirs:
            text += f"{statistics.median(r.seconds for r in theirs) * 1e3:10.1f}"
            text += f"{statistics.median(ratios):8.2f}{bound:8.2f}"
            text += f"{max(r.peak for r in ours):8.0f}{max(r.peak for r in theirs):8.0f}"
        print(text, flush=True)

    def _forget(self) -> None:
        for kind in ("templates", "values"):
            shutil.rmtree(self.home / ".cache" / "helm" / "steersman" / kind, ignore_errors=True)


def per_second(renders: list[Callable[[int], object]]) -> list[float]:
    """Return how often each of ``renders`` (given a number that differs each time) runs in a second, in turns."""
    number = 0
    spent, counts = [0.0] * len(renders), [0] * len(renders)
    for turn in range(TURNS + 1):
        for at, render in enumerate(renders):
            began = time.perf_counter()
            done = 0
            while done < 3 or time.perf_counter() - began < SECONDS / TURNS:
                render(number)
                number += 1
                done += 1
            if turn:  # the first is to be ready
                spent[at] += time.perf_counter() - began
                counts[at] += done
    return [count / seconds for count, seconds in zip(counts, spent)]


def library(path: str) -> Callable[[int], object]:
    """Return a render of a loaded chart by this library, with values of the number it is given."""
    from steersman import load

    chart = load(path)
    return lambda number: chart.render({"replicaCount": number}, name="web").text


def rival(path: str) -> Callable[[int], object] | None:
    """Return the same by helm-python-sdk, or None where it is not installed."""
    try:
        from helm_python import Chart
    except ImportError:
        return None
    chart = Chart.load(path)
    return lambda number: chart.render(values={"replicaCount": number}, name="web", namespace="default")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    helm = oracle()
    if not helm:
        print("no real helm to compare with: set HELM_ORACLE")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        bench = Bench(helm, options.runs, home)
        subprocess.run([STEER, "create", "web"], cwd=home, env=bench.environment, check=True, stdout=subprocess.DEVNULL)
        web, shop = str(home / "web"), str(ROOT / "examples" / "shop")
        bench.head()
        bench.row("start-up: version", ["version"], 0.5)
        bench.row("warm render: the chart of create", ["template", "r", web], 0.7)
        bench.row("warm render: the example with a subchart", ["template", "r", shop], 0.7)
        off = {"STEER_NO_CACHE": "1"}
        bench.row("cold render: the chart of create", ["template", "r", web], 0.75, cold=True)
        bench.row("cold render: the example with a subchart", ["template", "r", shop], 0.75, cold=True)
        bench.row("no cache: the chart of create", ["template", "r", web], 0.8, variables=off)
        bench.row("no cache: the example with a subchart", ["template", "r", shop], 0.8, variables=off)
        bench.row("lint: the chart of create", ["lint", web], 1.0)
        large = {}
        for title, make in LARGE.items():
            path = home / make.__name__
            make(path)
            large[title] = str(path)
            bench.row(f"warm: {title}", ["template", "r", str(path)], 1.0, runs=min(5, options.runs))
            bench.row(f"cold: {title}", ["template", "r", str(path)], 1.3, cold=True, runs=min(3, options.runs))
        print(f"\n{'renders per second, a loaded chart':46}{'steer':>10}{'sdk':>10}{'helm':>10}")
        for title, path in {"the chart of create": web, "the example with a subchart": shop, **large}.items():
            renders: dict[str, Callable[[int], object] | None] = {"steer": library(path), "sdk": rival(path)}
            if helm:
                renders["helm"] = lambda _, p=path: once([helm, "template", "r", p], bench.environment)
            rates = dict(zip([n for n, r in renders.items() if r], per_second([r for r in renders.values() if r])))
            print(f"{title:46}" + "".join(f"{rates.get(n, 0):10.1f}" for n in ("steer", "sdk", "helm")), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
