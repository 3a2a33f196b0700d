"""A chart made for the tests of suites, and runs of suites on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from steersman.action.unittest import UnittestOptions, run_program, unittest
from steersman.engine.capabilities import DEFAULT_CAPABILITIES
from steersman.engine.impure import Impure
from steersman.rendering import World
from steersman.unittest.results import ChartResult, TestResult
from steersman.unittest.suite import Program

CHART = """\
apiVersion: v2
name: web
version: 1.2.3
appVersion: "4.5"
dependencies:
- {name: db, version: 1.0.0, condition: db.enabled}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels:
    app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
    empty: ""
spec:
  replicas: {{ .Values.replicas }}
  weight: 1.5
  whole: 3.0
  on: true
  nothing: null
  none: []
  secret: {{ .Values.secret | b64enc }}
  when: 2020-01-02
  text: |

    two{{ "  " }}
    lines
  ports:
  - {name: http, port: 80}
  - {name: metrics, port: 9090, protocol: TCP}
  - 7
  numbers:
    8080: eight
"""
SERVICES = """\
{{- range $i, $name := .Values.services }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  namespace: shop
spec:
  ports: [{port: {{ add 80 $i }}}]
{{- end }}
"""
FAILING = """\
{{- if not .Values.size }}{{ fail "size: must be given" }}{{ end }}
{{- if eq .Values.size "nil" }}{{ .Values.a.b.c }}{{ end }}
{{- if eq .Values.size "two" }}{{ fail "first\\nsecond" }}{{ end }}
{{- if eq .Values.size "text" }}nothing but text{{ end }}
{{- if eq .Values.size "twice" }}
a: 1
a: 2
{{- end }}
"""
LOOKUP = """\
kind: Found
secret: {{ (lookup "v1" "Secret" "shop" "pass").data | toJson }}
names: [{{ range (lookup "v1" "Secret" "shop" "").items }}{{ .metadata.name }},{{ end }}]
kube: {{ .Capabilities.KubeVersion.Version }}/{{ .Capabilities.KubeVersion.Minor }}
apis: {{ .Capabilities.APIVersions | toJson }}
release: {{ .Release | toJson | quote }}
"""
NOTES = "Thanks for {{ .Chart.Name }} {{ .Chart.Version }}  \nbye\n"
VALUES = """\
replicas: 2
secret: hidden
services: [one, two]
size: ok
db: {enabled: true}
"""


def make_chart(folder: Path) -> Path:
    """Write the chart and return its folder."""
    chart = folder / "web"
    files = {
        "Chart.yaml": CHART,
        "values.yaml": VALUES,
        "templates/deployment.yaml": DEPLOYMENT,
        "templates/services.yaml": SERVICES,
        "templates/failing.yaml": FAILING,
        "templates/lookup.yaml": LOOKUP,
        "templates/NOTES.txt": NOTES,
        "templates/_helpers.tpl": '{{ define "web.name" }}web{{ end }}',
        "templates/data.json": "{}",
        "crds/things.yaml": "kind: CustomResourceDefinition\nmetadata: {name: things}\n",
        "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        "charts/db/values.yaml": "size: 1\n",
        "charts/db/templates/db.yaml": "kind: Db\nsize: {{ .Values.size }}\nversion: {{ .Chart.Version }}\n",
    }
    for name, text in files.items():
        path = chart / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return chart


def write_suite(chart: Path, text: str, name: str = "a_test.yaml") -> Path:
    """Write a suite file and return its path."""
    path = chart / "tests" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def world() -> World:
    """Return side effects that do not change from run to run."""
    impure = Impure(log=lambda *_a, **_k: None, now_ns=lambda: 0, random_bytes=lambda count: b"\0" * count)
    return World(impure, lambda: DEFAULT_CAPABILITIES)


def run(chart: Path, options: UnittestOptions | None = None, path: str = "") -> ChartResult:
    """Run the suites of a chart in this process; ``path`` is its folder as a user would write it."""

    def post_render(program: Program, text: str) -> str:
        return run_program(program, text, os.environ)

    (result,) = unittest([path or str(chart)], options or UnittestOptions(workers=1), world(), post_render)
    return result


def results_of(result: ChartResult) -> list[TestResult]:
    """Return all tests of a chart."""
    assert result.error is None, result.error
    return [test for suite in result.suites for test in suite.tests]


def verdicts(result: ChartResult) -> dict[str, str]:
    """Return the verdict of each test by its name."""
    return {test.name: test.verdict for test in results_of(result)}


def real_tool() -> str:
    """Return the path of the real helm-unittest, or skip the test where ``HELM_UNITTEST`` does not name one."""
    path = os.environ.get("HELM_UNITTEST", "")
    if not path or shutil.which(path) is None:
        pytest.skip("no helm-unittest in HELM_UNITTEST")
    return path


def real_verdicts(chart: Path, *arguments: str) -> dict[str, str]:
    """Return the verdicts of the real helm-unittest on a copy of the chart."""
    copy = chart.parent / "real" / chart.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(chart, copy)
    report = copy.parent / "report.xml"
    command = [real_tool(), "--output-type", "JUnit", "--output-file", str(report), *arguments, copy.name]
    subprocess.run(command, cwd=copy.parent, capture_output=True, check=False)
    return read_junit(report.read_text())


def read_junit(text: str) -> dict[str, str]:
    """Return the verdict of each test in a JUnit report."""
    words = {"error": "error", "failure": "fail", "skipped": "skip"}
    found = {}
    for case in ElementTree.fromstring(text).iter("testcase"):
        verdict = next((word for tag, word in words.items() if case.find(tag) is not None), "pass")
        found[case.get("name") or ""] = verdict
    return found


def as_json(value: object) -> str:
    """Return a value for a YAML flow."""
    return json.dumps(value)
