"""Changed files to charts, and the charts of folders, by chart-testing's rules."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from steersman.chart.ignore import Rules


def changed_charts(
    files: Iterable[str], chart_dirs: Sequence[str], excluded: Sequence[str], *, uses_helmignore: bool
) -> tuple[list[str], list[str]]:
    """Return the charts that files belong to, sorted, and the folders of files that belong to none.

    Of a folder right below one of ``chart_dirs``, those in it are not named as well.

    A chart is a folder with a Chart.yaml right below one of ``chart_dirs``.

    Args:
        files: paths of changed files.
        chart_dirs: the folders of charts.
        excluded: the names of charts to leave out, or of the folders below which they are.
        uses_helmignore: whether files that a chart's .helmignore names do not count.

    Raises:
        ChartError: for a .helmignore that cannot be used.
    """
    charts: dict[str, list[str]] = {}
    strays: set[str] = set()
    for file in files:
        parts = file.split("/")
        if len(parts) > 1 and parts[1] in excluded:
            continue
        chart = chart_of(file, chart_dirs)
        if chart is None:
            strays.add(_stray(file, chart_dirs))
        elif not is_excluded(chart, excluded):
            charts.setdefault(chart, []).append(os.path.relpath(file, chart).replace(os.sep, "/"))
    if uses_helmignore:
        charts = {chart: names for chart, names in charts.items() if _matter(chart, names)}
    return sorted(charts), sorted(strays)


def chart_of(file: str, chart_dirs: Sequence[str]) -> str | None:
    """Return the chart's folder that a file is in, or None."""
    tops = {os.path.normpath(folder) for folder in chart_dirs}
    folder = os.path.dirname(file) or "."
    while True:
        if os.path.isfile(os.path.join(folder, "Chart.yaml")) and os.path.normpath(os.path.dirname(folder)) in tops:
            return os.path.normpath(folder)
        if folder in (".", "/", ""):
            return None
        folder = os.path.dirname(folder) or "."


def _stray(file: str, chart_dirs: Sequence[str]) -> str:
    """Return the folder right below a folder of charts that a file is in, or the file's own."""
    folder = os.path.normpath(os.path.dirname(file))
    for top in map(os.path.normpath, chart_dirs):
        below = folder if top == "." else folder.removeprefix(f"{top}{os.sep}")
        if below != "." and (top == "." or below != folder):
            return os.path.join("" if top == "." else top, below.split(os.sep)[0])
    return "" if folder == "." else folder


def all_charts(chart_dirs: Sequence[str], excluded: Sequence[str]) -> list[str]:
    """Return every chart right below the folders of charts, sorted in each.

    Raises:
        OSError: for a folder that cannot be read.
    """
    found: list[str] = []
    for folder in chart_dirs:
        for name in sorted(os.listdir(folder)):
            path = os.path.normpath(os.path.join(folder, name))
            if os.path.isfile(os.path.join(path, "Chart.yaml")) and not is_excluded(path, excluded):
                found.append(path)
    return found


def is_excluded(chart: str, excluded: Sequence[str]) -> bool:
    """Return whether a chart is to be left out, by the name of its folder or by its path."""
    return os.path.basename(chart) in excluded or chart in [os.path.normpath(name) for name in excluded]


def _matter(chart: str, files: Sequence[str]) -> bool:
    from steersman.chart.ignore import Rules

    path = os.path.join(chart, ".helmignore")
    text = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8", errors="surrogateescape") as opened:
            text = opened.read()
    rules = Rules(text)
    return any(not _is_ignored(rules, file) for file in files)


def _is_ignored(rules: Rules, file: str) -> bool:
    parts = file.split("/")
    folders = ["/".join(parts[: count + 1]) for count in range(len(parts) - 1)]
    return any(rules.ignores(folder, folder=True) for folder in folders) or rules.ignores(file, folder=False)
