"""Three-way merge for the client-side path: original, wanted and live object to a merge patch.

Built-in kinds merge lists by key as their API types say (``merge_keys``), other kinds
replace lists whole. What ``kubectl apply`` and Helm send as a strategic merge patch is
computed here to its result, which a plain merge patch then carries. Answers to
``k8s.io/apimachinery/pkg/util/{strategicpatch,jsonmergepatch}``.
"""

from __future__ import annotations

from steersman.kube.merge_keys import ListRule, fields_of_type, type_of_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.kube.objects import Target


def merge_patch_for(
    original: dict[str, Any], target: Target, live: dict[str, Any], *, three_way_for_custom: bool
) -> dict[str, Any]:
    """Return the merge patch that brings ``live`` to ``target``; empty when nothing changes.

    Args:
        original: the object as it was last asked for.
        three_way_for_custom: for kinds without merge rules, also repair what others changed;
            Helm does so only when it takes ownership.
    """
    resource = target.resource
    type_name = type_of_kind(resource.api_version, resource.kind)
    if not type_name:
        if not three_way_for_custom:
            # helm: custom resources are patched with what changed between two charts, whatever is live
            return merge_diff(original, target.object)
        merged = _merge_json(original, target.object, live)
    else:
        merged = merge_objects(original, target.object, live, type_name)
    return merge_diff(live, merged)


def merge_objects(original: Any, wanted: Any, live: Any, type_name: str) -> Any:
    """Return ``live`` with the changes from ``original`` to ``wanted`` and all of ``wanted`` in it."""
    return _merge_maps(original, wanted, live, type_name)


def merge_diff(before: Any, after: Any) -> dict[str, Any]:
    """Return the merge patch (RFC 7386) from one object to another."""
    patch: dict[str, Any] = {}
    for key, value in after.items():
        if key not in before:
            if value is not None:
                patch[key] = value
        elif isinstance(value, dict) and isinstance(before[key], dict):
            inner = merge_diff(before[key], value)
            if inner:
                patch[key] = inner
        elif before[key] != value:
            patch[key] = value
    for key in before:
        if key not in after:
            patch[key] = None
    return patch


def _merge_json(original: Any, wanted: Any, live: Any) -> Any:
    out = dict(live)
    for key in original:
        if key not in wanted:
            out.pop(key, None)
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            before = original.get(key)
            out[key] = _merge_json(before if isinstance(before, dict) else {}, value, out[key])
        elif value is None:
            out.pop(key, None)
        else:
            out[key] = value
    return out


def _merge_maps(original: Any, wanted: dict[str, Any], live: Any, type_name: str, *, retain: bool = False) -> Any:
    rules = fields_of_type(type_name)
    before = original if isinstance(original, dict) else {}
    out = dict(live) if isinstance(live, dict) else {}
    for key in before:
        if key not in wanted:
            out.pop(key, None)
    for key, value in wanted.items():
        merged = _merge_value(before.get(key), value, out.get(key), rules.get(key))
        if merged is None:
            out.pop(key, None)
        else:
            out[key] = merged
    if retain and out != live:
        # k8s: "retainKeys": a changed union keeps only the fields that are asked for
        return {key: value for key, value in out.items() if key in wanted}
    return out


def _merge_value(original: Any, wanted: Any, live: Any, rule: ListRule | None) -> Any:
    if isinstance(wanted, dict) and (isinstance(live, dict) or live is None):
        if rule is not None and rule.strategy == "replace":
            return wanted
        type_name = rule.type if rule is not None else ""
        retain = rule is not None and "retainKeys" in rule.strategy
        return _merge_maps(original, wanted, live, type_name, retain=retain) if isinstance(live, dict) else wanted
    if isinstance(wanted, list) and isinstance(live, list) and rule is not None and "merge" in rule.strategy:
        before = original if isinstance(original, list) else []
        if rule.key:
            return _merge_lists(before, wanted, live, rule)
        return _merge_sets(before, wanted, live)
    return wanted


def _merge_lists(original: list[Any], wanted: list[Any], live: list[Any], rule: ListRule) -> list[Any]:
    """Merge lists of objects item by item; items only the server has stay where they are between the others."""

    def by_key(items: list[Any]) -> dict[Any, Any]:
        return {item.get(rule.key): item for item in items if isinstance(item, dict)}

    before, asked, there = by_key(original), by_key(wanted), by_key(live)
    if None in asked:
        return wanted  # an item without its key cannot be merged
    retain = "retainKeys" in rule.strategy
    merged = {
        key: _merge_maps(before.get(key), item, there[key], rule.type, retain=retain) if key in there else item
        for key, item in asked.items()
    }
    extra = [item for key, item in there.items() if key not in asked and key not in before]
    return _in_order(list(merged.values()), extra, live, rule.key)


def _in_order(merged: list[Any], extra: list[Any], live: list[Any], key: str) -> list[Any]:
    """Keep the wanted order among ``merged`` and insert ``extra``, what only the server has, by the live order.

    k8s: what is new stands behind everything live, so extras come before it.
    """
    place = {_key_of(item, key): i for i, item in enumerate(live)}
    out: list[Any] = []
    waiting = sorted(extra, key=lambda item: place[_key_of(item, key)])
    for item in merged:
        here = place.get(_key_of(item, key), len(live))
        while waiting and place[_key_of(waiting[0], key)] < here:
            out.append(waiting.pop(0))
        out.append(item)
    return out + waiting


def _key_of(item: Any, key: str) -> Any:
    if not key:
        return item
    return item.get(key) if isinstance(item, dict) else None


def _merge_sets(original: list[Any], wanted: list[Any], live: list[Any]) -> list[Any]:
    extra = [item for item in live if item not in wanted and item not in original]
    return _in_order(wanted, extra, live, "")
