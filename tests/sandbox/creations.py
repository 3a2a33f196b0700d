"""New objects that a server refuses, or changes; tried on the sandbox and on a real one."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any


def of(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **fields}


def job(template: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return of("batch/v1", "Job", spec={"suspend": True, "template": template, **spec})


CONTAINERS = [{"name": "c", "image": "i"}]
NEVER: dict[str, Any] = {"spec": {"restartPolicy": "Never", "containers": CONTAINERS}}
LABELED = {**NEVER, "metadata": {"labels": {"mine": "yes"}}}
SELECTOR = {"matchLabels": {"mine": "yes"}}

JOBS: list[tuple[str, dict[str, Any]]] = [
    ("a Job", job(NEVER)),
    ("a Job whose pods have labels", job(LABELED)),
    ("a Job with labels", {**job(NEVER), "metadata": {"name": "x", "labels": {"a": "b"}}}),
    ("a Job with a selector of its own", job(LABELED, selector=SELECTOR, manualSelector=True)),
    ("a Job with a selector that it may not have", job(LABELED, selector=SELECTOR)),
    ("a Job whose pods always restart", job({"spec": {"containers": CONTAINERS}})),
    ("a CronJob whose pods always restart", of("batch/v1", "CronJob", spec={
        "schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": {"containers": CONTAINERS}}}},
    })),
]  # fmt: skip


def _pod(**container: Any) -> dict[str, Any]:
    return of("v1", "Pod", spec={"containers": [{"name": "c", "image": "i", **container}]})


def _limit(value: Any) -> dict[str, Any]:
    return _pod(resources={"limits": {"cpu": value}})


def _secret(value: Any) -> dict[str, Any]:
    return of("v1", "Secret", data={"a": value})


def _port(value: Any) -> dict[str, Any]:
    return of("v1", "Service", spec={"ports": [{"port": 80, "targetPort": value}]})


def _deployment(**spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": CONTAINERS}}
    return of("apps/v1", "Deployment", spec={"selector": {"matchLabels": {"a": "b"}}, "template": template, **spec})


VALUES: list[tuple[str, dict[str, Any]]] = [
    *((f"cpu {value!r}", _limit(value)) for value in (1, 0.5, "1e3", "zz", "1Gb", "1K", "", True, [1], {"a": 1})),
    ("quantity of a claim", of("v1", "PersistentVolumeClaim", spec={
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "8GB"}},
    })),
    *((f"data {value!r}", _secret(value)) for value in ("YQ==\n", "not base64!", "YQ", "YR==", "YQ==YQ==", 1)),
    *((f"port {value!r}", _port(value)) for value in (0, 1.5, True, "80", "HTTP", 70000, 99999999999, [1], "a-very-long-name-")),
    *((f"surge {value!r}", _deployment(strategy={"rollingUpdate": {"maxSurge": value}})) for value in ("25%", "25", -1, True)),
    *((f"replicas {value!r}", _deployment(replicas=value)) for value in (1.5, "1", [1], {"a": 1}, True)),
    *((f"paused {value!r}", _deployment(paused=value)) for value in ("true", 1)),
    ("a template that is a text", _deployment(template="x")),
    ("a label", _deployment(selector={"matchLabels": {"a": [1, "x"]}})),
    *((f"env {value!r}", _pod(env=[{"name": "A", "value": value}])) for value in (1, True, {"b": None})),
    ("arguments", _pod(args=[1, 2, "a"])),
    ("containers that are a map", of("v1", "Pod", spec={"containers": {"a": "b"}})),
    ("two fields", _deployment(replicas="1", paused="x")),
    ("a time", of("coordination.k8s.io/v1", "Lease", spec={"renewTime": "soon"})),
]  # fmt: skip
UNKNOWN = ("an unknown field", _deployment(replicaz=1))  # a create leaves it out
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHOWN = "jsonpath={.metadata.labels} {.spec.selector} {.spec.template.metadata.labels}"


def job_answers(kubectl: str, environment: dict[str, str], namespace: str) -> Iterator[tuple[str, str]]:
    """Yield how the server of ``environment`` labels each of ``JOBS``, or why it refuses it."""

    def run(*words: str, text: str = "") -> str:
        line = [kubectl, "-n", namespace, *words]
        done = subprocess.run(line, env=environment, input=text, capture_output=True, text=True, timeout=60)
        return done.stderr or done.stdout

    for way in (("create",), ("apply", "--server-side")):
        for name, value in JOBS:
            said = run(*way, "--validate=false", "-f", "-", text=json.dumps(value))
            if "is invalid" not in said:
                said = run("get", value["kind"], "x", "-o", _SHOWN)
                run("delete", value["kind"], "x", "--wait=true", "--grace-period=0", "--force")
            yield f"{name}, {way[0]}", _UID.sub("UID", said)


def value_answers(kubectl: str, environment: dict[str, str], namespace: str) -> Iterator[tuple[str, str]]:
    """Yield what the server of ``environment`` says to each of ``VALUES``, in namespaces of any name."""
    for way in (("create",), ("apply", "--server-side")):
        for name, value in (*VALUES, UNKNOWN):
            line = [kubectl, "-n", namespace, *way, "--dry-run=server", "--validate=false", "-f", "-"]
            given = json.dumps(value)
            done = subprocess.run(line, env=environment, input=given, capture_output=True, text=True, timeout=60)
            said = (done.stderr or done.stdout).replace(f"({namespace}/", "(NAMESPACE/")
            first, *errors = said.splitlines()
            # k8s: several errors of one object come in the order of a Go map, which is another each time
            yield f"{name}, {way[0]}", "\n".join([first, *sorted(errors)])
