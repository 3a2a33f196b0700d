"""``rollback``: an earlier revision becomes the next one.

Answers to Helm's ``pkg/action/rollback.go``.
"""

from __future__ import annotations

from steersman.action.changes import (
    HookSettings,
    build_current,
    build_next,
    interruption,
    left_behind,
    make_plan,
    run_hooks,
    server_side_of,
)
from steersman.action.configuration import DRY_RUN_NONE, is_way_broken
from steersman.action.lock import release_lock, settle_pending, unsettled
from steersman.action.options import WaitOptions, WriteOptions
from steersman.deploy.execute import ExecutionFailed, delete_all, execute
from steersman.deploy.ownership import stamp_all
from steersman.deploy.plan import Method
from steersman.errors import ClusterError, Interrupted, ReleaseError, SteerError, UsageError
from steersman.record import Record
from steersman.release.model import (
    CLIENT_SIDE_APPLY,
    DEPLOYED,
    FAILED,
    PENDING_ROLLBACK,
    SERVER_SIDE_APPLY,
    SUPERSEDED,
    Info,
    Release,
)
from steersman.release.names import is_release_name
from steersman.release.timestamps import now
from steersman.storage.driver import NoDeployedReleases, NoSuchRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

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
    # from here on an interruption waits until it can be recorded
    with config.interrupts.held():
        config.begin(target)
        try:
            with config.interrupts.allowed():
                dead = unsettled(history, dead_holder)
                done = _perform(config, options, current, target, dead, server_side=server_side)
        except (Interrupted, KeyboardInterrupt) as error:
            # helm: dies here and leaves the release pending
            config.record(target.with_status(FAILED, f'Rollback "{name}" failed: {interruption(error)}'))
            raise
        except SteerError as error:
            config.is_unsettled = is_way_broken(error)
            raise
        _deploy(config, done)
    return done


def _deploy(config: Configuration, done: Release) -> None:
    """Record that ``done`` is deployed and no other revision is.

    Raises:
        SteerError: when that cannot be recorded.
    """
    try:
        deployed = config.store.deployed_all(done.name)
    except NoDeployedReleases:
        deployed = []  # helm: a release that was never deployed has nothing to supersede
    for release in deployed:
        problem = config.supersede(release)
        if problem is not None:
            # helm: continues, and leaves two revisions deployed where the next write succeeds
            reason = f"revision {release.revision} cannot be marked superseded: {problem}"
            config.keep(done.with_status(FAILED, f'Rollback "{done.name}" failed: {reason}'))
            raise ReleaseError(reason) from problem
    config.keep(done)


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


def _perform(
    config: Configuration,
    options: RollbackOptions,
    current: Release,
    target: Release,
    dead: Sequence[Release],
    *,
    server_side: bool,
) -> Release:
    originals = build_current(config, current)
    originals += left_behind(config, dead, originals)
    targets = build_next(config, target, validate=False)
    hooks = HookSettings(options.wait.strategy, options.wait.timeout, server_side)
    if not options.disable_hooks:
        target = run_hooks(config, target, "pre-rollback", hooks)
    targets = stamp_all(targets, target.name, target.namespace)
    _write(config, options, current, target, originals, targets, server_side=server_side)
    try:
        waiter = config.waiter(options.wait.strategy)
        waiter.wait_ready(targets, options.wait.timeout, with_jobs=options.wait.for_jobs)
    except SteerError as error:
        config.record(current)
        config.record(target.with_status(FAILED, f'Release "{target.name}" failed: {error}'))
        raise ClusterError(f"release {target.name} failed: {error}", detail=error.detail) from error
    if not options.disable_hooks:
        target = run_hooks(config, target, "post-rollback", hooks)
    return target.with_status(DEPLOYED)


def _write(
    config: Configuration,
    options: RollbackOptions,
    current: Release,
    target: Release,
    originals: Sequence[Target],
    targets: Sequence[Target],
    *,
    server_side: bool,
) -> None:
    method = Method(
        server_side=server_side,
        force_conflicts=options.write.force_conflicts,
        force_replace=options.write.force_replace,
        adopt_client_fields=server_side,
    )
    try:
        execute(config.client, make_plan(config, originals, targets, method))
    except SteerError as error:
        message = f'Rollback "{target.name}" failed: {error}'
        config.log("WARN", message)
        config.record(current.with_status(SUPERSEDED))
        config.record(target.with_status(FAILED, message))
        created = error.outcome.created if isinstance(error, ExecutionFailed) else ()
        if options.cleanup_on_fail:
            errors = delete_all(config.client, created, "Background")
            if errors:
                joined = ", ".join(map(str, errors))
                raise ClusterError(
                    "an error occurred while cleaning up resources. original rollback error: "
                    f"unable to cleanup resources: {joined}"
                ) from error
        raise
