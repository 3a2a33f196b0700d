"""All rules over one chart; answers to ``lint.RunAll`` of Helm."""

from __future__ import annotations

import os

from steersman.errors import ChartError
from steersman.lint.findings import Finding, Findings
from steersman.lint.rules import chartfile, crds, dependencies, templates
from steersman.lint.rules import values as values_rules
from steersman.lint.subject import LintOptions, Subject


def lint_folder(folder: str, options: LintOptions) -> list[Finding]:
    """Return what there is to say about the chart in ``folder``.

    Raises:
        ChartError: when it is no chart at all.
    """
    path = os.path.join(folder, "Chart.yaml")
    try:
        os.stat(path)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise ChartError(f"unable to check Chart.yaml file in chart: stat {path}: {problem}") from error
    findings = Findings()
    top = os.path.abspath(folder)
    subject = Subject(top, options)
    chartfile.check(top, findings)
    values_rules.check(top, options.values, findings, skip_schema=options.skip_schema)
    templates.check(subject, findings)
    dependencies.check(subject, findings)
    crds.check(subject, findings)
    return findings.items
