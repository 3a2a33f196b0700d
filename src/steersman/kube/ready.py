"""Helm 3's idea of "ready", asked every two seconds: the ``legacy`` wait strategy.

Answers to Helm's ``pkg/kube.ReadyChecker`` and ``legacyWaiter``.
"""

from __future__ import annotations

import time

from steersman.errors import ClusterError
from steersman.kube.errors import ApiError
from steersman.kube.objects import PODS, REPLICA_SETS, Target, nested
from steersman.kube.selectors import selector_text
from steersman.kube.status.result import conditions, number, text
from steersman.runtime.log import ErrorFollows
from steersman.runtime.scope import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from steersman.errors import Unready
    from steersman.kube.client import ApiClient
    from steersman.kube.follow import Key

_POLL = 2.0  # seconds between two looks
_RETRIES = 30  # looks at one object that may fail with a passing error
_DEADLINE = "context deadline exceeded"
_TIMED_OUT = "timed out waiting for the condition"  # client-go's words for the end of a watch


def wait_legacy(client: ApiClient, targets: Sequence[Target], timeout: float, *, with_jobs: bool) -> None:
    """Ask until every object is ready.

    Raises:
        WaitTimeout: when time is over; like Helm, without saying which was missing.
        ClusterError: when an object cannot be read, or a Job failed.
    """
    from steersman.kube.errors import NotReady

    checker = ReadyChecker(client, with_jobs=with_jobs)
    failures = dict.fromkeys(range(len(targets)), 0)

    def is_done() -> bool:
        client.check_held()
        for i, target in enumerate(targets):
            try:
                is_ready = checker.is_ready(target)
            except ClusterError as error:
                failures[i] += 1
                # helm: errors other than the server's (a failed Job) count as transient too (wait-jobs.sh)
                if (isinstance(error, ApiError) and not _is_passing(error)) or failures[i] > _RETRIES:
                    raise
                return False
            failures[i] = 0
            if not is_ready:
                return False
        return True

    try:
        _poll(is_done, timeout)
    except NotReady as error:
        error.objects, error.detail = _late(client, targets, checker)
        raise


def _late(client: ApiClient, targets: Sequence[Target], checker: ReadyChecker) -> tuple[tuple[Unready, ...], str]:
    """Return which objects are not ready and why, which Helm does not say with this strategy, also as text."""
    from steersman.kube.evidence import evidence, evidence_text, unready
    from steersman.kube.status.result import IN_PROGRESS, Status

    late = []
    for target in targets:
        try:
            if not checker.is_ready(target):
                late.append(target)
        except ClusterError:
            late.append(target)
    names = ", ".join(f"{target.kind}/{target.namespace}/{target.name}" for target in late)
    found = evidence(client, late)
    lines = [f"not ready: {names}" if names else "", evidence_text(late, found)]
    return unready([(target, Status(IN_PROGRESS)) for target in late], found), "\n".join(filter(None, lines))


def wait_legacy_hook(
    client: ApiClient,
    targets: Sequence[Target],
    timeout: float,
    log: Callable[..., None],
    created: Mapping[Key, dict[str, Any]],
) -> None:
    """Follow each Job and Pod to its end.

    Raises:
        ClusterError: when one failed, which is logged too.
        WaitTimeout: when time is over.
    """
    from steersman.kube.errors import NotReady
    from steersman.kube.follow import Following
    from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, NOT_FOUND, Status

    def rule(content: dict[str, Any]) -> Status:
        if content.get("kind") == "Pod":
            word = {"Succeeded": CURRENT, "Failed": FAILED}.get(text(content, "status", "phase"), IN_PROGRESS)
            return Status(word)
        for condition in conditions(content):
            if condition.get("status") == "True" and condition.get("type") == "Complete":
                return Status(CURRENT)
            if condition.get("status") == "True" and condition.get("type") == "Failed":
                return Status(FAILED, condition.get("reason") or "")
        return Status(IN_PROGRESS)

    # helm: a hook that was deleted counts as done
    following = Following(
        client, targets, rule, lambda status: status.word in (CURRENT, FAILED, NOT_FOUND), created=created
    )
    statuses = following.run(timeout)
    late = [target for target, status in statuses if status.word not in (CURRENT, NOT_FOUND)]
    if not late and not following.is_over:
        return
    from steersman.kube.evidence import evidence, evidence_text, unready

    found = evidence(client, late, with_logs=True)
    detail = evidence_text(late, found)
    for target, status in statuses:
        if status.word == FAILED and target.kind == "Pod":
            log(ErrorFollows("ERROR"), "pod failed", pod=target.name)
            raise ClusterError(f"pod {target.name} failed", detail=detail)
        if status.word == FAILED:
            log(ErrorFollows("ERROR"), "job failed", job=target.name, reason=status.message)
            raise ClusterError(f"job {target.name} failed: {status.message}", detail=detail)
    if following.is_over:
        objects = unready([(target, status) for target, status in statuses if target in late], found)
        raise NotReady([_TIMED_OUT], objects, detail=detail)


class ReadyChecker:
    """Says of one object after another whether it is ready."""

    def __init__(self, client: ApiClient, *, with_jobs: bool) -> None:
        self._client = client
        self._with_jobs = with_jobs
        self._rules: dict[tuple[str, str], Callable[[Target, dict[str, Any]], bool]] = {
            ("", "Pod"): lambda _t, live: _pod_ready(live),
            ("apps", "Deployment"): self._deployment_ready,
            ("", "PersistentVolumeClaim"): lambda _t, live: text(live, "status", "phase") == "Bound",
            ("", "Service"): lambda _t, live: _service_ready(live),
            ("apps", "DaemonSet"): lambda _t, live: _daemon_set_ready(live),
            ("apiextensions.k8s.io", "CustomResourceDefinition"): lambda _t, live: _definition_ready(live),
            ("apps", "StatefulSet"): lambda _t, live: _stateful_set_ready(live),
            ("", "ReplicationController"): self._pods_ready,
            ("apps", "ReplicaSet"): self._pods_ready,
        }
        if with_jobs:
            self._rules["batch", "Job"] = lambda target, live: _job_ready(target, live)

    def is_ready(self, target: Target) -> bool:
        """Look at the live object; a kind without a rule is ready."""
        rule = self._rules.get((target.resource.group, target.kind))
        if rule is None:
            return True
        return rule(target, self._client.get(target.resource, target.namespace, target.name))

    def _deployment_ready(self, target: Target, live: dict[str, Any]) -> bool:
        if nested(live, "spec", "paused"):
            return True
        new = self._new_replica_set(target, live)
        if new is None or not _observed(new) or not _observed(live):
            return False
        replicas = number(live, "spec", "replicas", default=1)
        return bool(number(new, "status", "readyReplicas") >= replicas - _max_unavailable(live, replicas))

    def _new_replica_set(self, target: Target, live: dict[str, Any]) -> dict[str, Any] | None:
        labels = selector_text(nested(live, "spec", "selector") or {})
        template = _without_hash(nested(live, "spec", "template") or {})
        uid = nested(live, "metadata", "uid")
        sets = self._client.list(REPLICA_SETS, target.namespace, labels=labels)["items"]
        owned = [s for s in sets if any(o.get("uid") == uid for o in nested(s, "metadata", "ownerReferences") or ())]
        owned.sort(key=lambda s: (text(s, "metadata", "creationTimestamp"), text(s, "metadata", "name")))
        return next((s for s in owned if _without_hash(nested(s, "spec", "template") or {}) == template), None)

    def _pods_ready(self, target: Target, live: dict[str, Any]) -> bool:
        if not _observed(live):
            return False
        selector = nested(live, "spec", "selector") or {}
        labels = selector_text(selector if target.kind == "ReplicaSet" else {"matchLabels": selector})
        return all(_pod_ready(pod) for pod in self._client.list(PODS, target.namespace, labels=labels)["items"])


def _poll(is_done: Callable[[], bool], timeout: float) -> None:
    from steersman.kube.errors import NotReady

    deadline = time.monotonic() + timeout
    while not is_done():
        left = deadline - time.monotonic()
        if left <= 0:
            raise NotReady([_DEADLINE])
        sleep(min(_POLL, left))


def _is_passing(error: ApiError) -> bool:
    return error.code in (0, 429) or (error.code >= 500 and error.code != 501)


def _observed(live: dict[str, Any]) -> bool:
    return bool(number(live, "status", "observedGeneration") == number(live, "metadata", "generation"))


def _pod_ready(pod: dict[str, Any]) -> bool:
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions(pod))


def _service_ready(service: dict[str, Any]) -> bool:
    kind = text(service, "spec", "type")
    if kind == "ExternalName":
        return True
    if not text(service, "spec", "clusterIP"):
        return False
    if kind == "LoadBalancer" and not nested(service, "spec", "externalIPs"):
        return nested(service, "status", "loadBalancer", "ingress") is not None
    return True


def _daemon_set_ready(live: dict[str, Any]) -> bool:
    if not _observed(live):
        return False
    if text(live, "spec", "updateStrategy", "type") != "RollingUpdate":
        return True
    desired = number(live, "status", "desiredNumberScheduled")
    if number(live, "status", "updatedNumberScheduled") != desired:
        return False
    allowed = nested(live, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable")
    return bool(number(live, "status", "numberReady") >= desired - _scaled(allowed, desired, round_up=True))


def _stateful_set_ready(live: dict[str, Any]) -> bool:
    if not _observed(live):
        return False
    if text(live, "spec", "updateStrategy", "type") != "RollingUpdate":
        return True
    partition = number(live, "spec", "updateStrategy", "rollingUpdate", "partition")
    replicas = number(live, "spec", "replicas", default=1)
    if number(live, "status", "updatedReplicas") < replicas - partition:
        return False
    if number(live, "status", "readyReplicas") != replicas:
        return False
    return bool(partition or text(live, "status", "currentRevision") == text(live, "status", "updateRevision"))


def _job_ready(target: Target, live: dict[str, Any]) -> bool:
    if number(live, "status", "failed") > number(live, "spec", "backoffLimit", default=6):
        raise ClusterError(f"job is failed: {target.namespace}/{target.name}")
    completions = nested(live, "spec", "completions")
    return completions is None or bool(number(live, "status", "succeeded") >= completions)


def _definition_ready(live: dict[str, Any]) -> bool:
    return any(
        (c.get("type"), c.get("status")) in (("Established", "True"), ("NamesAccepted", "False"))
        for c in conditions(live)
    )


def _max_unavailable(deployment: dict[str, Any], replicas: int) -> int:
    if text(deployment, "spec", "strategy", "type") != "RollingUpdate" or replicas == 0:
        return 0
    rolling = nested(deployment, "spec", "strategy", "rollingUpdate") or {}
    surge = _scaled(rolling.get("maxSurge"), replicas, round_up=True)
    unavailable = _scaled(rolling.get("maxUnavailable"), replicas, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1  # k8s: both zero would let nothing move
    return min(unavailable, replicas)


def _scaled(value: Any, total: int, *, round_up: bool) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        share = int(value[:-1]) * total
        return -(-share // 100) if round_up else share // 100
    return 0


def _without_hash(template: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != "pod-template-hash"}
    return {**template, "metadata": {**metadata, "labels": labels}}
