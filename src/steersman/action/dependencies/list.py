"""``dependency list``: what Chart.yaml names and what is there. Answers to ``Dependency`` of Helm's ``pkg/action``."""

from __future__ import annotations

import os

from steersman.chart.dependencies import compatible
from steersman.chart.loader import load_chart
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import Chart, Dependency


def status(path: str, dependency: Dependency, parent: Chart) -> str:
    """Return how a dependency of the chart in the folder ``path`` is: ``ok``, ``unpacked``, ``missing`` …"""
    archives = _archives(os.path.join(path, "charts"), dependency.name)
    if len(archives) > 1:
        prefix = f"{dependency.name}-"
        exact = [a for a in archives if _is_strict(os.path.basename(a)[len(prefix) : -len(".tgz")])]
        if len(exact) > 1:
            return "too many matches"
        archives = exact
    if len(archives) == 1:
        return _archive_status(archives[0], dependency)
    child = next((c for c in reversed(parent.dependencies) if c.name == dependency.name), None)
    if child is None:
        return "missing"
    return _version_status(child.metadata.version, dependency.version) or "unpacked"


def _archives(folder: str, name: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [os.path.join(folder, n) for n in names if n.startswith(f"{name}-") and n.endswith(".tgz")]


def _is_strict(text: str) -> bool:
    from steersman.semver import Version

    try:
        Version.parse_strict(text)
    except ValueError:
        return False
    return True


def _archive_status(path: str, dependency: Dependency) -> str:
    try:
        chart = load_chart(path)
    except SteerError:
        return "corrupt"
    if chart.name != dependency.name:
        return "misnamed"
    return _version_status(chart.metadata.version, dependency.version) or "ok"


def _version_status(version: str, wanted: str) -> str:
    if version == wanted:
        return ""
    from steersman.semver import Constraints, Version

    try:
        Constraints.parse(wanted)
        Version.parse(version)
    except ValueError:
        return "invalid version"
    return "" if compatible(wanted, version) else "wrong version"


def strangers(path: str, dependencies: tuple[Dependency, ...]) -> list[str]:
    """Return Helm's warnings about what is below ``charts/`` and is not a dependency."""
    from steersman.go.quote import quote

    folder = os.path.join(path, "charts")
    warnings: list[str] = []
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    for name in names:
        below = os.path.join(folder, name)
        if not os.path.isdir(below) and not name.endswith(".tgz"):
            continue
        try:
            chart = load_chart(below)
        except SteerError:
            warnings.append(f"WARNING: {quote(below)} is not a chart.\n")
            continue
        if not any(d.name == chart.name for d in dependencies):
            warnings.append(f"WARNING: {quote(below)} is not in Chart.yaml.\n")
    return warnings
