"""Values made from a schema, and the mistakes that a chart shows with them; each shrunk to the smallest values.

Hypothesis (the extra ``test``) makes the values and shrinks them.
"""

from __future__ import annotations

from contextlib import suppress

from steersman.checking.findings import DEFAULTS, ERROR, INFO, WARNING, Finding
from steersman.checking.renders import NOT_IDEMPOTENT, Case, Renders
from steersman.checking.schema_values import resolved, values_of
from steersman.insight.unused import UNMENTIONED, dotted, find_unused
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

    from hypothesis.strategies import SearchStrategy

    from steersman.checking.subject import Subject

    Schema: TypeAlias = dict[str, Any]
    Path: TypeAlias = tuple[str, ...]

NAME = "generated values"
_MOST_PATHS = 2_000
_MOST_SET = 5  # values of one render
_MOST_MISTAKES = 10
_MOST_RENDERS = 5  # for each of the values that are asked for
_MOST_DEPTH = 12
_SCALARS = ("boolean", "integer", "number", "string")
_KINDS = ((bool, "boolean"), ((int, float), "number"), (str, "string"), (list, "array"), (dict, "object"))


class Mistake(Record):
    """A mistake that values bring out.

    Attributes:
        finding: what is wrong.
        values: the smallest values that were found to show it.
    """

    finding: Finding
    values: dict[str, Any]


class Generated(Record):
    """The mistakes that were found, and how many renders it took."""

    mistakes: tuple[Mistake, ...]
    renders: int


class _Shown(Exception):
    """The mistake of one render."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


class _Enough(BaseException):
    """The limit of renders is reached. Not an ``Exception``: Hypothesis would look for smaller values that raise it."""


def look_for_mistakes(
    subject: Subject,
    renders: Renders,
    schema: Schema,
    count: int,
    seed: int,
    on_render: Callable[[int], object] = lambda _count: None,
) -> Generated:
    """Return the mistakes that values bring out and the defaults do not; the same ones for the same seed.

    If the defaults do not render, that is the only mistake: where the chart itself asks for a value, only if no made-up
    values render either.

    Args:
        subject: the chart.
        renders: renders it.
        schema: of its values.
        count: how many values to make.
        seed: others make other values.
        on_render: told the number of renders before each.
    """
    looks = _Looks(subject, renders, _MOST_RENDERS * count, on_render)
    defaults = looks.at({}) or []
    failed = next((one for one in defaults if one.rule == "not-rendered"), None)
    if failed is not None and failed.severity != INFO:
        return Generated((Mistake(failed, {}),), looks.count)
    paths = paths_of(schema)
    known = {_key(finding) for finding in defaults}
    found: list[Mistake] = []
    values = _strategy(schema, paths) if paths else None
    while values is not None and len(found) < _MOST_MISTAKES:
        mistake = _first(looks, values, count, seed, known)
        if mistake is None:
            break
        known.add(_key(mistake.finding))
        found.append(mistake)
    if failed is not None and not looks.has_rendered:
        found = [Mistake(failed, {})]
    return Generated(tuple(found), looks.count)


class _Looks:
    """The findings of renders, each done once; there is a limit to their number, for shrinking can take thousands."""

    def __init__(self, subject: Subject, renders: Renders, most: int, on_render: Callable[[int], object]) -> None:
        self._on_render = on_render
        self._subject = subject
        self._renders = renders
        self._left = most
        self._known: dict[str, list[Finding]] = {}
        self.has_rendered = False

    def at(self, values: dict[str, Any]) -> list[Finding] | None:
        """Return the findings of a render with these values; None beyond the limit."""
        key = repr(values)
        if key not in self._known and self._left < 1:
            return None
        return self.surely_at(values)

    def surely_at(self, values: dict[str, Any]) -> list[Finding]:
        """Return the findings of a render with these values, whatever the limit."""
        key = repr(values)
        if key not in self._known:
            self._on_render(len(self._known))
            self._left -= 1
            self._known[key] = list(self._findings(values))
        return self._known[key]

    @property
    def count(self) -> int:
        """The number of renders."""
        return len(self._known)

    def _findings(self, values: dict[str, Any]) -> Iterator[Finding]:
        subject = self._subject
        case = Case(NAME, values, is_made=True) if values else Case(DEFAULTS, {})
        findings, trace = self._renders.recorded(case)
        self.has_rendered = self.has_rendered or trace is not None
        yield from findings
        for one in find_unused(trace, subject.loaded, values) if trace is not None else ():
            if one.level == UNMENTIONED and not subject.declares(one.path):
                message = f"no template reads {dotted(one.path)}"
                yield Finding("unused-value", WARNING, message, f"{subject.name}/values.yaml")


def _first(
    looks: _Looks, values: SearchStrategy[dict[str, Any]], count: int, seed: int, known: set[Any]
) -> Mistake | None:
    """Return the first mistake that is not known, or None."""
    import hypothesis

    smallest: list[Mistake] = []

    has_accepted = False  # if the schema refuses all values, Hypothesis says so in the end

    def look(made: dict[str, Any]) -> None:
        nonlocal has_accepted
        findings = looks.at(made)
        if findings is None and has_accepted:
            raise _Enough
        # a schema can tie together values that are made one by one
        if findings is None or any(one.rule == "schema-mismatch" and _key(one) not in known for one in findings):
            hypothesis.reject()
        has_accepted = True
        for finding in findings:
            if finding.severity in (ERROR, WARNING) and _key(finding) not in known:
                smallest[:] = [Mistake(finding, made)]
                raise _Shown(finding)

    settings = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        verbosity=hypothesis.Verbosity.quiet,
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        # without the phase that explains: it renders as often again, and what it says is not shown
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    )
    with suppress(_Shown, _Enough):
        hypothesis.seed(seed)(settings(hypothesis.given(values)(look)))()
    return _smallest(looks, smallest[0]) if smallest else None


def _smallest(looks: _Looks, mistake: Mistake) -> Mistake:
    """Return a mistake without the values that it does without."""
    for path in list(_set_paths(mistake.values)):
        fewer = _without(mistake.values, path)
        same = (one for one in looks.surely_at(fewer) if _key(one) == _key(mistake.finding))
        finding = next(same, None) if fewer else None
        if finding is not None:
            mistake = Mistake(finding, fewer)
    return mistake


def _set_paths(values: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _set_paths(value, (*path, key))
        else:
            yield (*path, key)


def _without(values: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return values without one of them, and without maps that are empty then."""
    inner = values.get(path[0])
    rest = {key: value for key, value in values.items() if key != path[0]}
    if len(path) == 1 or not isinstance(inner, dict):
        return rest
    smaller = _without(inner, path[1:])
    return {key: smaller if key == path[0] else value for key, value in values.items()} if smaller else rest


def _key(finding: Finding) -> tuple[str, str, int, str]:
    """Return what makes two findings the same mistake: their place, or without one their words."""
    is_placed = finding.line or finding.rule == NOT_IDEMPOTENT  # the words of the latter are different each time
    return finding.rule, finding.file, finding.line, "" if is_placed else finding.message


def typed_by(schema: Schema, defaults: dict[str, Any]) -> Schema:
    """Return a schema that was made from templates with what its defaults say more: a value stays of the kind it is.

    Maps and lists of maps are left out: of those, such a schema does not know enough.
    """
    made: Schema = {}
    for path, at in paths_of(schema).items():
        default: Any = defaults
        for key in path:
            default = default.get(key) if isinstance(default, dict) else None
        kind = next((word for types, word in _KINDS if isinstance(default, types)), None)
        items = at.get("items", {}).get("type") if kind == "array" else kind
        if items not in _SCALARS:
            continue
        inner = made
        for key in path[:-1]:
            inner = inner.setdefault("properties", {}).setdefault(key, {})
        inner.setdefault("properties", {})[path[-1]] = {**at, "type": kind}
    return made


def paths_of(schema: Schema) -> dict[Path, Schema]:
    """Return the paths of the values that are not maps with known keys, and their schemas."""
    found: dict[Path, Schema] = {}
    todo: list[tuple[Path, Schema]] = [((), schema)]
    while todo and len(found) < _MOST_PATHS:
        path, at = todo.pop()
        at = resolved(at, schema)
        properties = at.get("properties")
        if isinstance(properties, dict) and properties and len(path) < _MOST_DEPTH:
            todo += [((*path, key), inner) for key, inner in properties.items() if isinstance(inner, dict)]
        elif path:
            found[path] = at
    return found


def _strategy(schema: Schema, paths: dict[Path, Schema]) -> SearchStrategy[dict[str, Any]]:
    """Return what makes a few values at a time."""
    from hypothesis import strategies as st

    made = {path: values_of(at, schema) for path, at in paths.items()}

    def tree(chosen: dict[Path, Any]) -> dict[str, Any]:
        whole: dict[str, Any] = {}
        for path in sorted(chosen):
            at = whole
            for key in path[:-1]:
                at = at.setdefault(key, {})
            at[path[-1]] = chosen[path]
        return whole

    some = st.lists(st.sampled_from(sorted(paths)), unique=True, min_size=1, max_size=_MOST_SET)
    return some.flatmap(lambda chosen: st.fixed_dictionaries({path: made[path] for path in chosen})).map(tree)
