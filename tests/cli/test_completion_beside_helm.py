"""Completion on every command, with and without something to complete, compared with Helm; and releases kept in memory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, write_chart
from tests.conftest import Run
from tests.prose import shape

pytestmark = pytest.mark.helm

LINES = [
    "", "re", "repo ", "repo remove ", "repo remove r1 ", "repo add a ", "repo index ", "repo list ", "push ", "push c ", "push c oci://",
    "push c oci://a ", "install ", "install x r", "install x r1/", "install x c ", "template x r1/o", "upgrade ", "upgrade zz", "upgrade x ",
    "upgrade x r1/ch --version ", "pull ", "pull r1/ch --version ", "show chart r1/ch --version ", "lint ", "lint c ", "package ", "create ",
    "create x ", "dependency build c ", "verify x ", "search repo ", "env ", "env HELM_BIN ", "version ", "completion ", "completion bash ",
    "plugin list ", "plugin install ", "registry login x ", "list ", "status ", "status r", "status x", "status rel ", "history rel ",
    "get all ", "get all rel --revision ", "get all rel --revision x", "get all nope --revision ", "rollback ", "rollback rel ", "rollback rel x",
    "rollback nope ", "rollback rel 1 ", "uninstall r", "uninstall rel r", "test ", "test rel2 ", "docs ", "help ", "nope ", "install -o ",
    "install --dry-run=", "list --color ", "list --color=", "docs --type ", "install --namespace ", "install --kube-context ", "install --set ",
]  # fmt: skip
RELEASES = """
- name: rel
  version: 1
  namespace: default
  info: {status: deployed, first_deployed: "2024-01-01T00:00:00Z", last_deployed: "2024-01-01T00:00:00Z", description: some words}
  chart: {metadata: {name: c, version: 1.0.0, apiVersion: v2}}
  hooks:
  - {name: h, kind: Pod, path: c/t.yaml, manifest: "kind: Pod", events: [test]}
- name: rel2
  version: 2
  namespace: default
  info: {status: failed}
  chart: {metadata: {name: c, version: 1.0.0, apiVersion: v2}}
"""


@pytest.fixture
def environ(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """A home with repositories, and releases in memory."""
    home = Path(environment["HOME"])
    for folder in (".config/helm", ".cache/helm/repository"):
        (home / folder).mkdir(parents=True)
    rows = "".join(f"- {{name: {name}, url: 'http://127.0.0.1:9/{name}'}}\n" for name in ("r1", "r2"))
    (home / ".config/helm/repositories.yaml").write_text(f"repositories:\n{rows}")
    versions = "".join(f"  - {{apiVersion: v2, name: ch, version: {v}, urls: [x.tgz]}}\n" for v in ("1.2.3", "1.2.4-a"))
    (home / ".cache/helm/repository/r1-index.yaml").write_text(f"apiVersion: v1\nentries:\n  ch:\n{versions}")
    (home / ".cache/helm/repository/r1-charts.txt").write_text("ch\nother\n")
    (tmp_path / "releases.yaml").write_text(RELEASES)
    write_chart(tmp_path / "c", CHART, {"t.yaml": "x: 1\n"})
    return {"HELM_DRIVER": "memory", "HELM_MEMORY_DRIVER_DATA": str(tmp_path / "releases.yaml")}


def _words(line: str) -> list[str]:
    return [*line.split(), *([""] if line.endswith(" ") or not line else [])]


@pytest.mark.parametrize("driver", ["memory", "secret"])
def test_completion_where_nothing_matches(environ: dict[str, str], steer: Run, helm: Run, driver: str) -> None:
    for line in LINES:
        env = {**environ, "HELM_DRIVER": driver}
        ours, theirs = (run("__complete", *_words(line), env=env) for run in (steer, helm))
        assert (line, shape(ours.stdout), ours.stderr, ours.returncode) == (
            line,
            shape(theirs.stdout),
            theirs.stderr,
            theirs.returncode,
        )


@pytest.mark.parametrize("line", ["rel", "rel --logs", "rel --filter name=x", "rel --filter !name=h", "rel2", "nope"])
def test_releases_in_memory_are_tested(environ: dict[str, str], steer: Run, helm: Run, line: str) -> None:
    said = []
    for run in (steer, helm):
        done = run("test", *line.split(), env=environ)
        said.append((done.returncode, re.sub(r"(Last \w+: ).*", r"\1", done.stdout), done.stderr))
    assert said[0] == said[1]


@pytest.mark.parametrize("how", ["__complete", "__completeNoDesc"])
@pytest.mark.parametrize(
    "variables",
    [
        *("HELM_ACTIVE_HELP=0", "COBRA_ACTIVE_HELP=0", "HELM_ACTIVE_HELP=1 COBRA_ACTIVE_HELP=0"),
        *("HELM_ACTIVE_HELP=0 COBRA_ACTIVE_HELP=1", "HELM_ACTIVE_HELP=false", "HELM_COMPLETION_DESCRIPTIONS=false"),
        *("COBRA_COMPLETION_DESCRIPTIONS=0", "HELM_COMPLETION_DESCRIPTIONS=t COBRA_COMPLETION_DESCRIPTIONS=f"),
        *("HELM_COMPLETION_DESCRIPTIONS=no", "HELM_COMPLETION_DESCRIPTIONS=no COBRA_COMPLETION_DESCRIPTIONS=false"),
    ],
)
def test_variables_of_the_protocol(steer: Run, helm: Run, how: str, variables: str) -> None:
    env = dict(text.split("=") for text in variables.split())
    for line in (("version", ""), ("repo", "")):
        ours, theirs = (run(how, *line, env=env).stdout for run in (steer, helm))
        assert shape(ours) == shape(theirs)
        assert ("\t" in ours) == ("\t" in theirs)
