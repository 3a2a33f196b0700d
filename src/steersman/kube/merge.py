"""Three-way patches for the client-side path: what is sent to bring a live object to what is wanted.

Built-in kinds get a strategic merge patch (``strategic``), other kinds a merge patch that replaces lists whole.
Answers to ``createPatch`` of Helm's ``pkg/kube`` and to ``k8s.io/apimachinery/pkg/util/jsonmergepatch``.
"""

from __future__ import annotations

from steersman.kube.client import MERGE_PATCH, STRATEGIC_MERGE_PATCH
from steersman.kube.merge_keys import type_of_kind
from steersman.kube.strategic import three_way_patch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.kube.objects import Target


def patch_for(
    original: dict[str, Any], target: Target, live: dict[str, Any], *, three_way_for_custom: bool
) -> tuple[dict[str, Any], str]:
    """Return the patch that brings ``live`` to ``target``, empty when nothing changes, and its content type.

    Args:
        original: the object as it was last asked for.
        target: the object as it is asked for now.
        live: the object on the server.
        three_way_for_custom: for kinds without merge rules, also repair what others changed;
            Helm does so only when it takes ownership.

    Raises:
        CannotMerge: when the lists of a built-in kind cannot be compared item by item.
    """
    resource = target.resource
    type_name = type_of_kind(resource.api_version, resource.kind)
    if type_name:
        return three_way_patch(original, target.object, live, type_name), STRATEGIC_MERGE_PATCH
    return custom_patch(original, target, live, three_way=three_way_for_custom), MERGE_PATCH


def custom_patch(original: dict[str, Any], target: Target, live: dict[str, Any], *, three_way: bool) -> dict[str, Any]:
    """Return the merge patch for an object whose kind has no merge rules, or that does not fit its kind."""
    if three_way:
        return merge_diff(live, _merge_json(original, target.object, live))
    # helm: custom resources are patched with what changed between two charts, whatever is live
    return merge_diff(original, target.object)


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
