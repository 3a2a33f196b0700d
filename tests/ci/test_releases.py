"""Releases of charts on the sandbox and on a cluster: install, upgrade from the old revision, and test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.sandbox import process
from tests.ci.repository import Repository, messages, statuses
from tests.conftest import Run

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: shared
data: {a: b}
"""


def live(stages: dict[str, Any]) -> dict[str, str]:
    """Return the status of the stages with releases."""
    return {name: stages[name]["status"] for name in ("install", "upgrade", "test") if name in stages}


def with_test(repository: Repository, chart: str) -> None:
    from tests.ci.repository import TEST

    repository.write(f"{chart}/templates/test.yaml", TEST)


def test_a_release_for_each_values_file(repository: Repository) -> None:
    with_test(repository, "charts/web")
    repository.write("charts/web/ci/a-values.yaml", "replicas: 2\n")
    repository.write("charts/web/ci/b-values.yaml", "replicas: 3\n")
    stages = repository.stages("charts/web")["charts/web"]
    assert (stages["install"]["summary"], stages["test"]["summary"]) == ("2", "2")


def test_a_test_that_fails(repository: Repository) -> None:
    with_test(repository, "charts/web")
    repository.write("charts/web/ci/good-values.yaml", "replicas: 2\n")
    repository.write("charts/web/ci/bad-values.yaml", "outcome: fail\n")
    stages = repository.stages("charts/web", code=1)["charts/web"]
    assert live(stages) == {"install": "ok", "test": "failed"}
    (problem,) = stages["test"]["problems"]
    assert problem["values"] == ["ci/bad-values.yaml"] and "Failed" in problem["message"]
    assert problem["file"] == "charts/web/templates/test.yaml"


def test_an_install_that_fails(repository: Repository) -> None:
    repository.write("charts/web/templates/config.yaml", CONFIG.replace("a: b", "a: 1"))
    stages = repository.stages("charts/web", "--skip", "check", code=1)["charts/web"]
    assert live(stages) == {"install": "failed", "test": "skipped"}
    (problem,) = stages["install"]["problems"]
    assert "ConfigMap" in problem["message"]
    assert problem["file"] == "charts/web/templates/config.yaml"


def test_workloads_that_are_not_ready_in_time(repository: Repository) -> None:
    path = repository.folder / "charts/web/templates/deployment.yaml"
    text = "  annotations: {sandbox.steersman.io/outcome: pending}\nspec:\n"
    path.write_text(path.read_text().replace("spec:\n", text, 1))
    template = "      annotations: {sandbox.steersman.io/outcome: pending}\n      labels:"
    path.write_text(path.read_text().replace("      labels:", template, 1))
    repository.write("ct.yaml", "helm-extra-args: --timeout 1s\n")
    stages = repository.stages("charts/web", code=1)["charts/web"]
    (problem,) = stages["install"]["problems"]
    assert "context deadline exceeded" in problem["message"]


def test_arguments_for_releases(repository: Repository) -> None:
    repository.write("charts/web/templates/config.yaml", "{{ if ne .Values.app `x` }}{{ fail `not x` }}{{ end }}\n")
    repository.write("ct.yaml", "helm-extra-set-args: --set app=x\nhelm-lint-extra-args: --set app=x\n")
    assert live(repository.stages("charts/web")["charts/web"])["install"] == "ok"


def test_an_upgrade_from_the_old_revision(repository: Repository) -> None:
    with_test(repository, "charts/web")
    repository.write("charts/web/values.yaml", "replicas: 2\napp: web\noutcome: succeed\n")
    repository.chart("charts/web", "0.1.1")
    repository.commit()
    stages = repository.stages("--upgrade")["charts/web"]
    assert live(stages) == {"install": "ok", "upgrade": "ok", "test": "ok"}
    assert stages["upgrade"]["summary"] == "2"  # from the old revision, and from itself
    assert stages["test"]["summary"] == "3"  # the old revision had none
    assert repository.git("worktree", "list").count("\n") == 1
    assert repository.git("status", "--porcelain") == ""


@pytest.mark.parametrize(("version", "is_tested"), [("0.1.1", True), ("0.2.0", False)])
def test_an_upgrade_that_the_api_server_refuses(repository: Repository, version: str, *, is_tested: bool) -> None:
    repository.chart("charts/web", version)
    repository.write("charts/web/values.yaml", "replicas: 1\napp: other\noutcome: succeed\n")
    repository.commit()
    stages = repository.stages("--upgrade", code=int(is_tested))["charts/web"]
    if is_tested:
        (message,) = messages(stages["upgrade"])
        assert stages["upgrade"]["problems"][0]["file"] == "charts/web/templates/deployment.yaml"
        assert message.startswith("from 0.1.0: ") and "field is immutable" in message
    else:  # a version that may break what was there
        assert stages["upgrade"]["reason"] == "not from the old revision: 0.2.0 may break what 0.1.0 had"
    assert live(repository.stages()["charts/web"]) == {"install": "ok", "test": "skipped"}


def test_a_new_chart_is_upgraded_to_itself(repository: Repository) -> None:
    repository.chart("charts/cache")
    repository.commit()
    stages = repository.stages("--upgrade")["charts/cache"]
    assert (stages["upgrade"]["summary"], stages["upgrade"]["reason"]) == (
        "1",
        "not from the old revision: the chart is new",
    )


def test_an_old_revision_that_fails_says_nothing_about_the_upgrade(repository: Repository) -> None:
    repository.write("charts/web/templates/bad.yaml", "{{ fail `old` }}\n")
    repository.commit(push=True)
    (repository.folder / "charts/web/templates/bad.yaml").unlink()
    repository.chart("charts/web", "0.1.1")
    repository.commit()
    stages = repository.stages("--upgrade")["charts/web"]
    (problem,) = stages["upgrade"]["problems"]
    assert problem["severity"] == "warning"
    assert problem["message"].startswith("not upgraded from 0.1.0, which fails: ")


def test_values_files_that_the_new_revision_does_not_have(repository: Repository) -> None:
    repository.write("charts/web/ci/gone-values.yaml", "app: gone\n")
    repository.write("charts/web/ci/kept-values.yaml", "replicas: 2\n")
    repository.commit(push=True)
    repository.git("rm", "--quiet", "charts/web/ci/gone-values.yaml")
    path = repository.folder / "charts/web/templates/deployment.yaml"
    path.write_text('{{ if eq .Values.app "gone" }}{{ fail "gone" }}{{ end }}\n' + path.read_text())
    path = repository.folder / "charts/web/Chart.yaml"
    path.write_text(path.read_text().replace("0.1.0", "0.1.1"))
    repository.commit()
    assert "gone" in messages(repository.stages("--upgrade", code=1)["charts/web"]["upgrade"])[0]
    stages = repository.stages("--upgrade", "--skip-missing-values")["charts/web"]
    assert stages["upgrade"]["summary"] == "2"


def test_an_upgrade_of_charts_that_are_named(repository: Repository) -> None:
    repository.chart("charts/web", "0.1.1")
    repository.commit()
    stages = repository.stages("--upgrade", "charts/web")["charts/web"]
    assert "version" not in stages
    assert (stages["upgrade"]["summary"], stages["upgrade"]["reason"]) == ("2", "")


def test_a_library_is_not_installed(repository: Repository) -> None:
    repository.chart("charts/library", more="type: library\n")
    (repository.folder / "charts/library/templates/deployment.yaml").unlink()
    stages = repository.stages("charts/library")["charts/library"]
    assert stages["install"]["reason"] == "a library is not installed"


def test_a_namespace_for_all_releases(repository: Repository) -> None:
    repository.write("charts/web/templates/config.yaml", "{{ if ne .Release.Namespace `shop` }}{{ .a.b.c }}{{ end }}\n")
    repository.write("ct.yaml", "namespace: shop\n")
    assert live(repository.stages("charts/web", "--skip", "lint,check")["charts/web"])["install"] == "ok"


def test_definitions_for_the_sandbox(repository: Repository) -> None:
    definition = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n  versions:\n"
        "  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n"
    )
    repository.write("crds/things.yaml", f"{definition}---\napiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n")
    thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
    repository.write("charts/web/templates/thing.yaml", thing)
    stages = repository.stages("charts/web", code=1)["charts/web"]
    assert "no matches for kind" in messages(stages["install"])[0]
    assert set(statuses(repository.stages("charts/web", "--crds", "crds")["charts/web"]).values()) == {"ok"}
    stages = repository.stages("charts/web", "--crds", "none", code=1)["charts/web"]
    assert "none: no such file or directory" in messages(stages["check"])[0]


def test_stages_to_leave_out(repository: Repository) -> None:
    with_test(repository, "charts/web")
    assert live(repository.stages("charts/web", "--skip", "test")["charts/web"]) == {"install": "ok"}
    assert live(repository.stages("charts/web", "--skip", "install")["charts/web"]) == {}
    ran = statuses(repository.stages("charts/web", "--skip", "lint, check", "--skip", "install")["charts/web"])
    assert ran == {}


def test_charts_with_an_object_of_one_name_do_not_meet(repository: Repository) -> None:
    shared = CONFIG.replace("ConfigMap", "ClusterRole").replace("v1", "rbac.authorization.k8s.io/v1", 1)
    for chart in ("charts/web", "charts/db"):
        repository.write(f"{chart}/templates/role.yaml", shared.replace("data: {a: b}", "rules: []"))
    stages = repository.stages("--all")
    assert {chart["install"]["status"] for chart in stages.values()} == {"ok"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """The kubeconfig of a cluster that is there already."""
    folder = tmp_path / "cluster"
    yield process.up(str(folder), data="", port=0).kubeconfig
    process.down(str(folder))


def namespaces(own: Run, kubeconfig: str) -> set[str]:
    """Return the namespaces of all releases."""
    done = own("list", "-A", "-o", "json", env={"KUBECONFIG": kubeconfig})
    return {release["namespace"] for release in json.loads(done.stdout)}


def test_on_the_current_cluster(repository: Repository, own: Run, cluster: str) -> None:
    with_test(repository, "charts/web")
    env = {"KUBECONFIG": cluster}
    stages = repository.stages("--all", "--cluster", env=env)
    assert live(stages["charts/web"]) == {"install": "ok", "test": "ok"}
    assert namespaces(own, cluster) == set()
    repository.write("ct.yaml", "skip-clean-up: true\nbuild-id: pr-7\n")
    repository.stages("charts/web", "--cluster", env=env)
    (kept,) = namespaces(own, cluster)
    assert kept.startswith("web-pr-7-")
    repository.stages("charts/web", "--cluster", "-n", "default", env=env)
    assert namespaces(own, cluster) == {kept, "default"}
    # without --cluster the sandbox is used, whatever the kubeconfig says
    repository.stages("charts/web", env=env)
    assert namespaces(own, cluster) == {kept, "default"}


def test_a_cluster_that_is_not_there(repository: Repository) -> None:
    stages = repository.stages("charts/web", "--cluster", code=1)["charts/web"]
    assert "cluster unreachable" in messages(stages["install"])[0]
    assert stages["lint"]["status"] == "ok"
