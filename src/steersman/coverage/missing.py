"""Values with which a render would take a side that no test has taken.

The conditions on the way to the side (``uses.ways``) say which values to set. That is a guess: a helper may decide
otherwise. Who has a way to render tries each, and keeps those that take the side.
"""

from __future__ import annotations

import re

from steersman.insight.possible import ELEMENT
from steersman.insight.reads import VALUES
from steersman.insight.use import COMPARED, FIELD, LOOP, NUMBER, PRINTED, TEMPLATE, TEXT
from steersman.record import Record
from steersman.values.coalesce import copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.engine.trace import Path
    from steersman.insight.code import Side
    from steersman.insight.use import Guard
    from steersman.insight.uses import Uses

# values for what templates do with a path that has no default, the first that is done
_FITTING: dict[str, Any] = {
    FIELD: {"name": "x"},
    LOOP: ["x"],
    NUMBER: 1,
    **dict.fromkeys((TEXT, PRINTED, COMPARED, TEMPLATE), "x"),
}


_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9._/-]*", re.IGNORECASE)


class Setting(Record):
    """A value and its path below ``Values``."""

    path: Path
    value: Any

    def __str__(self) -> str:
        import json

        keys = ".".join(str(key).replace(".", "\\.") for key in self.path)
        # a text that YAML would read as something else is quoted, and so is one that is not plain
        is_plain = isinstance(self.value, str) and _PLAIN.fullmatch(self.value) is not None
        return f"{keys}={self.value if is_plain else json.dumps(self.value)}"


def guesses(uses: Uses, side: Side) -> Iterator[tuple[Setting, ...]]:
    """Yield sets of values that may lead to a side, with the chart's defaults around them; small ones first."""
    ways = uses.ways.get((side.template, side.pos, side.kind, side.number), ())
    found = {repr(settings): settings for guards in ways if (settings := _settings(uses, guards)) is not None}
    yield from sorted(found.values(), key=len)


def as_values(settings: tuple[Setting, ...]) -> dict[str, Any]:
    """Return the values as a values file would have them."""
    made: dict[str, Any] = {}
    for setting in settings:
        at = made
        for key in setting.path[:-1]:
            inner = at.setdefault(key, {})
            if not isinstance(inner, dict):
                inner = at[key] = {}
            at = inner
        at[setting.path[-1]] = copy_tree(setting.value)  # another setting may be below it
    return made


def _settings(uses: Uses, guards: tuple[Guard, ...]) -> tuple[Setting, ...] | None:
    """Return what makes conditions hold; None where they contradict each other."""
    made: dict[Path, Any] = {}
    for guard in guards:
        paths = [path for path in guard.paths if path[0] == VALUES and len(path) > 1 and ELEMENT not in path]
        if not paths or (guard.wanted is None and guard.constant is None):
            continue  # unclear: it may hold as things are
        path = min(paths, key=len)
        now = made[path] if path in made else uses.default_of(path)
        if guard.wanted is None:
            value = guard.constant
        elif bool(now) == guard.wanted:
            continue
        else:
            value = _something(uses, path, now) if guard.wanted else _nothing(now)
        if path in made and made[path] != value:
            return None
        made[path] = value
    return tuple([Setting(path[1:], value) for path, value in made.items()])


def _something(uses: Uses, path: Path, default: Any) -> Any:
    """Return a value that is not empty, of the kind of the default or as templates use it."""
    if isinstance(default, bool):
        return True
    if isinstance(default, (int, float)):
        return 1
    if isinstance(default, str):
        return "x"
    if isinstance(default, list):
        return ["x"]
    if isinstance(default, dict):
        return {"name": "x"}
    found = {use.how for use in uses.found if use.path == path[1:]}
    return next((value for how, value in _FITTING.items() if how in found), True)


def _nothing(default: Any) -> Any:
    if isinstance(default, bool):
        return False
    if isinstance(default, (int, float)):
        return 0
    if isinstance(default, str):
        return ""
    return [] if isinstance(default, list) else None
