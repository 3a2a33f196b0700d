"""Chart defaults, parents' values, globals and nulls to one tree of values.

Answers to Helm's ``pkg/chart/common/util``: *coalescing* drops nulls, *merging* keeps
them for a later step. Trees that come in are never changed.
"""

from __future__ import annotations

from steersman import errors
from steersman.runtime.log import info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.values.chart import Chart

    Warn = Callable[[str], None]

GLOBAL = "global"


def copy_tree(value: Any) -> Any:
    """Return a copy of ``value``, deep for maps and lists of the plain kinds."""
    kind = type(value)
    if kind is dict:
        return {k: copy_tree(v) if type(v) in _TREES else v for k, v in value.items()}
    if kind is list:
        return [copy_tree(v) if type(v) in _TREES else v for v in value]
    return value


_TREES = frozenset((dict, list))


def coalesce_values(chart: Chart, values: dict[str, Any], warn: Warn = info) -> dict[str, Any]:
    """Return ``values`` over the defaults of ``chart`` and its subcharts, nulls removed.

    Raises:
        ValuesError: when a subchart's values are not a map.
    """
    return _coalesce(warn, chart, copy_tree(values or {}), "", merge=False)


def merge_values(chart: Chart, values: dict[str, Any], warn: Warn = info) -> dict[str, Any]:
    """Return ``values`` over the defaults of ``chart`` and its subcharts, nulls kept.

    Raises:
        ValuesError: when a subchart's values are not a map.
    """
    return _coalesce(warn, chart, copy_tree(values or {}), "", merge=True)


def _prefix(a: str, b: str) -> str:
    return f"{a}.{b}" if a else b


def _coalesce(warn: Warn, chart: Chart, dest: dict[str, Any], prefix: str, *, merge: bool) -> dict[str, Any]:
    _coalesce_own(warn, chart, dest, prefix, merge=merge)
    for sub in chart.dependencies:
        name = sub.name
        if name not in dest:
            dest[name] = {}
        elif not isinstance(dest[name], dict):
            raise errors.ValuesError(f"type mismatch on {name}: {_percent_t(dest[name])}")
        inner = dest[name]
        sub_prefix = _prefix(prefix, chart.name)
        _coalesce_globals(warn, inner, dest, sub_prefix)
        dest[name] = _coalesce(warn, sub, inner, sub_prefix, merge=merge)
    return dest


def _percent_t(value: Any) -> str:
    """Return Go's ``%t`` of a value that is mostly no boolean."""
    if isinstance(value, bool):
        return "true" if value else "false"
    from steersman.go.fmt import sprintf

    return sprintf("%t", [value])


def _coalesce_globals(warn: Warn, dest: dict[str, Any], source: dict[str, Any], prefix: str) -> None:
    target = dest.get(GLOBAL, {}) if GLOBAL in dest else {}
    if not isinstance(target, dict):
        warn(f"warning: skipping globals because destination {GLOBAL} is not a table.")
        return
    given = source.get(GLOBAL, {}) if GLOBAL in source else {}
    if not isinstance(given, dict):
        warn(f"warning: skipping globals because source {GLOBAL} is not a table.")
        return
    for key, value in given.items():
        if isinstance(value, dict):
            fresh = dict(value)
            if key not in target:
                target[key] = fresh
            elif not isinstance(target[key], dict):
                warn(f'Conflict: cannot merge map onto non-map for "{key}". Skipping.')
            else:
                # top-down: the parent's global wins over the subchart's
                _coalesce_tables(warn, fresh, target[key], _prefix(prefix, key), merge=True)
                target[key] = fresh
        elif isinstance(target.get(key), dict):
            warn(f"key {key} is table. Skipping")
        else:
            target[key] = value
    dest[GLOBAL] = target


def _coalesce_own(warn: Warn, chart: Chart, values: dict[str, Any], prefix: str, *, merge: bool) -> None:
    sub_prefix = _prefix(prefix, chart.name)
    children = {sub.name for sub in chart.dependencies}
    for key, default in chart.values.items():
        if key not in values:
            if merge:
                values[key] = copy_tree(default)
            elif default is not None:
                values[key] = _without_nulls(default) if isinstance(default, dict) else copy_tree(default)
            continue
        given = values[key]
        if given is None and not merge:
            del values[key]
        elif isinstance(given, dict):
            if not isinstance(default, dict):
                if default is not None:
                    warn(f"warning: skipped value for {sub_prefix}.{key}: Not a table.")
                continue
            keep = merge or key in children
            source = copy_tree(default) if keep else _without_nulls(default)
            _coalesce_tables(warn, given, source, _prefix(sub_prefix, key), merge=keep)


def _without_nulls(tree: dict[str, Any]) -> dict[str, Any]:
    """Copy a tree without the nulls in its maps (maps in lists are left as they are)."""
    return {k: _without_nulls(v) if isinstance(v, dict) else copy_tree(v) for k, v in tree.items() if v is not None}


def coalesce_tables(dest: dict[str, Any] | None, source: dict[str, Any] | None, warn: Warn = info) -> Any:
    """Return ``dest`` over ``source``; a null in ``dest`` removes the key. Both are changed."""
    return _coalesce_tables(warn, dest, source, "", merge=False)


def merge_tables(dest: dict[str, Any] | None, source: dict[str, Any] | None, warn: Warn = info) -> Any:
    """Return ``dest`` over ``source``, nulls kept. Both are changed."""
    return _coalesce_tables(warn, dest, source, "", merge=True)


def _coalesce_tables(
    warn: Warn, dest: dict[str, Any] | None, source: dict[str, Any] | None, prefix: str, *, merge: bool
) -> Any:
    if source is None:
        return dest
    if dest is None:
        return source
    known = {key for key, value in source.items() if value is not None}
    for key, value in dest.items():
        if value is None:
            source[key] = None
    for key, value in source.items():
        if key not in dest:
            dest[key] = value
            continue
        given = dest[key]
        if not merge and given is None and key in known:
            # the user nullifies a default
            del dest[key]
        elif isinstance(value, dict):
            if isinstance(given, dict):
                _coalesce_tables(warn, given, value, _prefix(prefix, key), merge=merge)
            else:
                warn(f"warning: cannot overwrite table with non table for {_prefix(prefix, key)} ({_percent_v(value)})")
        elif isinstance(given, dict) and value is not None:
            warn(
                f"warning: destination for {_prefix(prefix, key)} is a table. "
                f"Ignoring non-table value ({_percent_v(value)})"
            )
    return dest


def _percent_v(value: Any) -> str:
    from steersman.go.fmt import sprintf

    return sprintf("%v", [value])
