"""The API's verbs over the store: create, update, patch, apply, delete, with owners of fields and refusals.

It models what package managers rely on: resource versions, field managers, conflicts, dry runs, finalizers,
namespaces that end, custom kinds, status subresources, the rules for values of fields. It does not model admission
beyond a few defaults, quotas, role checks or schemas of custom kinds.
"""

from __future__ import annotations

import copy
import json
import time

from steersman.kube.objects import without_nulls
from steersman.kube.selectors import parse_selector
from steersman.kube.validation import mistakes
from steersman.record import Record
from steersman.sandbox import patch as patches
from steersman.sandbox.defaults import defaulted, generated
from steersman.sandbox.errors import ApiRefusal, already_exists, bad_request, conflict, invalid, not_found
from steersman.sandbox.fields import (
    Manager,
    conflicts,
    fields_of,
    from_paths,
    is_same,
    merged,
    paths,
    remove_at,
    shown,
    value_at,
)
from steersman.sandbox.immutable import changed_problems
from steersman.sandbox.resources import Registry, Resource
from steersman.sandbox.shapes import check_applied, check_shape
from steersman.sandbox.storage import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SYSTEM_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
DEFINITIONS = ("apiextensions.k8s.io", "customresourcedefinitions")
NAMESPACES = ("", "namespaces")


class Write(Record):
    """The options of a write request."""

    manager: str = "unknown"
    dry_run: bool = False
    force: bool = False
    subresource: str = ""


def timestamp() -> str:
    """Return the time as the API writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Api:
    """The verbs. ``changed`` is called with every object that was written, for the controllers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.registry = Registry()
        self.changed: Callable[[Resource, dict[str, Any]], None] = lambda resource, value: None
        for definition in store.all(DEFINITIONS):
            self.registry.define(definition)
        namespaces = self.registry.of_kind("v1", "Namespace")
        assert namespaces is not None
        for name in SYSTEM_NAMESPACES:
            if store.get(NAMESPACES, "", name) is None:
                self.create(
                    namespaces, "", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, Write()
                )

    def get(self, resource: Resource, namespace: str, name: str) -> dict[str, Any]:
        """Return an object.

        Raises:
            ApiRefusal: when it is not there.
        """
        value = self.store.get(resource.key, namespace if resource.namespaced else "", name)
        if value is None:
            raise not_found(resource.plural, resource.group, name)
        return self._as(resource, value)

    def select(self, resource: Resource, namespace: str, labels: str, fields: str) -> list[dict[str, Any]]:
        """Return the objects that selectors let through."""
        wanted = selected(labels, fields)
        found = self.store.all(resource.key, namespace if resource.namespaced else "")
        return [self._as(resource, v) for v in found if wanted(v)]

    @staticmethod
    def _as(resource: Resource, value: dict[str, Any]) -> dict[str, Any]:
        if value.get("apiVersion") == resource.api_version:
            return value
        return {**value, "apiVersion": resource.api_version}

    def create(self, resource: Resource, namespace: str, value: dict[str, Any], write: Write) -> dict[str, Any]:
        """Create an object and return it as it is kept.

        Raises:
            ApiRefusal: when there is one, or it is not legal.
        """
        with self.store.lock:
            value = self._checked(resource, namespace, value)
            metadata = value["metadata"]
            name = metadata["name"]
            if self.store.get(resource.key, metadata.get("namespace", ""), name) is not None:
                raise already_exists(resource.plural, resource.group, name)
            self._check_namespace(resource, metadata.get("namespace", ""))
            value = self._born(resource, value)
            value = self._owned(value, {}, Manager(write.manager, "Update", resource.api_version))
            # k8s: what the server makes has no manager
            return self._keep(resource, generated(resource, value), write)

    def _checked(self, resource: Resource, namespace: str, value: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise bad_request("the object provided is not a JSON object")
        kind, version = value.get("kind"), value.get("apiVersion")
        if kind and kind != resource.kind:
            raise bad_request(
                f"the object provided is unrecognized (must be of type {resource.kind}): it is a {kind} ({version})"
            )
        check_shape(resource, value)
        value = without_nulls(value)
        metadata = dict(value.get("metadata") or {})
        if not metadata.get("name"):
            if not metadata.get("generateName"):
                raise invalid(
                    resource.kind,
                    resource.group,
                    "",
                    [("metadata.name", "Required value: name or generateName is required")],
                )
            metadata["name"] = metadata["generateName"] + _suffix()
        if resource.namespaced:
            given = metadata.get("namespace") or namespace
            if namespace and given != namespace:
                raise bad_request(
                    "the namespace of the provided object does not match the namespace sent on the request"
                )
            metadata["namespace"] = given or "default"
        else:
            metadata.pop("namespace", None)
        value = {**value, "apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
        problems = [(one.place.text, one.message) for one in mistakes(value)]
        if problems:
            raise invalid(resource.kind, resource.group, metadata["name"], problems)
        return value

    def _check_namespace(self, resource: Resource, namespace: str) -> None:
        if not resource.namespaced:
            return
        found = self.store.get(NAMESPACES, "", namespace)
        if found is None:
            raise not_found("namespaces", "", namespace)
        if found["metadata"].get("deletionTimestamp"):
            raise ApiRefusal(
                403,
                "Forbidden",
                f"unable to create new content in namespace {namespace} because it is being terminated",
            )

    @staticmethod
    def _born(resource: Resource, value: dict[str, Any]) -> dict[str, Any]:
        import uuid

        metadata = {k: v for k, v in value["metadata"].items() if k not in ("managedFields", "resourceVersion")}
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = timestamp()
        if "spec" in value:
            metadata["generation"] = 1
        value = {**value, "metadata": metadata}
        if "status" in resource.subresources and resource.kind != "Namespace":
            value.pop("status", None)
        return defaulted(resource, value)

    def update(
        self, resource: Resource, namespace: str, name: str, value: dict[str, Any], write: Write
    ) -> dict[str, Any]:
        """Replace an object and return it as it is kept.

        Raises:
            ApiRefusal: when it is not there, was changed meanwhile, or the new one is not legal.
        """
        with self.store.lock:
            live = self.get(resource, namespace, name)
            value = self._checked(resource, namespace, value)
            if value["metadata"]["name"] != name:
                raise bad_request("the name of the object does not match the name on the URL")
            asked = value["metadata"].get("resourceVersion")
            if asked and asked != live["metadata"]["resourceVersion"]:
                raise conflict(resource.plural, resource.group, name)
            manager = Manager(write.manager, "Update", resource.api_version, write.subresource)
            return self._change(resource, live, value, manager, write)

    def patch(
        self, resource: Resource, namespace: str, name: str, kind: str, patch: Any, write: Write
    ) -> tuple[dict[str, Any], bool]:
        """Change an object by a patch; return it as it is kept, and whether it is new.

        Raises:
            ApiRefusal: when it is not there, the patch does not fit, or another manager owns a field.
        """
        with self.store.lock:
            if kind == patches.APPLY:
                return self._apply(resource, namespace, name, patch, write)
            live = self.get(resource, namespace, name)
            patch = patches.checked(kind, patch)
            if kind == patches.JSON_PATCH:
                value = patches.json_patch(live, patch)
            elif kind == patches.MERGE_PATCH:
                value = patches.merge_patch(live, patch)
            elif kind == patches.STRATEGIC:
                value = patches.strategic_merge(live, patch)
            else:
                raise ApiRefusal(
                    415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {kind}"
                )
            asked = ((patch.get("metadata") or {}) if isinstance(patch, dict) else {}).get("resourceVersion")
            if asked and asked != live["metadata"]["resourceVersion"]:
                raise conflict(resource.plural, resource.group, name)
            value = self._checked(resource, namespace, value)
            manager = Manager(write.manager, "Update", resource.api_version, write.subresource)
            return self._change(resource, live, value, manager, write), False

    def _apply(
        self, resource: Resource, namespace: str, name: str, applied: dict[str, Any], write: Write
    ) -> tuple[dict[str, Any], bool]:
        """Server-side apply."""
        if not isinstance(applied, dict) or applied.get("kind") != resource.kind:
            raise bad_request("the object applied does not have the kind that the URL says")
        applied = {**applied, "metadata": {**(applied.get("metadata") or {}), "name": name}}
        if "managedFields" in applied["metadata"]:
            raise bad_request("metadata.managedFields must be nil")
        check_applied(resource, applied)
        manager = Manager(write.manager, "Apply", resource.api_version, write.subresource)
        live = self.store.get(resource.key, namespace if resource.namespaced else "", name)
        if live is None:
            value = self._checked(resource, namespace, applied)
            self._check_namespace(resource, value["metadata"].get("namespace", ""))
            value = self._born(resource, value)
            value["metadata"]["managedFields"] = [_entry(manager, fields_of(applied))]
            return self._keep(resource, generated(resource, value), write), True
        live = self._as(resource, live)
        _check_uid(resource, live, applied["metadata"])
        owners = list(live["metadata"].get("managedFields") or ())
        clashes = conflicts(applied, live, owners, manager)
        if clashes and not write.force:
            raise _conflicted(clashes)
        value = copy.deepcopy(merged(live, {k: v for k, v in applied.items() if k != "metadata"}))
        value["metadata"] = merged(live["metadata"], _user_metadata(applied["metadata"]), "metadata")
        value = copy.deepcopy(value)
        wanted = fields_of(applied)
        before = next((e for e in owners if is_same(e, manager)), None)
        if before is not None:
            self._drop(value, before, wanted, [e for e in owners if e is not before])
        taken = {path for _, path in clashes}
        kept = []
        for entry in owners:
            if entry is before:
                continue
            left = {p: None for p in paths(entry.get("fieldsV1") or {}) if p not in taken}
            if left:
                kept.append({**entry, "fieldsV1": from_paths(left)})
        value["metadata"]["managedFields"] = [*kept, _entry(manager, wanted, before)]
        value = self._checked(resource, namespace, defaulted(resource, value))
        return self._finish(resource, live, value, write), False

    @staticmethod
    def _drop(
        value: dict[str, Any], before: dict[str, Any], wanted: dict[str, Any], others: list[dict[str, Any]]
    ) -> None:
        """Remove what the manager applied before and no longer applies, unless another manager owns it."""
        still = paths(wanted)
        owned: set[tuple[str, ...]] = set()
        for entry in others:
            owned.update(paths(entry.get("fieldsV1") or {}))
        gone = [p for p in paths(before.get("fieldsV1") or {}) if p not in still]
        for path in sorted(gone, key=len, reverse=True):
            if path in owned or any(o[: len(path)] == path for o in owned):
                continue
            if any(s[: len(path)] == path for s in still):
                continue
            remove_at(value, path)

    def _change(
        self, resource: Resource, live: dict[str, Any], value: dict[str, Any], manager: Manager, write: Write
    ) -> dict[str, Any]:
        metadata = {**value["metadata"]}
        _check_uid(resource, live, metadata)
        for name in ("uid", "creationTimestamp", "generation", "deletionTimestamp"):
            if name in live["metadata"]:
                metadata[name] = live["metadata"][name]
        if "managedFields" not in metadata or metadata["managedFields"] is None:
            metadata["managedFields"] = list(live["metadata"].get("managedFields") or ())
        value = {**value, "metadata": metadata}
        if write.subresource == "status":
            value = {**live, "status": value.get("status"), "metadata": {**live["metadata"]}}
        elif "status" in resource.subresources:
            value = {k: v for k, v in value.items() if k != "status"}
            if "status" in live:
                value["status"] = live["status"]
        value = defaulted(resource, value)
        return self._finish(resource, live, self._owned(value, live, manager), write)

    def _owned(self, value: dict[str, Any], live: dict[str, Any], manager: Manager) -> dict[str, Any]:
        """Give the manager the fields that it changed, and take them from the others."""
        before, after = paths(fields_of(live)), paths(fields_of(value))
        changed = {p for p in after if p not in before or value_at(value, p) != value_at(live, p)}
        removed = {p for p in before if p not in after}
        entries: list[dict[str, Any]] = []
        mine: dict[str, Any] | None = None
        for entry in value["metadata"].get("managedFields") or ():
            theirs = paths(entry.get("fieldsV1") or {})
            if is_same(entry, manager):
                mine = entry
                continue
            left = {p: None for p in theirs if p not in changed and p not in removed}
            if left:
                entries.append(entry if len(left) == len(theirs) else {**entry, "fieldsV1": from_paths(left)})
        own = dict.fromkeys(paths((mine or {}).get("fieldsV1") or {})) if mine else {}
        own = {p: None for p in (*own, *sorted(changed)) if p and p not in removed}
        if own:
            entries.append(_entry(manager, from_paths(own), mine if not changed else None))
        return {**value, "metadata": {**value["metadata"], "managedFields": entries}}

    def _finish(self, resource: Resource, live: dict[str, Any], value: dict[str, Any], write: Write) -> dict[str, Any]:
        problems = changed_problems(resource.kind, live, value)
        if problems:
            raise invalid(resource.kind, resource.group, live["metadata"]["name"], problems)
        if _plain(live) == _plain(value):
            # nothing but times of managers may differ: the object stays as it is
            same = [_timeless(e) for e in live["metadata"].get("managedFields") or ()]
            if same == [_timeless(e) for e in value["metadata"].get("managedFields") or ()]:
                return live
        if "spec" in value and value.get("spec") != live.get("spec"):
            value["metadata"] = {**value["metadata"], "generation": live["metadata"].get("generation", 0) + 1}
        if value["metadata"].get("deletionTimestamp") and not value["metadata"].get("finalizers"):
            return self._remove(resource, value)
        return self._keep(resource, value, write)

    def _keep(self, resource: Resource, value: dict[str, Any], write: Write) -> dict[str, Any]:
        if write.dry_run:
            return value
        value = self.store.put(resource.key, value)
        if resource.key == DEFINITIONS:
            self.registry.define(value)
        self.changed(resource, value)
        return value

    def delete(
        self, resource: Resource, namespace: str, name: str, options: dict[str, Any], *, dry_run: bool
    ) -> dict[str, Any]:
        """Delete an object, at once or once its finalizers are gone; return it as it last was.

        Raises:
            ApiRefusal: when it is not there or a precondition does not hold.
        """
        with self.store.lock:
            live = self.get(resource, namespace, name)
            wanted = (options.get("preconditions") or {}).get("uid")
            if wanted and wanted != live["metadata"]["uid"]:
                raise conflict(resource.plural, resource.group, name)
            if dry_run:
                return live
            finalizers = list(live["metadata"].get("finalizers") or ())
            if options.get("propagationPolicy") == "Foreground" and self._dependents(live):
                finalizers.append("foregroundDeletion")
            if resource.key == NAMESPACES:
                finalizers.append("kubernetes")
            if not finalizers:
                if options.get("propagationPolicy") == "Orphan":
                    self._orphan(live)
                return self._remove(resource, live)
            if live["metadata"].get("deletionTimestamp"):
                return live
            metadata = {**live["metadata"], "deletionTimestamp": timestamp(), "deletionGracePeriodSeconds": 0}
            shown_finalizers = [f for f in finalizers if f != "kubernetes"]
            if shown_finalizers:
                metadata["finalizers"] = shown_finalizers
            value = {**live, "metadata": metadata}
            if resource.key == NAMESPACES:
                value["status"] = {"phase": "Terminating"}
            return self._keep(resource, value, Write())

    def _remove(self, resource: Resource, value: dict[str, Any]) -> dict[str, Any]:
        metadata = value["metadata"]
        gone = self.store.remove(resource.key, metadata.get("namespace", ""), metadata["name"])
        if resource.key == DEFINITIONS:
            self.registry.forget(metadata["name"])
        if gone is None:
            return value
        self.changed(resource, {**gone, "metadata": {**gone["metadata"], "deletionTimestamp": timestamp()}})
        return gone

    def remove_now(self, resource: Resource, namespace: str, name: str) -> None:
        """Remove an object without asking its finalizers; for the controllers."""
        with self.store.lock:
            value = self.store.get(resource.key, namespace, name)
            if value is not None:
                self._remove(resource, value)

    def _dependents(self, owner: dict[str, Any]) -> bool:
        uid = owner["metadata"]["uid"]
        return any(
            any(r.get("uid") == uid for r in v["metadata"].get("ownerReferences") or ())
            for _, v in self.store.everything()
        )

    def _orphan(self, owner: dict[str, Any]) -> None:
        uid = owner["metadata"]["uid"]
        for key, value in list(self.store.everything()):
            references = value["metadata"].get("ownerReferences") or []
            left = [r for r in references if r.get("uid") != uid]
            if len(left) != len(references):
                self.store.put(key, {**value, "metadata": {**value["metadata"], "ownerReferences": left}})


def selected(labels: str, fields: str) -> Callable[[dict[str, Any]], bool]:
    """Return a test for objects from a label and a field selector."""
    by_label = parse_selector(labels) if labels else None
    requirements: list[tuple[list[str], str, bool]] = []
    for part in fields.split(",") if fields else ():
        negated = "!=" in part
        name, _, wanted = part.partition("!=" if negated else "=")
        requirements.append((name.split("."), wanted.lstrip("="), not negated))

    def test(value: dict[str, Any]) -> bool:
        if by_label is not None and not by_label(value["metadata"].get("labels") or {}):
            return False
        for path, wanted, equal in requirements:
            found: Any = value
            for name in path:
                found = found.get(name) if isinstance(found, dict) else None
            if (str(found if found is not None else "") == wanted) != equal:
                return False
        return True

    return test


def _check_uid(resource: Resource, live: dict[str, Any], given: dict[str, Any]) -> None:
    uid = given.get("uid")
    if uid and uid != live["metadata"].get("uid"):
        problem = f"Invalid value: {json.dumps(uid)}: field is immutable"
        raise invalid(resource.kind, resource.group, live["metadata"]["name"], [("metadata.uid", problem)])


def _entry(manager: Manager, fields: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
    if before is not None and before.get("fieldsV1") == fields:
        return before
    entry: dict[str, Any] = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": manager.api_version,
        "time": timestamp(),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    if manager.subresource:
        entry["subresource"] = manager.subresource
    return entry


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    metadata = {k: v for k, v in value["metadata"].items() if k not in ("managedFields", "resourceVersion")}
    return {**value, "metadata": metadata}


def _timeless(entry: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in entry.items() if k != "time"}


def _user_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in metadata.items() if k in ("labels", "annotations", "finalizers", "ownerReferences")}


def _conflicted(clashes: list[tuple[dict[str, Any], tuple[str, ...]]]) -> ApiRefusal:
    lines: dict[str, list[str]] = {}
    causes = []
    for entry, path in clashes:
        using = f" using {entry['apiVersion']}" if entry.get("operation") == "Update" else ""
        at = f" at {entry['time']}" if entry.get("operation") == "Update" and entry.get("time") else ""
        who = f'"{entry["manager"]}"' + (
            f' with subresource "{entry["subresource"]}"' if entry.get("subresource") else ""
        )
        lines.setdefault(who + using + at, []).append(shown(path))
        causes.append(
            {"reason": "FieldManagerConflict", "message": f"conflict with {who}{using}{at}", "field": shown(path)}
        )
    count = len(clashes)
    plural = "conflict" if count == 1 else "conflicts"
    if count == 1:
        who, fields = next(iter(lines.items()))
        message = f"Apply failed with 1 conflict: conflict with {who}: {fields[0]}"
    else:
        body = "".join(
            f"conflicts with {who}:\n" + "".join(f"- {f}\n" for f in fields) for who, fields in lines.items()
        )
        message = f"Apply failed with {count} {plural}: {body.rstrip()}"
    return ApiRefusal(409, "Conflict", message, {"causes": causes})


def _suffix() -> str:
    import secrets

    return "".join(secrets.choice("bcdfghjklmnpqrstvwxz2456789") for _ in range(5))
