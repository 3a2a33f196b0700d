"""A real Helm to compare with, where there is one, and the program as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from steersman.runtime.private import Cache

# the same cases each time, whatever else the machine does: a red run means a change
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
settings.load_profile("steady")

if os.environ.get("TERM") == "dumb":  # a program that says so gets no notices and no hints
    os.environ["TERM"] = "xterm"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def oracle_folder() -> str:
    """Return the folder of the real helm and kubectl, or ``""``."""
    named = os.environ.get("HELM_ORACLE", "")
    tool = Path(__file__).parent.parent.parent / "shared" / "tools" / "helm-oracle"
    if not named and tool.exists():
        named = subprocess.run([tool], capture_output=True, text=True).stdout.strip()
    return named if named and os.path.exists(os.path.join(named, "helm")) else ""


@pytest.fixture(scope="session")
def oracle() -> str:
    """The folder of a real helm and kubectl; tests that ask for it are skipped without one."""
    folder = oracle_folder()
    if not folder:
        pytest.skip("no real helm: set HELM_ORACLE to a folder that has helm and kubectl")
    return folder


def cache_in(folder: Path) -> Cache:
    """Return a cache in a folder that only this user can write to, with its key next to it."""
    return Cache(str(folder / "cache"), str(folder / "state"))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with a home of its own and nothing of the user's."""
    outside = ("HELM_", "KUBE", "XDG_", "STEER_", "PYTHONUNBUFFERED")
    # all tests can be run one way: STEER_TEMPLATES=interpret make test
    kept = {k: v for k, v in os.environ.items() if not k.startswith(outside) or k == "STEER_TEMPLATES"}
    home = tmp_path / "home"
    home.mkdir()
    return {**kept, "HOME": str(home), "KUBECONFIG": str(home / "none"), "TZ": "UTC", "NO_PROXY": "*"}


@pytest.fixture
def steer(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the program under the name ``helm``."""
    return _named("helm", tmp_path, environment)


@pytest.fixture
def own(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the program under its own name, for what Helm does not have."""
    return _named("steer", tmp_path, environment)


def _named(name: str, folder: Path, environment: dict[str, str]) -> Run:
    program = shutil.which("steer", path=os.path.dirname(sys.executable))
    assert program is not None
    link = folder / "bin" / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(program)

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        return _run(str(link), arguments, environment, folder, options)

    return run


@pytest.fixture
def helm(oracle: str, tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the real helm."""

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        return _run(os.path.join(oracle, "helm"), arguments, environment, tmp_path, options)

    return run


def _run(
    program: str, arguments: tuple[str, ...], environment: dict[str, str], folder: Path, options: dict[str, object]
) -> subprocess.CompletedProcess[str]:
    extra = options.get("env") or {}
    assert isinstance(extra, dict)
    stdin = options.get("stdin")
    return subprocess.run(
        [program, *arguments],
        cwd=str(options.get("cwd") or folder),
        env={**environment, **extra},
        capture_output=True,
        text=True,
        errors=str(options.get("errors") or "strict"),
        input=str(stdin) if stdin is not None else None,
        stdin=subprocess.DEVNULL if stdin is None else None,
        timeout=300,
    )
