"""The pytest plugin: fixtures for charts, and suites of helm-unittest's format as tests.

pytest imports this module at each start, so nothing else of this package is imported before a fixture is used or a
suite is found.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from steersman.pytest_plugin.approved import Approved
    from steersman.pytest_plugin.cluster import Releases, Sandbox
    from steersman.pytest_plugin.rendering import Rendering
    from steersman.pytest_plugin.suites import SuiteFile

_SUITE = "_test.yaml"
_MARKERS = ("kubernetes", "values_files", "chart_matrix")

__tracebackhide__ = True  # pytest: a failure of a fixture's call is not one of this module's lines


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flags and the setting."""
    group = parser.getgroup("steersman", "charts")
    group.addoption("--update-chart-snapshots", action="store_true", help="store what is rendered now as the snapshots")
    group.addoption("--chart-coverage", action="store_true", help="report which lines and branches of charts have run")
    group.addoption("--chart-coverage-min", type=float, default=0.0, metavar="PERCENT", help="fail below this coverage")
    group.addoption(
        "--chart-coverage-min-branches",
        type=float,
        default=0.0,
        metavar="PERCENT",
        help="fail below this coverage of branches",
    )
    group.addoption(
        "--chart-coverage-output",
        action="append",
        default=[],
        metavar="FILE",
        help="write the coverage of charts: .info for lcov, .xml for Cobertura, .html for a page",
    )
    group.addoption("--no-chart-suites", action="store_true", help="do not collect suites of helm-unittest's format")
    parser.addini("steer_chart", "the folder of the chart under test (default: the nearest above the test's file)")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers."""
    for line in (
        "kubernetes(*versions): run the test once for each Kubernetes version, which the fixture render assumes",
        "values_files(*patterns): run the test once for each file that the patterns find in the chart, which the "
        "fixture render puts over the chart's values",
        "chart_matrix(*, values, kubernetes): run the test once for each values file, as values_files does, with each "
        "Kubernetes version",
    ):
        config.addinivalue_line("markers", line)
    least, branches = config.getoption("--chart-coverage-min"), config.getoption("--chart-coverage-min-branches")
    outputs = config.getoption("--chart-coverage-output")
    if config.getoption("--chart-coverage"):
        from steersman.coverage.least import Least
        from steersman.pytest_plugin.coverage import NAME, checked_plugin

        config.pluginmanager.register(checked_plugin(Least(least, branches), outputs), NAME)
    elif least or branches or outputs:
        raise pytest.UsageError("--chart-coverage-min and --chart-coverage-output need --chart-coverage")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    """Collect a suite file that is part of a chart."""
    if not file_path.name.endswith(_SUITE) or parent.config.getoption("--no-chart-suites"):
        return None
    from steersman.pytest_plugin.charts import chart_of
    from steersman.pytest_plugin.suites import SuiteFile

    return None if chart_of(file_path) is None else SuiteFile.from_parent(parent, path=file_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each value of its markers."""
    marks = [mark for mark in metafunc.definition.iter_markers() if mark.name in _MARKERS]
    if marks:
        from steersman.pytest_plugin.markers import parametrize

        parametrize(metafunc, marks)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Look after approved files, where there are some next to a test."""
    if any((folder / "__snapshots__").is_dir() for folder in {item.path.parent for item in items}):
        from steersman.pytest_plugin.unused import NAME, UnusedSnapshots

        # the last failed ones are chosen before a module's tests are known
        is_whole = not any("::" in argument for argument in config.args) and not config.getoption("lf", False)
        updates = config.getoption("--update-chart-snapshots")
        config.pluginmanager.register(UnusedSnapshots(items, updates=updates, is_whole=is_whole), NAME)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of xdist knows about approved files."""
    output = getattr(node, "workeroutput", {}).get("steersman_snapshots")
    if output is None:
        return
    from steersman.pytest_plugin.unused import NAME, UnusedSnapshots

    plugins, updates = node.config.pluginmanager, node.config.getoption("--update-chart-snapshots")
    if not plugins.has_plugin(NAME):
        plugins.register(UnusedSnapshots(updates=updates), NAME)
    plugins.get_plugin(NAME).take(output)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Show how an object differs from what is expected, as YAML."""
    if op != "==" or (type(left).__name__ != "KubernetesObject" and type(right).__name__ != "KubernetesObject"):
        return None
    from steersman.pytest_plugin.rendering import difference

    return difference(left, right)


@pytest.fixture
def chart(request: pytest.FixtureRequest) -> Path:
    """The folder of the chart under test: the setting ``steer_chart``, or the nearest above the test's file."""
    from steersman.pytest_plugin.charts import chart_folder

    return chart_folder(request.config, request.path)


@pytest.fixture
def kubernetes_version(request: pytest.FixtureRequest) -> str:
    """The Kubernetes version that ``render`` assumes: the marker's, or Helm's own (``""``)."""
    return str(getattr(request, "param", ""))


@pytest.fixture
def values_file(request: pytest.FixtureRequest) -> str:
    """The values file that ``render`` uses: the marker's, or none (``""``)."""
    return str(getattr(request, "param", ""))


@pytest.fixture
def render(
    request: pytest.FixtureRequest, chart: Path, kubernetes_version: str, values_file: str
) -> Callable[..., Rendering]:
    """A function that renders the chart: ``render({"replicas": 2})``; see ``rendering.render_chart``."""
    from steersman.errors import SteerError
    from steersman.pytest_plugin.rendering import explained, render_chart

    plugin = request.config.pluginmanager.get_plugin("steersman-coverage")
    observation = plugin.observe(str(chart), request.node.nodeid) if plugin is not None else None

    def rendered(values: dict[str, Any] | None = None, **options: Any) -> Rendering:
        options.setdefault("kube_version", kubernetes_version)
        options.setdefault("files", (values_file,) if values_file else ())
        try:
            return render_chart(str(chart), values, observation=observation, **options)
        except SteerError as error:
            if request.config.getoption("fulltrace"):
                raise
            raise explained(error) from None

    return rendered


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Approved:
    """The approved files of this test: ``snapshot == value`` compares, ``--update-chart-snapshots`` approves."""
    from steersman.pytest_plugin.approved import Approved, file_name, in_ci
    from steersman.pytest_plugin.unused import NAME, folder_of

    plugin = request.config.pluginmanager.get_plugin(NAME)
    updates = request.config.getoption("--update-chart-snapshots")
    on_use = (lambda _path: None) if plugin is None else plugin.use
    folder, name = folder_of(request.path), file_name(request.node)
    return Approved(folder, name, updates=updates, writes=not in_ci(os.environ), on_use=on_use)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An embedded cluster for this run: no containers run on it."""
    from steersman.errors import SteerError
    from steersman.pytest_plugin.cluster import Sandbox

    try:
        running = Sandbox(tmp_path_factory.mktemp("sandbox"))
    except SteerError as error:
        pytest.fail(f"the sandbox does not start: {error}", pytrace=False)
    yield running
    running.stop()


@pytest.fixture
def release(sandbox: Sandbox, chart: Path) -> Iterator[Releases]:
    """A function that installs the chart on the sandbox: ``release("web", {"replicas": 2})``; it is removed again."""
    from steersman.pytest_plugin.cluster import Releases

    releases = Releases(sandbox, chart)
    yield releases
    releases.remove()
