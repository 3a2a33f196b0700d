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
