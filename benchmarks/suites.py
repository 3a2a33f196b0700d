"""Suites of public charts by ``steer unittest`` and by helm-unittest, whole processes in pairs.

    HELM_UNITTEST=PROGRAM python -m benchmarks.suites [--runs REGEX] [--worst N] [CORPUS] [SUITES]

CORPUS is a folder with ``charts/`` (by default ../shared/corpus), SUITES has ``charts.jsonl``: a chart and its
arguments a line (by default ../shared/conformance/unittest/open). Each chart is unpacked for each process, and which
program goes first changes from chart to chart. Prints the sums of time by the clock and of the processor as shares of
helm-unittest's, and the most memory that a process and the processes that it started needed at once.

helm-unittest is built by ``go build ./cmd/helm-unittest`` in a clone of its repository.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.corpus import environment_in
from benchmarks.run import ROOT, STEER

_EACH = 0.02  # seconds between two looks at the memory in use


class Cost(NamedTuple):
    """Cost of a process with all that it starts: seconds by the clock and of the processor, peak memory in MiB."""

    wall: float
    processor: float
    memory: float


def memory_of(group: int) -> float:
    """Return the memory that the processes of a group have for themselves or share with one another, in MiB."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if os.getpgid(int(folder.name)) == group:
                found = re.search(r"^Pss:\s+(\d+) kB", (folder / "smaps_rollup").read_text(), re.MULTILINE)
                total += int(found[1]) if found else 0
        except OSError:
            continue  # it has ended
    return total / 1024


def cost(command: list[str], folder: Path, environment: dict[str, str], *, with_memory: bool) -> Cost:
    """Run a command to its end, whatever it says.

    Watching its memory takes a part of its time, so the one is not measured with the other.
    """
    peak = 0.0
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    has_ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not has_ended.wait(_EACH):
            peak = max(peak, memory_of(process.pid))

    watcher = threading.Thread(target=watch)
    if with_memory:
        watcher.start()
    usage = os.wait4(process.pid, 0)[2]
    end = time.perf_counter()
    process.returncode = 0
    has_ended.set()
    if with_memory:
        watcher.join()
    return Cost(end - start, usage.ru_utime + usage.ru_stime, peak)


def measured(run: dict[str, Any], program: list[str], corpus: Path, *, with_memory: bool = False) -> Cost:
    """Measure a program over the suites of a chart, unpacked for it, with an empty home."""
    with tempfile.TemporaryDirectory() as work:
        folder, home = Path(work, "chart"), Path(work, "home")
        home.mkdir()
        with tarfile.open(corpus / "charts" / f"{run['chart']}.tgz") as archive:
            archive.extractall(folder, filter="fully_trusted")
        report = ["--output-type", "JUnit", "--output-file", str(home / "report.xml")]
        command = [*program, *report, *run["args"], run["dir"]]
        return cost(command, folder, environment_in(home), with_memory=with_memory)


def main() -> int:
    shared = ROOT.parent / "shared"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path, default=shared / "corpus")
    parser.add_argument("suites", nargs="?", type=Path, default=shared / "conformance" / "unittest" / "open")
    parser.add_argument("--runs", default="", help="only charts whose name has this pattern in it")
    parser.add_argument("--worst", type=int, default=5)
    options = parser.parse_args()
    reference = os.environ.get("HELM_UNITTEST", "") or shutil.which("helm-unittest") or ""
    if not reference or not options.corpus.exists() or not options.suites.exists():
        print("no helm-unittest, or no charts, to compare with: set HELM_UNITTEST")
        return 0
    runs = [json.loads(line) for line in (options.suites / "charts.jsonl").read_text().splitlines()]
    runs = [run for run in runs if re.search(options.runs, run["name"])]
    programs = {"ours": [STEER, "unittest"], "theirs": [os.path.abspath(reference)]}
    found: dict[str, list[Cost]] = {name: [] for name in programs}
    for number, run in enumerate(runs):
        names = list(programs) if number % 2 else list(reversed(programs))
        for name in names:
            found[name].append(measured(run, programs[name], options.corpus.resolve()))
    ours, theirs = found["ours"], found["theirs"]
    print(f"{len(runs)} charts, {sum(run['tests'] for run in runs)} tests; ours, helm-unittest's, ratio")
    for field in ("wall", "processor"):
        sums = [sum(getattr(one, field) for one in costs) for costs in (ours, theirs)]
        print(f"  {field:12}{sums[0]:9.1f} s{sums[1]:9.1f} s{sums[0] / sums[1]:8.3f}")
    worst = sorted(range(len(runs)), key=lambda at: -ours[at].wall / theirs[at].wall)[: options.worst]
    for at in worst:
        print(f"  {ours[at].wall / theirs[at].wall:.2f} of {theirs[at].wall:.2f} s  {runs[at]['name']}")
    largest = sorted(range(len(runs)), key=lambda at: -ours[at].processor)[: options.worst]
    for at in largest:
        peaks = [
            measured(runs[at], program, options.corpus.resolve(), with_memory=True).memory
            for program in programs.values()
        ]
        print(f"  memory {peaks[0]:.0f} MiB, {peaks[1]:.0f} MiB  {runs[at]['name']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
