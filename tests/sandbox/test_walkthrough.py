"""The sandbox with other people's clients: the walk through a chart's life by steer, by Helm and by kubectl."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.sandbox.process import Running, down, find, up
from tests.conftest import Run

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    folder = str(tmp_path / "sandbox")
    yield up(folder, data="", port=0)
    down(folder)
    assert find(folder) is None


@pytest.fixture
def cluster(sandbox: Running) -> dict[str, Any]:
    return {"env": {"KUBECONFIG": sandbox.kubeconfig}}


def ok(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def statuses(run: Run, cluster: dict[str, Any]) -> list[str]:
    history = json.loads(ok(run("history", "web", "-o", "json", **cluster)))
    return [entry["status"] for entry in history]


def test_a_release_lives(steer: Run, cluster: dict[str, Any]) -> None:
    assert "STATUS: deployed" in ok(steer("install", "web", str(SHOP), "--wait", **cluster))
    listed = json.loads(ok(steer("list", "-o", "json", **cluster)))
    assert [(r["name"], r["revision"], r["chart"]) for r in listed] == [("web", "1", "shop-0.2.0")]
    ok(steer("upgrade", "web", str(SHOP), "--set", "replicas=3", "--wait", **cluster))
    assert ok(steer("get", "values", "web", **cluster)) == "USER-SUPPLIED VALUES:\nreplicas: 3\n"
    ok(steer("rollback", "web", "1", "--wait", **cluster))
    assert statuses(steer, cluster) == ["superseded", "superseded", "deployed"]
    assert "Phase:          Succeeded" in ok(steer("test", "web", **cluster))
    assert ok(steer("uninstall", "web", **cluster)) == 'release "web" uninstalled\n'
    assert json.loads(ok(steer("list", "-o", "json", **cluster))) == []


TEST_POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  annotations: {{helm.sh/hook: test, sandbox.steersman.io/outcome: {outcome}}}
spec: {{restartPolicy: Never, containers: [{{name: a, image: b}}]}}
"""


def report_of(file: Path) -> list[tuple[str | None, list[str], str]]:
    """Return the tests in a report: name, what became of it, and why."""
    cases = ElementTree.parse(file).getroot().iter("testcase")
    return [(one.get("name"), [inside.tag for inside in one], "".join(one.itertext()).strip()) for one in cases]


def test_the_tests_of_a_release_are_reported(own: Run, cluster: dict[str, Any], tmp_path: Path) -> None:
    templates = tmp_path / "web" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "web" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    for name, outcome in (("a-good", "succeed"), ("b-bad", "fail"), ("c-late", "succeed")):
        (templates / f"{name}.yaml").write_text(TEST_POD.format(name=name, outcome=outcome))
    ok(own("install", "web", "web", **cluster))
    done = own("test", "web", "--junit", "out/report.xml", **cluster)
    assert done.returncode == 1
    good, bad, late = report_of(tmp_path / "out" / "report.xml")
    assert (good, late) == (("a-good", [], ""), ("c-late", ["skipped"], ""))
    assert bad[:2] == ("b-bad", ["failure"])
    assert "pod b-bad failed" in bad[2] and "container a is terminated: exit code 1" in bad[2]
    # what the record has of an earlier run does not count
    again = own("test", "web", "--filter", "name=c-late", "--junit", "again.xml", **cluster)
    assert again.returncode == 0
    tags = {name: tags for name, tags, _ in report_of(tmp_path / "again.xml")}
    assert tags == {"a-good": ["skipped"], "b-bad": ["skipped"], "c-late": []}


def test_the_items_of_a_list_that_is_looked_up(
    helm: Run, steer: Run, cluster: dict[str, Any], sandbox: Running, oracle: str, tmp_path: Path
) -> None:
    templates = tmp_path / "web" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "web" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  found: "
    (templates / "t.yaml").write_text(text + '{{ (lookup "v1" "Namespace" "" "").items | toJson | quote }}\n')
    arguments = ("template", "x", "web", "--dry-run=server")
    ours, theirs = ok(steer(*arguments, **cluster)), ok(helm(*arguments, **cluster))
    assert ours == theirs
    assert '\\"kind\\":\\"Namespace\\"' in ours
    kubectl = [f"{oracle}/kubectl", "--kubeconfig", cluster["env"]["KUBECONFIG"], "get", "--raw", "/api/v1/namespaces"]
    raw = json.loads(subprocess.run(kubectl, capture_output=True, check=True).stdout)
    assert raw["kind"] == "NamespaceList" and {"kind", "apiVersion"}.isdisjoint(raw["items"][0])


TEST_JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: job
  annotations: {helm.sh/hook: test, sandbox.steersman.io/outcome: fail}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}
"""


def test_a_job_of_a_test_fails_where_it_says_so(own: Run, cluster: dict[str, Any], tmp_path: Path) -> None:
    templates = tmp_path / "web" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "web" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (templates / "job.yaml").write_text(TEST_JOB)
    ok(own("install", "web", "web", **cluster))
    done = own("test", "web", **cluster)
    assert done.returncode == 1 and "Phase:          Failed" in done.stdout
    assert "container a is terminated: exit code 1" in done.stderr
    assert re.search(r"Pod/job-\w+: container a wrote: job-\w+: the sandbox runs nothing", done.stderr)


def test_helm_and_steer_take_turns(steer: Run, helm: Run, cluster: dict[str, Any]) -> None:
    ok(steer("install", "web", str(SHOP), "--wait", **cluster))
    ok(helm("upgrade", "web", str(SHOP), "--set", "replicas=2", "--wait", **cluster))
    ok(steer("rollback", "web", "1", **cluster))
    ok(helm("rollback", "web", "2", **cluster))
    assert statuses(steer, cluster) == statuses(helm, cluster) == ["superseded"] * 3 + ["deployed"]
    assert steer("get", "manifest", "web", **cluster).stdout == helm("get", "manifest", "web", **cluster).stdout
    ok(helm("uninstall", "web", "--wait", **cluster))


def test_kubectl_applies_gets_watches_and_deletes(oracle: str, tmp_path: Path, sandbox: Running) -> None:
    kubectl = os.path.join(oracle, "kubectl")
    environment = {**os.environ, "KUBECONFIG": sandbox.kubeconfig, "HOME": str(tmp_path)}

    def run(*arguments: str) -> str:
        done = subprocess.run([kubectl, *arguments], env=environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout

    manifest = tmp_path / "cm.yaml"
    manifest.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: '1'}\n")
    watch = subprocess.Popen(
        [kubectl, "get", "cm", "-w", "--no-headers"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert run("apply", "-f", str(manifest)) == "configmap/x created\n"
        assert run("apply", "-f", str(manifest)) == "configmap/x unchanged\n"
        manifest.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {b: '2'}\n")
        assert run("apply", "-f", str(manifest)) == "configmap/x configured\n"
        assert run("get", "cm", "x", "-o", "jsonpath={.data}") == '{"b":"2"}'
        assert "serverside-applied" in run("apply", "--server-side", "--force-conflicts", "-f", str(manifest))
        run("delete", "cm", "x")
        assert watch.stdout is not None
        assert watch.stdout.readline().startswith("x ")
    finally:
        watch.kill()
        watch.wait()
        if watch.stdout is not None:
            watch.stdout.close()


def test_two_appliers_conflict_over_a_field(oracle: str, tmp_path: Path, sandbox: Running) -> None:
    environment = {**os.environ, "KUBECONFIG": sandbox.kubeconfig, "HOME": str(tmp_path)}
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: '%s'}\n"

    def apply(manager: str, value: str, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [os.path.join(oracle, "kubectl"), "apply", "--server-side", f"--field-manager={manager}", *more, "-f", "-"],
            env=environment, input=text % value, capture_output=True, text=True, timeout=30,
        )  # fmt: skip

    ok(apply("one", "1"))
    refused = apply("two", "2")
    assert refused.returncode == 1
    assert 'Apply failed with 1 conflict: conflict with "one": .data.a' in refused.stderr
    ok(apply("two", "2", "--force-conflicts"))


def test_objects_outlive_the_process_in_a_file(tmp_path: Path, steer: Run) -> None:
    folder, data = str(tmp_path / "sandbox"), str(tmp_path / "objects.db")
    running = up(folder, data=data, port=0)
    ok(steer("install", "web", str(SHOP), env={"KUBECONFIG": running.kubeconfig}))
    down(folder)
    running = up(folder, data=data, port=0)
    try:
        listed = json.loads(ok(steer("list", "-o", "json", env={"KUBECONFIG": running.kubeconfig})))
        assert [r["name"] for r in listed] == ["web"]
    finally:
        down(folder)


def test_without_the_token_nothing_is_said(sandbox: Running) -> None:
    import ssl
    import urllib.error
    import urllib.request

    context = ssl._create_unverified_context()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(sandbox.url + "/api/v1/secrets", context=context)
    assert caught.value.code == 401
    caught.value.close()


def test_the_state_of_a_sandbox_is_not_read_from_a_checkout(own: Run, tmp_path: Path) -> None:
    # sandbox.json names a process to stop, and a kubeconfig that may name a program to run
    victim = subprocess.Popen(["sleep", "60"])
    try:
        checkout = tmp_path / "checkout"
        (checkout / ".git").mkdir(parents=True)
        state = {"pid": victim.pid, "url": "https://127.0.0.1:1", "kubeconfig": "evil", "data": ""}
        for place in (".cache/steersman/sandbox", ".local/state/steersman/sandbox"):
            (checkout / place).mkdir(parents=True, mode=0o700)
            (checkout / place / "sandbox.json").write_text(json.dumps(state))
        for environment in ({"HOME": ""}, {"HOME": str(checkout)}, {"XDG_STATE_HOME": str(checkout / ".local/state")}):
            for command in ("status", "down", "up"):
                done = own("sandbox", command, cwd=checkout, env=environment)
                assert done.returncode == 1
                assert done.stderr.startswith("Error: no safe folder for the sandbox: ")
                assert "STEER_SANDBOX_HOME" in done.stderr and "evil" not in done.stdout
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


def test_an_upgrade_fetches_no_schema_where_that_is_forbidden(
    steer: Run, tmp_path: Path, environment: dict[str, str], cluster: dict[str, Any]
) -> None:
    ok(steer("install", "web", str(SHOP), **cluster))
    chart = shutil.copytree(SHOP, tmp_path / "shop")
    (chart / "values.schema.json").write_text('{"$ref": "http://127.0.0.1:1/schema.json"}')
    (tmp_path / "bin" / "steer").symlink_to((tmp_path / "bin" / "helm").readlink())
    own = [str(tmp_path / "bin" / "steer"), "upgrade", "web", str(chart)]
    for arguments, variables in (["--offline"], {}), ([], {"STEER_OFFLINE": "1"}):
        env = {**environment, **cluster["env"], **variables}
        done = subprocess.run([*own, *arguments], env=env, capture_output=True, text=True)
        assert done.returncode == 1
        assert "fetching is forbidden by --offline or STEER_OFFLINE" in done.stderr
    assert statuses(steer, cluster) == ["deployed"]
