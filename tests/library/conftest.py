"""A sandbox for the tests of the library's client, and an environment that has nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from steersman.sandbox.process import Running, down, up


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = str(tmp_path_factory.mktemp("sandbox"))
    yield up(folder, data="", port=0)
    down(folder)


@pytest.fixture
def environ(sandbox: Running, tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": sandbox.kubeconfig}
