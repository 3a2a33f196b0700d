"""Maps: making, reading, changing, merging.

``set``, ``unset`` and the merges change the map they are given, as in Sprig. Answers to Sprig's
``dict.go`` and, for merging, to mergo.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.values import StringList, is_nil, type_name
from steersman.gotemplate.values_map import ValuesMap
from steersman.sprig.context import view_of
from steersman.sprig.strings import to_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sprig.context import Context


def make_dict(*values: Any) -> dict[str, Any]:
    """Make a map of keys and values; a key without a value gets ``""``."""
    made: dict[str, Any] = {}
    for at in range(0, len(values), 2):
        key = values[at]
        made[key if type(key) is str else to_string(key)] = values[at + 1] if at + 1 < len(values) else ""
    return made


def get(items: dict[str, Any], key: str) -> Any:
    """Return an entry, or ``""``."""
    return dict.get(items, key, "")


def set_key(context: Context | None, items: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Set an entry in place."""
    if is_nil(items):
        raise go_errors.CallError("assignment to entry in nil map")
    items[key] = value
    view = view_of(context, items)
    if view is not None:
        view[key] = value
    return items


def unset(context: Context | None, items: dict[str, Any], key: str) -> dict[str, Any]:
    """Remove an entry in place."""
    items.pop(key, None)
    view = view_of(context, items)
    if view is not None:
        view.pop(key, None)
    return items


def has_key(items: dict[str, Any], key: str) -> bool:
    """Return whether there is an entry."""
    return key in items


def pluck(key: str, *maps: dict[str, Any]) -> list[Any]:
    """Return one entry of each map that has it."""
    return [m[key] for m in maps if key in m]


def keys(*maps: dict[str, Any]) -> StringList:
    """Return all keys. Go's order is random; ours is sorted."""
    return StringList([key for m in maps for key in sorted(m)])


def values(items: dict[str, Any]) -> list[Any]:
    """Return all values. Go's order is random; ours is that of the sorted keys."""
    return [items[key] for key in sorted(items)]


def pick(items: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a map with the named entries."""
    return {name: items[name] for name in names if name in items}


def omit(items: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a map without the named entries."""
    left_out = frozenset(names)
    return {key: value for key, value in items.items() if key not in left_out}


def merge(context: Context | None, target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    """Add what ``target`` lacks, in place."""
    return _merge_all(context, target, sources, overwrites=False)


def merge_overwrite(context: Context | None, target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    """Put the sources over ``target``, in place."""
    return _merge_all(context, target, sources, overwrites=True)


def _merge_all(
    context: Context | None, target: dict[str, Any], sources: tuple[dict[str, Any], ...], *, overwrites: bool
) -> dict[str, Any]:
    for source in sources:
        if is_nil(target) and not is_nil(source):
            # mergo: a nil map is made when there is something to put into it.
            target = {}
        _merge(context, target, source, overwrites=overwrites)
    return target


def _merge(context: Context | None, target: dict[str, Any], source: dict[str, Any], *, overwrites: bool) -> None:
    if type(target) is ValuesMap:
        target = target.plain
    view = view_of(context, target)
    for key, value in list(source.items()):
        if value is None:
            if not overwrites:
                continue
        else:
            known = target.get(key)
            if known:
                if isinstance(value, dict) and isinstance(known, dict):
                    _merge(context, known, value, overwrites=overwrites)
                    continue
                if not overwrites:
                    continue
        # mergo: maps and lists are shared and not copied.
        target[key] = value
        if view is not None:
            view[key] = value


def dig(*path: Any) -> Any:
    """Follow keys through maps; the last but one argument is the default, the last the map."""
    if len(path) < 3:
        raise go_errors.CallError("dig needs at least three arguments")
    found = _as_map(path[-1])
    names = path[:-2]
    for name in names:
        if not isinstance(name, str):
            raise go_errors.CallError(f"interface conversion: interface {{}} is {_type(name)}, not string")
    for name in names[:-1]:
        if name not in found:
            return path[-2]
        found = _as_map(found[name])
    return found[names[-1]] if names[-1] in found else path[-2]


def _as_map(value: Any) -> dict[str, Any]:
    if type_name(value) == "map[string]interface {}":
        return value  # type: ignore[no-any-return]
    raise go_errors.CallError(f"interface conversion: interface {{}} is {_type(value)}, not map[string]interface {{}}")


def _type(value: Any) -> str:
    return "nil" if value is None else type_name(value)
