"""One object to the server: create, server-side apply, replace, patch, delete.

Each function is one write and wraps a refusal in the words Helm has for it. Also moves
fields from a client-side field manager to a server-side one, and proves when an apply
would change nothing. Answers to the write half of Helm's ``pkg/kube.Client`` and to
``k8s.io/client-go/util/csaupgrade``.
"""

from __future__ import annotations

import itertools

from steersman.errors import ClusterError
from steersman.kube.client import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, retry_on_conflict
from steersman.kube.errors import ApiError
from steersman.kube.objects import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.objects import Target

# helm: the manager is "helm" whatever the program is called
FIELD_MANAGER = "helm"
STRICT = "Strict"
_RETRIES = 5


class WriteFailed(ClusterError):
    """A write the server refused.

    Attributes:
        doing: what failed, in Helm's words.
        cause: the refusal.
    """

    def __init__(self, doing: str, cause: Exception) -> None:
        super().__init__()
        self.doing = doing
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.doing}: {self.cause}"

    @property
    def is_already_exists(self) -> bool:
        return bool(getattr(self.cause, "is_already_exists", False))

    @property
    def is_not_found(self) -> bool:
        return bool(getattr(self.cause, "is_not_found", False))


def create(client: ApiClient, target: Target) -> dict[str, Any]:
    """Create ``target`` as a client-side manager.

    Raises:
        ApiError: when the server refuses.
    """
    made: dict[str, Any] = retry_on_conflict(
        lambda: client.create(target.resource, target.namespace, target.object, query={"fieldManager": FIELD_MANAGER})
    )
    return made


def server_side_apply(client: ApiClient, target: Target, *, force: bool, dry_run: bool = False) -> dict[str, Any]:
    """Apply ``target``; with ``force`` take fields from other managers.

    Raises:
        WriteFailed: when the server refuses; a conflict names each field and its manager.
    """
    query = {"fieldManager": FIELD_MANAGER, "fieldValidation": STRICT, "force": "true" if force else "false"}
    if dry_run:
        query["dryRun"] = "All"
    where = f"{target.namespace}/{target.name} {target.resource.gvk_text}"
    for attempt in range(_RETRIES):
        try:
            return client.patch(
                target.resource, target.namespace, target.name, target.object, content_type=APPLY_PATCH, query=query
            )
        except ApiError as error:
            if _is_quota_conflict(error) and attempt < _RETRIES - 1:
                continue
            if error.code == 415:
                raise WriteFailed("server-side apply not available on the server", error) from error
            if error.is_conflict:
                raise WriteFailed(f"conflict occurred while applying object {where}", error) from error
            raise WriteFailed(f"server-side apply failed for object {where}", error) from error
    raise AssertionError("unreachable")


def replace_object(client: ApiClient, target: Target, live: dict[str, Any] | None) -> dict[str, Any]:
    """Put ``target`` in place of the live object.

    Raises:
        WriteFailed: when the server refuses.
    """
    metadata = dict(target.object.get("metadata") or {})
    is_free = not metadata.get("resourceVersion")
    query = {"fieldManager": FIELD_MANAGER, "fieldValidation": STRICT}
    for attempt in range(_RETRIES):
        version = nested(live, "metadata", "resourceVersion")
        if version and is_free:
            metadata["resourceVersion"] = version
        body = {**target.object, "metadata": metadata}
        try:
            return client.replace(target.resource, target.namespace, target.name, body, query=query)
        except ApiError as error:
            if not (error.is_conflict and is_free and attempt < _RETRIES - 1):
                raise WriteFailed("failed to replace object", error) from error
        # a controller was faster: what it wrote is replaced all the same
        try:
            live = client.get(target.resource, target.namespace, target.name)
        except ApiError as error:
            raise WriteFailed("failed to replace object", error) from error
    raise AssertionError("unreachable")


def client_side_patch(
    client: ApiClient,
    original: dict[str, Any],
    target: Target,
    live: dict[str, Any],
    *,
    three_way_for_custom: bool,
) -> dict[str, Any]:
    """Bring the live object from ``original`` to ``target`` and leave alone what others set.

    A merge patch is bound to the version it was made from; when the object changed meanwhile, it is made again.
    A strategic merge patch says what changes and is merged by the server.

    Raises:
        WriteFailed: when the server refuses, or the lists of the objects cannot be compared.
    """
    from steersman.kube.merge import custom_patch, patch_for
    from steersman.kube.strategic import CannotMerge, DoesNotFit

    current = live
    does_not_fit = False
    for attempt in range(_RETRIES):
        try:
            patch, content_type = patch_for(original, target, current, three_way_for_custom=three_way_for_custom)
        except DoesNotFit:
            patch, content_type, does_not_fit = {}, MERGE_PATCH, True
        except CannotMerge as error:
            raise WriteFailed("failed to create patch", error) from error
        if does_not_fit:
            patch, content_type = custom_patch(original, target, current, three_way=three_way_for_custom), MERGE_PATCH
        if not patch:
            return current
        bound = patch
        if content_type == MERGE_PATCH:
            # a concurrent change is merged anew, not overwritten
            version = nested(current, "metadata", "resourceVersion")
            bound = {**patch, "metadata": {**(patch.get("metadata") or {}), "resourceVersion": version}}
        try:
            return client.patch(
                target.resource,
                target.namespace,
                target.name,
                bound,
                content_type=content_type,
                query={"fieldManager": FIELD_MANAGER},
            )
        except ApiError as error:
            if not does_not_fit and _is_undecodable(error):
                does_not_fit = True
                continue
            if error.is_conflict and attempt < _RETRIES - 1:
                current = client.get(target.resource, target.namespace, target.name)
                continue
            raise WriteFailed(f'cannot patch "{target.name}" with kind {target.kind}', error) from error
    raise AssertionError("unreachable")


def _is_undecodable(error: ApiError) -> bool:
    """Return whether the server could not read an object after a strategic merge patch.

    helm: an object that client-go cannot read either gets a merge patch, whose refusal has other words
    (test_an_object_that_does_not_fit_its_kind).
    """
    return any(cause.get("field") == "patch" for cause in error.details.get("causes") or ())


def delete_object(client: ApiClient, target: Target, propagation: str) -> None:
    """Ask for an object's deletion.

    Raises:
        ApiError: when the server refuses; a missing object is an error too.
    """
    retry_on_conflict(lambda: client.delete(target.resource, target.namespace, target.name, propagation=propagation))


def take_fields_from_client_side(
    client: ApiClient, target: Target, live: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    """Turn what this manager owns through updates into what it owns through apply.

    Returns:
        The object as it is afterwards.

    Raises:
        WriteFailed: when the server refuses.
    """
    where = f"{target.namespace}/{target.name} {target.resource.gvk_text}"
    current = live
    for attempt in range(_RETRIES):
        if current is None:
            try:
                current = client.get(target.resource, target.namespace, target.name)
            except ApiError as error:
                raise WriteFailed(f"failed to get object {where}", error) from error
        fields = merged_managers(nested(current, "metadata", "managedFields") or [])
        if fields is None:
            return current
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": fields},
            {
                "op": "replace",
                "path": "/metadata/resourceVersion",
                "value": nested(current, "metadata", "resourceVersion"),
            },
        ]
        try:
            return client.patch(
                target.resource,
                target.namespace,
                target.name,
                patch,
                content_type=JSON_PATCH,
                query={"fieldManager": FIELD_MANAGER, "fieldValidation": STRICT},
            )
        except ApiError as error:
            if not error.is_conflict or attempt == _RETRIES - 1:
                doing = f"failed to patch object to upgrade CSA field manager {where}"
                raise WriteFailed(doing, error) from error
            current = None
    raise AssertionError("unreachable")


def merged_managers(entries: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """Return ``managedFields`` with the client-side entries folded into the server-side one.

    ``None`` means that there is nothing to fold.
    """
    folded = [entry for entry in entries if _is_ours(entry, "Update")]
    if not folded:
        return None
    target = next((entry for entry in entries if _is_ours(entry, "Apply")), folded[0])
    union = dict(target.get("fieldsV1") or {})
    for entry in folded:
        if entry is not target and entry.get("apiVersion") == target.get("apiVersion"):
            union = _union(union, entry.get("fieldsV1") or {})
            break
    made = {**target, "manager": FIELD_MANAGER, "operation": "Apply", "fieldsV1": union}
    out = []
    for entry in entries:
        if entry is target:
            out.append(made)
        elif not _is_ours(entry, "Update"):
            out.append(entry)
    return out


def apply_changes_nothing(desired: dict[str, Any], live: dict[str, Any]) -> bool:
    """Prove that applying ``desired`` would leave ``live`` as it is.

    Holds only when the manager's own applied fields are exactly those of ``desired`` with
    the same values; anything not understood counts as a change.
    """
    entry = next((e for e in nested(live, "metadata", "managedFields") or [] if _is_ours(e, "Apply")), None)
    if entry is None or entry.get("apiVersion") != desired.get("apiVersion"):
        return False
    wanted = {key: value for key, value in desired.items() if key not in ("apiVersion", "kind", "status")}
    metadata = dict(wanted.get("metadata") or {})
    for key in ("name", "namespace"):
        metadata.pop(key, None)
    wanted["metadata"] = metadata
    return _same_fields(entry.get("fieldsV1") or {}, wanted, live)


def _same_fields(fields: dict[str, Any], wanted: Any, live: Any) -> bool:
    """Compare what a field set covers in two values, and that it covers all of ``wanted``."""
    children = {key: inner for key, inner in fields.items() if key != "."}
    if not children:
        return _equal(wanted, live)
    if isinstance(wanted, dict) and isinstance(live, dict):
        if {f"f:{key}" for key in wanted} != set(children):
            return False
        return all(
            key[2:] in live and _same_fields(inner, wanted[key[2:]], live[key[2:]]) for key, inner in children.items()
        )
    if isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(children):
        places = [_same_item(key, inner, wanted, live) for key, inner in children.items()]
        # k8s: an apply puts the items of a list into the order it gives them in
        found = sorted(place for place in places if place is not None)
        return len(found) == len(wanted) and all(a[1] < b[1] for a, b in itertools.pairwise(found))
    return False


def _equal(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, str) or wanted != live:
        return bool(wanted == live)
    import json

    # to Python true is 1
    return json.dumps(wanted, sort_keys=True) == json.dumps(live, sort_keys=True)


def _same_item(key: str, fields: dict[str, Any], wanted: list[Any], live: list[Any]) -> tuple[int, int] | None:
    """Return where the item a key stands for is in both lists, ``None`` unless it is the same in both."""
    import json

    kind, _colon, text = key.partition(":")
    if kind not in ("k", "v"):
        return None
    try:
        selector = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if kind == "v":
        return (wanted.index(selector), live.index(selector)) if selector in wanted and selector in live else None
    # a default (a port's protocol) was filled in by the server
    given = {name: value for name, value in selector.items() if f"f:{name}" in fields}
    mine = [i for i, item in enumerate(wanted) if _has_keys(item, given) and not _has_other(item, selector)]
    theirs = [i for i, item in enumerate(live) if _has_keys(item, selector)]
    if len(mine) != 1 or len(theirs) != 1 or not _same_fields(fields, wanted[mine[0]], live[theirs[0]]):
        return None
    return mine[0], theirs[0]


def _has_keys(item: Any, selector: dict[str, Any]) -> bool:
    return isinstance(item, dict) and all(item.get(key) == value for key, value in selector.items())


def _has_other(item: Any, selector: dict[str, Any]) -> bool:
    return not isinstance(item, dict) or any(key in item and item[key] != value for key, value in selector.items())


def _is_ours(entry: dict[str, Any], operation: str) -> bool:
    return (
        entry.get("manager") == FIELD_MANAGER and entry.get("operation") == operation and not entry.get("subresource")
    )


def _union(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """Return the union of two field sets in their JSON form."""
    if not a and not b:
        return {}
    # an empty object is the field itself; next to fields below it, it is written as "."
    out: dict[str, Any] = dict(a) if a else {".": {}}
    for key, inner in (b or {".": {}}).items():
        out[key] = _union(out[key], inner) if key in out and key != "." else inner
    return out


def _is_quota_conflict(error: ApiError) -> bool:
    text = str(error)
    return error.is_conflict and (
        "Operation cannot be fulfilled on resourcequotas" in text and "the object has been modified" in text
    )
