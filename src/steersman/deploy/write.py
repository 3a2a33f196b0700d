"""Carry out decided changes: objects are written and deleted, and failures joined as Helm joins them.

Objects of one kind that stand together go to the server at once, kinds one after another. Answers to the writing half
of Helm's ``pkg/kube.Client``.
"""

from __future__ import annotations

from steersman.deploy.decide import APPLY, CREATE, DELETE, PATCH, REPLACE, UNCHANGED
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

    from steersman.deploy.decide import Change, Changes
    from steersman.kube.client import ApiClient
    from steersman.kube.follow import Key
    from steersman.kube.objects import Target


class Written(Record):
    """The result of writing. ``live`` has the objects as the server returned them, by ``Target.key``."""

    created: tuple[Target, ...] = ()
    live: tuple[tuple[Key, dict[str, Any]], ...] = ()


class ChangesFailed(ClusterError):
    """Changes that were not carried out whole.

    Attributes:
        created: the objects that were created before the end, or may have been.
        errors: what the server refused.
        refused_targets: the objects that it refused to write, each with its error.
    """

    def __init__(
        self,
        errors: Sequence[Exception | str],
        separator: str,
        created: Sequence[Target] = (),
        refused: Sequence[tuple[Target, Exception]] = (),
    ) -> None:
        super().__init__()
        self.refused_targets = tuple(refused)
        self.errors = tuple(errors)
        self.created = tuple(created)
        self.separator = separator

    def __str__(self) -> str:
        return self.separator.join(str(error) for error in self.errors)

    @property
    def is_already_exists(self) -> bool:
        """Whether all that failed is that objects exist already."""
        return all(getattr(error, "is_already_exists", False) for error in self.errors)


def write(client: ApiClient, changes: Changes) -> Written:
    """Write the objects of ``changes``; deletions are left to ``remove``.

    Raises:
        ChangesFailed: when the server refuses a write.
    """
    created: list[Target] = []
    live: list[tuple[Key, dict[str, Any]]] = []
    refused: list[tuple[Target, Exception]] = []
    for run in _runs([change for change in changes.changes if change.verb != DELETE]):
        results = run_all(lambda change: _write(client, change, changes), run)
        for change, result in zip(run, results):
            is_new = change.live is None
            if is_new:
                created.append(change.target)
            if isinstance(result, Exception):
                if not isinstance(result, SteerError):
                    raise result
                if is_new and not changes.is_first:
                    # helm: an upgrade stops at the first object it cannot create
                    message = f"failed to create resource: {result}"
                    raise ChangesFailed([message], "", created, [(change.target, result)]) from result
                refused.append((change.target, result))
            else:
                live.append((change.target.key, result))
    if refused:
        errors = [error for _target, error in refused]
        raise ChangesFailed(errors, "\n" if changes.is_first else " && ", created, refused) from errors[0]
    return Written(tuple(created), tuple(live))


def remove(client: ApiClient, changes: Changes) -> None:
    """Delete the objects that are no longer asked for; one that is gone already is fine.

    Raises:
        ChangesFailed: when the server refuses.
    """
    errors: list[Exception] = []
    removals = [change.target for change in changes.changes if change.verb == DELETE]
    for target, error in delete_each(client, removals, "Background"):
        if error is not None and not _is_missing(error):
            where = f"namespace={target.namespace}, name={target.name}, kind={target.kind}"
            problem = ClusterError(f"failed to delete resource {where}: {error}")
            problem.__cause__ = error
            errors.append(problem)
    if errors:
        raise ChangesFailed(errors, " && ") from errors[0]


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


def _write(client: ApiClient, change: Change, changes: Changes) -> dict[str, Any]:
    target, method = change.target, changes.method
    if change.verb == UNCHANGED and change.live is not None:
        return change.live
    if change.verb == CREATE:
        return apply.create(client, target)
    if change.verb == REPLACE:
        return apply.replace_object(client, target, change.live)
    if change.verb == PATCH:
        return apply.client_side_patch(
            client,
            change.original or {},
            target,
            change.live or {},
            three_way_for_custom=method.three_way_for_custom,
        )
    if change.verb != APPLY:
        raise AssertionError(change.verb)
    if change.adopt_client_fields and change.live is not None:
        apply.take_fields_from_client_side(client, target, change.live)
    return apply.server_side_apply(client, target, force=method.force_conflicts)


def _runs(changes: Sequence[Change]) -> list[list[Change]]:
    runs: list[list[Change]] = []
    for change in changes:
        if not runs or runs[-1][0].target.kind != change.target.kind:
            runs.append([])
        runs[-1].append(change)
    return runs


def _is_missing(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.is_not_found
