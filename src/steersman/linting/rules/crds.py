"""Rules about ``crds/``; answers to ``rules.Crds`` of Helm."""

from __future__ import annotations

import os

from steersman.errors import SteerError
from steersman.linting.documents import BadDocument, documents
from steersman.linting.findings import ERROR, Findings
from steersman.linting.folders import is_missing, problem
from steersman.linting.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.chart.model import Chart, ChartFile

FOLDER = "crds/"


def check(subject: Subject, findings: Findings) -> None:
    """Check that the files below ``crds/`` are custom resource definitions."""
    path = os.path.join(subject.folder, FOLDER.rstrip("/"))
    if is_missing(path):
        return
    if not findings.check(ERROR, FOLDER, problem(path)):
        return
    try:
        chart = subject.chart()
    except SteerError as error:
        findings.check(ERROR, FOLDER, str(error))
        return
    for file in _crds(chart):
        try:
            for document in documents(file.data.decode("utf-8", "surrogateescape")):
                if document is None:
                    continue
                right_group = document.api_version.startswith("apiextensions.k8s.io")
                findings.check(ERROR, file.name, None if right_group else "apiVersion is not in 'apiextensions.k8s.io'")
                right_kind = document.kind == "CustomResourceDefinition"
                findings.check(
                    ERROR, file.name, None if right_kind else "object kind is not 'CustomResourceDefinition'"
                )
        except BadDocument as error:
            findings.check(ERROR, file.name, f"unable to parse YAML: {error}")
            return


def _crds(chart: Chart) -> Iterator[ChartFile]:
    for one in chart.walk():
        for file in one.files:
            if file.name.startswith(FOLDER) and file.name.lower().endswith((".yaml", ".yml", ".json")):
                yield file
