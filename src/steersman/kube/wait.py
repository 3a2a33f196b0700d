"""Waiting for objects: until they are ready, until hooks are done, until they are gone.

``watcher`` follows a watch per kind and namespace, so it knows at once; ``legacy`` asks
every two seconds by Helm 3's rules; ``hookOnly`` waits for hooks alone. At the end of the
time every object that is not there yet is named with its reason. Answers to Helm's
``pkg/kube`` waiters.
"""

from __future__ import annotations

from steersman.kube.errors import ApiError, NotReady
from steersman.kube.follow import Following
from steersman.kube.objects import PODS, Target, nested
from steersman.kube.selectors import selector_text
from steersman.kube.status import compute
from steersman.kube.status.result import CURRENT, FAILED, IN_PROGRESS, NOT_FOUND, UNKNOWN, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.follow import Key, Tell

WATCHER = "watcher"
LEGACY = "legacy"
HOOK_ONLY = "hookOnly"

DEFAULT_TIMEOUT = 30.0  # seconds the watcher waits when it is given no time
DEADLINE = "context deadline exceeded"


class Waiter:
    """Waits by one strategy on one cluster.

    Args:
        log: called with level, message and fields.
        tell: told now and then what is still waited for and for how many seconds.
    """

    def __init__(self, client: ApiClient, strategy: str, *, log: Callable[..., None], tell: Tell | None = None) -> None:
        self._client = client
        self.strategy = strategy
        self._log = log
        self._tell = tell

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

    def wait_hook(
        self, targets: Sequence[Target], timeout: float, created: Mapping[Key, dict[str, Any]] | None = None
    ) -> None:
        """Wait until Jobs and Pods among ``targets`` have ended.

        Args:
            created: what the server has made of them, by key.

        Raises:
            NotReady: when one failed or did not end in time.
        """
        ending = [target for target in targets if _ends(target)]
        if not ending:
            return
        if self.strategy == LEGACY:
            from steersman.kube.ready import wait_legacy_hook

            wait_legacy_hook(self._client, ending, timeout, self._log, created or {})
            return
        from steersman.kube.status.job import completion_status
        from steersman.kube.status.pod import hook_status

        def rule(content: dict[str, Any]) -> Status:
            return completion_status(content) if content.get("kind") == "Job" else hook_status(content)

        self._follow(ending, rule, timeout or DEFAULT_TIMEOUT, created=created or {})

    def wait_deleted(self, targets: Sequence[Target], timeout: float) -> None:
        """Wait until none of ``targets`` exists.

        Raises:
            NotReady: when some still do at the end of the time.
        """
        if self.strategy == HOOK_ONLY or not targets:
            return
        watch = Following(self._client, targets, compute, lambda status: status.word == NOT_FOUND, tell=self._tell)
        statuses = watch.run(timeout or DEFAULT_TIMEOUT)
        left = [(target, status) for target, status in statuses if status.word not in (NOT_FOUND, UNKNOWN)]
        if left or watch.is_over:
            from steersman.kube.evidence import unready

            lines = [
                f"resource {t.kind}/{t.namespace}/{t.name} still exists. status: {s.word}, message: {s.message}"
                for t, s in left
            ]
            objects = unready(left, {})
            if self.strategy == LEGACY:
                # helm: this strategy says no more than that time is over (uninstall-foreign.sh)
                raise NotReady([DEADLINE], objects, detail="\n".join(lines))
            raise NotReady([*lines, DEADLINE], objects)

    def _follow(
        self,
        targets: Sequence[Target],
        rule: Callable[[dict[str, Any]], Status],
        timeout: float,
        *,
        created: Mapping[Key, dict[str, Any]] | None = None,
    ) -> None:
        if not targets:
            return
        # helm: a failed object does not end the wait, it is reported when the others are ready
        watch = Following(
            self._client,
            targets,
            rule,
            lambda status: status.word in (CURRENT, FAILED),
            tell=self._tell,
            created=created,
        )
        statuses = watch.run(timeout)
        lines = [
            f"resource {t.kind}/{t.namespace}/{t.name} not ready. status: {s.word}, message: {s.message}"
            for t, s in statuses
            if s.word != CURRENT
        ]
        if watch.is_over:
            lines.append(DEADLINE)
        if lines:
            from steersman.kube.evidence import evidence, evidence_text, unready

            late = [(target, status) for target, status in statuses if status.word != CURRENT]
            asked = [target for target, _status in late]
            found = evidence(self._client, asked, with_logs=created is not None)
            raise NotReady(lines, unready(late, found), detail=evidence_text(asked, found))


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


def _is_paused(target: Target) -> bool:
    return (
        target.resource.group == "apps"
        and target.kind == "Deployment"
        and bool(nested(target.object, "spec", "paused"))
    )


def _ends(target: Target) -> bool:
    return (target.resource.group, target.kind) in (("", "Pod"), ("batch", "Job"))
