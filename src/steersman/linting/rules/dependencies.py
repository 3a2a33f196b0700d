"""Rules about dependencies: what Chart.yaml names and what is below ``charts/``. Helm's ``rules.Dependencies``."""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.linting.findings import ERROR, WARNING, Findings
from steersman.linting.subject import Subject


def check(subject: Subject, findings: Findings) -> None:
    """Check that the chart loads and that names agree."""
    folder = subject.folder
    try:
        chart = subject.chart_of_files()
    except SteerError as error:
        findings.check(ERROR, "", f"unable to load chart\n\t{error}")
        return
    named = [d.name for d in chart.metadata.dependencies]
    present = [c.name for c in chart.dependencies]
    undeclared = [name for name in present if name not in named]
    findings.check(
        ERROR,
        folder,
        f"chart metadata is missing these dependencies: {','.join(undeclared)}" if undeclared else None,
    )
    keys = [d.alias or d.name for d in chart.metadata.dependencies]
    twice = [key for i, key in enumerate(keys) if key in keys[:i]]
    findings.check(ERROR, folder, f"multiple dependencies with name or alias: {','.join(twice)}" if twice else None)
    missing = [name for name in named if name not in present]
    findings.check(
        WARNING,
        folder,
        f"chart directory is missing these dependencies: {','.join(missing)}" if missing else None,
    )
