"""All rules over one chart; answers to ``lint.RunAll`` of Helm."""

from __future__ import annotations

import os

from steersman.engine.capabilities import Capabilities
from steersman.engine.render import Impure
from steersman.errors import ChartError
from steersman.lint.findings import Finding, Findings
from steersman.lint.rules import chartfile, crds, dependencies, templates
from steersman.lint.rules import values as values_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def lint_folder(
    folder: str,
    values: dict[str, Any],
    namespace: str,
    capabilities: Capabilities,
    impure: Impure,
    *,
    skip_schema: bool,
) -> list[Finding]:
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
    chartfile.check(top, findings)
    values_rules.check(top, values, findings, skip_schema=skip_schema)
    templates.check(top, values, namespace, capabilities, impure, findings, skip_schema=skip_schema)
    dependencies.check(top, findings)
    crds.check(top, findings)
    return findings.items
