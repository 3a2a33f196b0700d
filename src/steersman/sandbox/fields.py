"""Field sets: which fields of an object a manager owns, and server-side apply over them.

Answers to structured-merge-diff as the API server uses it. A field set is the API's own form,
``fieldsV1``: ``{"f:spec": {"f:replicas": {}}}`` with ``k:{...}`` for items of keyed lists,
``v:...`` for items of sets and ``.`` for the thing itself.
"""

from __future__ import annotations

import json

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Fields = dict[str, Any]

# Lists whose items are told apart by key, by the field they stand under; ports differ by their parent.
_KEYED: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "webhooks": ("name",),
    "secrets": ("name",),
}
_SETS = frozenset(("finalizers",))
_ATOMIC = frozenset(("selector", "matchLabels", "nodeSelector", "clusterIPs", "command", "args"))
# metadata that the server owns and no manager
_UNOWNED = frozenset(
    ("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
     "deletionTimestamp", "deletionGracePeriodSeconds")
)  # fmt: skip


class Manager(Record):
    """An owner of fields, and the way it wrote them."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""


def list_keys(parent: str, items: Any) -> tuple[str, ...]:
    """Return the keys that tell the items of the list under ``parent`` apart, or nothing."""
    if parent == "ports" and isinstance(items, list):
        if any(isinstance(i, dict) and "containerPort" in i for i in items):
            return "containerPort", "protocol"
        if any(isinstance(i, dict) and "port" in i for i in items):
            return "port", "protocol"
        return ()
    keys = _KEYED.get(parent, ())
    if keys and isinstance(items, list) and all(isinstance(i, dict) and keys[0] in i for i in items):
        return keys
    return ()


def item_key(item: dict[str, Any], keys: tuple[str, ...]) -> str:
    """Return the path element of an item; a port without a protocol is TCP's."""
    found = {k: item.get(k, "TCP" if k == "protocol" else None) for k in keys}
    return "k:" + json.dumps(found, separators=(",", ":"), sort_keys=True)


def fields_of(value: dict[str, Any]) -> Fields:
    """Return the fields that an object sets, those of the server left out."""
    out: Fields = {}
    for name, item in value.items():
        if name in ("apiVersion", "kind"):
            continue
        if name == "metadata":
            inner = _of_map({k: v for k, v in item.items() if k not in _UNOWNED}, "metadata")
            inner.pop(".", None)
            if inner:
                out["f:metadata"] = inner
            continue
        out[f"f:{name}"] = _of_value(item, name)
    return out


def _of_map(value: dict[str, Any], parent: str) -> Fields:
    out: Fields = {f"f:{name}": _of_value(item, name) for name, item in value.items()}
    if parent in ("labels", "annotations", "data", "binaryData", "stringData", "matchLabels", "limits", "requests"):
        out["."] = {}
    return out


def _of_value(value: Any, parent: str) -> Fields:
    if isinstance(value, dict) and value and parent not in _ATOMIC:
        return _of_map(value, parent)
    if isinstance(value, list) and value:
        keys = list_keys(parent, value)
        if keys:
            out: Fields = {}
            for item in value:
                out[item_key(item, keys)] = {".": {}, **_of_map(item, "")}
            return out
        if parent in _SETS:
            return {".": {}, **{f"v:{json.dumps(item)}": {} for item in value}}
    return {}


def paths(fields: Fields, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], None]:
    """Return the leaves of a field set as paths, in order."""
    out: dict[tuple[str, ...], None] = {}
    if not fields:
        return {prefix: None}
    for name, inner in fields.items():
        if name == ".":
            out[prefix] = None
        else:
            out.update(paths(inner, (*prefix, name)))
    return out


def from_paths(found: Any) -> Fields:
    """Return the field set with these leaves."""
    out: Fields = {}
    nodes: list[Fields] = []
    for path in found:
        at = out
        for name in path:
            at = at.setdefault(name, {})
        nodes.append(at)
    for node in nodes:
        if node:  # something that is owned itself and has owned parts
            node["."] = {}
    return out


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what an object has at a path, or None."""
    for i, name in enumerate(path):
        kind, _, text = name.partition(":")
        if kind == "f":
            if not isinstance(value, dict) or text not in value:
                return None
            value = value[text]
        elif kind == "k":
            wanted = json.loads(text)
            value = _item(value, wanted)
        else:
            return json.loads(text) if isinstance(value, list) and json.loads(text) in value else None
        if value is None and i + 1 < len(path):
            return None
    return value


def _item(items: Any, wanted: dict[str, Any]) -> Any:
    if not isinstance(items, list):
        return None
    for item in items:
        if isinstance(item, dict) and all(
            item.get(k, "TCP" if k == "protocol" else None) == v for k, v in wanted.items()
        ):
            return item
    return None


def remove_at(value: Any, path: tuple[str, ...]) -> None:
    """Remove what an object (a copy that may be changed) has at a path."""
    parent = value_at(value, path[:-1]) if len(path) > 1 else value
    kind, _, text = path[-1].partition(":")
    if kind == "f" and isinstance(parent, dict):
        parent.pop(text, None)
    elif kind == "k" and isinstance(parent, list):
        item = _item(parent, json.loads(text))
        if item is not None:
            parent.remove(item)
    elif kind == "v" and isinstance(parent, list) and json.loads(text) in parent:
        parent.remove(json.loads(text))


def merged(live: Any, applied: Any, parent: str = "") -> Any:
    """Return ``live`` with what ``applied`` sets: maps key by key, keyed lists item by item, sets joined."""
    if isinstance(live, dict) and isinstance(applied, dict) and parent not in _ATOMIC:
        out = dict(live)
        for name, item in applied.items():
            out[name] = merged(live[name], item, name) if name in live else item
        return out
    if isinstance(live, list) and isinstance(applied, list):
        keys = list_keys(parent, applied) if applied else ()
        if keys and list_keys(parent, live):
            return _merged_items(live, applied, keys)
        if parent in _SETS:
            return [*live, *(i for i in applied if i not in live)]
    return applied


def _merged_items(live: list[Any], applied: list[Any], keys: tuple[str, ...]) -> list[Any]:
    """Return the items of both lists: those that both have in the order of ``applied``, the others where they were."""
    names, wanted = ([item_key(item, keys) for item in items] for items in (live, applied))
    known = dict(zip(names, live))
    ahead = [name for name in wanted if name in known]
    out: list[Any] = []
    at, at_applied = 0, 0
    while at < len(live) or at_applied < len(applied):
        has_live, has_applied = at < len(live), at_applied < len(applied)
        is_same = has_live and has_applied and names[at] == wanted[at_applied]
        if has_live and not is_same:
            if names[at] not in wanted:
                out.append(live[at])
                at += 1
                continue
            if not has_applied or (ahead and names[at] != ahead[0]):
                at += 1  # it is taken where applied has it
                continue
        name, item = wanted[at_applied], applied[at_applied]
        out.append(merged(known[name], item) if name in known else item)
        at_applied += 1
        at += is_same
        if ahead[:1] == [name]:
            del ahead[0]
    return out


def conflicts(
    applied: dict[str, Any], live: dict[str, Any], owners: list[dict[str, Any]], manager: Manager
) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """Return the fields of ``applied`` that another manager owns with another value, with the owner's entry."""
    tree = fields_of(applied)
    wanted = [path for path in paths(tree) if not _has_parts(tree, path)]
    found: list[tuple[dict[str, Any], tuple[str, ...]]] = []
    for entry in owners:
        if is_same(entry, manager):
            continue
        theirs = paths(entry.get("fieldsV1") or {})
        for path in wanted:
            if path in theirs and value_at(applied, path) != value_at(live, path):
                found.append((entry, path))
    return found


def _has_parts(fields: Fields, path: tuple[str, ...]) -> bool:
    """Return whether what stands at a path is owned part by part."""
    for name in path:
        fields = fields[name]
    return bool(fields)


def is_same(entry: dict[str, Any], manager: Manager) -> bool:
    """Return whether an entry of ``managedFields`` is the manager's."""
    return (
        entry.get("manager") == manager.name
        and entry.get("operation") == manager.operation
        and entry.get("subresource", "") == manager.subresource
    )


def shown(path: tuple[str, ...]) -> str:
    """Return a path as messages show it: ``.spec.containers[name="web"].image``."""
    out = ""
    for name in path:
        kind, _, text = name.partition(":")
        if kind == "f":
            out += f".{text}"
        elif kind == "k":
            pairs = json.loads(text)
            out += "[" + ",".join(f"{k}={json.dumps(pairs[k])}" for k in sorted(pairs)) + "]"
        else:
            out += f"[={text}]"
    return out
