"""The part that upgrade and rollback share: from one revision's objects to another's.

Also runs hooks for all actions and words an interruption. Answers to what ``upgrade.go``
and ``rollback.go`` of Helm's ``pkg/action`` have in common.
"""

from __future__ import annotations

from steersman.deploy.hooks import DetachedHookRunner, HookFailed, HookRunner
from steersman.deploy.ownership import sort_by_owner
from steersman.deploy.plan import PATCH, plan_update
from steersman.errors import ClusterError, Interrupted, ManifestError, SteerError, UsageError
from steersman.kube.look import look
from steersman.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.action.configuration import Configuration
    from steersman.deploy.plan import Method, Plan
    from steersman.kube.objects import Target
    from steersman.release.model import Release


class HookSettings(Record):
    """Settings for the hooks of one action."""

    wait_strategy: str
    timeout: float
    server_side: bool


class HooksFailed(ClusterError):
    """Hooks that failed, with the release as they left it."""

    def __init__(self, release: Release, message: str, *, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.release = release


def hook_runner(config: Configuration, release: Release, settings: HookSettings) -> HookRunner:
    """Return who runs a release's hooks."""
    if config.is_detached:
        return DetachedHookRunner(config.record)
    return HookRunner(
        config.client,
        config.discovery,
        release.namespace,
        config.waiter(settings.wait_strategy),
        timeout=settings.timeout,
        server_side=settings.server_side,
        record=config.record,
        log=config.log_line,
        logs_to=config.logs_to,
    )


def run_hooks(
    config: Configuration, release: Release, event: str, settings: HookSettings, *, wording: str = "{error}"
) -> Release:
    """Run an event's hooks and return the release with their runs.

    Raises:
        HooksFailed: worded by ``wording``.
    """
    try:
        return hook_runner(config, release, settings).run(release, event)
    except HookFailed as error:
        raise HooksFailed(error.release, wording.format(error=error), detail=error.detail) from error


def server_side_of(option: str, method: str) -> bool:
    """Return whether to apply on the server, by the flag and by how the release was made.

    Raises:
        UsageError: when the flag says something else.
    """
    if option == "auto":
        return method == "ssa"
    if option not in ("true", "false"):
        raise UsageError(f"invalid/unknown release server-side apply method: {option}")
    return option == "true"


def build_current(config: Configuration, release: Release) -> list[Target]:
    """Return the objects of the revision that is left.

    Raises:
        ManifestError: when one is of a kind that is gone.
    """
    try:
        return config.targets(release.manifest, release.namespace, validate=False)
    except ManifestError as error:
        # helm: has words for removed kinds, and looks for a text that its client never gives
        raise ManifestError(f"unable to build kubernetes objects from current release manifest: {error}") from error


def left_behind(config: Configuration, revisions: Sequence[Release], known: Sequence[Target]) -> list[Target]:
    """Return live objects of ``revisions`` that are the release's and not among ``known``."""
    seen = {target.key for target in known}
    others: dict[tuple[str, str, str, str], Target] = {}
    for revision in revisions:
        try:
            targets = config.targets(revision.manifest, revision.namespace, validate=False)
        except ManifestError:
            continue  # of kinds that are gone nothing is left
        others |= {target.key: target for target in targets if target.key not in seen}
    if not others:
        return []
    targets = list(others.values())
    live = look(config.client, targets)
    return list(sort_by_owner(targets, live, revisions[-1].name, revisions[-1].namespace).owned)


def build_next(config: Configuration, release: Release, *, validate: bool) -> list[Target]:
    """Return the objects of the revision that comes."""
    try:
        return config.targets(release.manifest, release.namespace, validate=validate)
    except ManifestError as error:
        raise ManifestError(f"unable to build kubernetes objects from new release manifest: {error}") from error


def make_plan(config: Configuration, originals: Sequence[Target], targets: Sequence[Target], method: Method) -> Plan:
    """Look at what is live and plan the way from ``originals`` to ``targets``."""
    wanted = {target.key for target in targets}
    left = [original for original in originals if original.key not in wanted]
    if config.writes_all:
        method = replace(method, skip_unchanged=False)
    plan = plan_update(originals, targets, look(config.client, [*targets, *left]), method)
    patched = [operation.target.object for operation in plan.operations if operation.verb == PATCH]
    if config.notice is not None and patched:
        from steersman.notices import note_shared_merge_keys

        note_shared_merge_keys(patched, config.notice)
    for target in plan.baseless:
        config.log(
            "WARN",
            "resource exists on cluster but not in original release, using cluster state as baseline",
            namespace=target.namespace,
            name=target.name,
            kind=target.kind,
        )
    return plan


def explain(config: Configuration, error: BaseException) -> str:
    """Show why an action failed before anything is undone; return what is left to be said at its end."""
    detail = error.detail if isinstance(error, SteerError) else ""
    if detail and config.explain is not None:
        config.explain(detail)
        return ""
    return detail


def interruption(error: BaseException) -> str:
    """Return what Helm calls an interruption, ``""`` for other errors."""
    # helm: a signal cancels a context, and that is the error that is recorded
    return "context canceled" if isinstance(error, KeyboardInterrupt | Interrupted) else ""
