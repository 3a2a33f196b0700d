"""Decide how objects are written: from what is asked for, what was asked for before and what is live to changes.

Pure: nothing is sent and nothing is looked up. The executor calls this once it has looked at the cluster, and whoever
shows a plan may do so before. Answers to the deciding half of ``Create`` and ``Update`` in Helm's ``pkg/kube.Client``.
"""

from __future__ import annotations

from steersman.errors import ClusterError, UsageError
from steersman.kube.objects import annotations_of
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.kube.look import Found
    from steersman.kube.objects import Target

RESOURCE_POLICY = "helm.sh/resource-policy"
KEEP = "keep"

CREATE = "create"
APPLY = "apply"
PATCH = "patch"
REPLACE = "replace"
DELETE = "delete"
UNCHANGED = "unchanged"


class Method(Record):
    """The method by which objects are written.

    Attributes:
        server_side: by server-side apply, else by create and three-way patches.
        force_conflicts: take fields from other managers.
        force_replace: replace objects instead of patching them.
        adopt_client_fields: first turn what a client-side manager owns into applied fields.
        three_way_for_custom: repair custom resources against the live object too.
        skip_unchanged: leave out an apply that provably changes nothing.
    """

    server_side: bool = True
    force_conflicts: bool = False
    force_replace: bool = False
    adopt_client_fields: bool = False
    three_way_for_custom: bool = False
    skip_unchanged: bool = True


class Change(Record):
    """One decided write: what to do with which object.

    ``original`` is what was asked for before, ``live`` what the server has.
    """

    verb: str
    target: Target
    original: dict[str, Any] | None = None
    live: dict[str, Any] | None = None
    adopt_client_fields: bool = False

    def __str__(self) -> str:
        return f"{self.verb} {self.target.kind} {self.target.namespace}/{self.target.name}"


class Changes(Record):
    """Changes in order; neighbours of one kind are independent.

    Attributes:
        changes: writes of the objects asked for, then deletions of those no longer asked for.
        method: how writes are made.
        is_first: whether nothing existed before: then every object is tried and failures are
            reported together, as Helm's install does.
        baseless: objects that exist without having been asked for before.
    """

    changes: tuple[Change, ...]
    method: Method
    is_first: bool = False
    baseless: tuple[Target, ...] = ()


def check_method(method: Method, *, is_update: bool) -> None:
    """Refuse ways of writing that contradict each other.

    Raises:
        UsageError: in Helm's words.
    """
    if not method.server_side and method.force_conflicts:
        kind = "update" if is_update else "create"
        raise UsageError(f"invalid client {kind} option(s): forceConflicts enabled when serverSideApply disabled")
    if not is_update:
        return
    if method.three_way_for_custom and method.server_side:
        raise UsageError(
            "invalid operation: cannot use three-way merge for unstructured and server-side apply together"
        )
    if method.force_conflicts and method.force_replace:
        raise UsageError("invalid operation: cannot use force conflicts and force replace together")
    if method.server_side and method.force_replace:
        raise UsageError("invalid operation: cannot use server-side apply and force replace together")


def decide_create(targets: Sequence[Target], method: Method) -> Changes:
    """Decide for objects of which none is there yet."""
    check_method(method, is_update=False)
    verb = APPLY if method.server_side else CREATE
    return Changes(tuple(Change(verb, target) for target in targets), method, is_first=True)


def decide_update(originals: Sequence[Target], targets: Sequence[Target], live: Found, method: Method) -> Changes:
    """Decide the way from ``originals`` to ``targets``, given what is live of both.

    Raises:
        UsageError: when the method contradicts itself.
        ClusterError: when a target could not be looked at.
    """
    check_method(method, is_update=True)
    before = {original.key: original for original in originals}
    changes: list[Change] = []
    baseless: list[Target] = []
    for target in targets:
        content = live.get(target.key)
        if isinstance(content, Exception):
            raise ClusterError(f"could not get information about the resource: {content}") from content
        if content is None:
            changes.append(Change(APPLY if method.server_side else CREATE, target))
            continue
        original = before.get(target.key)
        if original is None:
            baseless.append(target)
        base = content if original is None else original.object
        changes.append(_write(target, base, content, method))
    wanted = {target.key for target in targets}
    for original in originals:
        content = live.get(original.key)
        if original.key not in wanted and isinstance(content, Exception) and not _is_refused(content):
            # not knowing whether it is there would leave it over
            raise ClusterError(f"could not get information about the resource: {content}") from content
    changes += [
        Change(DELETE, original, live=content)
        for original in originals
        if original.key not in wanted and (content := _deletable(live.get(original.key))) is not None
    ]
    return Changes(tuple(changes), method, baseless=tuple(baseless))


def _write(target: Target, original: dict[str, Any], live: dict[str, Any], method: Method) -> Change:
    if method.force_replace:
        return Change(REPLACE, target, original, live)
    if not method.server_side:
        return Change(PATCH, target, original, live)
    if method.skip_unchanged:
        from steersman.kube.apply import apply_changes_nothing, merged_managers

        fields = (live.get("metadata") or {}).get("managedFields") or []
        if merged_managers(fields) is None and apply_changes_nothing(target.object, live):
            return Change(UNCHANGED, target, original, live)
    return Change(APPLY, target, original, live, adopt_client_fields=method.adopt_client_fields)


def _is_refused(error: Exception) -> bool:
    return bool(getattr(error, "is_forbidden", False) or getattr(error, "is_not_found", False))


def _deletable(live: dict[str, Any] | Exception | None) -> dict[str, Any] | None:
    # helm: objects that cannot be read are left alone, and so are those to be kept
    if live is None or isinstance(live, Exception) or annotations_of(live).get(RESOURCE_POLICY) == KEEP:
        return None
    return live
