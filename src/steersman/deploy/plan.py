"""A plan: everything that an action will do to a cluster, as data.

A plan is stages, carried out one after another. A stage is operations that succeed or fail together, and it says what
is done when they fail. An operation is a frozen record with an id that stays the same from one plan of a release to
the next: ``write:Deployment.apps/shop/web``, ``hook:pre-upgrade:Job/migrate``, ``record:v3:pending-upgrade``. Decisions
that need the cluster at that moment (is the object there, whose is it) are operations too, of the category ``look``.

``planner`` makes plans, ``plan_json`` and ``plan_text`` show them, ``execute`` carries them out. Nothing here looks
anything up or sends anything.
"""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from steersman.deploy.decide import Method
    from steersman.kube.objects import Target
    from steersman.release.model import Release

INSTALL = "install"
UPGRADE = "upgrade"
ROLLBACK = "rollback"
UNINSTALL = "uninstall"

# categories of operations
LOOK = "look"
WRITE = "write"
DELETE = "delete"
HOOK = "hook"
WAIT = "wait"
RECORD = "record"
LOG = "log"
UNDO = "undo"

# rules by which a look at the cluster decides
HOW_TO_WRITE = "how-to-write"
WHOSE = "whose"

# conditions to wait for
READY = "ready"
DELETED = "deleted"

# what is done with a record
CREATE = "create"
UPDATE = "update"
REMOVE = "remove"

# what happens where a record cannot be kept
RAISE = "raise"  # the stage fails with the error as it is
REFUSE = "refuse"  # the stage fails, naming the revision; a record that is gone is fine
WARN = "warn"  # a warning is logged
ERROR = "error"  # an error is logged
DEBUG = "debug"  # a detail is logged; the stage fails where another client has changed the record

# what happens after a stage that failed
STOP = "stop"  # the plan ends with the error
COLLECT = "collect"  # the plan continues, and its result has the error


class Operation(Record):
    """One thing that a plan does; ``category`` says by which part of the executor."""

    id: str

    category = ""


class Look(Operation):
    """Read what is live of the stage's objects and decide by ``rule`` what its operations do."""

    rule: str

    category = LOOK


class Write(Operation):
    """Write an object.

    Attributes:
        target: the object that is asked for.
        original: the object as it was asked for before; ``None`` where it was not.
        verb: how it is written, ``""`` where a look decides.
    """

    target: Target
    original: dict[str, Any] | None = None
    verb: str = ""

    category = WRITE


class Delete(Operation):
    """Delete an object that exists and that a look found to be ours to delete.

    Attributes:
        propagation: how its dependents are deleted.
        may_stay: whether it stays where its live form has the resource policy that keeps it.
    """

    target: Target
    propagation: str = "Background"
    may_stay: bool = False

    category = DELETE


class DeleteCreated(Operation):
    """Delete the objects that the plan's writes have created so far.

    Attributes:
        wording: of the error when one cannot be deleted.
        fails_without: whether it is an error that there are none, as it is for Helm's rollback.
    """

    wording: str
    fails_without: bool = False

    category = DELETE


class RunHook(Operation):
    """Run one hook of the plan's release: create it, wait for it, record its run, delete it by its policies.

    Attributes:
        position: where it is among the release's hooks; there its manifest is.
        delete_policies: those that apply; Helm has one for hooks that name none.
        timeout: seconds.
    """

    event: str
    position: int
    kind: str
    name: str
    path: str
    weight: int
    delete_policies: tuple[str, ...]
    strategy: str
    timeout: float
    server_side: bool

    category = HOOK


class Wait(Operation):
    """Wait until the plan's objects are ready, or until those it deleted are gone.

    Attributes:
        timeout: seconds.
    """

    condition: str
    strategy: str
    timeout: float
    with_jobs: bool = False

    category = WAIT


class KeepRecord(Operation):
    """Create, update or remove the record of one revision: of the plan's release or of one of its ``revisions``.

    Attributes:
        status: of the revision from then on.
        description: ``None`` leaves it as it is. After a failure ``{reason}`` in it is the error that the plan ends
            with, and ``{error}`` the error as it came.
    """

    verb: str
    revision: int
    status: str
    description: str | None = None
    otherwise: str = RAISE

    category = RECORD


class FindDeployed(Operation):
    """Read which revisions of the release are recorded as deployed."""

    category = RECORD


class SupersedeDeployed(Operation):
    """Record the revisions that were found deployed as superseded."""

    otherwise: str

    category = RECORD


class Log(Operation):
    """Log a message; in it and in its fields ``{reason}`` and ``{error}`` are the failure."""

    level: str
    message: str
    fields: dict[str, str]

    category = LOG


class Undo(Operation):
    """Undo a failed action by another one, planned when its turn comes; the plan ends with its error or report."""

    action: str
    options: dict[str, Any]

    category = UNDO


class Failure(Record):
    """The answer to a stage that fails.

    Attributes:
        then: operations after a failure, before the plan ends or continues.
        interrupted: those after an interruption, which is then raised as it is; ``None`` treats it as a failure.
        existing: those after a failure that only means that objects exist already, which is then no failure;
            ``None`` where it is one.
        wording: the text of the error, with ``{error}`` for the error as it came.
        family: the error family that is raised, ``""`` for the error as it came.
        end: whether the plan ends or continues.
    """

    then: tuple[Operation, ...] = ()
    interrupted: tuple[Operation, ...] | None = ()
    existing: tuple[Operation, ...] | None = None
    wording: str = "{error}"
    family: str = ""
    end: str = STOP


class Stage(Record):
    """Operations that succeed or fail together, in order; neighbours that write or delete one kind are independent.

    Attributes:
        method: how objects are written.
        is_first: whether nothing existed before: then every object is tried and failures are reported together.
        refusal: why its operations could not be planned; the stage fails with this when its turn comes.
    """

    id: str
    operations: tuple[Operation, ...] = ()
    failure: Failure = Failure()
    method: Method | None = None
    is_first: bool = False
    refusal: str = ""

    @property
    def is_of_records(self) -> bool:
        """Whether all it does is to read or write records, which must not be interrupted."""
        return bool(self.operations) and all(operation.category == RECORD for operation in self.operations)

    @property
    def is_of_hooks(self) -> bool:
        """Whether it runs hooks."""
        return bool(self.operations) and self.operations[0].category == HOOK


class Plan(Record):
    """Everything that one action does to a release.

    Attributes:
        release: the revision that the plan is about, as it is recorded first.
        revisions: other revisions whose records the plan changes, as they are.
        is_whole: whether an interruption waits until the plan can record it.
    """

    action: str
    release: Release
    stages: tuple[Stage, ...]
    revisions: tuple[Release, ...] = ()
    is_whole: bool = True

    @property
    def mixes_revisions(self) -> bool:
        """Whether the objects of two revisions may be on the cluster when the plan breaks off."""
        return self.action in (UPGRADE, ROLLBACK)

    @property
    def written(self) -> tuple[Target, ...]:
        """The objects that the plan writes, in order."""
        return tuple(operation.target for operation in self.operations() if isinstance(operation, Write))

    def operations(self) -> Iterator[Operation]:
        """Yield the operations of all stages in order, without those for failures."""
        for stage in self.stages:
            yield from stage.operations


def runs(operations: Iterable[Operation]) -> list[list[Operation]]:
    """Split operations into runs of one category, keeping their order."""
    found: list[list[Operation]] = []
    for operation in operations:
        if not found or found[-1][0].category != operation.category:
            found.append([])
        found[-1].append(operation)
    return found


def reference(target: Target) -> str:
    """Return the part of an id that names an object: ``Deployment.apps/shop/web``, ``Namespace/shop``."""
    name = target.name
    if not name:
        name = ((target.object.get("metadata") or {}).get("generateName") or "") + "*"
    return "/".join(filter(None, (kind_of(target), target.namespace, name)))


def kind_of(target: Target) -> str:
    """Return kind and group of an object: ``Deployment.apps``."""
    return ".".join(filter(None, (target.resource.kind, target.resource.group)))
