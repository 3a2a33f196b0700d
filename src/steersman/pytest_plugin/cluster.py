"""The sandbox and releases on it, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from steersman.sandbox import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

__tracebackhide__ = True  # pytest: a command that fails is not one of this module's lines


class Sandbox:
    """An embedded cluster that runs until ``stop``.

    Attributes:
        kubeconfig: the path of its configuration.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self.kubeconfig = process.up(self._folder, data="", port=0).kubeconfig

    def steer(self, *arguments: str) -> str:
        """Run ``steer`` on this cluster and return its output.

        Raises:
            AssertionError: when it fails, with its errors.
        """
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HELM_KUBE")}
        line = [sys.executable, "-m", "steersman", *arguments]
        done = subprocess.run(
            line, env={**environment, "KUBECONFIG": self.kubeconfig}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"steer {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def stop(self) -> None:
        """Stop the cluster."""
        process.down(self._folder)


class Release:
    """A release of the chart under test."""

    def __init__(self, sandbox: Sandbox, chart: Path, name: str) -> None:
        self._sandbox = sandbox
        self._chart = str(chart)
        self.name = name

    def upgrade(self, values: dict[str, Any] | None = None, *arguments: str) -> Release:
        """Install the release, or upgrade it, and wait until it is ready."""
        given = ["--set-json", json.dumps(values)] if values else []
        self._sandbox.steer("upgrade", self.name, self._chart, "--install", "--wait", *given, *arguments)
        return self

    def rollback(self, revision: int = 0) -> Release:
        """Go back to a revision; 0 is the one before."""
        self._sandbox.steer("rollback", self.name, str(revision), "--wait")
        return self

    def test(self) -> str:
        """Run the release's tests and return the output."""
        return self._sandbox.steer("test", self.name)

    def status(self) -> dict[str, Any]:
        """Return what ``steer status`` reports."""
        found: dict[str, Any] = json.loads(self._sandbox.steer("status", self.name, "--output", "json"))
        return found


class Releases:
    """Installs releases and removes them again."""

    def __init__(self, sandbox: Sandbox, chart: Path) -> None:
        self._sandbox = sandbox
        self._chart = chart
        self._made: list[Release] = []

    def __call__(self, name: str, values: dict[str, Any] | None = None, *arguments: str) -> Release:
        """Install the chart under a name."""
        release = Release(self._sandbox, self._chart, name)
        self._made.append(release)
        return release.upgrade(values, *arguments)

    def remove(self) -> None:
        """Uninstall all of them."""
        for release in reversed(self._made):
            self._sandbox.steer("uninstall", release.name, "--ignore-not-found")
