"""Patches of the API: JSON patch, merge patch and strategic merge patch, over copies."""

from __future__ import annotations

import copy

from steersman.kube.merge_keys import fields_of_type, type_of_kind
from steersman.sandbox.errors import bad_request
from steersman.values.files import json_shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


def checked(kind: str, patch: Any) -> Any:
    """Return a patch of the shape that its kind has; nothing as one that changes nothing.

    Raises:
        ApiRefusal: for another shape.
    """
    if kind == MERGE_PATCH and patch is None:
        raise bad_request("Invalid JSON Patch")
    wanted, name = (list, "[]handlers.jsonPatchOp") if kind == JSON_PATCH else (dict, "map[string]interface {}")
    if patch is None or isinstance(patch, wanted):
        return wanted() if patch is None else patch
    before = "" if kind == STRATEGIC else "error decoding patch: "
    raise bad_request(f"{before}json: cannot unmarshal {json_shape(patch)} into Go value of type {name}")


def json_patch(value: Any, operations: Any) -> Any:
    """Return ``value`` after RFC 6902's ``operations``.

    Raises:
        ApiRefusal: when one does not fit.
    """
    value = copy.deepcopy(value)
    for operation in operations:
        value = _operate(value, operation)
    return value


def _operate(value: Any, operation: dict[str, Any]) -> Any:
    kind = operation.get("op")
    parts = [p.replace("~1", "/").replace("~0", "~") for p in operation.get("path", "").split("/")[1:]]
    if kind in ("move", "copy"):
        source = [p.replace("~1", "/").replace("~0", "~") for p in operation["from"].split("/")[1:]]
        moved = copy.deepcopy(_at(value, source))
        if kind == "move":
            value = _operate(value, {"op": "remove", "path": operation["from"]})
        return _operate(value, {"op": "add", "path": operation["path"], "value": moved})
    if kind == "test":
        if _at(value, parts) != operation.get("value"):
            raise bad_request(f"the server rejected our request: testing path {operation['path']} failed")
        return value
    if not parts:
        return operation.get("value")
    parent = _at(value, parts[:-1])
    last = parts[-1]
    if isinstance(parent, list):
        _on_list(parent, last, kind, operation)
    elif isinstance(parent, dict):
        if kind == "remove":
            if last not in parent:
                raise bad_request(f"the server rejected our request: no such path {operation['path']}")
            del parent[last]
        else:
            parent[last] = operation.get("value")
    else:
        raise bad_request(f"the server rejected our request: no such path {operation['path']}")
    return value


def _on_list(items: list[Any], last: str, kind: Any, operation: dict[str, Any]) -> None:
    index = len(items) if last == "-" else int(last) if last.isascii() and last.isdigit() else -1
    if not 0 <= index <= len(items) or (kind != "add" and index == len(items)):
        raise bad_request(f"the server rejected our request: no such path {operation['path']}")
    if kind == "add":
        items.insert(index, operation.get("value"))
    elif kind == "remove":
        del items[index]
    else:
        items[index] = operation.get("value")


def _at(value: Any, parts: list[str]) -> Any:
    for part in parts:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, ValueError, IndexError, TypeError):
            raise bad_request(f"the server rejected our request: no such path {'/'.join(parts)}") from None
    return value


def merge_patch(value: Any, patch: Any) -> Any:
    """Return ``value`` after RFC 7386's ``patch``."""
    if not isinstance(patch, dict):
        return patch
    out = dict(value) if isinstance(value, dict) else {}
    for name, item in patch.items():
        if item is None:
            out.pop(name, None)
        else:
            out[name] = merge_patch(out.get(name), item)
    return out


def strategic_merge(value: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Return an object after a strategic merge patch, by the merge keys of its kind."""
    type_name = type_of_kind(value.get("apiVersion", ""), value.get("kind", ""))
    return _merge_map(value, patch, type_name)


def _merge_map(value: Any, patch: dict[str, Any], type_name: str) -> dict[str, Any]:
    directive = patch.get("$patch")
    if directive == "replace":
        return {k: v for k, v in patch.items() if k != "$patch"}
    if directive == "delete":
        return {}
    rules = fields_of_type(type_name) if type_name else {}
    out = dict(value) if isinstance(value, dict) else {}
    for name, item in patch.items():
        if name.startswith(("$setElementOrder/", "$retainKeys")):
            continue
        if name.startswith("$deleteFromPrimitiveList/"):
            field = name.partition("/")[2]
            out[field] = [i for i in out.get(field) or () if i not in item]
            continue
        rule = rules.get(name)
        if item is None:
            out.pop(name, None)
        elif isinstance(item, dict):
            out[name] = _merge_map(out.get(name), item, rule.type if rule is not None else "")
        elif isinstance(item, list) and rule is not None and "merge" in rule.strategy:
            out[name] = _merge_list(
                out.get(name) or [], item, rule.key, rule.type, patch.get(f"$setElementOrder/{name}")
            )
        else:
            out[name] = item
    retained = patch.get("$retainKeys")
    if isinstance(retained, list):
        out = {k: v for k, v in out.items() if k in retained}
    return out


def _merge_list(items: list[Any], patch: list[Any], key: str, type_name: str, order: list[Any] | None) -> list[Any]:
    if not key:
        return [*items, *(i for i in patch if i not in items)]
    out = list(items)
    names = [item.get(key) for item in items if isinstance(item, dict)]
    for item in patch:
        at = next((i for i, o in enumerate(out) if isinstance(o, dict) and o.get(key) == item.get(key)), -1)
        if item.get("$patch") == "delete":
            if at >= 0:
                del out[at]
        elif at >= 0:
            out[at] = _merge_map(out[at], item, type_name)
        else:
            out.append(item)
    return _ordered(out, [item.get(key) for item in order or patch], names, key)


def _ordered(items: list[Any], wanted: list[Any], before: list[Any], key: str) -> list[Any]:
    """Return items of a list: those of the patch in its order, the others where they were."""
    mine = {item.get(key): item for item in items if isinstance(item, dict) and item.get(key) in wanted}
    queue = [mine[name] for name in dict.fromkeys(wanted) if name in mine]
    out: list[Any] = []
    for item in items:
        name = item.get(key) if isinstance(item, dict) else None
        if name in mine:
            continue
        # what has no place in the list as it was goes in front
        while queue and (queue[0].get(key) not in before or before.index(queue[0].get(key)) < before.index(name)):
            out.append(queue.pop(0))
        out.append(item)
    return [*out, *queue]
