"""The promises about speed, measured: whole processes in pairs beside a real Helm where there is one.

    python benchmarks/run.py [--runs N]

Prints a row per promise: what it stands for, the median of ours and of Helm's, the median of the ratios pair by pair,
and the bound.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEER = str(Path(sys.executable).parent / "steer")


def oracle() -> str:
    """Return the path of a real helm, or ``""``."""
    named = os.environ.get("HELM_ORACLE", "")
    tool = ROOT.parent / "shared" / "tools" / "helm-oracle"
    if not named and tool.exists():
        named = subprocess.run([tool], capture_output=True, text=True).stdout.strip()
    path = os.path.join(named, "helm")
    return path if named and os.path.exists(path) else ""


def once(command: list[str], environment: dict[str, str]) -> float:
    """Return the seconds that a command takes."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def pair(ours: list[str], theirs: list[str], runs: int, environment: dict[str, str]) -> tuple[float, float, float]:
    """Return the medians of both commands and of the ratios, run in turn after a warm-up."""
    once(ours, environment)
    once(theirs, environment)
    rows = [(once(ours, environment), once(theirs, environment)) for _ in range(runs)]
    return (
        statistics.median(a for a, _ in rows),
        statistics.median(b for _, b in rows),
        statistics.median(a / b for a, b in rows),
    )


def library_renders(chart_path: str) -> float:
    """Return renders per second of a loaded chart with other values each time."""
    from steersman.action.render import RenderOptions, processed, render_release, render_values
    from steersman.chart import load_chart
    from steersman.engine.capabilities import DEFAULT_CAPABILITIES
    from steersman.engine.context import Facts
    from steersman.engine.render import Impure

    def log(level: str, message: str, **fields: object) -> None:
        return

    chart = processed(load_chart(chart_path), {}, log)
    options = RenderOptions(DEFAULT_CAPABILITIES, Impure(log, time.time_ns, os.urandom))
    facts = Facts("web", "default")
    count, end = 0, time.perf_counter() + 2
    while time.perf_counter() < end:
        values = render_values(chart, {"n": count}, lambda *words, **fields: None, skip_schema_validation=True)
        render_release(chart, values, facts, options)
        count += 1
    return count / 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    helm = oracle()
    with tempfile.TemporaryDirectory() as home:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "KUBE", "XDG_"))}
        environment = {**kept, "HOME": home, "KUBECONFIG": os.path.join(home, "none")}
        subprocess.run([STEER, "create", "web"], cwd=home, env=environment, check=True, stdout=subprocess.DEVNULL)
        chart = os.path.join(home, "web")
        shop = str(ROOT / "examples" / "shop")
        rows = [
            ("start-up: version", ["version"], 0.5),
            ("warm render: the chart of create", ["template", "r", chart], 0.7),
            ("warm render: the example with a subchart", ["template", "r", shop], 0.7),
            ("lint: the chart of create", ["lint", chart], 1.0),
        ]
        if not helm:
            print("no real helm to compare with: set HELM_ORACLE")
        print(f"{'promise':45}{'steer ms':>10}{'helm ms':>10}{'ratio':>8}{'bound':>8}")
        for name, arguments, bound in rows:
            if helm:
                ours, theirs, ratio = pair([STEER, *arguments], [helm, *arguments], runs, environment)
                print(f"{name:45}{ours * 1e3:10.1f}{theirs * 1e3:10.1f}{ratio:8.2f}{bound:8.2f}")
            else:
                once([STEER, *arguments], environment)
                ours = statistics.median(once([STEER, *arguments], environment) for _ in range(runs))
                print(f"{name:45}{ours * 1e3:10.1f}")
        for name, path in (("create", chart), ("shop", shop)):
            print(f"library: renders per second, {name}: {library_renders(path):.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
