"""The findings of a check."""

from __future__ import annotations

from steersman.record import Record

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
DEFAULTS = "the defaults"


class Finding(Record):
    """One thing to say about a chart.

    Attributes:
        rule: the name of the rule.
        severity: ``error``, ``warning`` or ``note``.
        message: one sentence or two.
        file: the path below the chart, beginning with its name: ``web/templates/deployment.yaml``.
        line: from 1; 0 where there is none.
        object: the rendered object that it is about, ``Deployment/web``, or ``""``.
        field: of the object, ``spec.replicas``, or ``""``.
        cases: the values that it was found with: ``the defaults``, ``ci/ha-values.yaml``; none without a render.
        chain: the places that led to it, the outermost first.
    """

    rule: str
    severity: str
    message: str
    file: str
    line: int = 0
    object: str = ""
    field: str = ""
    cases: tuple[str, ...] = ()
    chain: tuple[tuple[str, int], ...] = ()


class Report(Record):
    """The result of checking a chart.

    Attributes:
        chart: its name.
        findings: by file and line.
        ignored: how many ``steer:ignore`` comments have taken out.
        cases: what was rendered.
        kubernetes: the version that was checked for.
    """

    chart: str
    findings: tuple[Finding, ...]
    ignored: int
    cases: tuple[str, ...]
    kubernetes: str

    def count(self, severity: str) -> int:
        """Return how many findings there are of a severity."""
        return sum(one.severity == severity for one in self.findings)
