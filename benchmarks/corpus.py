"""Renders of public charts next to Helm: whole processes in pairs, cold, without a cache and warm.

    python -m benchmarks.corpus [--cases N] [--seed N] [--worst N] [CORPUS]

CORPUS is a folder with ``cases.jsonl``, ``charts/`` and ``values/`` (by default ../shared/corpus). Prints the geometric
mean and the worst of the ratios to Helm's time, by the clock and by the processor: "cold" is a first run with the
program's byte code and nothing of the chart, "no cache" keeps nothing at all, "warm" is the fourth run. Memory is the
peak of the first run. On a busy machine only the processor's time says something.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.run import ROOT, STEER, oracle

WAYS = ("cold", "no cache", "warm")
PAIRS = 2  # of Helm and of each way but cold, of which the faster counts


class Cost(NamedTuple):
    """Cost of a process: seconds by the clock and of the processor, peak memory in KiB."""

    wall: float
    processor: float
    memory: float


class Row(NamedTuple):
    """A case: its name, Helm's cost, and that of each way."""

    name: str
    helm: Cost
    ours: dict[str, Cost]

    def ratio(self, way: str, field: str) -> float:
        """Return a cost of ours as a share of Helm's."""
        ratio: float = getattr(self.ours[way], field) / getattr(self.helm, field)
        return ratio


def cost(command: list[str], folder: Path, environment: dict[str, str]) -> Cost:
    """Run a command to its end, whatever it says."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    usage: resource.struct_rusage = os.wait4(process.pid, 0)[2]
    process.returncode = 0
    return Cost(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def environment_in(home: Path) -> dict[str, str]:
    """Return the environment of a user with this home, without settings of Helm's or ours and without a cluster."""
    others = ("HELM_", "KUBE", "XDG_", "STEER")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return kept | {"HOME": str(home), "KUBECONFIG": str(home / "none")}


def measured(case: dict[str, Any], corpus: Path, work: Path, helm: str) -> Row:
    """Measure a case in a home of its own."""
    folder = work / case["chart"].removesuffix(".tgz")
    if not folder.exists():
        with tarfile.open(corpus / "charts" / case["chart"]) as archive:
            archive.extractall(folder, filter="data")
    home = Path(tempfile.mkdtemp(dir=work))
    environment = environment_in(home)
    values = ["-f", str(corpus / case["values"])] if case.get("values") else []
    arguments = ["template", "rel", case["dir"], *(case.get("args") or []), *values]
    (home / "bin").mkdir()
    (home / "bin" / "helm").symlink_to(STEER)
    ours = [str(home / "bin" / "helm"), *arguments]

    def least(command: list[str], **more: str) -> Cost:
        return min(cost(command, folder, environment | more) for _ in range(PAIRS))

    cold = cost(ours, folder, environment)
    for _ in range(2):
        cost(ours, folder, environment)
    ways = {"cold": cold, "no cache": least(ours, STEER_NO_CACHE="1"), "warm": least(ours)}
    row = Row(case["id"], least([helm, *arguments]), ways)
    shutil.rmtree(home)
    return row


def mean(ratios: list[float]) -> float:
    """Return the geometric mean."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--cases", type=int, default=100, help="how many, drawn by chance; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worst", type=int, default=5)
    options = parser.parse_args()
    helm = oracle()
    if not helm or not options.corpus.exists():
        print("no real helm, or no charts, to compare with")
        return 0
    cases = [json.loads(line) for line in (options.corpus / "cases.jsonl").read_text().splitlines()]
    cases = [case for case in cases if case["exit"] == 0]
    random.Random(options.seed).shuffle(cases)
    with tempfile.TemporaryDirectory() as work:
        chosen = cases[: options.cases or None]
        rows = [measured(case, options.corpus.resolve(), Path(work), helm) for case in chosen]
    print(f"{len(rows)} cases; ours / Helm's{'mean':>14}{'worst':>8}{'processor: mean':>18}{'worst':>8}")
    for way in WAYS:
        wall, processor = ([row.ratio(way, field) for row in rows] for field in ("wall", "processor"))
        print(f"  {way:26}{mean(wall):16.2f}{max(wall):8.2f}{mean(processor):18.2f}{max(processor):8.2f}")
    print(f"  {'memory':26}{mean([row.ratio('cold', 'memory') for row in rows]):16.2f}")
    for way in WAYS:
        for row in sorted(rows, key=lambda row: -row.ratio(way, "wall"))[: options.worst]:
            print(f"  {way}: {row.ratio(way, 'wall'):.2f} of {row.helm.wall:.3f} s  {row.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
