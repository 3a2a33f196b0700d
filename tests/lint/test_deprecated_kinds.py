"""Every API version that the Kubernetes libraries in Helm call deprecated, and what linting says of them, compared with Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.kube.deprecations import DEPRECATED
from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

pytestmark = pytest.mark.helm
# kinds that are not deprecated, or whose types the libraries no longer have
OTHERS = [("v1", "Pod"), ("extensions/v1beta1", "PodSecurityPolicy"), ("policy/v1beta1", "PodSecurityPolicy"),
          ("autoscaling/v2beta1", "HorizontalPodAutoscaler"), ("authentication.k8s.io/v1beta1", "TokenReviewList"),
          ("rbac.authorization.k8s.io/v1alpha1", "Role"), ("apps/v1", "Deployment")]  # fmt: skip


@pytest.mark.parametrize("version", ["1.15", "1.20", "1.22", "1.29", "1.34", "1.37", "1.99", "v1.25.3-gke.1", "2.0"])
def test_every_deprecated_kind(tmp_path: Path, steer: Run, helm: Run, version: str) -> None:
    templates = {}
    for at, (api_version, kind) in enumerate(sorted([*DEPRECATED, *OTHERS])):
        spec = "spec: {selector: {matchLabels: {a: b}}}"
        templates[f"t{at}.yaml"] = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n{spec}\n"
    write_chart(tmp_path / "m", CHART, templates)
    said = same(steer, helm, "lint", "m", "--kube-version", version)
    assert len(templates) > 150
    assert said.count("is deprecated in") > 5


@pytest.mark.parametrize("schema", [None, "{}", '{"type": "object"}', "["])
def test_the_steps_that_debug_shows(tmp_path: Path, steer: Run, helm: Run, schema: str | None) -> None:
    chart = write_chart(tmp_path / "c", CHART, {"t.yaml": "x: 1\n"})
    write_chart(chart / "charts" / "s", CHART.replace("name: c", "name: s"), {})
    if schema is not None:
        (chart / "values.schema.json").write_text(schema)
        (chart / "charts" / "s" / "values.schema.json").write_text("{}")
    for line in ("lint c", "template r c", "show chart c", "show values c --devel"):
        same(steer, helm, *line.split(), "--debug")
