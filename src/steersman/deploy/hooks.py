"""Hooks at an event of a release's life: created, waited for, recorded, deleted by policy.

The release is never changed in place: running hooks returns it with their last runs filled
in. Answers to Helm's ``pkg/action/hooks.go``.
"""

from __future__ import annotations

from steersman.deploy.decide import Method, decide_create
from steersman.deploy.write import delete_all, write
from steersman.errors import ClusterError, Interrupted, ManifestError, SteerError, WaitTimeout
from steersman.kube.build import build_targets
from steersman.record import Record, replace
from steersman.release.hook import HookExecution
from steersman.release.timestamps import now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.discovery import Discovery
    from steersman.kube.follow import Key
    from steersman.kube.objects import Target
    from steersman.kube.wait import Waiter
    from steersman.release.hook import Hook
    from steersman.release.model import Release

BEFORE_CREATION = "before-hook-creation"
SUCCEEDED = "hook-succeeded"
FAILED = "hook-failed"


def hooks_at(release: Release, event: str) -> list[int]:
    """Return the positions of a release's hooks that run at ``event``, in the order in which they run."""
    positions = [i for i, hook in enumerate(release.hooks) for e in hook.events if e == event]
    return sorted(positions, key=lambda i: (release.hooks[i].weight, release.hooks[i].name))


def effective_policies(hook: Hook) -> tuple[str, ...]:
    """Return the policies by which a hook is deleted."""
    # helm: a hook without a policy is deleted before the next one of its name is made
    return hook.delete_policies or (BEFORE_CREATION,)


class HookFailed(ClusterError):
    """A hook that could not be created or did not succeed.

    Attributes:
        release: the release with what is known of the hooks' runs.
        cause: what went wrong.
    """

    def __init__(self, release: Release, cause: Exception | str) -> None:
        super().__init__(detail=cause.detail if isinstance(cause, SteerError) else "")
        self.release = release
        self.cause = cause

    def __str__(self) -> str:
        return str(self.cause)


class HookRun(Record):
    """The result of the hooks of one event, and what is left to do afterwards.

    ``finish`` deletes what policies want deleted; ``error`` is why hooks stopped.
    """

    release: Release
    finish: Callable[[], None]
    error: HookFailed | None = None


class HookRunner:
    """Runs hooks on one cluster.

    Args:
        namespace: of the release.
        record: keeps the release's state; called before each hook is created.
        log: told what cannot be raised.
        logs_to: given namespace, pod and container, returns where a hook's log goes.
    """

    def __init__(
        self,
        client: ApiClient,
        discovery: Discovery,
        namespace: str,
        waiter: Waiter,
        *,
        timeout: float,
        server_side: bool,
        record: Callable[[Release], object],
        log: Callable[[str], None] | None = None,
        logs_to: Callable[[str, str, str], Callable[[bytes], object]] | None = None,
    ) -> None:
        self._client = client
        self._discovery = discovery
        self._namespace = namespace
        self._waiter = waiter
        self._timeout = timeout
        self._server_side = server_side
        self._record = record
        self._log = log
        self._logs_to = logs_to

    def run(self, release: Release, event: str, positions: Sequence[int]) -> Release:
        """Run the hooks at ``positions`` and tidy up; return the release with their runs.

        Raises:
            HookFailed: when one does not succeed.
        """
        done = self._run_at(release, event, positions)
        try:
            done.finish()
        except Interrupted:
            raise  # an interruption is not the hook's failure
        except SteerError as error:
            raise HookFailed(done.release, error) from error
        if done.error is not None:
            raise done.error
        return done.release

    def run_without_finish(self, release: Release, event: str) -> HookRun:
        """Run the hooks of ``event`` and leave the tidying up to the caller."""
        return self._run_at(release, event, hooks_at(release, event))

    def _run_at(self, release: Release, event: str, positions: Sequence[int]) -> HookRun:
        done: list[int] = []
        for position in positions:
            release, run = self._run_one(release, position, event, done)
            if run is not None:
                return run
            done.append(position)
        finished = [release.hooks[i] for i in positions]
        return HookRun(release, lambda: self._finish(finished))

    def _run_one(self, release: Release, position: int, event: str, done: list[int]) -> tuple[Release, HookRun | None]:
        hook = release.hooks[position]
        hook = replace(hook, delete_policies=effective_policies(hook))
        release = _with_hook(release, position, hook)

        def failed(error: Exception | str, finish: Callable[[], None] = _nothing) -> tuple[Release, HookRun]:
            return release, HookRun(release, finish, HookFailed(release, error))

        try:
            self._delete_by_policy(hook, BEFORE_CREATION)
        except Interrupted:
            raise
        except SteerError as error:
            return failed(error)
        try:
            targets = self._build(hook)
        except ManifestError as error:
            problem = ManifestError(f"unable to build kubernetes object for {event} hook {hook.path}: {error}")
            problem.__cause__ = error
            return failed(problem)
        started = now()
        release = _with_hook(release, position, replace(hook, last_run=HookExecution(started, None, "Running")))
        self._record(release)
        try:
            created = self._create(targets)
        except Interrupted:
            raise
        except SteerError as error:
            release = _with_hook(release, position, replace(hook, last_run=HookExecution(started, now(), "Failed")))
            return failed(f"warning: Hook {event} {hook.path} failed: {error}")
        try:
            self._wait(targets, created)
        except (ClusterError, WaitTimeout) as error:
            hook = replace(hook, last_run=HookExecution(started, now(), "Failed"))
            release = _with_hook(release, position, hook)
            self._show_logs(hook, FAILED)
            earlier = [release.hooks[i] for i in done]
            return failed(error, lambda: self._finish_failed(hook, earlier))
        return _with_hook(release, position, replace(hook, last_run=HookExecution(started, now(), "Succeeded"))), None

    def _build(self, hook: Hook) -> list[Target]:
        return build_targets(hook.manifest, self._discovery, self._namespace, validate=True)

    def _wait(self, targets: Sequence[Target], created: dict[Key, dict[str, Any]]) -> None:
        self._waiter.wait_hook(targets, self._timeout, created)

    def _create(self, targets: Sequence[Target]) -> dict[Key, dict[str, Any]]:
        if not targets:
            raise ClusterError("no objects visited")
        return dict(write(self._client, decide_create(targets, Method(server_side=self._server_side))).live)

    def _finish(self, hooks: Sequence[Hook]) -> None:
        for hook in reversed(hooks):
            self._show_logs(hook, SUCCEEDED)
            self._delete_by_policy(hook, SUCCEEDED)

    def _finish_failed(self, hook: Hook, earlier: Sequence[Hook]) -> None:
        try:
            self._delete_by_policy(hook, FAILED)
        except SteerError as error:
            self._tell(f"error deleting the hook resource on hook failure: {error}")
        for other in earlier:
            self._delete_by_policy(other, SUCCEEDED)

    def _delete_by_policy(self, hook: Hook, policy: str) -> None:
        # helm: definitions of custom resources are never deleted, that would take the resources along
        if hook.kind == "CustomResourceDefinition" or policy not in hook.delete_policies:
            return
        try:
            targets = build_targets(hook.manifest, self._discovery, self._namespace, validate=False)
        except ManifestError as error:
            message = f"unable to build kubernetes object for deleting hook {hook.path}: {error}"
            raise ManifestError(message) from error
        errors = delete_all(self._client, targets, "Background")
        if errors:
            raise ClusterError("; ".join(map(str, errors)))
        self._waiter.wait_deleted(targets, self._timeout)

    def _show_logs(self, hook: Hook, policy: str) -> None:
        if policy not in hook.output_log_policies or self._logs_to is None or hook.kind not in ("Job", "Pod"):
            return
        from steersman.kube.build import parse_object
        from steersman.kube.logs import copy_logs_of_pods
        from steersman.kube.objects import nested

        namespace = nested(parse_object(hook.manifest), "metadata", "namespace") or self._namespace
        labels = f"job-name={hook.name}" if hook.kind == "Job" else ""
        fields = "" if hook.kind == "Job" else f"metadata.name={hook.name}"
        try:
            copy_logs_of_pods(self._client, namespace, labels=labels, fields=fields, writer=self._logs_to)
        except SteerError as error:
            self._tell(f"error outputting logs for hook failure: {error}")

    def _tell(self, message: str) -> None:
        if self._log is not None:
            self._log(message)


class DetachedHookRunner(HookRunner):
    """Runs hooks where there is no cluster: nothing is done, and each one succeeds.

    helm: its memory driver comes with a client that does nothing (test_releases_in_memory_need_no_cluster)
    """

    def __init__(self, record: Callable[[Release], object]) -> None:
        self._record = record

    def _build(self, hook: Hook) -> list[Target]:
        return []

    def _create(self, targets: Sequence[Target]) -> dict[Key, dict[str, Any]]:
        return {}

    def _wait(self, targets: Sequence[Target], created: dict[Key, dict[str, Any]]) -> None:
        return

    def _delete_by_policy(self, hook: Hook, policy: str) -> None:
        return

    def _show_logs(self, hook: Hook, policy: str) -> None:
        return


def _with_hook(release: Release, position: int, hook: Hook) -> Release:
    return replace(release, hooks=(*release.hooks[:position], hook, *release.hooks[position + 1 :]))


def _nothing() -> None:
    return None
