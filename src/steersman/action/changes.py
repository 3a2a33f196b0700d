"""The part that actions on releases share: objects of revisions before a plan, and the plan carried out.

Answers to what ``upgrade.go`` and ``rollback.go`` of Helm's ``pkg/action`` have in common.
"""

from __future__ import annotations

from steersman.deploy.decide import PATCH
from steersman.deploy.execute import execute
from steersman.deploy.ownership import sort_by_owner
from steersman.errors import ManifestError, SteerError, UsageError
from steersman.kube.look import look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.action.configuration import Configuration
    from steersman.deploy.decide import Changes
    from steersman.deploy.execute import Done, Undoing
    from steersman.deploy.plan import Plan
    from steersman.kube.objects import Target
    from steersman.release.model import Release


def carry_out(
    config: Configuration, plan: Plan, *, undo: Undoing | None = None, refusal: SteerError | None = None
) -> Done:
    """Carry out ``plan`` and give notices about the way in which objects are written.

    Raises:
        SteerError: see ``execute``.
    """
    return execute(config, plan, undo=undo, decided=lambda changes: _notice(config, changes), refusal=refusal)


def _notice(config: Configuration, changes: Changes) -> None:
    patched = [change.target.object for change in changes.changes if change.verb == PATCH]
    if config.notice is not None and patched:
        from steersman.notices import note_shared_merge_keys

        note_shared_merge_keys(patched, config.notice)


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


def explain(config: Configuration, error: BaseException) -> str:
    """Show why an action failed before anything is undone; return what is left to be said at its end."""
    detail = error.detail if isinstance(error, SteerError) else ""
    if detail and config.explain is not None:
        config.explain(detail)
        return ""
    return detail
