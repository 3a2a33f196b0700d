"""Simplified controllers and kubelets: workloads become ready, jobs finish, garbage goes.

One thread looks at what was written. Pods become ready at once, those that never restart succeed; nothing
is scheduled, pulled or run. A pod annotated ``sandbox.steersman.io/outcome`` fails (``fail``) or stays pending
(``pending``), to try out what a chart does then.
"""

from __future__ import annotations

import queue
import threading

from steersman.sandbox.api import NAMESPACES, Api, Write, timestamp
from steersman.sandbox.errors import ApiRefusal
from steersman.sandbox.resources import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

OUTCOME = "sandbox.steersman.io/outcome"
_WRITE = Write(manager="sandbox-controllers")
_STATUS = Write(manager="sandbox-controllers", subresource="status")
MOST_PROBLEMS = 20  # the newest that are kept
POD_LIMIT = 20  # pods made for one workload: more tell nothing new


class Controllers:
    """The thread and what it does for each kind."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.problems: list[str] = []
        self.on_problem: Callable[[list[str]], object] = lambda problems: None
        self._queue: queue.Queue[tuple[Resource, dict[str, Any]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="controllers", daemon=True)
        api.changed = lambda resource, value: self._queue.put((resource, value))
        self._handlers = {
            "Deployment": self._deployment,
            "ReplicaSet": self._replica_set,
            "StatefulSet": self._stateful_set,
            "DaemonSet": self._daemon_set,
            "Pod": self._pod,
            "Job": self._job,
            "PersistentVolumeClaim": self._claim,
            "CustomResourceDefinition": self._definition,
            "Namespace": self._namespace,
        }

    def start(self) -> None:
        """Begin, with what is there already."""
        for resource in self._api.registry.all():
            for value in self._api.store.all(resource.key):
                self._queue.put((resource, value))
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._queue.put(None)

    def _run(self) -> None:
        while True:
            entry = self._queue.get()
            if entry is None:
                return
            resource, value = entry
            try:
                self._react(resource, value)
            except ApiRefusal:
                continue  # it was changed or removed meanwhile: what changed it is in the queue too
            except Exception as error:  # an unexpected object must not stop the others
                self._report(resource, value, error)

    def _report(self, resource: Resource, value: dict[str, Any], error: Exception) -> None:
        """Say which object could not be handled: in ``problems``, and as an event next to the object."""
        metadata = value.get("metadata") or {}
        name, namespace = str(metadata.get("name")), str(metadata.get("namespace") or "default")
        text = f"the sandbox cannot handle this {resource.kind}: {type(error).__name__}: {error}"
        self.problems.append(f"{resource.plural} {namespace}/{name}: {text}")
        del self.problems[:-MOST_PROBLEMS]
        self.on_problem(self.problems)
        now = timestamp()
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{name}."},
            "involvedObject": {
                "apiVersion": resource.api_version, "kind": resource.kind, "name": name, "namespace": namespace,
                "uid": str(metadata.get("uid") or ""),
            },
            "type": "Warning", "reason": "SandboxProblem", "message": text, "count": 1,
            "firstTimestamp": now, "lastTimestamp": now, "source": {"component": "sandbox-controllers"},
        }  # fmt: skip
        try:
            self._api.create(self._resource("v1", "Event"), namespace, event, _WRITE)
        except ApiRefusal:
            return  # its namespace is gone

    def _react(self, resource: Resource, value: dict[str, Any]) -> None:
        metadata = value["metadata"]
        live = self._api.store.get(resource.key, metadata.get("namespace", ""), metadata["name"])
        if live is None or live["metadata"]["uid"] != metadata["uid"]:
            self._collect(value)
            return
        if live["metadata"].get("deletionTimestamp"):
            self._end(resource, live)
            return
        handler = self._handlers.get(resource.kind)
        if handler is not None:
            handler(resource, live)

    def _end(self, resource: Resource, value: dict[str, Any]) -> None:
        metadata = value["metadata"]
        if resource.key == NAMESPACES:
            self._empty(metadata["name"])
            self._api.remove_now(resource, "", metadata["name"])
        elif "foregroundDeletion" in (metadata.get("finalizers") or ()):
            self._collect(value)
            left = [f for f in metadata["finalizers"] if f != "foregroundDeletion"]
            changed = {**value, "metadata": {**metadata, "finalizers": left}}
            if left:
                self._api.store.put(resource.key, changed)
            else:
                self._api.remove_now(resource, metadata.get("namespace", ""), metadata["name"])

    def _empty(self, namespace: str) -> None:
        for resource in self._api.registry.all():
            if resource.namespaced:
                for value in self._api.store.all(resource.key, namespace):
                    self._api.remove_now(resource, namespace, value["metadata"]["name"])

    def _collect(self, owner: dict[str, Any]) -> None:
        """Remove what the object that is gone owned."""
        uid = owner["metadata"]["uid"]
        for resource in self._api.registry.all():
            for value in self._api.store.all(resource.key):
                references = value["metadata"].get("ownerReferences") or ()
                if any(r.get("uid") == uid for r in references):
                    metadata = value["metadata"]
                    self._api.remove_now(resource, metadata.get("namespace", ""), metadata["name"])

    def _set_status(self, resource: Resource, value: dict[str, Any], status: dict[str, Any]) -> None:
        metadata = value["metadata"]
        if value.get("status") == status:
            return
        patch = {"status": status}
        self._api.patch(
            resource, metadata.get("namespace", ""), metadata["name"], "application/merge-patch+json", patch, _STATUS
        )

    def _resource(self, api_version: str, kind: str) -> Resource:
        found = self._api.registry.of_kind(api_version, kind)
        assert found is not None
        return found

    def _owned(self, resource: Resource, owner: dict[str, Any]) -> list[dict[str, Any]]:
        uid = owner["metadata"]["uid"]
        return [
            v
            for v in self._api.store.all(resource.key, owner["metadata"]["namespace"])
            if any(r.get("uid") == uid for r in v["metadata"].get("ownerReferences") or ())
        ]

    @staticmethod
    def _reference(owner: dict[str, Any]) -> dict[str, Any]:
        return {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }

    def _make(self, kind: str, api_version: str, owner: dict[str, Any], value: dict[str, Any]) -> None:
        resource = self._resource(api_version, kind)
        namespace = owner["metadata"]["namespace"]
        metadata = {**value.pop("metadata", {}), "ownerReferences": [self._reference(owner)]}
        self._api.create(
            resource, namespace, {"apiVersion": api_version, "kind": kind, "metadata": metadata, **value}, _WRITE
        )

    def _deployment(self, resource: Resource, value: dict[str, Any]) -> None:
        from hashlib import sha256
        from json import dumps

        spec = value["spec"]
        template = spec.get("template") or {}
        short = sha256(dumps(template, sort_keys=True).encode()).hexdigest()[:10]
        name = f"{value['metadata']['name']}-{short}"
        sets = self._resource("apps/v1", "ReplicaSet")
        wanted = spec.get("replicas", 1)
        for old in self._owned(sets, value):
            if old["metadata"]["name"] != name and old["spec"].get("replicas"):
                self._scale(sets, old, 0)
        current = self._api.store.get(sets.key, value["metadata"]["namespace"], name)
        if current is None:
            labels = {**((template.get("metadata") or {}).get("labels") or {}), "pod-template-hash": short}
            inner = {**template, "metadata": {**(template.get("metadata") or {}), "labels": labels}}
            selector = {
                "matchLabels": {**((spec.get("selector") or {}).get("matchLabels") or {}), "pod-template-hash": short}
            }
            self._make(
                "ReplicaSet",
                "apps/v1",
                value,
                {
                    "metadata": {"name": name, "labels": labels},
                    "spec": {"replicas": wanted, "selector": selector, "template": inner},
                },
            )
        elif current["spec"].get("replicas") != wanted:
            self._scale(sets, current, wanted)
        ready = _is_meant_to_run(template)
        now = timestamp()
        conditions = [
            {"type": "Available", "status": "True" if ready else "False",
             "reason": "MinimumReplicasAvailable" if ready else "MinimumReplicasUnavailable",
             "message": f"Deployment {'has' if ready else 'does not have'} minimum availability.",
             "lastUpdateTime": now, "lastTransitionTime": now},
            {"type": "Progressing", "status": "True",
             "reason": "NewReplicaSetAvailable" if ready else "ReplicaSetUpdated",
             "message": f'ReplicaSet "{name}" has successfully progressed.', "lastUpdateTime": now,
             "lastTransitionTime": now},
        ]  # fmt: skip
        before = (value.get("status") or {}).get("conditions")
        if before and [(c["type"], c["status"]) for c in before] == [(c["type"], c["status"]) for c in conditions]:
            conditions = before
        count = wanted if ready else 0
        status = {"observedGeneration": value["metadata"].get("generation", 1), "replicas": wanted,
                  "updatedReplicas": wanted, "conditions": conditions}  # fmt: skip
        if count:
            status |= {"readyReplicas": count, "availableReplicas": count}
        elif wanted:
            status["unavailableReplicas"] = wanted
        self._set_status(resource, value, status)

    def _scale(self, resource: Resource, value: dict[str, Any], replicas: int) -> None:
        metadata = value["metadata"]
        self._api.patch(
            resource,
            metadata["namespace"],
            metadata["name"],
            "application/merge-patch+json",
            {"spec": {"replicas": replicas}},
            _WRITE,
        )

    def _pods_for(self, value: dict[str, Any], wanted: int, names: list[str] | None = None) -> int:
        """Make or remove pods so that there are ``wanted``; return how many are ready."""
        pods = self._resource("v1", "Pod")
        own = self._owned(pods, value)
        wanted = min(wanted, POD_LIMIT)
        for extra in own[wanted:]:
            self._api.remove_now(pods, extra["metadata"]["namespace"], extra["metadata"]["name"])
        template = value["spec"].get("template") or {}
        for i in range(len(own), wanted):
            metadata = {**(template.get("metadata") or {})}
            if names:
                metadata["name"] = names[i]
            else:
                metadata["generateName"] = f"{value['metadata']['name']}-"
            self._make("Pod", "v1", value, {"metadata": metadata, "spec": template.get("spec") or {}})
        return wanted if _is_meant_to_run(template) else 0

    def _replica_set(self, resource: Resource, value: dict[str, Any]) -> None:
        wanted = value["spec"].get("replicas", 1)
        ready = wanted if self._pods_for(value, wanted) or not wanted else 0
        status = {
            "replicas": wanted,
            "fullyLabeledReplicas": wanted,
            "observedGeneration": value["metadata"].get("generation", 1),
        }
        if ready:
            status |= {"readyReplicas": ready, "availableReplicas": ready}
        self._set_status(resource, value, status)

    def _stateful_set(self, resource: Resource, value: dict[str, Any]) -> None:
        wanted = value["spec"].get("replicas", 1)
        name = value["metadata"]["name"]
        ready = wanted if self._pods_for(value, wanted, [f"{name}-{i}" for i in range(min(wanted, POD_LIMIT))]) else 0
        revision = f"{name}-1"
        self._set_status(
            resource,
            value,
            {
                "observedGeneration": value["metadata"].get("generation", 1),
                "replicas": wanted,
                "readyReplicas": ready,
                "availableReplicas": ready,
                "currentReplicas": wanted,
                "updatedReplicas": wanted,
                "currentRevision": revision,
                "updateRevision": revision,
            },
        )

    def _daemon_set(self, resource: Resource, value: dict[str, Any]) -> None:
        ready = self._pods_for(value, 1)
        self._set_status(
            resource,
            value,
            {
                "observedGeneration": value["metadata"].get("generation", 1),
                "desiredNumberScheduled": 1,
                "currentNumberScheduled": 1,
                "updatedNumberScheduled": 1,
                "numberReady": ready,
                "numberAvailable": ready,
                "numberMisscheduled": 0,
            },
        )

    def _pod(self, resource: Resource, value: dict[str, Any]) -> None:
        status = value.get("status") or {}
        if status.get("phase") not in (None, "", "Pending"):
            return
        spec = value.get("spec") or {}
        outcome = (value["metadata"].get("annotations") or {}).get(OUTCOME, "")
        now = timestamp()
        if outcome == "pending":
            self._set_status(resource, value, {"phase": "Pending"})
            return
        finished = spec.get("restartPolicy") in ("Never", "OnFailure") or outcome == "fail"
        failed = outcome == "fail"
        phase = "Failed" if failed else "Succeeded" if finished else "Running"
        state: dict[str, Any]
        if finished:
            state = {"terminated": {"exitCode": 1 if failed else 0, "reason": "Error" if failed else "Completed",
                                    "startedAt": now, "finishedAt": now}}  # fmt: skip
        else:
            state = {"running": {"startedAt": now}}
        containers = [
            {
                "name": c.get("name"),
                "image": c.get("image", ""),
                "imageID": "",
                "ready": not finished,
                "restartCount": 0,
                "state": state,
                "started": not finished,
            }
            for c in spec.get("containers") or ()
        ]
        truth = "False" if finished else "True"
        reason = {"reason": "PodCompleted"} if finished else {}
        conditions = [
            {"type": "PodScheduled", "status": "True", "lastTransitionTime": now},
            {"type": "Initialized", "status": "True", "lastTransitionTime": now, **reason},
            {"type": "ContainersReady", "status": truth, "lastTransitionTime": now, **reason},
            {"type": "Ready", "status": truth, "lastTransitionTime": now, **reason},
        ]
        self._set_status(
            resource,
            value,
            {
                "phase": phase,
                "conditions": conditions,
                "containerStatuses": containers,
                "startTime": now,
                "podIP": "10.244.0.1",
                "hostIP": "127.0.0.1",
            },
        )

    def _job(self, resource: Resource, value: dict[str, Any]) -> None:
        status = value.get("status") or {}
        if any(c.get("type") in ("Complete", "Failed") for c in status.get("conditions") or ()):
            return
        spec = value.get("spec") or {}
        template = spec.get("template") or {}
        of_pod = (template.get("metadata") or {}).get("annotations") or {}
        outcome = (value["metadata"].get("annotations") or {}).get(OUTCOME) or of_pod.get(OUTCOME, "")
        # the pod shares the outcome of its Job
        metadata = {**(template.get("metadata") or {}), "annotations": {**of_pod, OUTCOME: outcome}}
        pods = {**spec, "template": {**template, "metadata": metadata}} if outcome else spec
        self._pods_for({**value, "spec": pods}, 1)
        if outcome == "pending":
            self._set_status(resource, value, {"active": 1, "startTime": timestamp()})
            return
        now = timestamp()
        kind = "Failed" if outcome == "fail" else "Complete"
        condition = {"type": kind, "status": "True", "lastProbeTime": now, "lastTransitionTime": now}
        if outcome == "fail":
            condition |= {"reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"}
        done = (
            {"failed": 1}
            if outcome == "fail"
            else {"succeeded": value["spec"].get("completions", 1), "completionTime": now}
        )
        self._set_status(resource, value, {"conditions": [condition], "startTime": now, **done})

    def _claim(self, resource: Resource, value: dict[str, Any]) -> None:
        spec = value.get("spec") or {}
        capacity = (spec.get("resources") or {}).get("requests") or {}
        self._set_status(
            resource, value, {"phase": "Bound", "accessModes": spec.get("accessModes") or [], "capacity": capacity}
        )

    def _definition(self, resource: Resource, value: dict[str, Any]) -> None:
        if (value.get("status") or {}).get("conditions"):
            return
        now = timestamp()
        names = (value.get("spec") or {}).get("names") or {}
        self._set_status(
            resource,
            value,
            {
                "acceptedNames": names,
                "storedVersions": [v["name"] for v in value["spec"].get("versions") or () if v.get("storage")],
                "conditions": [
                    {"type": "NamesAccepted", "status": "True", "reason": "NoConflicts",
                     "message": "no conflicts found", "lastTransitionTime": now},
                    {"type": "Established", "status": "True", "reason": "InitialNamesAccepted",
                     "message": "the initial names have been accepted", "lastTransitionTime": now},
                ],
            },
        )  # fmt: skip

    def _namespace(self, resource: Resource, value: dict[str, Any]) -> None:
        accounts = self._resource("v1", "ServiceAccount")
        name = value["metadata"]["name"]
        if self._api.store.get(accounts.key, name, "default") is None:
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
            self._api.create(accounts, name, account, _WRITE)


def _is_meant_to_run(template: dict[str, Any]) -> bool:
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    return annotations.get(OUTCOME, "") not in ("pending", "fail")
