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
