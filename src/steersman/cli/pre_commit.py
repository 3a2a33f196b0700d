"""``python -m steersman.cli.pre_commit COMMAND FILES...``: run a command for each chart that changed files belong to.

For .pre-commit-hooks.yaml. A file belongs to the outermost chart above it, so that a change in a subchart checks the
whole.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

COMMANDS = ("lint", "template", "check", "unused-values", "unittest")


def charts_of(paths: Iterable[str]) -> list[str]:
    """Return the folders of the charts that files belong to, each once, sorted."""
    found = {_chart_of(path) for path in paths}
    return sorted(chart for chart in found if chart)


def _chart_of(path: str) -> str:
    outermost = ""
    folder = os.path.dirname(path) or "."
    while True:
        if os.path.isfile(os.path.join(folder, "Chart.yaml")):
            outermost = folder
        above = os.path.dirname(folder)
        if not above or above == folder:
            break
        folder = above
    if folder != "." and not os.path.isabs(folder) and os.path.isfile("Chart.yaml"):
        outermost = "."
    return outermost


def run(arguments: list[str]) -> int:
    """Run the command for each chart; words that begin with dashes go to it.

    Returns:
        The exit code: 1 where one of the runs failed.
    """
    command = arguments[0] if arguments else ""
    if command not in COMMANDS:
        sys.stderr.write(f"usage: python -m steersman.cli.pre_commit {'|'.join(COMMANDS)} [FLAGS] FILES...\n")
        return 2
    flags = [word for word in arguments[1:] if word.startswith("-")]
    charts = charts_of(word for word in arguments[1:] if not word.startswith("-"))
    return max((_run(command, chart, flags) for chart in charts), default=0)


def values_files(chart: str) -> list[str]:
    """Return the values files that a chart is used with: those next to its values.yaml, and in its folder ``ci``."""
    found = []
    for folder in (chart, os.path.join(chart, "ci")):
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        found += [
            os.path.join(folder, name)
            for name in names
            if name.endswith((".yaml", ".yml")) and "values" in name and name not in ("values.yaml", "values.yml")
        ]
    return found


def _run(command: str, chart: str, flags: list[str]) -> int:
    """Run one command, for unused values once with each values file."""
    if command != "unused-values":
        return _run_once(command, chart, flags)
    runs = [["--strict-values", "--values", path, *flags] for path in values_files(chart)]
    return max((_run_once("template", chart, flags) for flags in runs), default=0)


def _run_once(command: str, chart: str, flags: list[str]) -> int:
    """Run a command in a process of its own; the manifests of a chart that renders are not shown."""
    import subprocess

    line = [sys.executable, "-m", "steersman", command, *flags, chart]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode or command != "template":
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.flush()
    return min(done.returncode, 1)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
