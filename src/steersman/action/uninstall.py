"""``uninstall``: a release's objects off the cluster, and its records with them.

Answers to Helm's ``pkg/action/uninstall.go``: what the resource policy keeps and what
belongs to another release stays, and is named.
"""

from __future__ import annotations

from steersman.action.changes import carry_out
from steersman.action.lock import release_lock, unsettled
from steersman.action.options import WaitOptions
from steersman.deploy.decide import KEEP, RESOURCE_POLICY, Method
from steersman.deploy.ownership import sort_by_owner
from steersman.deploy.planner import Choices, plan_purge, plan_uninstall
from steersman.errors import ManifestError, ReleaseError, UsageError
from steersman.kube.look import look
from steersman.record import Record, replace
from steersman.release.model import UNINSTALLED, UNINSTALLING
from steersman.release.names import is_release_name
from steersman.release.timestamps import now
from steersman.storage.driver import ReleaseNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.action.configuration import Configuration
    from steersman.deploy.ownership import Sorted
    from steersman.kube.holder import Holder
    from steersman.kube.objects import Target
    from steersman.manifest.hooks import Manifest
    from steersman.release.model import Release

_PROPAGATION = {"orphan": "Orphan", "foreground": "Foreground", "background": "Background"}


class UninstallOptions(Record):
    """Options of ``uninstall``.

    ``is_inner`` marks the undoing of a failed install, which holds the release already.
    """

    disable_hooks: bool = False
    dry_run: bool = False
    ignore_not_found: bool = False
    keep_history: bool = False
    cascade: str = "background"
    description: str = ""
    is_inner: bool = False
    wait: WaitOptions = WaitOptions()


class Uninstalled(Record):
    """The result of an uninstall; ``info`` names the objects that were kept."""

    release: Release | None
    info: str = ""


def uninstall(config: Configuration, name: str, options: UninstallOptions) -> Uninstalled | None:
    """Remove the release ``name``; ``None`` when there is none and that is fine.

    Raises:
        SteerError: with Helm's message.
    """
    config.check_reachable()
    if options.dry_run:
        return _rehearse(config, name, options)
    if not is_release_name(name):
        raise UsageError(f"uninstall: Release name is invalid: {name}")
    if options.is_inner:
        return _run(config, name, options)
    with release_lock(config, name, config.namespace) as lock:
        return _run(config, name, options, lock.dead_holder)


def _run(
    config: Configuration, name: str, options: UninstallOptions, dead_holder: Holder | None = None
) -> Uninstalled | None:
    try:
        history = config.store.history(name)
    except ReleaseError as error:
        if options.ignore_not_found:
            return None
        raise ReleaseError(f"uninstall: Release not loaded: {name}: {error}") from error
    if not history:
        raise ReleaseError("no release provided")  # records that are there but cannot be read
    release = history[-1]
    if release.status == UNINSTALLED:
        if options.keep_history:
            raise ReleaseError(f'the release named "{name}" is already deleted')
        return Uninstalled(carry_out(config, plan_purge(release, _numbers(history))).release)
    return _remove(config, history, options, unsettled(history, dead_holder))


def _remove(
    config: Configuration, history: Sequence[Release], options: UninstallOptions, dead: Sequence[Release]
) -> Uninstalled:
    last = history[-1]
    info = replace(
        last.info,
        status=UNINSTALLING,
        deleted=now(),
        description="Deletion in progress (or silently failed)",
    )
    release = replace(last, info=info)
    kept = ""
    deletes: list[tuple[Target, bool]] = []
    refusal: ManifestError | None = None
    try:
        kept, deletes = _deletes(config, release, dead)
    except ManifestError as error:
        refusal = error
    plan = plan_uninstall(
        release,
        deletes,
        Choices(
            Method(),
            runs_hooks=not options.disable_hooks,
            strategy=options.wait.strategy,
            timeout=options.wait.timeout,
            description=options.description,
        ),
        revisions=_numbers(history),
        keeps_history=options.keep_history,
        propagation=_PROPAGATION.get(options.cascade, "Background"),
        refusal=str(refusal or ""),
    )
    done = carry_out(config, plan, refusal=refusal)
    if done.errors:
        joined = "; ".join(map(str, done.errors))
        raise ReleaseError(
            f"uninstallation completed with {len(done.errors)} error(s): {joined}",
            detail="\n".join(filter(None, (error.detail for error in done.errors))),
        )
    return Uninstalled(done.release, kept if done.owners is None else _named(kept, done.owners))


def _numbers(history: Sequence[Release]) -> list[int]:
    return [release.revision for release in history]


def _deletes(config: Configuration, release: Release, dead: Sequence[Release]) -> tuple[str, list[tuple[Target, bool]]]:
    """Return the text about what the policy keeps, and the objects to delete: see ``plan_uninstall``.

    Raises:
        ManifestError: when objects cannot be built.
    """
    kept, targets = _targets_to_delete(config, release)
    deletes = [(target, False) for target in targets]
    if dead:
        known = {target.key for target in config.targets(release.manifest, config.namespace, validate=False)}
    for revision in dead:
        others = [target for target in _targets_to_delete(config, revision)[1] if target.key not in known]
        deletes += [(target, True) for target in others]
        known |= {target.key for target in others}
    return kept, deletes


def _targets_to_delete(config: Configuration, release: Release) -> tuple[str, list[Target]]:
    keep, manifests = _by_policy(config, release)
    text = "".join(f"\n---\n{manifest.text}" for manifest in manifests)
    try:
        targets = config.targets(text, config.namespace, validate=False)
    except ManifestError as error:
        raise ManifestError(f"unable to build kubernetes objects for delete: {error}") from error
    return _kept_text(keep), targets


def _by_policy(config: Configuration, release: Release) -> tuple[list[Manifest], list[Manifest]]:
    """Split a release's manifests into those its resource policy keeps and the others, in deletion order."""
    from steersman.manifest.hooks import sort_manifests
    from steersman.manifest.order import UNINSTALL_ORDER
    from steersman.manifest.split import split_manifests

    # names that sort as numbers keep the order of documents within a kind
    files = {f"manifest-{i:08d}": document for i, document in enumerate(split_manifests(release.manifest))}
    try:
        _hooks, manifests = sort_manifests(files, config.log, UNINSTALL_ORDER)
    except ManifestError as error:
        raise ManifestError(f"corrupted release record. You must manually delete the resources: {error}") from error
    keep, others = [], []
    for manifest in manifests:
        policy = manifest.head.annotations.get(RESOURCE_POLICY)
        if policy is None:
            others.append(manifest)
        elif policy.strip().lower() == KEEP:
            keep.append(manifest)
        # helm: an object with any other policy is neither kept by name nor deleted
    return keep, others


def _kept_text(keep: Sequence[Manifest]) -> str:
    if not keep:
        return ""
    lines = "".join(f"[{manifest.head.kind}] {manifest.head.name}\n" for manifest in keep)
    return f"These resources were kept due to the resource policy:\n{lines}"


def _named(kept: str, owners: Sorted) -> str:
    if owners.foreign:
        kept += "\n" if kept else ""
        kept += f"{len(owners.foreign)} resource(s) were not deleted because they are not owned by this release:\n"
        kept += "".join(f"[{target.kind}] {target.name}\n" for target in owners.foreign)
    if owners.unknown:
        kept += "\n" if kept else ""
        kept += f"{len(owners.unknown)} resource(s) were not deleted because their ownership could not be verified:\n"
        kept += "".join(f"[{target.kind}] {target.name}: {reason}\n" for target, reason in owners.unknown)
    return kept


def _rehearse(config: Configuration, name: str, options: UninstallOptions) -> Uninstalled | None:
    """Say what an uninstall would leave, and change nothing."""
    from steersman.action.configuration import release_content

    try:
        release = release_content(config, name, 0)
    except ReleaseNotFound:
        if options.ignore_not_found:
            return None
        raise
    try:
        kept, targets = _targets_to_delete(config, release)
    except ManifestError:
        return Uninstalled(release)  # helm: a rehearsal says nothing about what cannot be built
    if targets:
        owners = sort_by_owner(targets, look(config.client, targets), release.name, release.namespace)
        if owners.foreign:
            config.log(
                "WARN",
                "dry-run: resources would be skipped because they are not owned by this release",
                release=release.name,
                count=len(owners.foreign),
            )
        for target in owners.foreign:
            config.log(
                "WARN",
                "dry-run: would skip resource",
                kind=target.kind,
                name=target.name,
                namespace=target.namespace,
            )
        if owners.unknown:
            config.log(
                "WARN",
                "dry-run: resources would be skipped because their ownership could not be verified",
                release=release.name,
                count=len(owners.unknown),
            )
        for target, reason in owners.unknown:
            config.log(
                "WARN",
                "dry-run: would skip resource (ownership could not be verified)",
                kind=target.kind,
                name=target.name,
                namespace=target.namespace,
                error=reason,
            )
    return Uninstalled(release, kept)
