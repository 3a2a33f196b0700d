"""``schema``: a values.schema.json out of a chart's templates, defaults, comments and ci values files."""

from __future__ import annotations

import os
import re

from steersman.action.check import ci_cases
from steersman.checking.subject import Subject
from steersman.checking.value_schema import value_schema
from steersman.errors import ChartError, SteerError, UsageError
from steersman.go.errno import not_written
from steersman.values.files import load_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart

NAME = "values.schema.json"
_EXAMPLE = re.compile(r"^(ci|\.?fixtures|examples?|values)/.*\.ya?ml$|^[^/]*values[^/]*\.ya?ml$")


def make_schema(path: str, chart: Chart) -> dict[str, Any]:
    """Return a schema of the values of a chart; it accepts the chart's defaults and its ``examples``.

    Args:
        path: the folder or archive that it was loaded from.
        chart: the chart.

    Raises:
        ParseError: for a template that does not parse.
        ChartError: when it cannot be worked out which subcharts there are, or a ci values file cannot be read.
    """
    return value_schema(Subject(chart), examples(path, chart))


def examples(path: str, chart: Chart) -> list[dict[str, Any]]:
    """Return the values of the chart's ``ci/*values.yaml``, and those of its other files that look like values.

    Raises:
        ChartError: for a ci values file that cannot be read.
    """
    found = [case.values for case in ci_cases(path, chart)]
    for file in chart.files:
        if _EXAMPLE.search(file.name):
            try:
                values = load_values(file.data)
            except SteerError:
                continue
            if "apiVersion" not in values or "kind" not in values:
                found.append(values)
    return found


def example_texts(path: str, chart: Chart) -> dict[str, bytes]:
    """Return the texts of the files that ``examples`` reads, and of values.yaml, by their paths below the chart.

    Raises:
        ChartError: for a ci values file that cannot be read.
    """
    found = {case.name: case.data for case in ci_cases(path, chart)}
    return {**{file.name: file.data for file in chart.raw if _EXAMPLE.search(file.name)}, **found}


def write_schema(folder: str, text: str) -> str:
    """Write a schema into a chart's folder and return its path.

    Raises:
        UsageError: where there is no folder, or another schema in it.
        ChartError: when it cannot be written.
    """
    from steersman.runtime.files import write_aside

    if not os.path.isdir(folder):
        raise UsageError(f"{folder} is not a chart's folder; leave --write out to print the schema")
    path = os.path.join(folder, NAME)
    if os.path.exists(path):
        raise UsageError(f"{path} is there already", hint="Remove it first, or leave --write out and compare.")
    try:
        write_aside(path, text.encode())
    except OSError as error:
        raise ChartError(not_written(path, error)) from error
    return path
