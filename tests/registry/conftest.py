"""Registries to talk to: one of each kind for all tests, with repositories of their own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.registry import Registry

Make = Callable[..., Registry]


@pytest.fixture(scope="session")
def registries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Start registries, one of each kind."""
    if shutil.which("docker-registry") is None:
        pytest.skip("no registry: tests/services/install.sh installs docker-registry")
    running: dict[tuple[str, bool], Registry] = {}

    def make(auth: str = "", *, tls: bool = False) -> Registry:
        if (auth, tls) not in running:
            running[auth, tls] = Registry(tmp_path_factory.mktemp("registry"), auth=auth, tls=tls)
        return running[auth, tls]

    yield make
    for registry in running.values():
        registry.stop()


@pytest.fixture
def demo(tmp_path: Path) -> Callable[[str], Path]:
    """Write the folder of a chart that has everything a manifest's annotations are made of."""

    def write(version: str) -> Path:
        folder = tmp_path / "charts" / "demo"
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        (folder / "Chart.yaml").write_text(
            f"""apiVersion: v2
name: demo
version: {version}
appVersion: "7"
description: "A <demo> & more"
home: https://home.example
sources: [https://source.example, https://other.example]
keywords: [a, b]
maintainers:
- name: Ann
  email: ann@example.com
- name: Bob
annotations:
  z: "1"
  a: <b>
  org.opencontainers.image.title: not this
  org.opencontainers.image.description: but this
"""
        )
        (folder / "values.yaml").write_text("name: x\n")
        (folder / "templates" / "a.yaml").write_text("kind: {{ .Values.name }}\n")
        return folder

    return write
