"""The programs of docs/compared.md, timed: whole processes in turns, and a render more in a process that runs.

``python -m benchmarks.compared`` measures and writes the table into the page and into the README. Needs a ``helm`` on
PATH, or in the folder that HELM_ORACLE names, and the extra ``bench``.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "compared.md"
README = ROOT / "README.md"
RUNS = 15
ROUNDS = 5  # of ten renders in a process
MARK = "<!-- table: python -m benchmarks.compared -->"


def programs(text: str) -> dict[str, str]:
    """Return the page's programs by the heading they stand under, without "With "."""
    return dict(re.findall(r"## With ([^\n]+)\n\n```python\n(.*?)```", text, re.DOTALL))


def timed(program: str, folder: str, environment: dict[str, str]) -> float:
    """Run a program in a process of its own and return the seconds it took."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "3\n", done.stdout
    return time.perf_counter() - began


def repeated(program: str) -> str:
    """Return a program that does its task ten times over and prints the seconds of one of the later times."""
    setup = "import time, statistics, sys, io\nreal, sys.stdout = sys.stdout, io.StringIO()\nspent = []\n"
    body = "\n".join(f"    {line}" for line in program.splitlines())
    return (
        f"{setup}for _ in range(10):\n    began = time.perf_counter()\n{body}\n"
        "    spent.append(time.perf_counter() - began)\nreal.write(str(statistics.median(spent[3:])))\n"
    )


def measure() -> dict[str, tuple[float, float]]:
    """Return the median seconds of a process and of one more render, by program."""
    found = programs(PAGE.read_text())
    environment = dict(os.environ)
    if environment.get("HELM_ORACLE"):
        environment["PATH"] = f"{environment['HELM_ORACLE']}:{environment['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "steersman", "create", "web"], cwd=folder, stdout=subprocess.DEVNULL, check=True
        )
        spent: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(RUNS):
            for name, program in found.items():
                spent[name].append(timed(program, folder, environment))
        more: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(ROUNDS):
            for name, program in found.items():
                line = [sys.executable, "-c", repeated(program)]
                done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=True)
                more[name].append(float(done.stdout))
    return {name: (statistics.median(spent[name]), statistics.median(more[name])) for name in found}


def table(measured: dict[str, tuple[float, float]]) -> str:
    """Return the figures as a table."""
    rows = ["| | the whole program | each further render |", "|---|---|---|"]
    rows += [f"| {name} | {a * 1000:.0f} ms | {b * 1000:.1f} ms |" for name, (a, b) in measured.items()]
    return "\n".join(rows) + "\n"


def how() -> str:
    """Return how they were measured."""
    version = ".".join(map(str, sys.version_info[:2]))
    return (
        f"Wall time, medians: {RUNS} processes each, in turns; the second column: {ROUNDS} processes each, in turns, "
        "of ten renders, the first three left out. The chart is that of `steer create`; "
        f"Python {version} on two cores of a shared machine, so look at the ratios. "
        "`python -m benchmarks.compared` measures again."
    )


def main() -> None:
    """Measure and write the table into the page."""
    text = PAGE.read_text()
    before, _, after = text.partition(MARK)
    _, _, rest = after.partition("\n## ")
    figures = table(measure())
    PAGE.write_text(f"{before}{MARK}\n\n{figures}\n{how()}\n\n## {rest}")
    # the README has the same rows
    README.write_text(
        re.sub(r"^\| \| the whole program \|(?:.*\n)+?(?=\n)", figures, README.read_text(), flags=re.MULTILINE)
    )


if __name__ == "__main__":
    main()
