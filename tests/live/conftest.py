"""A namespace of its own per test on the control plane that STEER_TEST_SERVER names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.action.configuration import Configuration, Surroundings
from steersman.kube.client import ApiClient
from steersman.kube.config import ConfigOverrides
from steersman.kube.objects import NAMESPACES
from tests.conftest import oracle_folder

KUBECONFIG = """apiVersion: v1
kind: Config
clusters:
- name: live
  cluster: {{server: "{server}", insecure-skip-tls-verify: true}}
users:
- name: me
  user: {{token: "{token}"}}
contexts:
- name: live
  context: {{cluster: live, user: me, namespace: "{namespace}"}}
current-context: live
"""

TEMPLATE = """{{- range $i := until (int .Values.count) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ $.Release.Name }}-{{ $i }}"}
data: {word: "{{ $.Values.word }}"}
{{- end }}
{{ .Values.extra }}
"""


class Live:
    """A namespace, a chart, and the programs to use on them."""

    def __init__(self, folder: Path, server: str, token: str) -> None:
        self.namespace = f"live-{uuid.uuid4().hex[:8]}"
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "KUBECONFIG": str(folder / "config"),
            "TZ": "UTC",
        }
        (folder / "config").write_text(KUBECONFIG.format(server=server, token=token, namespace=self.namespace))
        self.chart = folder / "chart"
        (self.chart / "templates").mkdir(parents=True)
        (self.chart / "Chart.yaml").write_text("apiVersion: v2\nname: words\nversion: 0.1.0\n")
        (self.chart / "values.yaml").write_text('count: 2\nword: one\nextra: ""\n')
        (self.chart / "templates" / "all.yaml").write_text(TEMPLATE)
        self.messages: list[str] = []
        surroundings = Surroundings(ConfigOverrides(), self.environment, self.namespace)
        self.configuration = Configuration(surroundings, self._log)

    @property
    def client(self) -> ApiClient:
        return self.configuration.client

    def _log(self, level: str, message: str, **_fields: Any) -> None:
        self.messages.append(f"{level} {message}")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "steersman", *arguments]

    def steer(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run(self.command(*arguments))

    def helm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run([self.helm_program(), *arguments])

    def under_helms_name(self) -> str:
        """Return our program under the name ``helm``: without hints and whatever else Helm does not print."""
        return str(under_helms_name(self.folder))

    @staticmethod
    def helm_program() -> str:
        """Return the path of a real helm."""
        program = shutil.which("helm", path=oracle_folder() or os.environ["PATH"])
        if not program:
            pytest.skip("needs a helm to compare with (HELM_ORACLE)")
        return program

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=600, check=False)


def under_helms_name(folder: Path) -> Path:
    """Return a link in ``folder`` that starts our program under the name ``helm``."""
    link = folder / "ours" / "helm"
    if not link.is_symlink():
        link.parent.mkdir()
        link.symlink_to(Path(sys.executable).with_name("steer"))
    return link


@pytest.fixture(scope="session")
def environment() -> tuple[str, str, str]:
    """The API server, the token of an admin and that of a user without rights."""
    names = ("STEER_TEST_SERVER", "STEER_TEST_TOKEN", "STEER_TEST_USER_TOKEN")
    server, token, user = (os.environ.get(name, "") for name in names)
    if not server or not token:
        pytest.skip("needs a control plane (STEER_TEST_SERVER, STEER_TEST_TOKEN)")
    return server, token, user


@pytest.fixture
def live(tmp_path: Path, environment: tuple[str, str, str]) -> Iterator[Live]:
    server, token, _user = environment
    made = Live(tmp_path, server, token)
    made.client.create(NAMESPACES, "", {"metadata": {"name": made.namespace}})
    yield made
    made.client.delete(NAMESPACES, "", made.namespace)
    made.client.close()
