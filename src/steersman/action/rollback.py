"""``rollback``: an earlier revision becomes the next one.

Answers to Helm's ``pkg/action/rollback.go``.
"""

from __future__ import annotations

from steersman.action.changes import build_current, build_next, carry_out, left_behind, server_side_of
from steersman.action.configuration import DRY_RUN_NONE
from steersman.action.lock import release_lock, settle_pending, unsettled
from steersman.action.options import WaitOptions, WriteOptions
from steersman.deploy.decide import Method
from steersman.deploy.ownership import stamp_all
from steersman.deploy.planner import Choices, plan_rollback
from steersman.errors import Interrupted, ReleaseError, SteerError, UsageError
from steersman.record import Record
from steersman.release.model import (
    CLIENT_SIDE_APPLY,
    PENDING_ROLLBACK,
    SERVER_SIDE_APPLY,
    Info,
    Release,
)
from steersman.release.names import is_release_name
from steersman.release.timestamps import now
from steersman.storage.driver import NoSuchRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.kube.holder import Holder
    from steersman.kube.objects import Target

MAX_DESCRIPTION = 256  # characters: Helm's limit for a rollback's description


class RollbackOptions(Record):
    """Options of ``rollback``; ``revision`` 0 means the one before the last.

    ``is_inner`` marks the rollback of a failed upgrade, which holds the release already.
    """

    revision: int = 0
    disable_hooks: bool = False
    dry_run: str = DRY_RUN_NONE
    cleanup_on_fail: bool = False
    max_history: int = 0
    description: str = ""
    is_inner: bool = False
    write: WriteOptions = WriteOptions()
    wait: WaitOptions = WaitOptions()


def check_description(description: str) -> None:
    """Refuse a description that is too long.

    Raises:
        UsageError: in Helm's words.
    """
    if len(description) > MAX_DESCRIPTION:
        raise UsageError(f"description must be {MAX_DESCRIPTION} characters or less, got {len(description)}")


def rollback(config: Configuration, name: str, options: RollbackOptions) -> Release:
    """Make an earlier revision of ``name`` the next one; return it.

    Raises:
        SteerError: with Helm's message; a revision that was begun is marked failed.
    """
    check_description(options.description)
    config.check_reachable()
    config.store.max_history = options.max_history
    if not is_release_name(name):
        raise UsageError(f"prepareRollback: Release name is invalid: {name}")
    if options.revision < 0:
        raise UsageError("invalid release revision")
    if options.dry_run != DRY_RUN_NONE or options.is_inner:
        return _run(config, name, options)
    with release_lock(config, name, config.namespace) as lock:
        return _run(config, name, options, lock.dead_holder)


def _run(config: Configuration, name: str, options: RollbackOptions, dead_holder: Holder | None = None) -> Release:
    history, target, server_side = _prepare(config, name, options)
    if options.dry_run != DRY_RUN_NONE:
        return target
    history = settle_pending(config, history, dead_holder)
    current = history[-1]
    originals: list[Target] = []
    targets: list[Target] = []
    refusal: SteerError | None = None
    try:
        originals = build_current(config, current)
        originals += left_behind(config, unsettled(history, dead_holder), originals)
        targets = stamp_all(build_next(config, target, validate=False), target.name, target.namespace)
    except Interrupted:
        raise
    except SteerError as error:
        refusal = error
    choices = _choices(config, options, server_side=server_side)
    plan = plan_rollback(current, target, originals, targets, choices, refusal=str(refusal or ""))
    return carry_out(config, plan, refusal=refusal).release


def _choices(config: Configuration, options: RollbackOptions, *, server_side: bool) -> Choices:
    return Choices(
        Method(
            server_side=server_side,
            force_conflicts=options.write.force_conflicts,
            force_replace=options.write.force_replace,
            adopt_client_fields=server_side,
            skip_unchanged=not config.writes_all,
        ),
        runs_hooks=not options.disable_hooks,
        strategy=options.wait.strategy,
        timeout=options.wait.timeout,
        with_jobs=options.wait.for_jobs,
        removes_created=options.cleanup_on_fail,
    )


def _prepare(config: Configuration, name: str, options: RollbackOptions) -> tuple[list[Release], Release, bool]:
    history = config.store.history(name)
    if not history:
        raise ReleaseError(f'no revision for release "{name}"')  # records that are there but cannot be read
    current = history[-1]
    wanted = options.revision or current.revision - 1
    previous = next((release for release in history if release.revision == wanted), None)
    if previous is None:
        raise NoSuchRevision(name, wanted, (release.revision for release in history))
    server_side = server_side_of(options.write.server_side, previous.apply_method)
    from steersman.release.model import user_labels

    target = Release(
        name=name,
        info=Info(
            current.info.first_deployed,
            now(),
            status=PENDING_ROLLBACK,
            notes=previous.info.notes,
            rollback_revision=wanted,
            description=options.description or f"Rollback to {wanted}",
        ),
        chart=previous.chart,
        config=previous.config,
        manifest=previous.manifest,
        hooks=previous.hooks,
        revision=current.revision + 1,
        namespace=current.namespace,
        labels=user_labels(previous.labels),
        apply_method=SERVER_SIDE_APPLY if server_side else CLIENT_SIDE_APPLY,
    )
    return history, target, server_side
