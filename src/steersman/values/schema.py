"""Every chart's values against its values.schema.json; answers to ``ValidateAgainstSchema`` of Helm."""

from __future__ import annotations

from steersman.errors import SteerError, ValuesError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart


class SchemaViolation(ValuesError):
    """Values that a schema refuses; the message is Helm's."""


def check(chart: Chart, values: dict[str, Any]) -> None:
    """Raise where a schema of the chart or of a subchart refuses its part of ``values``.

    Raises:
        SchemaViolation: naming every chart and every place.
    """
    problems = problems_of(chart, values)
    if problems:
        from steersman.values.jsonschema import NOT_FETCHED

        raise SchemaViolation(
            f"values don't meet the specifications of the schema(s) in the following chart(s):\n{problems}",
            hint="--skip-schema-validation goes on without schemas." if NOT_FETCHED in problems else "",
        )


def problems_of(chart: Chart, values: dict[str, Any]) -> str:
    """Return what the schemas of the chart and its subcharts say, or ``""``."""
    out = ""
    if chart.schema is not None:
        problem = problem_of(chart.schema, values)
        if problem:
            out += f"{chart.name}:\n{problem}"
    for child in chart.dependencies:
        own = values.get(child.name)
        if own is None:
            continue
        if not isinstance(own, dict):
            from steersman.gotemplate.values import type_name

            out += f"{child.name}:\ninvalid type for values: expected object (map), got {type_name(own)}\n"
            continue
        out += problems_of(child, own)
    return out


def problem_of(schema: bytes, values: dict[str, Any]) -> str:
    """Return what one schema says about ``values``, or ``""``."""
    from steersman.values.jsonschema import Validator, read_schema

    try:
        failures = Validator(read_schema(schema)).validate(values)
    except SteerError as error:
        return str(error)
    except RecursionError:
        return "unable to validate schema: it is nested too deeply"
    if not failures:
        return ""
    return "\n".join(line for failure in failures for line in failure.lines()) + "\n"
