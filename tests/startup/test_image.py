"""The image of the package's modules: used, noticed to be stale, never trusted from others, never in the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import steersman


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package that a test may change."""
    copy = tmp_path / "lib" / "steersman"
    shutil.copytree(Path(steersman.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def _version(package: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "steersman", "version"],
        env={**environment, "PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        cwd=package.parent,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _folder(environment: dict[str, str]) -> Path:
    return Path(environment["HOME"]) / ".cache" / "steersman" / "image"


def _image(environment: dict[str, str]) -> Path:
    (found,) = _folder(environment).glob("*.image")
    return found


def _says_other(package: Path, *, same_time: bool) -> None:
    """Make ``version`` say something else in a source of the same size."""
    source = package / "cli" / "commands" / "version.py"
    stamp = source.stat()
    text = source.read_text()
    assert "GitCommit" in text
    source.write_text(text.replace("GitCommit", "XxxCommit"))
    if same_time:
        os.utime(source, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def test_later_runs_read_modules_from_the_image(package: Path, environment: dict[str, str]) -> None:
    before = _version(package, environment)
    _says_other(package, same_time=True)
    assert _version(package, environment) == before


def test_a_source_that_changed_is_read_again(package: Path, environment: dict[str, str]) -> None:
    before = _version(package, environment)
    _says_other(package, same_time=False)
    after = _version(package, environment)
    assert after != before and "XxxCommit" in after


def test_an_image_that_others_may_write_to_is_not_read(package: Path, environment: dict[str, str]) -> None:
    before = _version(package, environment)
    _image(environment).chmod(0o666)
    _says_other(package, same_time=True)
    assert _version(package, environment) != before
    _image(environment).chmod(0o600)
    _folder(environment).chmod(0o777)
    _image(environment).write_bytes(b"\xff" * 100)
    assert "XxxCommit" in _version(package, environment)


@pytest.mark.parametrize("kept", [0, 5, 8, 100, 20_000])
def test_a_damaged_image_is_made_anew(package: Path, environment: dict[str, str], kept: int) -> None:
    before = _version(package, environment)
    whole = _image(environment).read_bytes()
    _image(environment).write_bytes(whole[:kept])
    assert _version(package, environment) == before
    assert len(_image(environment).read_bytes()) == len(whole)


def test_a_run_without_a_home_works(package: Path, environment: dict[str, str]) -> None:
    assert "Version" in _version(package, {k: v for k, v in environment.items() if k != "HOME"})
