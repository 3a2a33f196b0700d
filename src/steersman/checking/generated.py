"""Values made from a schema, and the mistakes that a chart shows with them; each shrunk to the smallest values.

Hypothesis (the extra ``test``) makes the values and shrinks them.
"""

from __future__ import annotations

from contextlib import suppress

from steersman.checking.findings import DEFAULTS, ERROR, NOTE, WARNING, Finding
from steersman.checking.renders import NOT_IDEMPOTENT, Case, Renders
from steersman.checking.rules import OF_VALUES
from steersman.checking.schema_values import resolved, values_of
from steersman.checking.value_types import formed_of, others_of
from steersman.insight.reads import GLOBAL
from steersman.insight.unused import UNMENTIONED, dotted, find_unused
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
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


class Mistake(Record):
    """A mistake that values bring out.

    Attributes:
        finding: what is wrong.
        values: the smallest values that were found to show it.
    """

    finding: Finding
    values: dict[str, Any]


class Generated(Record):
    """The result of renders with made-up values.

    Attributes:
        mistakes: those that were found.
        renders: how many renders it took.
        asked: the chart's own message, where it asks for values and rendered with none that were made; or ``""``.
    """

    mistakes: tuple[Mistake, ...]
    renders: int
    asked: str = ""


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
    paths: dict[Path, Schema],
    count: int,
    seed: int,
    on_render: Callable[[int], object] = lambda _count: None,
    *,
    shared: Collection[Path] = frozenset(),
) -> Generated:
    """Return the mistakes that values bring out and the defaults do not; the same ones for the same seed.

    If the defaults do not render, that is the only mistake, unless the chart itself asks for a value.

    Args:
        subject: the chart.
        renders: renders it.
        schema: of its values, for the references in those of ``paths``.
        paths: the values that are made, and the schema of each.
        count: how many values to make.
        seed: others make other values.
        on_render: told the number of renders before each.
        shared: the paths of values that a values file has in other places as well, by an alias.
    """
    looks = _Looks(subject, renders, paths, _MOST_RENDERS * count, on_render, shared)
    defaults = looks.at({}) or []
    failed = next((one for one in defaults if one.rule == "not-rendered"), None)
    if failed is not None and failed.severity != NOTE:
        return Generated((Mistake(failed, {}),), looks.count)
    known = {_key(finding) for finding in defaults}
    found: list[Mistake] = []
    values = _strategy(schema, paths) if paths else None
    found += list(_of_switches(looks, subject, paths, count, seed, known))
    while values is not None and len(found) < _MOST_MISTAKES:
        mistake = _first(looks, values, count, seed, known)
        if mistake is None:
            break
        known.add(_key(mistake.finding))
        found.append(mistake)
    if failed is not None and not looks.has_rendered:
        return Generated((), looks.count, failed.message)
    return Generated(tuple(found), looks.count)


class _Looks:
    """The findings of renders, each done once; there is a limit to their number, for shrinking can take thousands."""

    def __init__(
        self,
        subject: Subject,
        renders: Renders,
        paths: dict[Path, Schema],
        most: int,
        on_render: Callable[[int], object],
        shared: Collection[Path],
    ) -> None:
        self._shared = shared
        self._on_render = on_render
        self._paths = paths
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

    def is_about_a_kind(self, finding: Finding, made: dict[str, Any]) -> bool:
        """Return whether a mistake is one of the made-up values only.

        It goes away once a value whose kind is not known is a number instead of a text, or so, or once texts are a
        quantity, a percentage or a time.
        """
        for path, schema in self._paths.items():
            value = _at(made, path)
            if value is None:
                continue
            for other in (*others_of(value, schema), *(formed_of(value) if finding.rule == "wrong-format" else ())):
                found = self.at(_with(made, path, other))
                if found is None or all(_key(one) != _key(finding) for one in found):
                    return True
        return False

    @property
    def count(self) -> int:
        """The number of renders."""
        return len(self._known)

    def _findings(self, values: dict[str, Any]) -> Iterator[Finding]:
        subject = self._subject
        case = Case(NAME, values, is_made=True) if values else Case(DEFAULTS, {})
        findings, trace = self._renders.recorded(case)
        self.has_rendered = self.has_rendered or trace is not None
        # made-up values put negative replicas and port 0 where nothing says otherwise: no fault of the chart
        yield from (one for one in findings if one.rule not in OF_VALUES)
        for one in find_unused(trace, subject.loaded, values, self._shared) if trace is not None else ():
            # globals are there for whichever chart is around this one or in it
            if one.level == UNMENTIONED and not subject.declares(one.path) and GLOBAL not in one.path:
                message = f"no template reads {dotted(one.path)}"
                yield Finding("unused-value", WARNING, message, f"{subject.name}/values.yaml")


def _of_switches(
    looks: _Looks, subject: Subject, paths: dict[Path, Schema], count: int, seed: int, known: set[Any]
) -> Iterator[Mistake]:
    """Yield the mistakes of single values that templates decide by, which random values meet too rarely."""
    import random

    singles = [_tree({path: value}) for path in sorted(paths) for value in _switched(paths[path], subject, path)]
    random.Random(seed).shuffle(singles)
    found = 0
    for values in singles[:count]:
        findings = looks.at(values) or []
        if any(one.rule == "schema-mismatch" for one in findings):
            continue
        for finding in findings:
            is_wrong = finding.severity in (ERROR, WARNING) and _key(finding) not in known
            if is_wrong and found < _MOST_MISTAKES:
                known.add(_key(finding))
                found += 1
                yield Mistake(finding, values)


def _switched(schema: Schema, subject: Subject, path: Path) -> list[Any]:
    """Return the values at a path, other than the default, of which there are few."""
    default = subject.default_of(path)
    parts = schema.get("anyOf")
    few = [one.get("enum") for one in (schema, *(parts if isinstance(parts, list) else ())) if isinstance(one, dict)]
    choices = next((one for one in few if isinstance(one, list)), [])
    if schema.get("type") == "boolean":
        choices = [True, False]
    return [one for one in choices if one is not None and one != default]


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
            is_wrong = finding.severity in (ERROR, WARNING) and _key(finding) not in known
            if is_wrong and not looks.is_about_a_kind(finding, made):
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


def _at(values: Any, path: Path) -> Any:
    for key in path:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _with(values: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return values with another one at a path."""
    inner = value if len(path) == 1 else _with(values[path[0]], path[1:], value)
    return {**values, path[0]: inner}


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

    some = st.lists(st.sampled_from(sorted(paths)), unique=True, min_size=1, max_size=_MOST_SET)
    return some.flatmap(lambda chosen: st.fixed_dictionaries({path: made[path] for path in chosen})).map(_tree)


def _tree(chosen: dict[Path, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path in sorted(chosen):
        at = whole
        for key in path[:-1]:
            at = at.setdefault(key, {})
        at[path[-1]] = chosen[path]
    return whole
