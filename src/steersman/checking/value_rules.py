"""Rules about the values that templates read: unknown ones, fields of scalars, fields of nothing."""

from __future__ import annotations

from steersman.checking.findings import NOTE, WARNING, Finding
from steersman.checking.problems import shown
from steersman.insight.guesses import settings_for
from steersman.insight.nearness import KnownPaths
from steersman.insight.possible import ELEMENT
from steersman.insight.reads import GLOBAL, VALUES
from steersman.insight.unused import dotted
from steersman.insight.use import FIELD, KIND
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.checking.subject import Subject
    from steersman.engine.capabilities import Capabilities
    from steersman.engine.context import Facts
    from steersman.engine.trace import Path
    from steersman.insight.guesses import Setting
    from steersman.insight.use import Use

_SHAPES = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}


class Suspect(Record):
    """A read that fails, should it run.

    Attributes:
        finding: to report once it is seen to fail.
        triggers: the values and the facts of release and cluster that make it run.
        path: of what the field is read of.
        field: the field that is read.
    """

    finding: Finding
    triggers: tuple[Setting, ...]
    path: Path
    field: str


def unknown_values(subject: Subject) -> Iterator[Finding]:
    """Yield the values that templates of the chart read by name, and that nothing declares."""
    uses = subject.uses
    read = {(*use.path, name) for use in uses.found if use.how == FIELD for name in use.constants}
    seen: set[Path] = set()
    known: dict[Path, KnownPaths] = {}
    for use in uses.found:
        if use.how != FIELD or not subject.is_own(use.place.template) or ELEMENT in use.path:
            continue
        parent = subject.default_of(use.path)
        if not isinstance(parent, dict) or not parent:
            continue
        for name in use.constants:
            path = (*use.path, name)
            if subject.declares(path) or path in seen or name == GLOBAL or GLOBAL in use.path[:-1]:
                continue
            if _is_assigned(subject, path) or subject.schema_knows(path):
                continue
            seen.add(path)
            if name in subject.commented:
                continue
            if use.path not in known:
                known[use.path] = KnownPaths((*use.path, key) for key in parent)
            meant = known[use.path].nearest(path)
            value = f"no values.yaml has {dotted(path)}, which this line reads"
            if meant is not None and meant not in read:
                message = f"{value}; did you mean {dotted(meant)}?"
                yield Finding("unknown-value", WARNING, message, use.place.template, use.place.line)
            else:
                yield Finding("unknown-value", NOTE, value, use.place.template, use.place.line)


def suspects(subject: Subject, facts: Facts, capabilities: Capabilities) -> Iterator[Suspect]:
    """Yield the reads of fields of what is not a map with these defaults, and what would make them run.

    One read may have several suspects, one for each set of values that would make it run.
    """
    uses = subject.uses
    typed = {use.path for use in uses.found if use.how == KIND}
    seen: set[tuple[Path, str, int]] = set()
    for use in uses.found:
        if use.how != FIELD or use.is_safe or not use.path or ELEMENT in use.path:
            continue
        if not subject.is_own(use.place.template) or use.path in typed:
            continue
        parent = subject.default_of(use.path[:-1])
        value = subject.default_of(use.path)
        if isinstance(value, dict) or not isinstance(parent, dict) or _is_assigned(subject, use.path):
            continue
        key = use.path, use.place.template, use.place.line
        if key in seen or _is_protected(use):
            continue
        seen.add(key)
        field = use.constants[0]
        if value is None:
            rule, reason = "nil-value", f"{dotted(use.path)} is not set"
        else:
            rule, reason = "scalar-field", f"{dotted(use.path)} is {_SHAPES.get(type(value), 'not a map')}"
        for settings in settings_for(uses, use.guards, facts, capabilities):
            if not settings:
                continue  # it runs anyway, or what decides is not known
            when = " and ".join(_when(subject, setting) for setting in settings)
            message = f"{reason} by default, so reading {dotted((*use.path, field))} fails when {when}"
            finding = Finding(rule, WARNING, message, use.place.template, use.place.line)
            yield Suspect(finding, settings, use.path, field)


def _is_assigned(subject: Subject, path: Path) -> bool:
    """Return whether a template sets a value, or some value that it is in."""
    assigned = subject.uses.assigned
    full = (VALUES, *path)
    return any(full[:end] in assigned or (*full[: end - 1], ELEMENT) in assigned for end in range(2, len(full) + 1))


def _is_protected(use: Use) -> bool:
    """Return whether a condition around a use looks at the value, or at something in it."""
    full = (VALUES, *use.path)
    return any(path[: len(full)] == full for guard in use.guards for path in guard.paths)


def _is_something(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value == "x") or (isinstance(value, dict) and bool(value))


def _when(subject: Subject, setting: Setting) -> str:
    """Return a setting as a condition, in words."""
    value = setting.value
    if setting.scope == VALUES:
        name = dotted(setting.path)
        if isinstance(value, list) and value:
            return f"{name} has an item"
        if value is False:
            return f"{name} is false"
        if not value and value != 0:
            return f"{name} is empty"
        is_set = _is_something(value) and not subject.default_of(setting.path)
        return f"{name} is {'set' if is_set else shown(value)}"
    key = setting.path[0]
    if key == "apiVersions":
        return f"the cluster has {' and '.join(map(str, value))}"
    if key == "minorVersion":
        return f"the cluster is Kubernetes 1.{value}"
    if key == "upgrade":
        return "a release is upgraded" if value else "a release is installed"
    return f"the release has the {key} {value}"
