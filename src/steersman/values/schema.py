"""Every chart's values against its values.schema.json; answers to ``ValidateAgainstSchema`` of Helm."""

from __future__ import annotations

from steersman import errors
from steersman.runtime.patterns import MULTILINE, compiled
from steersman.values import errors as values_errors
from steersman.values.schema_access import NOTHING_FETCHED, SchemaAccess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.values.chart import Chart
    from steersman.values.schemas.failure import Failure
    from steersman.values.schemas.validator import Validator


_MOST_KNOWN = 64  # schemas that are kept
_GLOBAL_REFUSED = compiled(r"^- at '': additional properties .*'global'", MULTILINE)


def check(chart: Chart, values: dict[str, Any], access: SchemaAccess = NOTHING_FETCHED) -> None:
    """Raise where a schema of the chart or of a subchart refuses its part of ``values``.

    Args:
        chart: the chart, its dependencies processed.
        values: the coalesced values.
        access: how to fetch what schemas refer to, and what to log.

    Raises:
        SchemaViolation: naming every chart and every place.
    """
    refuse_global: list[str] = []
    violations: list[values_errors.Violation] = []
    problems = problems_of(chart, values, access, refuse_global, violations)
    if problems:
        raise values_errors.SchemaViolation(
            f"values don't meet the specifications of the schema(s) in the following chart(s):\n{problems}",
            refuse_global=tuple(refuse_global),
            refused=tuple(violations),
        )


def problems_of(
    chart: Chart,
    values: dict[str, Any],
    access: SchemaAccess = NOTHING_FETCHED,
    refuse_global: list[str] | None = None,
    violations: list[values_errors.Violation] | None = None,
    at: str = "",
) -> str:
    """Return what the schemas of the chart and its subcharts say, or ``""``.

    Args:
        chart, values, access: as for ``check``.
        refuse_global: gets the names of subcharts whose schema refuses ``global``.
        violations: gets what each schema says.
        at: where ``values`` are in those of the whole, as a JSON pointer.
    """
    out = ""
    debug = access.debug
    if chart.schema is not None:
        if debug is not None:
            debug("chart name", **{"chart-name": chart.name})
        checked = values
        if access.ignore_global and not chart.is_root:
            checked = {name: value for name, value in values.items() if name != "global"}
        failures: list[Failure] = []
        problem = problem_of(chart.schema, checked, access, failures)
        if problem:
            out += f"{chart.name}:\n{problem}"
            if violations is not None:
                violations += _violations(chart.name, at, failures) or [
                    values_errors.Violation(chart.name, at, problem.strip())
                ]
            if refuse_global is not None and not chart.is_root and _GLOBAL_REFUSED.search(problem):
                refuse_global.append(chart.name)
    if debug is not None:
        debug("number of dependencies in the chart", chart=chart.name, dependencies=len(chart.dependencies))
    for child in chart.dependencies:
        own = values.get(child.name)
        if own is None:
            continue
        if not isinstance(own, dict):
            from steersman.go.values import type_name

            problem = f"invalid type for values: expected object (map), got {type_name(own)}"
            out += f"{child.name}:\n{problem}\n"
            if violations is not None:
                violations.append(values_errors.Violation(child.name, f"{at}/{child.name}", problem))
            continue
        out += problems_of(child, own, access, refuse_global, violations, f"{at}/{child.name}")
    return out


def _violations(chart: str, at: str, failures: list[Failure]) -> list[values_errors.Violation]:
    return [
        values_errors.Violation(chart, f"{at}{one.pointer}", one.message, one.unknown, one.known, one.missing)
        for failure in failures
        for one, _depth in failure.reported()
        if not one.causes  # the others only sum up what is below them
    ]


def problem_of(
    schema: bytes,
    values: dict[str, Any],
    access: SchemaAccess = NOTHING_FETCHED,
    found: list[Failure] | None = None,
) -> str:
    """Return what one schema says about ``values``, or ``""``; ``found`` gets it as data."""
    from steersman.runtime.deep import deeply

    try:
        return deeply(lambda: _problem(schema, values, access, found))
    except errors.SteerError as error:
        return str(error)


def mistake_in(schema: bytes) -> str:
    """Return why no values can be checked against a schema, or ``""``; what it refers to elsewhere is not fetched."""
    from steersman.runtime.deep import deeply
    from steersman.values.errors import NotLoaded

    try:
        deeply(lambda: _validator(schema, NOTHING_FETCHED).failures({}))
    except NotLoaded:
        return ""
    except errors.SteerError as error:
        return str(error)
    return ""


def _problem(schema: bytes, values: dict[str, Any], access: SchemaAccess, found: list[Failure] | None) -> str:
    failures = _validator(schema, access).failures(values)
    if not failures:
        return ""
    if found is not None:
        found += failures
    return "\n".join(line for failure in failures for line in failure.lines()) + "\n"


def _validator(schema: bytes, access: SchemaAccess) -> Validator:
    """Return what checks values against a schema, made once."""
    from steersman.values.schemas.loading import Loader, read_json
    from steersman.values.schemas.validator import Validator

    known = access.known.get(schema)
    tree = None if known is not None else read_json(schema)
    if access.debug is not None:
        access.debug("unmarshalled JSON schema", schema=schema)
    if known is None:
        known = Validator(tree, Loader(access.fetch, access.warn, access.warned).load)
        if len(access.known) < _MOST_KNOWN:
            access.known[schema] = known
    return known
