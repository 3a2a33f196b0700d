"""``dependency update|build|list`` compared with Helm: odd locks, and stray files in ``charts/``."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.services.web import Web

Write = Callable[..., None]


@pytest.fixture
def shop(tmp_path: Path, steer: Run) -> Iterator[str]:
    """A repository of two versions of one chart."""
    (tmp_path / "one").mkdir()
    for version in ("1.0.0", "1.1.0"):
        (tmp_path / "one" / "Chart.yaml").write_text(f"apiVersion: v2\nname: one\nversion: {version}\n")
        assert steer("package", "one", "-d", "served").returncode == 0
    assert steer("repo", "index", "served").returncode == 0
    web = Web(tmp_path / "served")
    yield web.url
    web.stop()


@pytest.fixture
def both(steer: Run, helm: Run, tmp_path: Path, environment: dict[str, str]) -> Callable[..., str]:
    """Run lines with both programs, each from the same state; output and files must be the same."""

    def compare(write: Callable[[Path], object], *lines: tuple[str, ...]) -> str:
        seen = []
        for run in (helm, steer):
            parent = tmp_path / "parent"
            parent.mkdir()
            write(parent)
            said = [run(*line) for line in lines]
            texts = [re.sub(r"tmpcharts-\w+", "tmpcharts", f"{s.returncode} {s.stdout}{s.stderr}") for s in said]
            left = {
                str(path.relative_to(parent)): re.sub("generated: .*", "", path.read_text())
                if path.is_file() and path.suffix != ".tgz"
                else path.is_symlink()
                for path in sorted(parent.rglob("*"))
            }
            seen.append((texts, left))
            shutil.rmtree(parent)
            shutil.rmtree(environment["HOME"])
            Path(environment["HOME"]).mkdir()
        assert seen[0] == seen[1]
        return "".join(seen[0][0])

    return compare


def chart(parent: Path, url: str, api: str = "v2") -> None:
    wanted = f"dependencies: [{{name: one, version: 1.x, repository: '{url}'}}]\n"
    text = f"apiVersion: {api}\nname: parent\nversion: 1.0.0\n"
    (parent / "Chart.yaml").write_text(text + (wanted if api == "v2" else ""))
    if api == "v1":
        (parent / "requirements.yaml").write_text(wanted)


UPDATE, BUILD, LIST = (("dependency", verb, "parent") for verb in ("update", "build", "list"))


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("lock", ["", "~\n", "5\n", "dependencies: []\n", "generated: foo\n", "generated: 5\n"])
def test_odd_locks(lock: str, api: str, shop: str, both: Callable[..., str]) -> None:
    def write(parent: Path) -> None:
        chart(parent, shop, api)
        (parent / ("Chart.lock" if api == "v2" else "requirements.lock")).write_text(lock)

    both(write, ("repo", "add", "r", shop), BUILD, LIST, UPDATE, LIST, ("template", "parent"))


@pytest.mark.parametrize(
    "time",
    [
        *("2020-01-01", "2020-02-30T00:00:00Z", "2020-01-01T00:00:00.5+02:00", "2020-01-01T00:00:00+2:00"),
        *("2020-01-01t00:00:00z", "2020-01-01T24:00:00Z", "2020-01-01T00:00:60Z", "2020-01-01T00:00:00.Z"),
        *("", "2020-01-01T00:00:00+15:00", "2020-01-01T00:00:00+99:00", "2020-01-01T00:00:00,5Z"),
    ],
)
def test_the_time_of_a_lock(time: str, both: Callable[..., str]) -> None:
    def write(parent: Path) -> None:
        chart(parent, "file://../one")
        (parent / "Chart.lock").write_text(f'generated: "{time}"\n')

    both(write, BUILD, LIST)


def test_a_lock_that_is_a_folder(shop: str, both: Callable[..., str]) -> None:
    def write(parent: Path) -> None:
        chart(parent, shop)
        (parent / "Chart.lock").mkdir()

    assert "open parent/Chart.lock: is a directory" in both(write, ("repo", "add", "r", shop), UPDATE)


def test_a_folder_where_an_archive_goes(shop: str, both: Callable[..., str]) -> None:
    def write(parent: Path) -> None:
        chart(parent, shop)
        (parent / "charts" / "one-1.1.0.tgz").mkdir(parents=True)

    assert "(Skipping)" in both(write, ("repo", "add", "r", shop), UPDATE, LIST)


def test_a_dependency_that_is_an_archive(shop: str, both: Callable[..., str]) -> None:
    said = both(lambda parent: chart(parent, "file://../served/one-1.0.0.tgz"), UPDATE, BUILD)
    assert "Chart.yaml file is missing" in said


def test_building_with_what_nobody_signed(shop: str, both: Callable[..., str]) -> None:
    line = ("dependency", "build", "parent", "--verify", "--keyring", "none")
    assert "WARNING: Verification not found" in both(
        lambda parent: chart(parent, shop), ("repo", "add", "r", shop), line
    )


def test_what_charts_holds_already(shop: str, both: Callable[..., str], tmp_path: Path) -> None:
    def write(parent: Path) -> None:
        chart(parent, shop)
        charts = parent / "charts"
        charts.mkdir()
        shutil.copy(tmp_path / "served" / "one-1.0.0.tgz", charts)
        shutil.copytree(tmp_path / "one", charts / "unpacked")
        (charts / "broken.tgz").write_text("no archive")
        (charts / "notes.txt").write_text("mine")
        (charts / "link").symlink_to("../../one")
        (charts / "nowhere").symlink_to("none")
        (parent / "tmpcharts").mkdir()

    both(write, ("repo", "add", "r", shop), UPDATE, LIST)
