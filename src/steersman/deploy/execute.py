"""Carry out a plan: the one executor of install, upgrade, rollback and uninstall.

Stages are carried out one after another, operations by their category through one table. The plan says how a failure
is answered; nothing here depends on the action.
"""

from __future__ import annotations

from steersman.deploy.decide import KEEP, RESOURCE_POLICY, Changes, Method, decide_create, decide_update
from steersman.deploy.hooks import HookFailed
from steersman.deploy.ownership import sort_by_owner
from steersman.deploy.plan import (
    COLLECT,
    CREATE,
    DEBUG,
    DELETE,
    ERROR,
    HOOK,
    HOW_TO_WRITE,
    LOG,
    LOOK,
    READY,
    RECORD,
    REFUSE,
    REMOVE,
    UNDO,
    WAIT,
    WARN,
    WRITE,
    Delete,
    DeleteCreated,
    FindDeployed,
    KeepRecord,
    Log,
    Look,
    RunHook,
    Stage,
    SupersedeDeployed,
    Undo,
    Wait,
    Write,
    runs,
)
from steersman.deploy.planner import originals_of, targets_of
from steersman.deploy.report import explain_size
from steersman.deploy.write import ChangesFailed, delete_all, remove, write
from steersman.errors import ClusterError, Interrupted, ManifestError, ReleaseError, SteerError, TransportError
from steersman.kube.look import look
from steersman.kube.objects import annotations_of
from steersman.record import Record
from steersman.release.model import SUPERSEDED
from steersman.runtime.log import ErrorFollows
from steersman.runtime.parallel import first_error, run_all
from steersman.storage.driver import NoDeployedReleases, RecordChanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol

    from steersman.deploy.hooks import HookRunner
    from steersman.deploy.ownership import Sorted
    from steersman.deploy.plan import Failure, Operation, Plan
    from steersman.kube.client import ApiClient
    from steersman.kube.guard import WriteGuard
    from steersman.kube.objects import Target
    from steersman.kube.wait import Waiter
    from steersman.release.model import Release
    from steersman.runtime.interrupts import Interrupts
    from steersman.storage.store import ReleaseStore

    class Cluster(Protocol):
        """A cluster with its records of releases, as the executor needs it."""

        interrupts: Interrupts
        guard: WriteGuard
        log: Callable[..., None]

        @property
        def client(self) -> ApiClient: ...
        @property
        def store(self) -> ReleaseStore: ...
        def waiter(self, strategy: str) -> Waiter: ...
        def hook_runner(self, namespace: str, strategy: str, timeout: float, *, server_side: bool) -> HookRunner: ...
        def begin(self, release: Release) -> None: ...
        def keep(self, release: Release) -> None: ...
        def record(self, release: Release) -> bool: ...
        def supersede(self, release: Release) -> SteerError | None: ...
        def note_failure(self, error: BaseException) -> None: ...

    Undoing = Callable[[Undo, str, BaseException], None]


class Done(Record):
    """The result of a plan.

    Attributes:
        release: the revision as it is recorded in the end, with the runs of its hooks.
        created: the objects that did not exist before.
        existed: whether a stage was passed over because its objects existed already.
        owners: the objects that were to be deleted, by owner; ``None`` where nobody looked.
        errors: failures after which the plan continued.
    """

    release: Release
    created: tuple[Target, ...] = ()
    existed: bool = False
    owners: Sorted | None = None
    errors: tuple[SteerError, ...] = ()


def execute(
    cluster: Cluster,
    plan: Plan,
    *,
    undo: Undoing | None = None,
    decided: Callable[[Changes], None] | None = None,
    refusal: SteerError | None = None,
) -> Done:
    """Carry out ``plan``.

    Args:
        undo: carries out an ``Undo``, given it, the reason of the failure and its error; it raises in the end.
        decided: given how objects will be written, before they are.
        refusal: the error behind a stage's ``refusal``, where this process has it.

    Raises:
        SteerError: of the stage that failed, after what the plan does about it.
    """
    return _Execution(cluster, plan, undo, decided, refusal).run()


class _Execution:
    """One run of a plan: what it knows so far."""

    def __init__(
        self,
        cluster: Cluster,
        plan: Plan,
        undo: Undoing | None,
        decided: Callable[[Changes], None] | None,
        refusal: SteerError | None,
    ) -> None:
        self.cluster = cluster
        self.plan = plan
        self.undo = undo
        self.decided = decided
        self.refusal = refusal
        self.release = plan.release
        self.created: tuple[Target, ...] = ()
        self.existed = False
        self.owners: Sorted | None = None
        self.deployed: list[Release] = []
        self.changes: Changes | None = None
        self.errors: list[SteerError] = []
        self.failed: SteerError | KeyboardInterrupt | None = None  # why the plan ends, while it does
        self.texts: dict[str, str] = {}

    def run(self) -> Done:
        if not self.plan.is_whole:
            return self._run()
        # once it has begun, an interruption waits until it can be recorded
        with self.cluster.interrupts.held():
            return self._run()

    def _run(self) -> Done:
        for stage in self.plan.stages:
            try:
                if self.plan.is_whole and not stage.is_of_records:
                    with self.cluster.interrupts.allowed():
                        self._carry_out(stage)
                else:
                    self._carry_out(stage)
            except (SteerError, KeyboardInterrupt) as error:
                if isinstance(error, KeyboardInterrupt) and not self.plan.is_whole:
                    raise
                self._fail(stage, error)
        return Done(self.release, self.created, self.existed, self.owners, tuple(self.errors))

    def _carry_out(self, stage: Stage) -> None:
        if stage.refusal:
            raise self.refusal or ManifestError(stage.refusal)
        self.changes = None
        for operations in runs(stage.operations):
            _BY_CATEGORY[operations[0].category](self, operations, stage)

    def _fail(self, stage: Stage, error: SteerError | KeyboardInterrupt) -> None:
        """Do what the plan says about the failure of a stage, and raise unless it continues.

        Raises:
            SteerError: the failure in the stage's words, or a failure of what follows it.
        """
        cluster, failure = self.cluster, stage.failure
        if isinstance(error, HookFailed):
            self.release = error.release
        if cluster.guard.is_lost and failure.end != COLLECT:
            raise error
        if failure.existing is not None and isinstance(error, ChangesFailed) and error.is_already_exists:
            self.existed = True
            self._follow(failure.existing, stage, error, error)
            return
        is_interruption = isinstance(error, (KeyboardInterrupt, Interrupted))
        if is_interruption:
            cluster.interrupts.settle()
        # a way that broke while a hook ran is not the hook's failure
        is_foreign = stage.is_of_hooks and not isinstance(error, HookFailed)
        if self.plan.mixes_revisions and not is_interruption and not stage.is_of_records:
            cluster.note_failure(error)
        if is_interruption and failure.interrupted is not None:
            self._follow(failure.interrupted, stage, error, error)
        else:
            raised = error if is_foreign else _worded(failure, error)
            self._follow(failure.then, stage, error, raised)
            if failure.end == COLLECT and not is_foreign and isinstance(raised, SteerError):
                self.errors.append(raised)
                return
            error = raised
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(self.texts["{reason}"]) from error
        raise error

    def _follow(
        self,
        operations: Sequence[Operation],
        stage: Stage,
        error: SteerError | KeyboardInterrupt,
        raised: SteerError | KeyboardInterrupt,
    ) -> None:
        """Carry out the operations that follow a failure."""
        self.texts = {"{reason}": _text(raised), "{error}": _text(error)}
        self.failed = raised
        for run in runs(operations):
            _BY_CATEGORY[run[0].category](self, run, stage)
        self.failed = None

    def text(self, template: str) -> str:
        """Return a template of the plan with the failure in it; without a failure the text stays as it is."""
        if self.failed is None:
            return template
        return _filled(template, self.texts)


def _look(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    for operation in operations:
        assert isinstance(operation, Look)
        if operation.rule == HOW_TO_WRITE:
            _decide_writes(run, stage)
        else:
            _decide_deletes(run, stage)


def _decide_writes(run: _Execution, stage: Stage) -> None:
    targets, originals = targets_of(stage), originals_of(stage)
    wanted = {target.key for target in targets}
    left = [original for original in originals if original.key not in wanted]
    live = look(run.cluster.client, [*targets, *left])
    run.changes = decide_update(originals, targets, live, stage.method or Method())
    if run.decided is not None:
        run.decided(run.changes)
    for target in run.changes.baseless:
        run.cluster.log(
            "WARN",
            "resource exists on cluster but not in original release, using cluster state as baseline",
            namespace=target.namespace,
            name=target.name,
            kind=target.kind,
        )


def _decide_deletes(run: _Execution, stage: Stage) -> None:
    deletes = [operation for operation in stage.operations if isinstance(operation, Delete)]
    live = look(run.cluster.client, [delete.target for delete in deletes])
    release = run.release
    # what an upgrade would have left on the cluster stays
    targets = [delete.target for delete in deletes if not (delete.may_stay and _stays(live.get(delete.target.key)))]
    run.owners = owners = sort_by_owner(targets, live, release.name, release.namespace)
    for target in owners.foreign:
        run.cluster.log(
            "WARN",
            "skipping delete of resource not owned by this release",
            kind=target.kind,
            name=target.name,
            namespace=target.namespace,
            release=release.name,
        )
    for target, reason in owners.unknown:
        run.cluster.log(
            "WARN",
            "skipping delete of resource because ownership could not be verified",
            kind=target.kind,
            name=target.name,
            namespace=target.namespace,
            release=release.name,
            error=reason,
        )


def _write(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    changes = run.changes
    if changes is None:
        targets = [operation.target for operation in operations if isinstance(operation, Write)]
        changes = decide_create(targets, stage.method or Method())
    try:
        run.created = write(run.cluster.client, changes).created
    except ChangesFailed as error:
        run.created = error.created
        raise


def _delete(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    client = run.cluster.client
    for operation in operations:
        if isinstance(operation, DeleteCreated):
            if run.created or operation.fails_without:
                _refuse(delete_all(client, run.created, "Background"), ", ", run, operation.wording)
            return
    if run.changes is not None:
        remove(client, run.changes)
    elif run.owners is not None and run.owners.owned:
        propagation = next(operation.propagation for operation in operations if isinstance(operation, Delete))
        _refuse(delete_all(client, run.owners.owned, propagation), "; ", run)


def _run_hooks(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    hooks = [operation for operation in operations if isinstance(operation, RunHook)]
    first = hooks[0]
    runner = run.cluster.hook_runner(
        run.release.namespace, first.strategy, first.timeout, server_side=first.server_side
    )
    run.release = runner.run(run.release, first.event, [hook.position for hook in hooks])


def _wait(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    for operation in operations:
        assert isinstance(operation, Wait)
        waiter = run.cluster.waiter(operation.strategy)
        if operation.condition == READY:
            waiter.wait_ready(run.plan.written, operation.timeout, with_jobs=operation.with_jobs)
        else:
            waiter.wait_deleted(run.owners.owned if run.owners is not None else (), operation.timeout)


def _keep_records(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    removed: list[int] = []
    for operation in operations:
        if isinstance(operation, FindDeployed):
            run.deployed = _deployed(run)
        elif isinstance(operation, SupersedeDeployed):
            for release in run.deployed:
                _keep(run, release.with_status(SUPERSEDED), operation.otherwise)
        elif isinstance(operation, KeepRecord) and operation.verb == REMOVE:
            removed.append(operation.revision)
        elif isinstance(operation, KeepRecord):
            _keep_one(run, operation)
    if removed:
        _remove_records(run, operations, removed)


def _deployed(run: _Execution) -> list[Release]:
    try:
        return run.cluster.store.deployed_all(run.release.name)
    except NoDeployedReleases:
        return []  # helm: a release that was never deployed has nothing to supersede


def _keep_one(run: _Execution, operation: KeepRecord) -> None:
    is_own = operation.revision == run.release.revision
    release = run.release if is_own else next(r for r in run.plan.revisions if r.revision == operation.revision)
    if operation.verb == CREATE:
        try:
            run.cluster.begin(release)
        except ReleaseError as error:
            error.detail = explain_size(release, error)
            raise
        return
    description = None if operation.description is None else run.text(operation.description)
    release = release.with_status(operation.status, description)
    if is_own:
        run.release = release
    _keep(run, release, operation.otherwise)


def _keep(run: _Execution, release: Release, otherwise: str) -> None:
    """Keep a record; ``otherwise`` says what happens where that fails."""
    cluster = run.cluster
    if otherwise == WARN:
        cluster.record(release)
        return
    if otherwise == REFUSE:
        problem = cluster.supersede(release)
        if problem is not None:
            # helm: continues, and leaves two revisions deployed where the next write succeeds
            raise ReleaseError(f"revision {release.revision} cannot be marked superseded: {problem}") from problem
        return
    try:
        cluster.keep(release)
    except (ReleaseError, ClusterError, TransportError) as error:
        if otherwise == ERROR:
            cluster.log("ERROR", "failed to record the release", error=error)
        elif (
            otherwise == DEBUG and not isinstance(error, (TransportError, RecordChanged)) and not cluster.guard.is_lost
        ):
            cluster.log("DEBUG", "uninstall: Failed to store updated release", error=error)
        else:
            raise


def _remove_records(run: _Execution, operations: Sequence[Operation], removed: Sequence[int]) -> None:
    store, name = run.cluster.store, run.release.name
    *earlier, last = removed
    error = first_error(run_all(lambda revision: store.delete(name, revision), earlier))
    if error is not None:
        raise error
    store.delete(name, last)
    final = operations[-1]
    if isinstance(final, KeepRecord) and final.status:
        run.release = run.release.with_status(final.status, final.description)


def _log(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    # an undo takes time: the reason is printed before it
    ends = isinstance(run.failed, SteerError) and not any(isinstance(one, Undo) for one in stage.failure.then)
    for operation in operations:
        assert isinstance(operation, Log)
        fields: dict[str, Any] = {name: run.text(value) for name, value in operation.fields.items()}
        level = ErrorFollows(operation.level) if ends else operation.level
        run.cluster.log(level, run.text(operation.message), **fields)


def _undo(run: _Execution, operations: Sequence[Operation], stage: Stage) -> None:
    for operation in operations:
        assert isinstance(operation, Undo)
        if run.undo is not None and run.failed is not None:
            run.undo(operation, run.texts["{reason}"], run.failed)


# How operations of each category are carried out: those of one run together, given the stage that they belong to.
_BY_CATEGORY: dict[str, Callable[[_Execution, Sequence[Operation], Stage], None]] = {
    LOOK: _look,
    WRITE: _write,
    DELETE: _delete,
    HOOK: _run_hooks,
    WAIT: _wait,
    RECORD: _keep_records,
    LOG: _log,
    UNDO: _undo,
}


_FAMILIES: dict[str, type[SteerError]] = {family.__name__: family for family in (ClusterError, ReleaseError)}


def _worded(failure: Failure, error: SteerError | KeyboardInterrupt) -> SteerError | KeyboardInterrupt:
    """Return the error that a stage raises for ``error``."""
    if not failure.family:
        return error
    detail = error.detail if isinstance(error, SteerError) else ""
    raised = _FAMILIES[failure.family](_filled(failure.wording, {"{error}": _text(error)}), detail=detail)
    raised.__cause__ = error
    return raised


def _refuse(problems: Sequence[Exception], separator: str, run: _Execution, wording: str = "{error}") -> None:
    """Raise where there are ``problems``, with all of them as the error of ``wording``."""
    if problems:
        joined = separator.join(map(str, problems))
        raise ClusterError(_filled(wording, {**run.texts, "{error}": joined})) from (run.failed or problems[0])


def _text(error: BaseException) -> str:
    # helm: a signal cancels a context, and that is the error that is recorded
    return "context canceled" if isinstance(error, (KeyboardInterrupt, Interrupted)) else str(error)


def _filled(template: str, texts: dict[str, str]) -> str:
    """Replace the placeholders of a template; texts that look like one stay as they are."""
    if not texts:
        return template
    (mark, text), *others = texts.items()
    return text.join(_filled(part, dict(others)) for part in template.split(mark))


def _stays(live: dict[str, Any] | Exception | None) -> bool:
    return isinstance(live, dict) and annotations_of(live).get(RESOURCE_POLICY) == KEEP
