"""The pytest plugin, in runs of pytest of their own."""

from __future__ import annotations

import os
import re
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
    with pytest.raises(KeyError, match="the render has: .*Deployment/mine-web"):
        result["Deployment/other"]
    with pytest.raises(LookupError, match="finds no value"):
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


def pytest_run(folder: Path, *arguments: str, ci: str = "") -> str:
    """Run pytest in a folder and return its output."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")} | {"CI": ci}
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


def test_a_snapshot_keeps_the_ends_of_lines_of_a_text(chart: Path) -> None:
    tests = (
        "def test_it(snapshot):\n    assert snapshot == 'one\\rtwo\\r\\nthree\\n'\n    assert snapshot == 'a\\nb\\n'\n"
    )
    assert "1 passed" in run_tests(chart, tests)
    first, second = sorted((chart / "tests" / "__snapshots__" / "test_web").iterdir())
    assert first.read_bytes() == b"one\rtwo\r\nthree\n"
    assert "1 passed" in run_tests(chart, tests, ci="true")
    second.write_bytes(b"a\r\nb\r\n")  # as git writes it on Windows
    assert "1 passed" in run_tests(chart, tests, ci="true")
    first.write_bytes(b"one\ntwo\r\nthree\n")
    assert "1 failed" in run_tests(chart, tests, ci="true")


def run_tests(chart: Path, tests: str, *arguments: str, ci: str = "") -> str:
    """Run tests that take the place of the others, and return pytest's output."""
    (chart / "tests" / "test_web.py").write_text(f"import pytest\n{tests}")
    return pytest_run(chart.parent, "web/tests/test_web.py", *arguments, ci=ci)


def test_a_snapshot_of_a_result_is_what_template_prints(chart: Path) -> None:
    tests = (
        "def test_all(render, snapshot):\n    assert snapshot == render()\n    assert snapshot == render().objects\n"
    )
    assert "1 passed" in run_tests(chart, tests)
    first, second = sorted((chart / "tests" / "__snapshots__" / "test_web").iterdir())
    line = [sys.executable, "-m", "steersman", "template", "web"]
    printed = subprocess.run(line, cwd=chart.parent, capture_output=True, text=True, check=True).stdout
    assert first.read_text() == printed
    assert "  kind: Service\n" in second.read_text()
    assert "1 passed" in run_tests(chart, tests, ci="true")


def test_a_snapshot_of_what_yaml_cannot_hold_names_the_type(chart: Path) -> None:
    output = run_tests(chart, "def test_it(snapshot):\n    assert snapshot == {'a': [object()]}\n")
    assert "TypeError: a snapshot is of a text, of what render returned, or of data that YAML can hold" in output
    assert "not of: object" in output
    assert "steersman/" not in output


def test_a_missing_snapshot_fails_in_ci(chart: Path) -> None:
    tests = "def test_it(snapshot):\n    assert snapshot == 'one'\n"
    output = run_tests(chart, tests, ci="true")
    assert "test_it.1.txt is missing" in output and "1 failed" in output
    assert not (chart / "tests" / "__snapshots__").exists()
    assert "1 passed" in run_tests(chart, tests, ci="false")
    assert "1 passed" in run_tests(chart, tests, ci="true")
    assert "1 passed" in run_tests(chart, tests.replace("one", "two"), "--update-chart-snapshots", ci="true")


CLASSES = """
class TestOne:
    def test_it(self, snapshot):
        assert snapshot == "one"

class TestTwo:
    def test_it(self, snapshot):
        assert snapshot == "two"
"""


def test_tests_of_one_name_in_classes_have_snapshots_of_their_own(chart: Path) -> None:
    assert "2 passed" in run_tests(chart, CLASSES)
    names = [path.name for path in sorted((chart / "tests" / "__snapshots__" / "test_web").iterdir())]
    assert names == ["TestOne.test_it.1.txt", "TestTwo.test_it.1.txt"]


USES = """
@pytest.mark.parametrize("name", ["a", "b"])
def test_names(name, snapshot):
    assert snapshot == name

def test_two(snapshot):
    assert snapshot == "one"
    assert snapshot == "two"

def test_fails(snapshot):
    assert snapshot == "one"
    assert snapshot == "two"
"""
LATER = """
@pytest.mark.parametrize("name", ["a"])
def test_names(name, snapshot):
    assert snapshot == name

def test_two(snapshot):
    assert snapshot == "one"

def test_fails(snapshot):
    assert snapshot == "one"
    assert False
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_snapshots_that_no_test_uses_are_named_and_removed(chart: Path, workers: tuple[str, ...]) -> None:
    assert "4 passed" in run_tests(chart, USES)
    folder = chart / "tests" / "__snapshots__"
    gone = folder / "test_gone" / "test_it.1.txt"
    gone.parent.mkdir()
    gone.write_text("old")
    (folder / "test_web" / "other-tool.json").write_text("{}")
    unused = ["web/tests/__snapshots__/test_gone/test_it.1.txt", "web/tests/__snapshots__/test_web/test_names-b-.1.txt",
              "web/tests/__snapshots__/test_web/test_two.2.txt"]  # fmt: skip

    def named(output: str) -> list[str]:
        _, _, section = output.partition("chart snapshots that no test uses")
        return [line for line in section.splitlines() if line.startswith("web/")]

    def stored() -> list[str]:
        return sorted(path.name for path in (folder / "test_web").iterdir())

    output = run_tests(chart, LATER, *workers)
    assert named(output) == unused
    assert "--update-chart-snapshots removes them" in output
    assert len(stored()) == 7
    # tests that did not run, or of a module that was not collected as a whole, keep theirs
    assert named(run_tests(chart, LATER, *workers, "-k", "test_names")) == unused[:2]
    update = "--update-chart-snapshots"
    part = pytest_run(chart.parent, "web/tests/test_web.py::test_names", *workers, update)
    assert named(part) == []
    assert len(stored()) == 7 and gone.exists()
    assert named(run_tests(chart, LATER, *workers, update)) == unused
    assert not gone.parent.exists()
    assert stored() == [
        "other-tool.json", "test_fails.1.txt", "test_fails.2.txt", "test_names-a-.1.txt", "test_two.1.txt"
    ]  # fmt: skip
    assert named(run_tests(chart, LATER, *workers)) == []


def test_a_failing_render_shows_the_template_and_no_line_of_this_program(chart: Path) -> None:
    (chart / "templates" / "broken.yaml").write_text("kind: X\nname: {{ .Values.broken.name }}\n")
    tests = "def test_it(render):\n    render({'broken': 'text'}, files=['ci/1.yaml'])\n"
    output = run_tests(chart, tests)
    assert "steersman/" not in output
    assert len(output.split("= FAILURES =")[1].splitlines()) < 25
    assert ">       render" in output or ">   render" in output
    for part in (
        "web/templates/broken.yaml:2:", "2 | name: {{ .Values.broken.name }}", "broken = \"text\"  the given values",
        "fix: ",
    ):  # fmt: skip
        assert part in output
    assert "steersman/gotemplate" in run_tests(chart, tests, "--full-trace")


WRONG = [
    ("render(set={'replicas': 1})", "set= takes assignments as texts, .* not {'replicas': 1}; a dict of values"),
    ("render(set=[1])", r"set= takes assignments as texts, .* not \[1\]"),
    ("render(files=[1])", r"files= takes paths of values files, .* not \[1\]"),
    ("render(files='ci/3.yaml')", "FileNotFoundError: files='ci/3.yaml': there is no file /.*/web/ci/3.yaml"),
    ("render([1])", "render takes the values as a dict, not as a list"),
    ("render({'a': {1, 2}})", "the values of render have to be data that JSON can hold: .*set"),
    ("render(colour='red')", "unexpected keyword argument 'colour'"),
    ("render(kube_version='new')", 'could not parse "new" as version'),
    ("render(set='a[x]=1')", "failed parsing --set data"),
    ("render()['Deployment/none']", "no object is named Deployment/none"),
    ("render()['Service/one'].at('spec[')", "PathError"),
]


def test_a_wrong_argument_is_named_in_a_line(chart: Path) -> None:
    tests = "".join(f"def test_{number}(render):\n    {call}\n" for number, (call, _) in enumerate(WRONG))
    output = run_tests(chart, tests)
    assert f"{len(WRONG)} failed" in output and "steersman/" not in output
    for number, (_, message) in enumerate(WRONG):
        assert re.search(f" test_{number} _+\n(?s:.){{1,300}}?\nE   .*{message}", output), (message, output)


def test_values_files_are_found_in_the_folder_of_the_chart(chart: Path) -> None:
    tests = """
from pathlib import Path

def test_files(render, chart):
    for files in ("ci/2.yaml", ["ci/1.yaml", "ci/2.yaml"], [chart / "ci" / "2.yaml"], Path("ci/2.yaml")):
        assert render(files=files, set="secret=s")["Deployment/release-name-web"].at("spec.replicas") == 2
"""
    assert "1 passed" in run_tests(chart, tests)


MATRIX = """
@pytest.mark.chart_matrix(values="ci/*.yaml", kubernetes=["1.30", "1.37"])
def test_all(render, values_file, kubernetes_version):
    result = render()
    assert result["Found/None"].at("kube").startswith("v" + kubernetes_version)
    assert result["Deployment/release-name-web"].at("spec.replicas") == int(values_file[-6])

@pytest.mark.chart_matrix(kubernetes="1.30")
@pytest.mark.values_files("ci/1.yaml")
def test_one(render):
    render()
"""


def test_one_marker_makes_a_matrix_of_values_files_and_versions(chart: Path) -> None:
    output = run_tests(chart, MATRIX)
    assert "5 passed" in output
    for name in ("1.30-ci/1.yaml", "1.30-ci/2.yaml", "1.37-ci/1.yaml", "1.37-ci/2.yaml"):
        assert f"::test_all[{name}]" in output
    assert "::test_one[1.30-ci/1.yaml]" in output


WRONG_MARKERS = [
    ("values_files('ci/*.yml')", "marker values_files: 'ci/*.yml' matches no file in the chart's folder web"),
    ("values_files('ci/*.yaml', 'no.yaml')", "marker values_files: 'no.yaml' matches no file"),
    ("values_files('/etc/*.yaml')", "marker values_files: the pattern '/etc/*.yaml' cannot be used"),
    ("values_files()", "marker values_files: it takes one or more of: the pattern"),
    ("kubernetes('new')", 'marker kubernetes: could not parse "new" as version'),
    ("kubernetes(1.30)", "marker kubernetes: 1.3 is not a Kubernetes version as text"),
    ("kubernetes()", "marker kubernetes: it takes one or more of: a Kubernetes version"),
    ("chart_matrix('ci/*.yaml')", "marker chart_matrix: it takes values= and kubernetes="),
    ("chart_matrix(values='ci/*.yml', kubernetes='1.30')", "marker chart_matrix: 'ci/*.yml' matches no file"),
    ("chart_matrix(values=[])", "marker chart_matrix: values= is empty"),
    ("chart_matrix(kubernetes=[1.37])", "marker chart_matrix: 1.37 is not a Kubernetes version as text"),
]


def test_a_marker_that_cannot_be_used_is_an_error(chart: Path) -> None:
    for number, (marker, _) in enumerate(WRONG_MARKERS):
        text = f"import pytest\n@pytest.mark.{marker}\ndef test_{number}(render):\n    render()\n"
        (chart / "tests" / f"test_marker_{number}.py").write_text(text)
    output = pytest_run(chart.parent, "-k", "marker")
    assert f"{len(WRONG_MARKERS)} errors" in output and "steersman/" not in output
    for number, (_, message) in enumerate(WRONG_MARKERS):
        assert f"\ntest_{number}: {message}" in output


def test_a_marker_of_a_test_that_does_not_render_is_an_error(chart: Path) -> None:
    output = run_tests(chart, "@pytest.mark.kubernetes('1.30')\ndef test_it():\n    pass\n")
    assert "marker kubernetes: the test does not use the fixture render" in output
    whole = "pytestmark = pytest.mark.kubernetes('1.30')\ndef test_it():\n    pass\ndef test_more(render):\n    pass\n"
    assert "2 passed" in run_tests(chart, whole)


def test_a_suite_that_cannot_be_read_is_named_without_lines_of_this_program(chart: Path) -> None:
    (chart / "tests" / "b_test.yaml").write_text("suite: [\n")
    output = pytest_run(chart.parent, "web/tests/b_test.yaml")
    assert "1 error" in output and "b_test.yaml" in output
    assert "steersman/" not in output


def test_a_test_outside_of_charts_is_told_about_the_setting(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(render):\n    pass\n")
    output = pytest_run(tmp_path)
    assert "is not in a chart; name one with the setting steer_chart" in output
    assert "steersman/" not in output
    output = pytest_run(tmp_path, "-o", "steer_chart=web")
    assert "which has no Chart.yaml" in output


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
