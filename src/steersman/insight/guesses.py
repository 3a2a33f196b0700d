"""Values with which a render would take a side that no test has taken.

The conditions on the way to the side (``uses.ways``) say which values to set. That is a guess: a helper may decide
otherwise. Who has a way to render tries each, and keeps those that take the side.
"""

from __future__ import annotations

import re
from functools import partial

from steersman.engine.capabilities import Capabilities, KubeVersion
from steersman.engine.context import Facts
from steersman.insight.answers import API_VERSIONS, KUBE_VERSION, answers, check_of
from steersman.insight.possible import ELEMENT
from steersman.insight.reads import VALUES
from steersman.insight.use import COMPARED, FIELD, LOOP, NUMBER, PRINTED, TEMPLATE, TEXT
from steersman.record import Record
from steersman.values.coalesce import copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Protocol

    from steersman.engine.trace import Path
    from steersman.insight.code import Side
    from steersman.insight.use import Check, Guard
    from steersman.insight.uses import Uses

    class Schemas(Protocol):
        """The schemas that values have to fit."""

        def values_at(self, path: Path) -> Sequence[Any]:
            """Return values that schemas describe for a path below ``Values``."""

        def allow(self, setting: Setting) -> bool:
            """Return whether schemas let a value be where it is, whatever they say about others."""


# values for what else templates do with a path that has no default, the first that is done
_FITTING: dict[str, Any] = {NUMBER: 1, **dict.fromkeys((TEXT, PRINTED, COMPARED, TEMPLATE), "x")}
_MOST_FORMS = 3  # of a list or a map


_MOST_WAYS = 4  # for one set of conditions
_RELEASE, _CAPABILITIES = "release", "capabilities"
_NAMES = {"IsUpgrade": "upgrade", "Name": "name", "Namespace": "namespace", "Revision": "revision"}
_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9._/-]*", re.IGNORECASE)


class Setting(Record):
    """A value and its path below ``Values``, or in the ``scope`` of a suite: ``release`` or ``capabilities``."""

    path: Path
    value: Any
    scope: str = VALUES

    def __str__(self) -> str:
        import json

        keys = ".".join(str(key).replace(".", "\\.") for key in self.path)
        if self.scope != VALUES:
            return f"{self.scope}.{keys}: {json.dumps(self.value)}"
        # a text that YAML would read as something else is quoted, and so is one that is not plain
        is_plain = isinstance(self.value, str) and _PLAIN.fullmatch(self.value) is not None
        return f"{keys}={self.value if is_plain else json.dumps(self.value)}"


def guesses(
    uses: Uses,
    side: Side,
    facts: Facts,
    capabilities: Capabilities,
    schemas: Schemas | None = None,
) -> Iterator[tuple[Setting, ...]]:
    """Yield sets of values that may lead to a side, with the chart's defaults around them; small ones first.

    Args:
        uses: of the chart.
        side: of a choice.
        facts, capabilities: the release and the cluster, which settings may change.
        schemas: of the chart and its subcharts, where values have to fit them.
    """
    around = _around(facts, capabilities)
    ways = uses.ways.get((side.template, side.pos, side.kind, side.number), ())
    for form in range(_MOST_FORMS):
        made = [_settings(uses, guards, around, schemas, form) for guards in ways]
        found = {repr(settings): settings for settings in made if settings is not None}
        yield from sorted(found.values(), key=len)


def settings_for(
    uses: Uses, guards: Sequence[Guard], facts: Facts, capabilities: Capabilities
) -> Iterator[tuple[Setting, ...]]:
    """Yield sets of values with which conditions hold, as far as these are clear; see ``guesses``."""
    around = _around(facts, capabilities)
    for way in _ways(tuple(guards)):
        settings = _settings(uses, way, around)
        if settings is not None:
            yield settings


def _ways(guards: tuple[Guard, ...]) -> Iterator[tuple[Guard, ...]]:
    """Yield sets of conditions without alternatives, of which each is enough for ``guards``; not too many."""
    found: list[tuple[Guard, ...]] = [()]
    for guard in guards:
        sides = [way for side in guard.any_of for way in _ways(side)] or [(guard,)]
        found = [(*one, *side) for side in sides for one in found][:_MOST_WAYS]
    yield from found


def _around(facts: Facts, capabilities: Capabilities) -> dict[Path, Any]:
    return {
        **{("Release", name): value for name, value in facts.as_map().items()},
        KUBE_VERSION: capabilities.kube_version.version,
        API_VERSIONS: capabilities.api_versions,
    }


def as_values(settings: Sequence[Setting]) -> dict[str, Any]:
    """Return the values as a values file would have them."""
    made: dict[str, Any] = {}
    for setting in settings:
        if setting.scope != VALUES:
            continue
        at = made
        for key in setting.path[:-1]:
            inner = at.setdefault(key, {})
            if not isinstance(inner, dict):
                inner = at[key] = {}
            at = inner
        at[setting.path[-1]] = copy_tree(setting.value)  # another setting may be below it
    return made


def with_settings(settings: Sequence[Setting], facts: Facts, capabilities: Capabilities) -> tuple[Facts, Capabilities]:
    """Return a release and a cluster as settings have them."""
    given = {(setting.scope, setting.path[0]): setting.value for setting in settings if setting.scope != VALUES}
    is_upgrade = given.get((_RELEASE, "upgrade"), facts.is_upgrade)
    facts = Facts(
        given.get((_RELEASE, "name"), facts.name),
        given.get((_RELEASE, "namespace"), facts.namespace),
        given.get((_RELEASE, "revision"), facts.revision),
        not is_upgrade,
        is_upgrade,
    )
    versions = (*capabilities.api_versions, *given.get((_CAPABILITIES, "apiVersions"), ()))
    kube = capabilities.kube_version
    minor = given.get((_CAPABILITIES, "minorVersion"))
    if minor is not None:
        version = f"v{kube.major}.{minor}.0"
        kube = KubeVersion(version, kube.major, str(minor), version)
    return facts, Capabilities(kube, tuple(dict.fromkeys(versions)))


def _settings(
    uses: Uses,
    guards: tuple[Guard, ...],
    around: dict[Path, Any],
    schemas: Schemas | None = None,
    form: int = 0,
) -> tuple[Setting, ...] | None:
    """Return what makes conditions hold; None where they contradict each other, or none is known.

    Args:
        uses, schemas: as for ``guesses``.
        guards: the conditions.
        around: the release and the cluster.
        form: how many of the forms of lists and maps to pass over.
    """
    asked: dict[Path, list[Check]] = {}
    for guard in guards:
        check = check_of(guard)
        if check is not None:  # without one it may hold as things are
            asked.setdefault(check.paths[0], []).append(check)
    made: list[Setting] = []
    for path, checks in asked.items():
        now = uses.default_of(path) if path[0] == VALUES else around.get(path)
        allowed = schemas.values_at(path[1:]) if schemas is not None and path[0] == VALUES else ()
        for value in answers(checks, now, partial(_something, uses, path, now, form), allowed):
            is_changed = value != now or type(value) is not type(now)
            settings = list(_of_path(path, value, now)) if is_changed else []
            if schemas is None or all(setting.scope != VALUES or schemas.allow(setting) for setting in settings):
                made += settings
                break
        else:
            return None
    return tuple(made)


def _of_path(path: Path, value: Any, now: Any) -> Iterator[Setting]:
    """Yield the settings of a suite that give a place a value."""
    if path == KUBE_VERSION:
        _, minor, _ = value.split(".")
        yield Setting(("minorVersion",), int(minor), _CAPABILITIES)
    elif path == API_VERSIONS:
        yield Setting(("apiVersions",), [one for one in value if one not in now], _CAPABILITIES)
    elif path[0] == VALUES:
        yield Setting(path[1:], value)
    else:
        yield Setting((_NAMES[path[1]],), value, _RELEASE)


def _something(uses: Uses, path: Path, default: Any, form: int) -> Sequence[Any]:
    """Return values that are not empty, of the kind of the default or as templates use it."""
    if isinstance(default, bool):
        return (True,)
    if isinstance(default, (int, float)):
        return (1,)
    if isinstance(default, str):
        return ("x",)
    element = _element(uses, path)
    # Lists and maps are tried in several forms: a template may print them next to a key "name", or as whole objects.
    lists: tuple[Any, ...] = ([element], [{"name": "x"}])
    maps: tuple[Any, ...] = ({"name": element}, {"example": element}, {"apiVersion": "v1", "kind": "x"})
    if isinstance(default, list):
        return _from_form(lists, form)
    if isinstance(default, dict):
        return _from_form(maps, form)
    found = {use.how for use in uses.found if use.path == path[1:]}
    if FIELD in found:
        return _from_form(({"name": "x"}, *maps[1:]), form)
    if LOOP in found:
        return _from_form(lists, form)
    return (next((value for how, value in _FITTING.items() if how in found), True),)


def _from_form(forms: Sequence[Any], form: int) -> Sequence[Any]:
    return forms[min(form, len(forms) - 1) :]


def _element(uses: Uses, path: Path) -> Any:
    """Return an element of a list or a map: a map with the fields that templates read of it, or else a text."""
    element = (*path[1:], ELEMENT)
    fields = {name: "x" for use in uses.found if use.how == FIELD and use.path == element for name in use.constants}
    return fields or "x"
