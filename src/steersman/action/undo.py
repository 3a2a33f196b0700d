"""Undo a failed install or upgrade, as its plan says: by an uninstall, or by a rollback to what was good.

Answers to ``--rollback-on-failure`` in Helm's ``pkg/action``.
"""

from __future__ import annotations

from steersman.action.changes import explain
from steersman.action.options import WaitOptions, WriteOptions
from steersman.action.rollback import RollbackOptions, rollback
from steersman.action.uninstall import UninstallOptions, uninstall
from steersman.deploy.plan import ROLLBACK, UNINSTALL, Undo
from steersman.errors import ReleaseError, SteerError
from steersman.release.model import DEPLOYED, SUPERSEDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.action.configuration import Configuration
    from steersman.record import Record


def by_uninstall(*, disable_hooks: bool, wait: WaitOptions) -> Undo:
    """Return the operation that undoes a failed install."""
    options = {"disable_hooks": disable_hooks, "wait": _fields(WaitOptions(wait.strategy, wait.timeout))}
    return Undo("undo:uninstall", UNINSTALL, options)


def by_rollback(*, disable_hooks: bool, write: WriteOptions, wait: WaitOptions) -> Undo:
    """Return the operation that undoes a failed upgrade."""
    options = {"disable_hooks": disable_hooks, "write": _fields(write), "wait": _fields(wait)}
    return Undo("undo:rollback", ROLLBACK, options)


def undoing(config: Configuration, name: str) -> Callable[[Undo, str, BaseException], None]:
    """Return how a plan of the release ``name`` is undone; see ``execute``."""

    def undo(operation: Undo, reason: str, error: BaseException) -> None:
        detail = explain(config, error)
        try:
            _BY_ACTION[operation.action](config, name, operation, reason)
        except SteerError as undone:
            undone.detail = "\n".join(filter(None, (detail, undone.detail)))
            # the fields of the failure are found behind those of its undoing
            *_, last = undone.chain()
            if last is not error:
                last.__cause__ = error
            raise

    return undo


def _uninstall(config: Configuration, name: str, operation: Undo, reason: str) -> None:
    config.debug("install failed and rollback-on-failure is set, uninstalling release", release=name)
    options = operation.options
    try:
        uninstall(
            config,
            name,
            UninstallOptions(
                disable_hooks=options["disable_hooks"], is_inner=True, wait=WaitOptions(**options["wait"])
            ),
        )
    except SteerError as error:
        raise ReleaseError(
            f"an error occurred while uninstalling the release. original install error: {reason}: {error}",
            detail=error.detail,
        ) from error
    raise ReleaseError(
        f"release {name} failed, and has been uninstalled due to rollback-on-failure being set: {reason}"
    )


def _roll_back(config: Configuration, name: str, operation: Undo, reason: str) -> None:
    options = operation.options
    try:
        history = config.store.history(name)
    except SteerError as error:
        raise ReleaseError(
            f"an error occurred while finding last successful release. original upgrade error: {reason}: {error}"
        ) from error
    good = [release.revision for release in history if release.status in (SUPERSEDED, DEPLOYED)]
    if not good:
        raise ReleaseError(
            "unable to find a previously successful release when attempting to rollback. "
            f"original upgrade error: {reason}"
        )
    try:
        rollback(
            config,
            name,
            RollbackOptions(
                revision=max(good),
                disable_hooks=options["disable_hooks"],
                is_inner=True,
                write=WriteOptions(**options["write"]),
                wait=WaitOptions(**options["wait"]),
            ),
        )
    except SteerError as error:
        raise ReleaseError(
            f"an error occurred while rolling back the release. original upgrade error: {reason}: {error}",
            detail=error.detail,
        ) from error
    raise ReleaseError(
        f"release {name} failed, and has been rolled back due to rollback-on-failure being set: {reason}"
    )


_BY_ACTION = {UNINSTALL: _uninstall, ROLLBACK: _roll_back}


def _fields(options: Record) -> dict[str, object]:
    return {field: getattr(options, field) for field in options.__fields__}
