"""The charts that are found, and what is wrong with them, compared with chart-testing's program."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

from tests.ci.repository import Repository

CT = os.environ.get("CHART_TESTING", "")
pytestmark = pytest.mark.skipif(not CT, reason="no chart-testing: set CHART_TESTING to its program ct")

PLAIN = "validate-yaml: false\nvalidate-chart-schema: false\nvalidate-maintainers: false\n"
FOUND = [
    "", "chart-dirs: [other]\n", "chart-dirs: charts,other\n", "chart-dirs:\n", "CHART-DIRS: [other/]\n", "excluded-charts: [web]\n",
    "excluded-charts: web\n", "chart-dirs: [charts, other]\nexcluded-charts: [web]\n", "since: HEAD~1\n", "use-helmignore: true\n",
    "target-branch: stable\n",
]  # fmt: skip
JUDGED = [
    "", "check-version-increment: false\n", "charts: [charts/web]\n", "all: true\n", "all: true\nexcluded-charts: [bad]\n",
    "check-version-increment: false\nhelm-lint-extra-args: --strict\n", "validate-maintainers: true\n",
    *(f"charts: [charts/web]\nadditional-commands: [\"{line}\"]\n" for line in (
        "true", "false", "test -d {{ .Path }}/templates", "test '{{ if .Path }}a{{ end }}' = a", "test {{ .Yaml.Name }} = db", "echo {{ .No }}",
    )),
]  # fmt: skip


@pytest.fixture
def varied(repository: Repository) -> Repository:
    """A repository with changes of several kinds since its branch was pushed."""
    repository.write("charts/web/.helmignore", "*.md\n")
    repository.chart("other/web")
    repository.chart("charts/bad")
    repository.chart("charts/gone")
    repository.chart("charts/raised")
    repository.commit(push=True)
    repository.git("push", "--quiet", "origin", "HEAD~1:refs/heads/stable")
    repository.git("fetch", "--quiet", "origin")
    repository.write("charts/web/README.md", "# web\n")
    repository.write("charts/README.md", "# charts\n")
    repository.write("other/web/values.yaml", "replicas: 2\napp: web\noutcome: succeed\n")
    repository.chart("charts/raised", "0.2.0", "maintainers: [{email: a@b.c}]\n")
    repository.git("rm", "-r", "--quiet", "charts/gone")
    repository.commit()
    repository.chart("charts/new")
    repository.write("charts/bad/templates/bad.yaml", '{{ required "size" .Values.size }}\n')
    repository.write("charts/bad/ci/two-values.yaml", "other: 1\n")
    repository.git("add", "--all")
    return repository


def run(repository: Repository, oracle: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{oracle}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(repository.folder.parent),
    }
    return subprocess.run(
        [CT, *arguments], cwd=repository.folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.helm
def test_the_same_charts_are_found(varied: Repository, oracle: str) -> None:
    for settings in FOUND:
        varied.write("ct.yaml", settings)
        theirs = run(varied, oracle, "list-changed", "--config", "ct.yaml")
        assert theirs.returncode == 0, theirs.stderr
        assert (settings, varied.changed()) == (settings, sorted(theirs.stdout.split()))


@pytest.mark.helm
def test_the_same_charts_fail(varied: Repository, oracle: str) -> None:
    for settings in JUDGED:
        keys = [line.partition(":")[0] for line in settings.splitlines()]
        plain = "".join(line for line in PLAIN.splitlines(keepends=True) if line.partition(":")[0] not in keys)
        varied.write("ct.yaml", settings + plain)
        theirs = run(varied, oracle, "lint", "--config", "ct.yaml")
        verdicts = re.findall(r"^ (✔|✖)\S* (\S+) => ", theirs.stdout, re.MULTILINE)
        assert verdicts, theirs.stdout + theirs.stderr
        ours = varied.ci("--skip", "schema,check,install", "-o", "json")
        charts = json.loads(ours.stdout)["charts"]
        found = {one["name"]: all(stage["status"] != "failed" for stage in one["stages"]) for one in charts}
        assert (settings, found) == (settings, {name: mark == "✔" for mark, name in verdicts})
        assert (theirs.returncode == 0) == (ours.returncode == 0)
