"""A plan to the cluster: the one executor of install, upgrade, rollback and uninstall.

Objects of one kind that stand together go to the server at once, kinds one after another.
Failures are joined and worded as Helm does. Answers to the writing half of Helm's
``pkg/kube.Client``.
"""

from __future__ import annotations

from steersman.deploy.plan import APPLY, CREATE, DELETE, PATCH, REPLACE, UNCHANGED
from steersman.errors import ClusterError, SteerError
from steersman.kube import apply
from steersman.kube.errors import ApiError
from steersman.kube.objects import by_kind
from steersman.record import Record
from steersman.runtime.parallel import run_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.deploy.plan import Operation, Plan
    from steersman.kube.client import ApiClient
    from steersman.kube.objects import Target


class Outcome(Record):
    """The outcome of a plan. ``live`` has the objects as the server returned them, by ``Target.key``."""

    created: tuple[Target, ...] = ()
    updated: tuple[Target, ...] = ()
    deleted: tuple[Target, ...] = ()
    live: tuple[tuple[tuple[str, str, str, str], dict[str, Any]], ...] = ()


class ExecutionFailed(ClusterError):
    """A plan that was not carried out whole.

    Attributes:
        outcome: what was done before the end.
        errors: what the server refused.
    """

    def __init__(self, errors: Sequence[Exception | str], outcome: Outcome, separator: str) -> None:
        super().__init__()
        self.errors = tuple(errors)
        self.outcome = outcome
        self.separator = separator

    def __str__(self) -> str:
        return self.separator.join(str(error) for error in self.errors)

    @property
    def is_already_exists(self) -> bool:
        """Whether all that failed is that objects exist already."""
        return all(getattr(error, "is_already_exists", False) for error in self.errors)


def execute(client: ApiClient, plan: Plan) -> Outcome:
    """Carry out ``plan``.

    Raises:
        ExecutionFailed: when the server refuses a write.
    """
    created: list[Target] = []
    updated: list[Target] = []
    deleted: list[Target] = []
    live: list[tuple[tuple[str, str, str, str], dict[str, Any]]] = []
    errors: list[Exception] = []

    def outcome() -> Outcome:
        return Outcome(tuple(created), tuple(updated), tuple(deleted), tuple(live))

    writes = [operation for operation in plan.operations if operation.verb != DELETE]
    for run in _runs(writes):
        results = run_all(lambda operation: _write(client, operation, plan), run)
        for operation, result in zip(run, results):
            is_new = operation.live is None
            (created if is_new else updated).append(operation.target)
            if isinstance(result, Exception):
                if not isinstance(result, SteerError):
                    raise result
                if is_new and not plan.is_first:
                    # helm: an upgrade stops at the first object it cannot create
                    raise ExecutionFailed([f"failed to create resource: {result}"], outcome(), "") from result
                errors.append(result)
            else:
                live.append((operation.target.key, result))
    separator = "\n" if plan.is_first else " && "
    if errors:
        raise ExecutionFailed(errors, outcome(), separator) from errors[0]
    removals = [operation.target for operation in plan.operations if operation.verb == DELETE]
    for target, error in delete_each(client, removals, "Background"):
        if error is None:
            deleted.append(target)
        elif not _is_missing(error):
            where = f"namespace={target.namespace}, name={target.name}, kind={target.kind}"
            problem = ClusterError(f"failed to delete resource {where}: {error}")
            problem.__cause__ = error
            errors.append(problem)
    if errors:
        raise ExecutionFailed(errors, outcome(), separator) from errors[0]
    return outcome()


def delete_all(client: ApiClient, targets: Sequence[Target], propagation: str) -> list[Exception]:
    """Ask for the deletion of all ``targets``; return what was refused."""
    if not targets:
        return [ClusterError("object not found, skipping delete: no objects visited")]
    return [
        error
        for _target, error in delete_each(client, targets, propagation)
        if error is not None and not _is_missing(error)
    ]


def delete_each(
    client: ApiClient, targets: Sequence[Target], propagation: str
) -> list[tuple[Target, Exception | None]]:
    """Ask for the deletion of each target, kinds in their order, and pair it with its error."""
    done: list[tuple[Target, Exception | None]] = []
    for run in by_kind(targets):
        results = run_all(lambda target: apply.delete_object(client, target, propagation), run)
        for target, result in zip(run, results):
            if isinstance(result, Exception) and not isinstance(result, SteerError):
                raise result
            done.append((target, result))
    return done


def _write(client: ApiClient, operation: Operation, plan: Plan) -> dict[str, Any]:
    target, method = operation.target, plan.method
    if operation.verb == UNCHANGED and operation.live is not None:
        return operation.live
    if operation.verb == CREATE:
        return apply.create(client, target)
    if operation.verb == REPLACE:
        return apply.replace_object(client, target, operation.live)
    if operation.verb == PATCH:
        return apply.client_side_patch(
            client,
            operation.original or {},
            target,
            operation.live or {},
            three_way_for_custom=method.three_way_for_custom,
        )
    if operation.verb != APPLY:
        raise AssertionError(operation.verb)
    if operation.adopt_client_fields and operation.live is not None:
        apply.take_fields_from_client_side(client, target, operation.live)
    return apply.server_side_apply(client, target, force=method.force_conflicts)


def _runs(operations: Sequence[Operation]) -> list[list[Operation]]:
    runs: list[list[Operation]] = []
    for operation in operations:
        if not runs or runs[-1][0].target.kind != operation.target.kind:
            runs.append([])
        runs[-1].append(operation)
    return runs


def _is_missing(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.is_not_found
