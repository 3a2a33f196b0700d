"""Rules about the values that templates read: unknown ones, fields of scalars, fields of nothing."""

from __future__ import annotations

from steersman.checking.findings import NOTE, WARNING, Finding
from steersman.checking.problems import shown
from steersman.insight.nearness import nearest
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
    from steersman.engine.trace import Path
    from steersman.insight.use import Guard, Use

_SHAPES = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}


class Suspect(Record):
    """A read that fails, should it run.

    Attributes:
        finding: to report once it is seen to fail.
        triggers: the values that make it run, in the form of a tree.
        field: the field that is read.
    """

    finding: Finding
    triggers: dict[str, Any]
    field: str


def unknown_values(subject: Subject) -> Iterator[Finding]:
    """Yield the values that templates of the chart read by name, and that nothing declares."""
    uses = subject.uses
    read = {(*use.path, name) for use in uses.found if use.how == FIELD for name in use.constants}
    seen: set[Path] = set()
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
            meant = nearest(path, [(*use.path, key) for key in parent if isinstance(key, str)])
            value = f"no values.yaml has {dotted(path)}, which this line reads"
            if meant is not None and meant not in read:
                message = f"{value}; did you mean {dotted(meant)}?"
                yield Finding("unknown-value", WARNING, message, use.place.template, use.place.line)
            else:
                yield Finding("unknown-value", NOTE, value, use.place.template, use.place.line)


def suspects(subject: Subject) -> Iterator[Suspect]:
    """Yield the reads of fields of what is not a map with these defaults, and what would make them run."""
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
        triggers = _triggers(subject, use)
        if not triggers:
            continue
        seen.add(key)
        field = use.constants[0]
        when = " and ".join(
            f"{dotted(path)} is {'set' if wanted in (True, 'x') else shown(wanted)}"
            for path, wanted in triggers.items()
        )
        tree: dict[str, Any] = {}
        for path, wanted in triggers.items():
            _put(tree, path, wanted)
        if value is None:
            rule, reason = "nil-value", f"{dotted(use.path)} is not set"
        else:
            rule, reason = "scalar-field", f"{dotted(use.path)} is {_SHAPES.get(type(value), 'not a map')}"
        message = f"{reason} by default, so reading {dotted((*use.path, field))} fails when {when}"
        finding = Finding(rule, WARNING, message, use.place.template, use.place.line)
        yield Suspect(finding, tree, field)


def _is_assigned(subject: Subject, path: Path) -> bool:
    """Return whether a template sets a value, or some value that it is in."""
    assigned = subject.uses.assigned
    full = (VALUES, *path)
    return any(full[:end] in assigned or (*full[: end - 1], ELEMENT) in assigned for end in range(2, len(full) + 1))


def _is_protected(use: Use) -> bool:
    """Return whether a condition around a use looks at the value, or at something in it."""
    full = (VALUES, *use.path)
    return any(path[: len(full)] == full for guard in use.guards for path in guard.paths)


def _triggers(subject: Subject, use: Use) -> dict[Path, Any]:
    """Return the values, with what they have to be, that make a use run which does not run by default.

    None where it runs anyway, or where that depends on something else than values.
    """
    found: dict[Path, Any] = {}
    for guard in use.guards:
        if not guard.paths or any(path[0] != VALUES or ELEMENT in path for path in guard.paths):
            return {}
        holds = _holds(subject, guard)
        if holds is None:
            return {}
        if holds:
            continue
        path = guard.paths[0][1:]
        default = subject.default_of(path)
        if guard.constant is not None:
            found[path] = guard.constant
        elif guard.wanted:
            if isinstance(default, (dict, list)) or (default is None and use.path[: len(path)] == path):
                return {}
            found[path] = "x" if default == "" else True
        else:
            return {}
    return found


def _holds(subject: Subject, guard: Guard) -> bool | None:
    """Return whether a condition holds by default; None where that cannot be known."""
    values = [subject.default_of(path[1:]) for path in guard.paths]
    if guard.constant is not None:
        return any(value == guard.constant for value in values)
    if guard.wanted is None:
        return None
    return any(bool(value) for value in values) == guard.wanted


def _put(tree: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree[path[-1]] = value
