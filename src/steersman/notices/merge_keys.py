"""List items that share their merge key: a merge patch takes them for one."""

from __future__ import annotations

from steersman.kube.merge_keys import fields_of_type, type_of_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any


def shared_merge_keys(objects: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the items that a client-side upgrade cannot tell apart, such as 443/TCP and 443/UDP of a Service."""
    for one in objects:
        kind = str(one.get("kind") or "")
        name = (one.get("metadata") or {}).get("name") or ""
        for path, key, value in _shared(one, type_of_kind(str(one.get("apiVersion") or ""), kind), ""):
            yield (
                f"{kind} {name}: several items of {path} have the {key} {value}; a client-side upgrade takes them for "
                "one and may lose changes of the others; --server-side=true keeps them apart"
            )


def _shared(value: dict[str, Any], type_name: str, path: str) -> Iterator[tuple[str, str, str]]:
    rules = fields_of_type(type_name) if type_name else {}
    for field, inner in value.items():
        rule = rules.get(field)
        if rule is None:
            continue
        place = f"{path}.{field}" if path else field
        if isinstance(inner, dict):
            yield from _shared(inner, rule.type, place)
        elif isinstance(inner, list):
            items = [item for item in inner if isinstance(item, dict)]
            if rule.key and "merge" in rule.strategy:
                keys = [str(item.get(rule.key)) for item in items if item.get(rule.key) is not None]
                for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
                    yield place, rule.key, key
            for at, item in enumerate(items):
                yield from _shared(item, rule.type, f"{place}[{at}]")
