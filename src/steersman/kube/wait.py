"""Waiting for objects: until they are ready, until hooks are done, until they are gone.

``watcher`` follows a watch per kind and namespace, so it knows at once; ``legacy`` asks
every two seconds by Helm 3's rules; ``hookOnly`` waits for hooks alone. At the end of the
time every object that is not there yet is named with its reason. Answers to Helm's
``pkg/kube`` waiters.
"""

from __future__ import annotations

import threading
import time

from steersman.errors import WaitTimeout
from steersman.kube.client import ApiError
from steersman.kube.objects import PODS, Target, nested
from steersman.kube.selectors import selector_text
from steersman.kube.status import compute
from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, NOT_FOUND, UNKNOWN, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.objects import ResourceType
    from steersman.transport.http import Response

WATCHER = "watcher"
LEGACY = "legacy"
HOOK_ONLY = "hookOnly"

DEFAULT_TIMEOUT = 30.0  # seconds the watcher waits when it is given no time
DEADLINE = "context deadline exceeded"
_RECHECK = 5.0  # seconds after which statuses that depend on an object's age are computed anew
_WATCH = 300.0  # seconds one watch stays open


class NotReady(WaitTimeout):
    """Objects that did not get where they should in time, or failed for good.

    Attributes:
        lines: one sentence per object, as Helm words it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.lines = tuple(lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)


class Waiter:
    """Waits by one strategy on one cluster."""

    def __init__(self, client: ApiClient, strategy: str) -> None:
        self._client = client
        self.strategy = strategy

    def wait_ready(self, targets: Sequence[Target], timeout: float, *, with_jobs: bool = False) -> None:
        """Wait until all are ready; with ``with_jobs`` until Jobs have ended.

        Raises:
            NotReady: when some are not in time.
        """
        if self.strategy == HOOK_ONLY or not targets:
            return
        if self.strategy == LEGACY:
            from steersman.kube.ready import wait_legacy

            wait_legacy(self._client, targets, timeout, with_jobs=with_jobs)
            return
        from steersman.kube.status.job import completion_status

        waited = [target for target in targets if not _is_paused(target)]
        pods = _Pods(self._client)

        def rule(content: dict[str, Any]) -> Status:
            if with_jobs and content.get("kind") == "Job" and str(content.get("apiVersion")).startswith("batch/"):
                return completion_status(content)
            status = compute(content)
            return pods.failed(content) or status if status.word == IN_PROGRESS else status

        self._follow(waited, rule, timeout or DEFAULT_TIMEOUT)

    def wait_hook(self, targets: Sequence[Target], timeout: float) -> None:
        """Wait until Jobs and Pods among ``targets`` have ended.

        Raises:
            NotReady: when one failed or did not end in time.
        """
        ending = [target for target in targets if _ends(target)]
        if not ending:
            return
        if self.strategy == LEGACY:
            from steersman.kube.ready import wait_legacy_hook

            wait_legacy_hook(self._client, ending, timeout)
            return
        from steersman.kube.status.job import completion_status
        from steersman.kube.status.pod import hook_status

        def rule(content: dict[str, Any]) -> Status:
            return completion_status(content) if content.get("kind") == "Job" else hook_status(content)

        self._follow(ending, rule, timeout or DEFAULT_TIMEOUT)

    def wait_deleted(self, targets: Sequence[Target], timeout: float) -> None:
        """Wait until none of ``targets`` exists.

        Raises:
            NotReady: when some still do at the end of the time.
        """
        if self.strategy == HOOK_ONLY or not targets:
            return
        watch = _Following(self._client, targets, compute, lambda status: status.word == NOT_FOUND)
        statuses = watch.run(timeout or DEFAULT_TIMEOUT)
        left = [(target, status) for target, status in statuses if status.word not in (NOT_FOUND, UNKNOWN)]
        if left or watch.is_over:
            lines = [
                f"resource {t.kind}/{t.namespace}/{t.name} still exists. status: {s.word}, message: {s.message}"
                for t, s in left
            ]
            raise NotReady([*lines, DEADLINE])

    def _follow(self, targets: Sequence[Target], rule: Callable[[dict[str, Any]], Status], timeout: float) -> None:
        if not targets:
            return
        # helm: a failed object does not end the wait, it is reported when the others are ready
        watch = _Following(self._client, targets, rule, lambda status: status.word in (CURRENT, FAILED))
        statuses = watch.run(timeout)
        lines = [
            f"resource {t.kind}/{t.namespace}/{t.name} not ready. status: {s.word}, message: {s.message}"
            for t, s in statuses
            if s.word != CURRENT
        ]
        if watch.is_over:
            lines.append(DEADLINE)
        if lines:
            raise NotReady(lines)


class _Pods:
    """Looks at the pods of what is not ready yet, to see whether they have failed for good."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._seen: dict[str, tuple[str, Status | None]] = {}

    def failed(self, content: dict[str, Any]) -> Status | None:
        """Return a failure when pods of a StatefulSet or ReplicaSet have failed.

        helm: looks when the set itself changes, not when its pods do.
        """
        if content.get("kind") not in ("StatefulSet", "ReplicaSet") or content.get("apiVersion") != "apps/v1":
            return None
        uid, version = (str(nested(content, "metadata", key)) for key in ("uid", "resourceVersion"))
        seen, status = self._seen.get(uid, ("", None))
        if seen != version:
            status = self._look(content)
            self._seen[uid] = (version, status)
        return status

    def _look(self, content: dict[str, Any]) -> Status | None:
        labels = selector_text(nested(content, "spec", "selector") or {})
        namespace = nested(content, "metadata", "namespace") or ""
        try:
            pods = self._client.list(PODS, namespace, labels=labels)["items"]
        except ApiError:
            return None  # who may not see pods is told what the object itself says
        failed = [pod for pod in pods if compute({"apiVersion": "v1", "kind": "Pod", **pod}).word == FAILED]
        return Status(FAILED, f"{len(failed)} pods have failed") if failed else None


class _Following:
    """Keeps the statuses of some objects up to date until all are settled or time is over."""

    def __init__(
        self,
        client: ApiClient,
        targets: Sequence[Target],
        rule: Callable[[dict[str, Any]], Status],
        is_settled: Callable[[Status], bool],
    ) -> None:
        self._client = client
        self._targets = list(targets)
        self._rule = rule
        self._is_settled = is_settled
        self._live: dict[tuple[str, str, str, str], dict[str, Any] | None] = {}
        self._changed = threading.Condition()
        self._is_done: bool = False
        self._error: Exception | None = None
        self._open: list[Response] = []
        self.is_over = False

    def run(self, timeout: float) -> list[tuple[Target, Status]]:
        """Follow until settled, at most ``timeout`` seconds; return the last statuses."""
        deadline = time.monotonic() + timeout
        threads = [
            threading.Thread(target=self._watch_group, args=(resource, namespace, names, deadline), daemon=True)
            for (resource, namespace), names in _groups(self._targets).items()
        ]
        for thread in threads:
            thread.start()
        try:
            return self._await(deadline)
        finally:
            self._is_done = True
            for response in list(self._open):
                response.abort()

    def _await(self, deadline: float) -> list[tuple[Target, Status]]:
        with self._changed:
            while True:
                if self._error is not None:
                    raise self._error
                statuses = [(target, self._status(target)) for target in self._targets]
                if all(self._is_settled(status) for _target, status in statuses):
                    return statuses
                left = deadline - time.monotonic()
                if left <= 0:
                    self.is_over = True
                    return statuses
                self._changed.wait(min(left, _RECHECK))

    def _status(self, target: Target) -> Status:
        if target.key not in self._live:
            return Status(UNKNOWN)
        content = self._live[target.key]
        return Status(NOT_FOUND, "Resource not found") if content is None else self._rule(content)

    def _watch_group(self, resource: ResourceType, namespace: str, names: set[str], deadline: float) -> None:
        fields = f"metadata.name={next(iter(names))}" if len(names) == 1 else ""
        while not self._is_done and time.monotonic() < deadline:
            try:
                version = self._look(resource, namespace, names, fields)
                left = min(_WATCH, max(1.0, deadline - time.monotonic()))
                events = self._client.watch(
                    resource, namespace, version=version, fields=fields, seconds=left, opened=self._open.append
                )
                for event in events:
                    if self._is_done or event.type == "ERROR":
                        break
                    if event.type != "BOOKMARK":
                        self._put(resource, namespace, names, event.object, is_gone=event.type == "DELETED")
            except ApiError as error:
                if error.is_gone or error.code >= 500 or error.code == 429:
                    time.sleep(1.0)
                    continue
                self._fail(error)
                return
            except Exception as error:
                if self._stopped():
                    return
                if time.monotonic() + 1 < deadline:
                    time.sleep(1.0)  # the way to the server broke: look again
                    continue
                self._fail(error)
                return

    def _stopped(self) -> bool:
        return self._is_done

    def _look(self, resource: ResourceType, namespace: str, names: set[str], fields: str) -> str:
        """Take in the present state; return the version to watch from."""
        answer = self._client.list(resource, namespace, fields=fields)
        found = {nested(item, "metadata", "name"): item for item in answer.get("items") or ()}
        with self._changed:
            for name in names:
                item = found.get(name)
                if item is not None:
                    item = {"apiVersion": resource.api_version, "kind": resource.kind, **item}
                self._live[(resource.group, resource.kind, namespace, name)] = item
            self._changed.notify_all()
        return str(nested(answer, "metadata", "resourceVersion") or "")

    def _put(
        self, resource: ResourceType, namespace: str, names: set[str], content: dict[str, Any], *, is_gone: bool
    ) -> None:
        name = nested(content, "metadata", "name")
        if name not in names:
            return
        with self._changed:
            self._live[(resource.group, resource.kind, namespace, name)] = None if is_gone else content
            self._changed.notify_all()

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()


def _groups(targets: Sequence[Target]) -> dict[tuple[ResourceType, str], set[str]]:
    groups: dict[tuple[ResourceType, str], set[str]] = {}
    for target in targets:
        groups.setdefault((target.resource, target.namespace), set()).add(target.name)
    return groups


def _is_paused(target: Target) -> bool:
    return (
        target.resource.group == "apps"
        and target.kind == "Deployment"
        and bool(nested(target.object, "spec", "paused"))
    )


def _ends(target: Target) -> bool:
    return (target.resource.group, target.kind) in (("", "Pod"), ("batch", "Job"))
