"""Charts that an index says are in a registry: found, refused and reported as by Helm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.yamlio import load
from tests.conftest import Run
from tests.registry.conftest import Make
from tests.services.web import Web

Demo = Callable[[str], Path]
PLAIN = "--plain-http"


class Shop:
    """A repository whose index names charts of a registry, and that registry."""

    def __init__(self, web: Web, folder: Path, host: str) -> None:
        self.url = web.url
        self.host = host
        self._index = folder / "index.yaml"

    def offers(self, *urls: str) -> None:
        """Write the index: each URL is a version of ``demo``, the first 1.0.0, the next 1.1.0 …"""
        rows = "".join(
            f'  - {{apiVersion: v2, name: demo, version: 1.{i}.0, urls: ["{url}"]}}\n' for i, url in enumerate(urls)
        )
        self._index.write_text(f"apiVersion: v1\nentries:\n  demo:\n{rows}")


@pytest.fixture
def shop(registries: Make, steer: Run, demo: Demo, tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    host = registries().host
    for version in ("1.0.0", "1.1.0"):
        assert steer("package", str(demo(version))).returncode == 0
        assert steer("push", f"demo-{version}.tgz", f"oci://{host}/index", PLAIN).returncode == 0
    web = Web(folder)
    yield Shop(web, folder, host)
    web.stop()


def both(steer: Run, helm: Run, *line: str, prepare: Callable[[], object] = lambda: None) -> str:
    """Run one line with both programs; return what both said."""
    said = []
    for run in (steer, helm):
        prepare()
        done = run(*line)
        said.append((done.returncode, done.stdout, done.stderr))
    assert said[0] == said[1], line
    return said[0][1] + said[0][2]


@pytest.mark.parametrize("version", ["", "1.0.0", "^1"])
@pytest.mark.parametrize("reference", ["", ":1.0.0", ":9", "OCI", "none"])
def test_a_chart_that_an_index_places_in_a_registry(
    reference: str, version: str, shop: Shop, steer: Run, helm: Run, tmp_path: Path
) -> None:
    url = f"oci://{shop.host}/index/demo{reference}"
    if reference in ("OCI", "none"):
        url = f"OCI://{shop.host}/index/demo:1.0.0" if reference == "OCI" else f"oci://{shop.host}/index/none"
    shop.offers(url)
    assert steer("repo", "add", "r", shop.url).returncode == 0
    flags = [PLAIN, *(["--version", version] if version else [])]
    for verb in (["pull"], ["show", "chart"], ["template", "x"]):
        both(steer, helm, *verb, "demo", "--repo", shop.url, *flags)
        both(steer, helm, *verb, "r/demo", *flags)


def test_a_url_that_is_none_in_an_index(shop: Shop, steer: Run, helm: Run) -> None:
    for url in ("%zz", "oci://", "oci:x/y", "x:y", "http:///x"):
        shop.offers(url)
        assert steer("repo", "add", "--force-update", "r", shop.url).returncode == 0
        both(steer, helm, "pull", "demo", "--repo", shop.url, PLAIN)
        both(steer, helm, "pull", "r/demo", PLAIN)


def test_dependencies_that_an_index_places_in_a_registry(shop: Shop, steer: Run, helm: Run, tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    rows = "".join(
        f"- {{name: demo, alias: d{i}, version: {version}, repository: '{shop.url}'}}\n"
        for i, version in enumerate(("1.0.0", "1.1.0", "1.1.0"))
    )
    (parent / "Chart.yaml").write_text(f"apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n{rows}")
    shop.offers(*(f"oci://{shop.host}/index/demo:1.{minor}.0" for minor in (0, 1)))
    assert steer("repo", "add", "r", shop.url).returncode == 0
    said = both(steer, helm, "dependency", "update", "parent", PLAIN)
    assert said.count("Pulled: ") == 3
    assert sorted(p.name for p in (parent / "charts").iterdir()) == ["demo-1.0.0.tgz", "demo-1.1.0.tgz"]
    for url in (f"oci://{shop.host}/index/demo", "oci://", "x:y", "%zz"):
        shop.offers(url, url)
        both(steer, helm, "dependency", "update", "parent", PLAIN)
    shop.offers(f"{shop.url}/", f"{shop.url}/")
    (tmp_path / "shop" / "index.html").write_text("hello")
    assert "names no file" in steer("dependency", "update", "parent").stderr  # Helm leaves a file behind


def test_a_range_that_nothing_in_a_registry_fits(shop: Shop, steer: Run, helm: Run, tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    for version in (">9", ">9 <3", "9.9.9", "^2"):
        (parent / "Chart.yaml").write_text(
            "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n"
            f"- {{name: demo, version: '{version}', repository: 'oci://{shop.host}/index'}}\n"
        )
        assert "could not download" in both(steer, helm, "dependency", "update", "parent", PLAIN)
        assert not (parent / "Chart.lock").exists()


def test_the_same_chart_twice(shop: Shop, steer: Run, helm: Run, tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    rows = "".join(f"- {{name: demo, alias: {a}, version: 1.x, repository: 'oci://{shop.host}/index'}}\n" for a in "ab")
    (parent / "Chart.yaml").write_text(f"apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n{rows}")
    assert both(steer, helm, "dependency", "update", "parent", PLAIN).count("Downloading demo") == 2
    assert [p.name for p in (parent / "charts").iterdir()] == ["demo-1.1.0.tgz"]
    lock = load((parent / "Chart.lock").read_text())
    assert [row["version"] for row in lock["dependencies"]] == ["1.1.0", "1.1.0"]


def test_a_digest_and_a_version_that_is_no_tag(shop: Shop, steer: Run, helm: Run) -> None:
    said = steer("pull", f"oci://{shop.host}/index/demo:1.0.0", PLAIN).stderr
    digest = said.partition("Digest: ")[2].strip()
    for version in ("^1", "9", "1.1.0"):
        both(steer, helm, "pull", f"oci://{shop.host}/index/demo@{digest}", PLAIN, "--version", version)
