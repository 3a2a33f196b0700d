"""Git repositories of charts, made in the tests' folders."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.conftest import Run

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Values.app }}}
  template:
    metadata:
      labels: {app: {{ .Values.app }}}
    spec:
      containers:
      - {name: web, image: web}
"""
TEST = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
    sandbox.steersman.io/outcome: {{ .Values.outcome }}
spec:
  restartPolicy: Never
  containers:
  - {name: test, image: test}
"""
VALUES = "replicas: 1\napp: web\noutcome: succeed\n"
SUITE = """\
suite: deployment
templates: [deployment.yaml]
tests:
  - it: runs one
    asserts:
      - equal: {path: spec.replicas, value: 1}
"""


class Repository:
    """A repository with a remote ``origin``, whose branch ``main`` has what is pushed.

    Args:
        folder: an empty one.
        own: runs the program.
    """

    def __init__(self, folder: Path, own: Run, environment: dict[str, str]) -> None:
        self.folder = folder / "repository"
        self._own = own
        self._environ = {
            **environment,
            **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        self.folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("init", "--quiet", "--bare", str(folder / "origin.git"))
        self.git("remote", "add", "origin", str(folder / "origin.git"))

    def git(self, *arguments: str) -> str:
        """Run git and return what it prints."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self._environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def chart(self, path: str, version: str = "0.1.0", more: str = "", **files: str) -> None:
        """Write a chart; ``files`` have names like ``ci__two_values`` for ci/two-values.yaml."""
        name = path.rpartition("/")[2]
        self.write(f"{path}/Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: {version}\nicon: https://a/b\n{more}")
        self.write(f"{path}/values.yaml", VALUES)
        self.write(f"{path}/templates/deployment.yaml", DEPLOYMENT)
        for key, text in files.items():
            folder, _, rest = key.rpartition("__")
            self.write(f"{path}/{folder}/{rest.replace('_values', '-values')}.yaml", text)

    def commit(self, *, push: bool = False) -> str:
        """Commit everything and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        if push:
            self.git("push", "--quiet", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD").strip()

    def ci(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run ``steer ci`` here."""
        return self._own("ci", *arguments, cwd=options.pop("cwd", self.folder), **options)

    def changed(self, *arguments: str, **options: Any) -> list[str]:
        """Return the charts that would be tested."""
        done = self.ci("--list-changed", *arguments, **options)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    def stages(self, *arguments: str, code: int = 0, **options: Any) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the stages of each chart by name."""
        done = self.ci("-o", "json", *arguments, **options)
        assert done.returncode == code, done.stdout + done.stderr
        answer = json.loads(done.stdout)
        assert answer["passed"] is (code == 0)
        return {chart["path"]: {stage["name"]: stage for stage in chart["stages"]} for chart in answer["charts"]}


def statuses(stages: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the status of each stage that ran."""
    return {name: stage["status"] for name, stage in stages.items() if stage["status"] != "skipped"}


def messages(stage: dict[str, Any]) -> list[str]:
    """Return the messages of a stage's problems."""
    return [problem["message"] for problem in stage["problems"]]
