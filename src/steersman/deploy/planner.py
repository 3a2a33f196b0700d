"""Plan install, upgrade, rollback and uninstall: revisions, their objects and choices to a ``Plan``.

Pure: the actions look things up before (prepare) and hand the plan to the executor after. The order of stages, the
descriptions that are recorded and what follows a failure are those of Helm's ``pkg/action``.
"""

from __future__ import annotations

from steersman.deploy import plan as kinds
from steersman.deploy.decide import APPLY, DELETE, Method, check_method, decide_update
from steersman.deploy.decide import CREATE as CREATE_OBJECT
from steersman.deploy.hooks import effective_policies, hooks_at
from steersman.deploy.plan import (
    Delete,
    DeleteCreated,
    Failure,
    FindDeployed,
    KeepRecord,
    Log,
    Look,
    Plan,
    RunHook,
    Stage,
    SupersedeDeployed,
    Undo,
    Wait,
    Write,
    reference,
)
from steersman.record import Record, replace
from steersman.release.model import DEPLOYED, FAILED, SUPERSEDED, UNINSTALLED, UNINSTALLING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeVar

    from steersman.deploy.plan import Operation
    from steersman.kube.look import Found
    from steersman.kube.objects import Target
    from steersman.release.model import Release

    Numbered = TypeVar("Numbered", Write, Delete, RunHook)

_CLUSTER = "ClusterError"
_RELEASE = "ReleaseError"


class Choices(Record):
    """The part of an action's options that decides about its plan.

    Attributes:
        method: how objects are written.
        runs_hooks: whether hooks run.
        strategy, timeout, with_jobs: how long, in seconds, and for what is waited.
        removes_created: whether a failure deletes the objects that were created.
        description: of the revision in the end, ``""`` for Helm's.
        undo: the action that follows a failure, with its options; ``None`` for none.
    """

    method: Method
    runs_hooks: bool = True
    strategy: str = ""
    timeout: float = 0.0
    with_jobs: bool = False
    removes_created: bool = False
    description: str = ""
    undo: Undo | None = None


def plan_objects(
    action: str, release: Release, name: str, targets: Sequence[Target], method: Method, failure: Failure
) -> Plan:
    """Plan objects that have to be there before a release can be: definitions of its kinds, its namespace.

    Raises:
        UsageError: when the method contradicts itself.
    """
    check_method(method, is_update=False)
    return Plan(action, release, (_first_writes(name, targets, method, failure),), is_whole=False)


def plan_install(
    release: Release,
    targets: Sequence[Target],
    choices: Choices,
    *,
    adopted: Sequence[Target] = (),
    predecessor: Release | None = None,
) -> Plan:
    """Plan the first revision of a release.

    Args:
        adopted: those of ``targets`` that exist already and are taken over.
        predecessor: the last revision of a release whose name is used again.
    """
    undone: tuple[Operation, ...] = (
        (choices.undo,)
        if choices.undo is not None
        else (_settle(release, FAILED, f'Release "{release.name}" failed: {{reason}}', kinds.WARN),)
    )
    failure = Failure(undone, undone)
    stages: list[Stage] = []
    revisions: tuple[Release, ...] = ()
    if predecessor is not None and predecessor.status != FAILED:
        revisions = (predecessor,)
        ended = _settle(predecessor, SUPERSEDED, "superseded by new release")
        stages.append(Stage("take-over", (ended,)))
    stages.append(_begin(release))
    stages += _hooks(release, "pre-install", choices, _worded(failure, "failed pre-install: {error}"))
    if targets and not adopted:
        stages.append(_first_writes("write", targets, Method(server_side=choices.method.server_side), failure))
    elif targets:
        stages.append(_writes(adopted, targets, choices.method, failure))
    stages.append(_ready(choices, failure))
    stages += _hooks(release, "post-install", choices, _worded(failure, "failed post-install: {error}"))
    done = _settle(release, DEPLOYED, choices.description or "Install complete", kinds.ERROR)
    stages.append(Stage("close", (done,)))
    return Plan(kinds.INSTALL, release, tuple(stages), revisions)


def plan_upgrade(
    current: Release,
    release: Release,
    originals: Sequence[Target],
    targets: Sequence[Target],
    choices: Choices,
    *,
    deployed: Sequence[Release] = (),
) -> Plan:
    """Plan the way from ``current`` to ``release``.

    Args:
        originals: the objects of ``current`` and others that ``release`` takes over or removes.
        targets: the objects of ``release``.
        deployed: other revisions that are recorded as deployed.
    """
    failed: list[Operation] = [
        Log("log:failed", "WARN", "upgrade failed", {"name": release.name, "error": "{reason}"}),
        _settle(release, FAILED, f'Upgrade "{release.name}" failed: {{reason}}', kinds.WARN),
    ]
    if choices.removes_created:
        wording = (
            "an error occurred while cleaning up resources. original upgrade error: {reason}: "
            "unable to cleanup resources: {error}"
        )
        failed.append(DeleteCreated("delete:created", wording))
    if choices.undo is not None:
        failed.append(choices.undo)
    hooks_failed = Failure(tuple(failed), tuple(failed))
    # helm: the revision before is recorded once more, as it is
    failed.insert(0, _settle(current, current.status, otherwise=kinds.WARN))
    failure = Failure(tuple(failed), tuple(failed))
    others = [revision for revision in deployed if revision.revision != current.revision]
    return Plan(
        kinds.UPGRADE,
        release,
        (
            _begin(release),
            *_hooks(release, "pre-upgrade", choices, _worded(hooks_failed, "pre-upgrade hooks failed: {error}")),
            _writes(originals, targets, choices.method, failure),
            _ready(choices, failure),
            *_hooks(release, "post-upgrade", choices, _worded(hooks_failed, "post-upgrade hooks failed: {error}")),
            Stage(
                "supersede",
                tuple(_settle(old, SUPERSEDED, otherwise=kinds.REFUSE) for old in (current, *others)),
                Failure((_settle(release, FAILED, f'Upgrade "{release.name}" failed: {{reason}}'),)),
            ),
            Stage("close", (_settle(release, DEPLOYED, choices.description or "Upgrade complete"),)),
        ),
        (current, *others),
    )


def plan_rollback(
    current: Release,
    release: Release,
    originals: Sequence[Target],
    targets: Sequence[Target],
    choices: Choices,
    *,
    refusal: str = "",
) -> Plan:
    """Plan the way from ``current`` to ``release``, which is an earlier revision once more.

    Args:
        originals, targets: the objects of each.
        refusal: why they could not be built; Helm finds that out after it has begun, and leaves the revision pending.
    """
    text = f'Rollback "{release.name}" failed: {{reason}}'
    # helm: dies when it is interrupted and leaves the release pending; so it does itself after hooks that failed
    broken_off = Failure((), (_settle(release, FAILED, text, kinds.WARN),))
    begin = _begin(release)
    if refusal:
        stages = (begin, Stage("build", failure=broken_off, refusal=refusal))
        return Plan(kinds.ROLLBACK, release, stages, (current,))
    failed: list[Operation] = [
        Log("log:failed", "WARN", text, {}),
        _settle(current, SUPERSEDED, otherwise=kinds.WARN),
        _settle(release, FAILED, text, kinds.WARN),
    ]
    if choices.removes_created:
        wording = (
            "an error occurred while cleaning up resources. original rollback error: "
            "unable to cleanup resources: {error}"
        )
        failed.append(DeleteCreated("delete:created", wording, fails_without=True))
    late = (
        _settle(current, current.status, otherwise=kinds.WARN),
        _settle(release, FAILED, f'Release "{release.name}" failed: {{error}}', kinds.WARN),
    )
    not_ready = Failure(late, None, wording=f"release {release.name} failed: {{error}}", family=_CLUSTER)
    refused = Failure((_settle(release, FAILED, text),))
    return Plan(
        kinds.ROLLBACK,
        release,
        (
            begin,
            *_hooks(release, "pre-rollback", choices, broken_off),
            _writes(originals, targets, choices.method, Failure(tuple(failed), None)),
            _ready(choices, not_ready),
            *_hooks(release, "post-rollback", choices, broken_off),
            Stage("deployed", (FindDeployed("record:deployed"),)),
            Stage("supersede", (SupersedeDeployed("record:deployed:superseded", kinds.REFUSE),), refused),
            Stage("close", (_settle(release, DEPLOYED),)),
        ),
        (current,),
    )


def plan_uninstall(
    release: Release,
    deletes: Sequence[tuple[Target, bool]],
    choices: Choices,
    *,
    revisions: Sequence[int],
    keeps_history: bool,
    propagation: str = "Background",
    refusal: str = "",
) -> Plan:
    """Plan the end of a release.

    Args:
        release: the last revision, marked as being uninstalled.
        deletes: the objects to delete, each with whether it stays where the cluster says so.
        revisions: the numbers of all recorded revisions, oldest first.
        keeps_history: whether the records stay.
        refusal: why the objects could not be built; Helm finds that out after the first hooks.
    """
    name = release.name
    unbuilt = Failure(
        (Log("log:failed", "DEBUG", "uninstall: Failed to delete release", {"error": "{error}"}),),
        wording=f"failed to delete release: {name}",
        family=_RELEASE,
    )
    operations: list[Operation] = []
    if deletes:
        operations.append(Look("look:delete", kinds.WHOSE))
        operations += _numbered(Delete(f"delete:{reference(t)}", t, propagation, stays) for t, stays in deletes)
    stages = [
        *_hooks(release, "pre-delete", choices, Failure()),
        Stage("begin", (_settle(release, UNINSTALLING, otherwise=kinds.DEBUG),)),
    ]
    if operations or refusal:
        stages.append(Stage("delete", tuple(operations), unbuilt, refusal=refusal))
    gone = Wait("wait:deleted", kinds.DELETED, choices.strategy, choices.timeout)
    stages.append(Stage("wait", (gone,), Failure(interrupted=None, end=kinds.COLLECT)))
    stages += _hooks(release, "post-delete", choices, Failure(end=kinds.COLLECT))
    done = choices.description or "Uninstallation complete"
    if keeps_history:
        stages += [
            Stage("close", (_settle(release, UNINSTALLED, done, kinds.DEBUG),)),
            Stage("deployed", (FindDeployed("record:deployed"),)),
            Stage("supersede", (SupersedeDeployed("record:deployed:superseded", kinds.DEBUG),)),
        ]
    else:
        stages.append(_purge(release, revisions, done, kinds.COLLECT))
    return Plan(kinds.UNINSTALL, release, tuple(stages), is_whole=False)


def plan_purge(release: Release, revisions: Sequence[int]) -> Plan:
    """Plan to remove the records of a release whose objects are gone.

    Args:
        release: the last revision.
        revisions: the numbers of all recorded revisions, oldest first.
    """
    return Plan(kinds.UNINSTALL, release, (_purge(release, revisions, None, kinds.STOP),), is_whole=False)


def with_live(plan: Plan, live: Found) -> Plan:
    """Return ``plan`` as it would be carried out if the cluster stayed as ``live`` shows it.

    The verbs of writes are filled in, and deletions of objects that are gone or stay are left out. The executor looks
    at the cluster again.

    Raises:
        ClusterError: when an object could not be looked at.
    """
    return replace(plan, stages=tuple(_stage_with_live(stage, live) for stage in plan.stages))


def originals_of(stage: Stage) -> list[Target]:
    """Return the objects that a stage's operations start from: those written before and those to delete."""
    found: list[Target] = []
    for operation in stage.operations:
        if isinstance(operation, Write) and operation.original is not None:
            found.append(operation.target.with_object(operation.original))
        elif isinstance(operation, Delete):
            found.append(operation.target)
    return found


def targets_of(stage: Stage) -> list[Target]:
    """Return the objects that a stage writes."""
    return [operation.target for operation in stage.operations if isinstance(operation, Write)]


def _stage_with_live(stage: Stage, live: Found) -> Stage:
    if stage.method is None or not any(isinstance(one, Look) for one in stage.operations):
        return stage
    decided = decide_update(originals_of(stage), targets_of(stage), live, stage.method).changes
    verbs = iter([change.verb for change in decided if change.verb != DELETE])
    left = {change.target.key for change in decided if change.verb == DELETE}
    kept = [one for one in stage.operations if not isinstance(one, Delete) or one.target.key in left]
    return replace(
        stage,
        operations=tuple(replace(one, verb=next(verbs)) if isinstance(one, Write) else one for one in kept),
    )


def _begin(release: Release) -> Stage:
    return Stage("begin", (_record(kinds.CREATE, release, release.status),))


def _hooks(release: Release, event: str, choices: Choices, failure: Failure) -> list[Stage]:
    if not choices.runs_hooks:
        return []
    operations = [
        RunHook(
            f"hook:{event}:{hook.kind}/{hook.name}",
            event,
            position,
            hook.kind,
            hook.name,
            hook.path,
            hook.weight,
            effective_policies(hook),
            choices.strategy,
            choices.timeout,
            choices.method.server_side,
        )
        for position in hooks_at(release, event)
        for hook in (release.hooks[position],)
    ]
    return [Stage(event, tuple(_numbered(operations)), failure)] if operations else []


def _first_writes(name: str, targets: Sequence[Target], method: Method, failure: Failure) -> Stage:
    verb = APPLY if method.server_side else CREATE_OBJECT
    writes = _numbered(Write(f"write:{reference(target)}", target, None, verb) for target in targets)
    return Stage(name, tuple(writes), failure, method, is_first=True)


def _writes(originals: Sequence[Target], targets: Sequence[Target], method: Method, failure: Failure) -> Stage:
    """Return the stage that brings the cluster from ``originals`` to ``targets``, by a look at what is live."""
    before = {original.key: original.object for original in originals}
    wanted = {target.key for target in targets}
    operations: list[Operation] = [Look("look:write", kinds.HOW_TO_WRITE)]
    operations += _numbered(Write(f"write:{reference(t)}", t, before.get(t.key)) for t in targets)
    operations += _numbered(
        Delete(f"delete:{reference(original)}", original, may_stay=True)
        for original in originals
        if original.key not in wanted
    )
    return Stage("write", tuple(operations), failure, method)


def _ready(choices: Choices, failure: Failure) -> Stage:
    wait = Wait("wait:ready", kinds.READY, choices.strategy, choices.timeout, choices.with_jobs)
    return Stage("wait", (wait,), failure)


def _purge(release: Release, revisions: Sequence[int], done: str | None, end: str) -> Stage:
    *earlier, last = revisions
    operations = [KeepRecord(f"record:v{number}:remove", kinds.REMOVE, number, "") for number in earlier]
    # last, so that a release half purged is still one being uninstalled
    operations.append(KeepRecord(f"record:v{last}:remove", kinds.REMOVE, last, UNINSTALLED, done))
    wording = "uninstall: Failed to purge the release: {error}"
    return Stage("purge", tuple(operations), Failure(interrupted=None, wording=wording, family=_RELEASE, end=end))


def _settle(release: Release, status: str, description: str | None = None, otherwise: str = kinds.RAISE) -> KeepRecord:
    return _record(kinds.UPDATE, release, status, description, otherwise)


def _record(
    verb: str, release: Release, status: str, description: str | None = None, otherwise: str = kinds.RAISE
) -> KeepRecord:
    return KeepRecord(f"record:v{release.revision}:{status}", verb, release.revision, status, description, otherwise)


def _worded(failure: Failure, wording: str) -> Failure:
    return replace(failure, wording=wording, family=_CLUSTER)


def _numbered(operations: Iterable[Numbered]) -> list[Numbered]:
    """Return operations with ids of their own where several have the same one."""
    seen: dict[str, int] = {}
    found: list[Numbered] = []
    for operation in operations:
        seen[operation.id] = count = seen.get(operation.id, 0) + 1
        found.append(operation if count == 1 else replace(operation, id=f"{operation.id}#{count}"))
    return found
