"""The wheel: what is in it, and that it runs where it is installed."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from steersman.cli.tables.commands import COMMANDS, HIDDEN_COMMANDS
from steersman.version import __version__

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of these sources."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_what_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        text = archive.read(f"steersman-{__version__}.dist-info/METADATA").decode()
    about = f"steersman-{__version__}"
    assert {f"{about}.dist-info/licenses/{name}" for name in ("LICENSE", "NOTICE")} <= names
    assert {f"{about}.data/scripts/steer", "steersman/py.typed", "steersman/cli/completion/bash.txt"} <= names
    page = {f"steersman/insight/page/{name}" for name in ("frame.html", "page.css", "panes.js", "explain.js")}
    page |= {f"steersman/coverage/coverage.{ending}" for ending in ("css", "js")}
    assert page <= names
    share = f"{about}.data/data/share"
    assert {
        f"{share}/bash-completion/completions/steer",
        f"{share}/zsh/site-functions/_steer",
        f"{share}/fish/vendor_completions.d/steer.fish",
    } <= names
    pages = {Path(name).name for name in names if name.startswith(f"{share}/man/man1/")}
    shown = [path for path in COMMANDS if path not in HIDDEN_COMMANDS]
    assert {f"steer-{path.replace(' ', '-')}.1" for path in shown} <= pages
    assert "steer.1" in pages
    assert not [name for name in names if name.startswith(("tests/", "docs/", "examples/", "benchmarks/"))]
    metadata = email.message_from_string(text)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert {"Typing :: Typed", "Framework :: Pytest"} <= set(metadata.get_all("Classifier") or ())
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links and all(link.startswith("https://") for link in links)
    for link in links:
        _, _, below = link.partition("/blob/main/")
        assert not below or (ROOT / below).exists(), link


def test_it_runs_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own; the libraries that it needs are those of this one."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
        "KUBECONFIG": str(tmp_path / "none"),
    }

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for program in ("steer", "steersman"):
        assert run(str(scripts / program), "version").startswith(f"steersman {__version__}, matching Helm")
    assert run(str(scripts / "python"), "-m", "steersman", "version", "--short").startswith("v4.")
    run(str(scripts / "steer"), "create", "web")
    assert "kind: Deployment" in run(str(scripts / "steersman"), "template", "web")
    assert "wrote web.html" in run(str(scripts / "steer"), "explain", "./web", "--html", "web.html")
    where = run(str(scripts / "python"), "-c", "import steersman; print(steersman.__file__)")
    assert where.startswith(str(tmp_path))
    assert (tmp_path / "venv" / "share" / "man" / "man1" / "steer.1").exists()


def test_what_the_image_is_made_of_is_whole(wheel: Path, tmp_path: Path) -> None:
    """The steps of the Dockerfile after pip's, in an environment of this machine: no Docker is needed to see them."""
    if os.name == "nt":
        pytest.skip("the image is of Linux")
    venv = tmp_path / "opt"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    subprocess.run(
        [str(venv / "bin" / "pip"), "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
    )
    text = (ROOT / "packaging" / "Dockerfile").read_text().replace("\\\n", " ")
    run = re.search(r"^RUN (.*)$", text.split("\nFROM ")[1], re.MULTILINE)
    assert run is not None
    made, installed, *steps = re.split(r"\s*&&\s*", run[1].strip())
    assert made == "python -m venv /opt/steersman" and " install " in installed and steps
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
    }
    for step in steps:
        line = step.replace("/opt/steersman", str(venv))
        subprocess.run(["sh", "-c", line], env=environment, cwd=tmp_path, check=True, capture_output=True)
    steer = str(venv / "bin" / "steer")
    subprocess.run([steer, "create", "web"], env=environment, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "web" / "templates" / "tests" / "test-connection.yaml").exists()
    done = subprocess.run([steer, "template", "web"], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert "helm.sh/hook: test" in done.stdout, done.stderr
    assert list(venv.rglob("steersman/__pycache__/image.*"))
