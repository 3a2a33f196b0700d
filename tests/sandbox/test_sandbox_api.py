"""Responses of the sandbox: typed clients, malformed objects, fields that may not change, restarts."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import stat
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.sandbox.process import Running, SandboxError, down, find, problems, up
from tests.conftest import Run
from tests.sandbox.creations import JOBS, UNKNOWN, job_answers, value_answers
from tests.sandbox.immutable import CHANGES, answers
from tests.sandbox.odd_requests import ODD_REQUESTS, odd_answers


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    folder = str(tmp_path / "sandbox")
    yield up(folder, data="", port=0)
    down(folder)


class Kubectl:
    def __init__(self, program: str, kubeconfig: str, home: Path) -> None:
        self.program = program
        self.environment = {**os.environ, "KUBECONFIG": kubeconfig, "HOME": str(home)}

    def __call__(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        line = [self.program, *words]
        return subprocess.run(line, env=self.environment, input=given, capture_output=True, text=True, timeout=60)

    def ok(self, *words: str, given: str = "") -> str:
        done = self(*words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def kubectl(oracle: str, sandbox: Running, tmp_path: Path) -> Kubectl:
    return Kubectl(os.path.join(oracle, "kubectl"), sandbox.kubeconfig, tmp_path)


def _send(running: Running, path: str, body: bytes, *, token: bool = True, method: str = "POST") -> tuple[int, Any]:
    kubeconfig = Path(running.kubeconfig).read_text()
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = "Bearer " + kubeconfig.partition("token: ")[2].splitlines()[0]
    request = urllib.request.Request(running.url + path, data=body, headers=headers, method=method)
    context = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


CREATE = [
    "deployment d --image=i --replicas=2", "service clusterip s --tcp=80", "job j --image=i", "cronjob c --image=i --schedule=*/5****",
    "role r --verb=get --resource=pods", "rolebinding rb --role=r --user=x", "clusterrole cr --verb=get --resource=pods",
    "ingress in --rule=a/b=s:80", "quota q --hard=pods=1", "poddisruptionbudget p --selector=a=b --min-available=1",
    "priorityclass pc --value=1", "configmap cm --from-literal=a=b", "secret generic se --from-literal=a=b", "serviceaccount sa",
]  # fmt: skip


@pytest.mark.helm
def test_kubectl_creates_and_scales(kubectl: Kubectl) -> None:
    for line in CREATE:
        assert "created" in kubectl.ok("create", *line.replace("*/5****", "*/5 * * * *").split(" ", line.count(" ")))
    assert kubectl.ok("get", "deployment", "d", "-o", "jsonpath={.spec.template.spec.containers[0].image}") == "i"
    assert kubectl.ok("get", "quota", "q", "-o", "jsonpath={.spec.hard}") == '{"pods":"1"}'
    assert "scaled" in kubectl.ok("scale", "deployment", "d", "--replicas=3")
    assert "scaled" in kubectl.ok("scale", "deployment", "d", "--current-replicas=3", "--replicas=1")
    assert kubectl.ok("get", "deployment", "d", "-o", "jsonpath={.spec.replicas}") == "1"


@pytest.mark.helm
@pytest.mark.parametrize("line", ["exec p -- ls", "attach p", "port-forward p 8080:80"])
def test_what_needs_a_container_is_refused_in_a_sentence(kubectl: Kubectl, line: str) -> None:
    kubectl.ok("run", "p", "--image=i")
    assert "the sandbox runs no containers" in kubectl(*line.split()).stderr


@pytest.mark.helm
def test_fields_that_may_not_change(kubectl: Kubectl) -> None:
    said = dict(answers(kubectl.program, kubectl.environment, "default"))
    assert len(said) == len(CHANGES)
    refused = {name for name, text in said.items() if "is invalid" in text}
    assert "field is immutable" in said["selector of a Deployment"]
    assert {name for name in said if name.startswith(("image", "label", "replicas", "port", "no "))}.isdisjoint(refused)
    assert len(refused) == 36


@pytest.mark.helm
def test_requests_that_make_no_sense_are_answered_as_by_a_server(kubectl: Kubectl) -> None:
    assert dict(odd_answers(kubectl.program, kubectl.environment, "default")) == ODD_REQUESTS


JOB_LABELS = {
    "batch.kubernetes.io/controller-uid": "UID", "batch.kubernetes.io/job-name": "x", "controller-uid": "UID", "job-name": "x",
}  # fmt: skip


@pytest.mark.helm
def test_a_job_gets_labels_and_a_selector_once(kubectl: Kubectl) -> None:
    said = dict(job_answers(kubectl.program, kubectl.environment, "default"))
    selector = {"matchLabels": {"batch.kubernetes.io/controller-uid": "UID"}}
    own = {"mine": "yes"}
    for way in ("create", "apply"):
        shown = [json.loads(f"[{said[f'{name}, {way}'].replace('} {', '},{')}]") for name, _ in JOBS[:4]]
        assert shown == [
            [JOB_LABELS, selector, JOB_LABELS],
            [{**JOB_LABELS, **own}, selector, {**JOB_LABELS, **own}],
            [{"a": "b"}, selector, JOB_LABELS],
            [own, {"matchLabels": own}, own],
        ]
        assert "`selector` not auto-generated" in said[f"{JOBS[4][0]}, {way}"]
        for name, _ in JOBS[5:]:
            assert 'restartPolicy: Required value: valid values: "OnFailure", "Never"' in said[f"{name}, {way}"]
    kubectl.ok("create", "job", "j", "--image=i")
    _wait(lambda: "j-" in kubectl.ok("get", "pods", "-l", "batch.kubernetes.io/job-name=j", "-o", "name"))
    assert "the sandbox runs nothing" in kubectl.ok("logs", "job/j")


@pytest.mark.helm
def test_values_of_another_type_or_form_are_refused(kubectl: Kubectl) -> None:
    said = dict(value_answers(kubectl.program, kubectl.environment, "default"))
    taken = {"cpu 1", "cpu 0.5", "cpu '1e3'", "data 'YQ==\\n'", "data 'YR=='", "port 0", "surge '25%'"}
    for way, done in (("create", "created"), ("apply", "serverside-applied")):
        names = {name.rpartition(", ")[0] for name, text in said.items() if name.endswith(way) and done in text}
        assert names == taken | ({UNKNOWN[0]} if way == "create" else set())
    form = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    refused = 'Pod in version "v1" cannot be handled as a Pod: '
    assert f"{refused}{form}" in said["cpu 'zz', create"]
    assert f"unable to convert unstructured object to /v1, Kind=Pod: {form}" in said["cpu 'zz', apply"]
    assert "illegal base64 data at input byte 3" in said["data 'not base64!', create"]
    assert "ServicePort.spec.ports.targetPort of type int32" in said["port 1.5, create"]
    assert (
        'spec.ports[0].targetPort: Invalid value: "80": must contain at least one letter' in said["port '80', create"]
    )
    assert '.spec.containers[name="c"].args[0]: expected string, got &value' in said["arguments, apply"]
    assert ".spec.replicaz: field not declared in schema" in said[f"{UNKNOWN[0]}, apply"]


MALFORMED = [
    ({"replicas": "2"}, "cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"),
    ({"template": 1}, "cannot unmarshal number into Go struct field DeploymentSpec.spec.template of type v1.PodTemplateSpec"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "message"), MALFORMED)
def test_a_field_of_the_wrong_type_is_a_status(sandbox: Running, spec: dict[str, Any], message: str) -> None:
    body = {"kind": "Deployment", "metadata": {"name": "x"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, **spec}}
    code, answer = _send(sandbox, "/apis/apps/v1/namespaces/default/deployments", json.dumps(body).encode())
    assert (code, answer["kind"]) == (400, "Status")
    assert message in answer["message"]


DEEP = b'{"a":' * 5_000 + b"1" + b"}" * 5_000
ODD = [
    b'{"metadata": {"name": "x", "labels": [1]}}',
    b'{"metadata": {"name": "x"}, "data": {"a": NaN}}',
    DEEP,
    b"[1]",
    b"null",
    b"\xff",
    b"",
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_odd_bodies_harm_nothing(sandbox: Running, body: bytes) -> None:
    code, answer = _send(sandbox, "/api/v1/namespaces/default/configmaps", body)
    assert (code, answer["kind"]) == (400, "Status")
    code, answer = _send(sandbox, "/api/v1/namespaces/default/configmaps", b'{"metadata": {"name": "y"}}')
    assert code == 201


def test_nulls_are_dropped(sandbox: Running) -> None:
    secret = b'{"metadata": {"name": "x", "labels": {"a": null, "b": "c"}}, "stringData": null, "data": null}'
    code, answer = _send(sandbox, "/api/v1/namespaces/default/secrets", secret)
    assert (code, answer["metadata"]["labels"], "data" in answer) == (201, {"b": "c"}, False)
    service = b'{"metadata": {"name": "x"}, "spec": {"clusterIP": "", "ports": [{"port": 80}]}}'
    code, answer = _send(sandbox, "/api/v1/namespaces/default/services", service)
    assert answer["spec"]["clusterIP"].startswith("10.96.")


def test_who_has_no_token_is_refused_before_the_body_is_read(sandbox: Running) -> None:
    host = sandbox.url.removeprefix("https://")
    connection = http.client.HTTPSConnection(host, context=ssl._create_unverified_context(), timeout=30)
    connection.putrequest("POST", "/api/v1/namespaces/default/configmaps")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "100000")
    connection.endheaders()  # the body is never sent
    assert connection.getresponse().status == 401
    connection.close()


def _wait(check: Any) -> None:
    for _ in range(200):
        if check():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_an_object_that_nobody_foresaw_does_not_stop_the_controllers(
    sandbox: Running, tmp_path: Path, own: Run
) -> None:
    # a null in a list has the type of any item
    spec = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
    odd = {"metadata": {"name": "odd"}, "spec": {"template": {"spec": spec}}}
    jobs = "/apis/batch/v1/namespaces/default/jobs"
    code, kept = _send(sandbox, jobs, json.dumps(odd).encode())
    assert code == 201
    del kept["metadata"]["resourceVersion"]
    kept["status"] = {"conditions": [None]}
    assert _send(sandbox, f"{jobs}/odd/status", json.dumps(kept).encode(), method="PUT")[0] == 200
    path = "/apis/apps/v1/namespaces/default/deployments"
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    good = {"metadata": {"name": "good"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    assert _send(sandbox, path, json.dumps(good).encode())[0] == 201
    context = {"KUBECONFIG": sandbox.kubeconfig}
    _wait(lambda: problems(str(tmp_path / "sandbox")))
    assert "jobs default/odd" in problems(str(tmp_path / "sandbox"))[0]
    done = own("sandbox", "status", env={**context, "STEER_SANDBOX_HOME": str(tmp_path / "sandbox")})
    assert "PROBLEMS" in done.stdout
    _, events = _send(sandbox, "/api/v1/namespaces/default/events", b"", method="GET")
    assert [e["involvedObject"]["name"] for e in events["items"] if e["reason"] == "SandboxProblem"] == ["odd"]

    def is_ready() -> bool:
        _, answer = _send(sandbox, f"{path}/good", b"", method="GET")
        return bool(answer.get("status", {}).get("readyReplicas"))

    _wait(is_ready)


def test_restarts_keep_versions_token_and_port(tmp_path: Path) -> None:
    folder, data = str(tmp_path / "sandbox"), str(tmp_path / "d.db")
    first = up(folder, data=data, port=0)
    maps = "/api/v1/namespaces/default/configmaps"
    _, made = _send(first, maps, b'{"metadata": {"name": "x"}}')
    _send(first, f"{maps}/x", b"", method="DELETE")
    kubeconfig = Path(first.kubeconfig).read_text()
    down(folder)
    second = up(folder, data=data, port=0)
    try:
        assert stat.S_IMODE(os.stat(data).st_mode) == 0o600
        assert (second.url, Path(second.kubeconfig).read_text()) == (first.url, kubeconfig)
        _, again = _send(second, maps, b'{"metadata": {"name": "x"}}')
        assert int(again["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"]) + 1
        version = made["metadata"]["resourceVersion"]
        _, event = _send(second, f"{maps}?watch=1&timeoutSeconds=5&resourceVersion={version}", b"", method="GET")
        assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
    finally:
        down(folder)


def test_starting_at_the_same_time_starts_one(tmp_path: Path) -> None:
    folder = str(tmp_path / "sandbox")
    found: list[Running] = []
    threads = [threading.Thread(target=lambda: found.append(up(folder, data="", port=0))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert len({running.pid for running in found}) == 1
    finally:
        down(folder)


def test_a_remembered_number_of_a_process_is_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    folder.mkdir(mode=0o700)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        state = {"pid": stranger.pid, "url": "https://127.0.0.1:1", "kubeconfig": "x", "data": ""}
        (folder / "sandbox.json").write_text(json.dumps(state))
        assert find(str(folder)) is None
        assert down(str(folder)) is False
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("what", ["data", "port"])
def test_what_cannot_be_honoured_is_an_error(sandbox: Running, tmp_path: Path, what: str) -> None:
    with pytest.raises(SandboxError, match="already runs"):
        up(
            str(tmp_path / "sandbox"),
            data=str(tmp_path / "d") if what == "data" else "",
            port=1 if what == "port" else 0,
        )


def test_what_cannot_be_used_is_one_line(sandbox: Running, tmp_path: Path) -> None:
    (tmp_path / "junk").write_text("junk" * 1000)
    port = int(sandbox.url.rpartition(":")[2])
    wrong: list[tuple[str, int, str]] = [
        (str(tmp_path / "junk"), 0, "file is not a database"),
        (str(tmp_path / "no" / "where"), 0, "no such file or directory"),
        ("", port, "address already in use"),
        ("", 99_999, "port must be 0-65535"),
    ]
    for data, asked, message in wrong:
        with pytest.raises(SandboxError) as caught:
            up(str(tmp_path / "other"), data=data, port=asked)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_word_that_a_group_does_not_know(steer: Run, tmp_path: Path) -> None:
    for line in ("sandbox nope", "cache lst"):
        done = steer(*line.split())
        assert done.returncode == 1
        assert "unknown command" in done.stderr
    assert steer("repo", "nope").returncode == 0  # under the name helm
