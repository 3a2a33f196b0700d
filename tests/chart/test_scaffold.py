"""The charts of ``create`` compared with Helm's: the same files, values and metadata, and from them the same objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run

pytestmark = pytest.mark.helm

HTTP_ROUTE = """httpRoute:
  enabled: true
  annotations: {a: b}
  parentRefs: [{name: g, namespace: n, port: 1}, {name: h}]
  hostnames: [a.example, "*.b.example"]
  rules:
  - matches: [{path: {type: Exact, value: /x}, headers: [{name: v, value: "2"}]}, {method: GET}]
    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: A, value: b}], remove: [C]}}]
  - matches: [{path: {type: PathPrefix, value: /}}]
"""
INGRESS = """ingress:
  enabled: true
  className: nginx
  annotations: {a: b, c: "true"}
  hosts:
  - {host: a.example, paths: [{path: /, pathType: Prefix}, {path: /b, pathType: Exact}, {path: /c}]}
  - {host: b.example, paths: []}
  tls: [{secretName: s, hosts: [a.example, 1]}, {hosts: []}]
"""
POD = """podAnnotations: {a: b}
podLabels: {c: d, e: "1"}
podSecurityContext: {fsGroup: 2000}
securityContext: {runAsNonRoot: true, runAsUser: 1000, capabilities: {drop: [ALL]}}
imagePullSecrets: [{name: s}]
resources: {limits: {cpu: 100m, memory: 128Mi}, requests: {cpu: 1, memory: 1Gi}}
livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 3}
readinessProbe: {exec: {command: [sh, -c, "echo \\"x: y\\""]}}
volumes: [{name: v, secret: {secretName: s, optional: false}}]
volumeMounts: [{name: v, mountPath: /etc/v, readOnly: true}]
nodeSelector: {disk: ssd}
tolerations: [{key: k, operator: Exists}]
affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
"""
NO_PROBES = "livenessProbe: null\nreadinessProbe: {}\n"
VALUES = {
    "defaults": "",
    "route": HTTP_ROUTE,
    "route without parents": "httpRoute: {enabled: true, parentRefs: [], hostnames: []}\n",
    "route without rules": "httpRoute: {enabled: true, rules: []}\n",
    "ingress": INGRESS,
    "ingress with its defaults": "ingress: {enabled: true}\n",
    "pod": POD,
    "no probes": NO_PROBES,
    "replicas": "replicaCount: 3\n",
    "no replicas": "replicaCount: 0\n",
    "autoscaling": "autoscaling: {enabled: true}\n",
    "autoscaling by memory": "autoscaling: {enabled: true, minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 0, targetMemoryUtilizationPercentage: 70}\n",
    "autoscaling by both": "autoscaling: {enabled: true, targetMemoryUtilizationPercentage: 70}\n",
    "image": "image: {repository: registry.example:5000/a/b, tag: 1.2, pullPolicy: Always}\n",
    "image by digest": 'image: {tag: "1@sha256:ab"}\n',
    "name": "nameOverride: other\n",
    "full name": f"fullnameOverride: {'x' * 62}-y\n",
    "long name": f"nameOverride: {'n' * 70}\n",
    "account": "serviceAccount: {name: mine, annotations: {a: b}, automount: false}\n",
    "account of somebody else": "serviceAccount: {create: false, name: theirs}\n",
    "no account": "serviceAccount: {create: false}\n",
    "node port": "service: {type: NodePort, port: 8080}\n",
    "load balancer": "service: {type: LoadBalancer}\n",
}


@pytest.fixture
def charts(tmp_path: Path, steer: Run, helm: Run) -> tuple[Path, Path]:
    """Our new chart and Helm's."""
    made = []
    for name, run in (("ours", steer), ("theirs", helm)):
        (tmp_path / name).mkdir()
        done = run("create", "web-1", cwd=tmp_path / name)
        assert (done.returncode, done.stdout) == (0, "Creating web-1\n")
        made.append(tmp_path / name / "web-1")
    return made[0], made[1]


def objects(run: Run, chart: Path, release: str, *flags: str) -> list[tuple[str, Any]]:
    """Return what a chart makes, with the template of each, in the order in which it is printed."""
    done = run("template", release, str(chart), "--namespace", "space", *flags)
    assert done.returncode == 0, done.stderr
    documents = done.stdout.removeprefix("---\n").split("\n---\n")
    return [(text.splitlines()[0], yaml.safe_load(text)) for text in documents]


def test_files_values_and_metadata_are_those_of_helm(charts: tuple[Path, Path]) -> None:
    ours, theirs = ([str(p.relative_to(chart)) for p in sorted(chart.rglob("*"))] for chart in charts)
    assert ours == theirs
    for name in ("values.yaml", "Chart.yaml"):
        loaded = [yaml.safe_load((chart / name).read_text()) for chart in charts]
        assert loaded[0] == loaded[1]
    patterns = [
        {line for line in (chart / ".helmignore").read_text().splitlines() if line and line[0] != "#"}
        for chart in charts
    ]
    assert patterns[0] == patterns[1]


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize(
    "release", ["r", "web-1", "my-web-1-x", "a-name-that-takes-fifty-three-characters-which-is-max"]
)
def test_objects_are_those_of_helm(
    charts: tuple[Path, Path], steer: Run, helm: Run, tmp_path: Path, values: str, release: str
) -> None:
    (tmp_path / "v.yaml").write_text(values)
    ours = objects(steer, charts[0], release, "-f", "v.yaml")
    assert ours == objects(helm, charts[1], release, "-f", "v.yaml")
    assert ours == objects(helm, charts[0], release, "-f", "v.yaml")


def test_lint_finds_nothing_more(charts: tuple[Path, Path], steer: Run, helm: Run) -> None:
    for chart in charts:
        assert steer("lint", "--strict", chart).stdout == helm("lint", "--strict", chart).stdout
        assert "1 chart(s) linted, 0 chart(s) failed" in helm("lint", "--strict", chart).stdout


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("", "port-forward service/r-web-1 8080:80\n"),
        ("service: {type: NodePort}", "of any node and the port behind"),
        ("service: {type: LoadBalancer}", "http://EXTERNAL-IP:80\n"),
        (INGRESS, "\n  https://a.example/b\n  https://a.example/c\n"),
        ("ingress: {enabled: true}", "\n  http://chart-example.local/\n"),
        (HTTP_ROUTE, "\n  http://a.example\n  http://*.b.example\n"),
        ("httpRoute: {enabled: true, hostnames: []}", "at the addresses of the Gateway"),
    ],
    ids=["", "node port", "load balancer", "ingress", "ingress without tls", "route", "route without names"],
)
def test_notes_say_what_to_do_next(
    charts: tuple[Path, Path], steer: Run, helm: Run, tmp_path: Path, values: str, said: str
) -> None:
    (tmp_path / "v.yaml").write_text(values)
    line = ("install", "r", str(charts[0]), "--dry-run=client", "-f", "v.yaml")
    notes = [run(*line).stdout.partition("\nNOTES:\n")[2] for run in (steer, helm)]
    assert notes[0] == notes[1]
    assert said in notes[0] and "rollout status deployment/r-web-1" in notes[0]
    assert "\n\n\n" not in notes[0] and not any(text.endswith(" ") for text in notes[0].splitlines())


def test_a_starter_of_each_is_a_starter_for_the_other(
    charts: tuple[Path, Path], steer: Run, helm: Run, tmp_path: Path
) -> None:
    for chart in charts:
        made = []
        for name, run in (("a", steer), ("b", helm)):
            folder = tmp_path / f"{chart.parent.name}-{name}"
            folder.mkdir()
            assert run("create", "shop", "--starter", str(chart), cwd=folder).returncode == 0
            made.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()})
        assert made[0] == made[1]
