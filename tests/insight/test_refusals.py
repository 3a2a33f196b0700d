"""Refusals by an API server, told at the template line of their field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from steersman.insight.refusals import object_and_fields
from steersman.sandbox.process import down, up
from tests.conftest import Run
from tests.insight.charts import write_chart

MESSAGES = [
    (
        'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        ("Deployment/web", ["spec.replicas"]),
    ),
    (
        'Service "a" is invalid: [spec.ports[0].port: Required value, spec.type: Unsupported value: "x"]',
        ("Service/a", ["spec.ports[0].port", "spec.type"]),
    ),
    (
        "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replicaz: field not declared "
        "in schema",
        ("Deployment/web", ["spec.replicaz"]),
    ),
    (
        'failed to create typed patch object (web; apps/v1, Kind=Deployment): .spec.containers[name="a"].img: field not '
        "declared in schema",
        ("Deployment/web", ["spec.containers[a].img"]),
    ),
    (
        'server-side apply failed for object default/web apps/v1, Kind=Deployment: Deployment in version "v1" cannot be '
        'handled as a Deployment: strict decoding error: unknown field "spec.replicaz"',
        ("Deployment/web", ["spec.replicaz"]),
    ),
    (
        "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric "
        "(int or float), got string",
        ("Deployment/web", ["spec.replicas"]),
    ),
    (
        'failed to create typed patch object (web; /v1, Kind=Service): .spec.ports[port=80,protocol="TCP"].nam: field not '
        "declared in schema",
        ("Service/web", ['spec.ports[port=80,protocol="TCP"].nam']),
    ),
    ("context deadline exceeded", ("", [])),
]


@pytest.mark.parametrize(("message", "expected"), MESSAGES, ids=[message[:40] for message, _ in MESSAGES])
def test_messages_name_an_object_and_fields(message: str, expected: tuple[str, list[str]]) -> None:
    assert object_and_fields(message) == expected


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[dict[str, str]]:
    place = str(tmp_path / "sandbox")
    running = up(place, data="", port=0)
    yield {"KUBECONFIG": running.kubeconfig, "STEER_SANDBOX_HOME": place}
    down(place)


def test_a_refused_field_names_its_template_line_and_its_value(
    own: Run, steer: Run, cluster: dict[str, str], tmp_path: Path
) -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: {{ .Values.replicas }}\n"
        "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n"
        "    spec: {containers: [{name: c, image: c}]}\n"
    )
    write_chart(tmp_path / "web", values="replicas: two\n", d=deployment)
    done = own("install", "r", "web", env=cluster)
    assert done.returncode == 1
    first, _, rest = done.stderr.partition("\n")
    assert first.startswith("Error: INSTALLATION FAILED: ") and "spec.replicas" in first
    assert rest == (
        "spec.replicas of Deployment/web:\nreplicas: two\n\nwritten by\n"
        "  web/templates/d.yaml:5  replicas: {{ .Values.replicas }}\n\nfrom\n"
        '  replicas = "two"  web/values.yaml:1\n'
    )
    assert steer("install", "s", "web", env=cluster).stderr == f"{first}\n"
    assert own("install", "t", "web", "--set", "replicas=1", env=cluster).returncode == 0
    done = own("upgrade", "t", "web", "--set", "replicas=x", env=cluster)
    assert 'replicas = "x"  --set replicas=x\n' in done.stderr
    explained = own("explain", "t", "Deployment/web", "spec.replicas", "--revision", "1", env=cluster)
    assert "replicas = 1  the given values\n" in explained.stdout


MANY = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
data:
  port: {{ .Values.port }}
  a: {}
---
apiVersion: v1
kind: Service
metadata: {name: b}
spec:
  ports:
  - port: 80
  - port: x
    nam: {{ .Values.name }}
---
apiVersion: v1
kind: Service
metadata: {name: c}
spec:
  selecter: {}
  typ: x
"""


def test_each_refused_object_and_each_cause_has_its_place(
    own: Run, steer: Run, cluster: dict[str, str], tmp_path: Path
) -> None:
    write_chart(tmp_path / "web", values="{port: 80, name: a}\n", d=MANY)
    done = own("install", "many", "web", env=cluster)
    assert done.returncode == 1
    helms = steer("install", "many2", "web", env=cluster).stderr
    assert done.stderr.startswith(helms)
    rest = done.stderr[len(helms) :]
    assert [line for line in rest.splitlines() if line.endswith(":") and " of " in line] == [
        "data.a of ConfigMap/b:",
        "data.port of ConfigMap/b:",
        'spec.ports[port="x"].nam of Service/b:',
        'spec.ports[port="x"].port of Service/b:',
        "spec.selecter of Service/c:",
    ]
    assert "web/templates/d.yaml:15  nam: {{ .Values.name }}\n" in rest
    assert "web/templates/d.yaml:14  - port: x\n" in rest
    assert 'name = "a"  web/values.yaml:1\n' in rest
    assert rest.endswith("web/templates/d.yaml:21  selecter: {}\n\n... and 1 more field\n")


def test_a_refusal_that_names_no_object_and_no_item_of_a_list_has_its_place(
    own: Run, cluster: dict[str, str], tmp_path: Path
) -> None:
    write_chart(tmp_path / "web", values="{port: 80, name: a}\n", d=MANY)
    said = own("install", "many", "web", "--server-side=false", env=cluster).stderr
    assert "into Go struct field ServicePort.spec.ports.port of type int32\n" in said
    assert "data.a of ConfigMap/b:\na: {}\n\nwritten by\n  web/templates/d.yaml:6  a: {}\n" in said
    assert "spec.ports[1].port of Service/b:\n- port: x\n" in said
    empty = "apiVersion: v1\nkind: Service\nmetadata: {name: up}\nspec: {ports: [{port: 80}]}\n"
    template = tmp_path / "web" / "templates" / "d.yaml"
    template.write_text(empty)
    assert own("install", "up", "web", env=cluster).returncode == 0
    template.write_text(f"{empty}---\n{MANY}")
    said = own("upgrade", "up", "web", "--server-side=false", env=cluster).stderr
    assert "data.a of ConfigMap/b:\n" in said and "Service/b" not in said  # an upgrade ends at the first
