"""The pytest plugin, in runs of pytest of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unittest.charts import make_chart, write_suite

SUITE = """\
suite: objects
templates: [deployment.yaml]
tests:
- it: is a deployment
  asserts: [{isKind: {of: Deployment}}, {matchSnapshot: {path: kind}}]
- it: has two replicas
  asserts: [{equal: {path: spec.replicas, value: 3}}]
- it: comes later
  skip: {reason: not yet}
  asserts: [{isKind: {of: Deployment}}]
"""
TESTS = """\
import pytest

def test_objects(render):
    result = render({"replicas": 5}, set=["secret=s"], name="mine")
    web = result["Deployment/mine-web"]
    assert web.at("spec.replicas") == 5
    assert web.all("spec.ports[*].name") == ["http", "metrics"]
    assert "Service/shop/one" in result and len(result.of_kind("Service")) == 2
    with pytest.raises(KeyError, match="there are: .*Deployment/mine-web"):
        result["Deployment/other"]
    with pytest.raises(LookupError, match="finds 0 values"):
        web.at("spec.gone")
    assert result.notes.startswith("Thanks for web")

@pytest.mark.kubernetes("1.29", "1.33")
def test_versions(render, kubernetes_version):
    assert render()["Found/None"].at("kube").startswith("v" + kubernetes_version)

@pytest.mark.values_files("ci/*.yaml")
def test_files(render, values_file):
    assert render()["Deployment/release-name-web"].at("spec.replicas") == int(values_file[-6])

def test_snapshot(render, snapshot):
    assert snapshot == render()["Service/one"]
    assert snapshot == "text"

def test_difference(render):
    assert render()["Service/one"] == {"kind": "Pod"}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    made = make_chart(tmp_path)
    write_suite(made, SUITE)
    (made / "tests" / "test_web.py").write_text(TESTS)
    (made / "ci").mkdir()
    for number in (1, 2):
        (made / "ci" / f"{number}.yaml").write_text(f"replicas: {number}\n")
    return made


def pytest_run(folder: Path, *arguments: str) -> str:
    """Run pytest in a folder and return its output."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    line = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_suites_are_tests_of_pytest(chart: Path) -> None:
    output = pytest_run(chart.parent, "-k", "objects:")
    assert "1 failed, 1 passed, 1 skipped" in output
    assert "PASSED web/tests/a_test.yaml::objects: is a deployment" in output
    assert "not yet" in output
    assert "-3\n+2" in output.replace("  ", "")
    stored = chart / "tests" / "__snapshot__" / "a_test.yaml.snap"
    assert "is a deployment:" in stored.read_text()
    assert "no tests ran" in pytest_run(chart.parent, "--no-chart-suites", "web/tests/a_test.yaml")


def test_the_fixtures_render_the_chart_next_to_the_test(chart: Path) -> None:
    output = pytest_run(chart.parent, "web/tests/test_web.py")
    assert "1 failed, 6 passed" in output
    for name in ("test_versions[1.29]", "test_versions[1.33]", "test_files[ci/1.yaml]", "test_files[ci/2.yaml]"):
        assert f"PASSED web/tests/test_web.py::{name}" in output
    assert "objects differ:" in output
    assert "-kind: Pod" in output


def test_snapshots_are_approved_once(chart: Path) -> None:
    only = ("web/tests/test_web.py", "-k", "test_snapshot")
    assert "1 passed" in pytest_run(chart.parent, *only)
    folder = chart / "tests" / "__snapshots__" / "test_web"
    first, second = sorted(folder.iterdir())
    assert second.read_text() == "text"
    assert "kind: Service" in first.read_text()
    second.write_text("old")
    assert "--update-chart-snapshots approves" in pytest_run(chart.parent, *only)
    assert "1 passed" in pytest_run(chart.parent, *only, "--update-chart-snapshots")
    assert second.read_text() == "text"


def test_releases_on_the_sandbox(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "steersman", "create", "web"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "web" / "tests").mkdir(exist_ok=True)
    (tmp_path / "web" / "tests" / "test_life.py").write_text(
        "def test_life(release, sandbox):\n"
        "    web = release('web', {'replicaCount': 2})\n"
        "    assert web.status()['version'] == 1\n"
        "    assert web.upgrade({'replicaCount': 3}).status()['version'] == 2\n"
        "    assert web.rollback().status()['info']['status'] == 'deployed'\n"
        "    assert 'web' in sandbox.steer('list')\n"
    )
    assert "1 passed" in pytest_run(tmp_path)


def test_the_plugin_costs_nothing_until_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n"
        "def test_nothing():\n"
        "    found = sorted(name for name in sys.modules if name.startswith('steersman'))\n"
        "    assert found == ['steersman', 'steersman.pytest_plugin', 'steersman.version']\n"
    )
    assert "1 passed" in pytest_run(tmp_path)
