"""All rules over one chart; answers to ``lint.RunAll`` of Helm."""

from __future__ import annotations

import os

from steersman.chart.errors import NoSuchChart
from steersman.errors import ChartError
from steersman.go.errno import errno_text
from steersman.linting.findings import Finding, Findings
from steersman.linting.rules import chartfile, crds, dependencies, templates
from steersman.linting.rules import values as values_rules
from steersman.linting.subject import LintOptions, Subject
from steersman.sprig.paths import clean


def lint_folder(folder: str, options: LintOptions) -> list[Finding]:
    """Return what there is to say about the chart in ``folder``.

    Raises:
        ChartError: when it is not a chart at all.
    """
    path = clean(f"{folder}/Chart.yaml" if folder else "Chart.yaml")
    try:
        os.stat(path)
    except OSError as error:
        problem = errno_text(error)
        message = f"unable to check Chart.yaml file in chart: stat {path}: {problem}"
        raise (ChartError(message) if os.path.lexists(folder or ".") else NoSuchChart(message, folder)) from error
    findings = Findings()
    top = os.path.abspath(folder)
    subject = Subject(top, options)
    chartfile.check(top, findings)
    values_rules.check(top, options, findings)
    templates.check(subject, findings)
    dependencies.check(subject, findings)
    crds.check(subject, findings)
    return findings.items
