"""Repositories for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ci.repository import Repository
from tests.conftest import Run


@pytest.fixture
def repository(tmp_path: Path, own: Run, environment: dict[str, str]) -> Repository:
    """A repository whose main branch has two charts, with a topic branch checked out."""
    made = Repository(tmp_path, own, environment)
    made.chart("charts/web")
    made.chart("charts/db")
    made.commit(push=True)
    made.git("checkout", "--quiet", "-b", "topic")
    return made
