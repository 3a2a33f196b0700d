"""Errors of the library that have more to say than those below: where in a template, which values."""

from __future__ import annotations

from contextlib import contextmanager

from steersman import errors
from steersman.gotemplate.errors import ExecError, ParseError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.chart.model import Chart


class Place(Record):
    """A place in a template: its path in the chart, line and column from 1, and the define that was executing."""

    template: str
    line: int
    column: int
    define: str


class TemplateError(errors.TemplateError):
    """A template that does not parse or fails while executing.

    Attributes:
        template: path of the file, as in ``# Source:`` lines.
        line: from 1; 0 where there is no position.
        column: from 1, in bytes; 0 where there is no position.
        includes: the places that led there, outermost first (``include``, ``template``, ``tpl``).
        excerpt: the line of the template, or ``""``.
        reason: what is wrong, without the position.
    """

    def __init__(self, message: str, place: Place, includes: tuple[Place, ...], excerpt: str, reason: str) -> None:
        super().__init__(message)
        self.template = place.template
        self.line = place.line
        self.column = place.column
        self.includes = includes
        self.excerpt = excerpt
        self.reason = reason


class SchemaError(errors.ValuesError):
    """Values that a chart's schema refuses.

    Attributes:
        violations: one sentence each, as Helm words them, under the name of its chart.
    """

    def __init__(self, message: str, violations: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message)
        self.violations = violations


@contextmanager
def reported(chart: Chart | None = None) -> Iterator[None]:
    """Raise errors of templates and schemas with their fields; ``chart`` has the templates."""
    try:
        yield
    except errors.SteerError as error:
        public = _public(error, chart)
        if public is None:
            raise
        public.hint, public.detail = error.hint, error.detail
        raise public from error


def _public(error: errors.SteerError, chart: Chart | None) -> errors.SteerError | None:
    from steersman.values.schema import SchemaViolation

    violation = error.find(SchemaViolation)
    if violation is not None:
        return SchemaError(str(error), tuple(_violations(str(violation))))
    failed = error.find(errors.TemplateError)
    if failed is None or isinstance(error, TemplateError):
        return None
    parsing = error.find(ParseError)
    if parsing is not None:
        place = Place(parsing.name, parsing.line, 0, "")
        return TemplateError(str(error), place, (), _excerpt(chart, place), parsing.message)
    executing = error.find(ExecError)
    if executing is None:
        return TemplateError(str(error), Place("", 0, 0, ""), (), "", str(failed))
    levels = list(executing.chain())
    places = [Place(level.template, level.line, level.column + (level.line > 0), level.executing) for level in levels]
    reason = str(levels[-1].cause) if levels[-1].cause is not None else levels[-1].message
    return TemplateError(str(error), places[-1], tuple(places[:-1]), _excerpt(chart, places[-1]), reason)


def _violations(text: str) -> Iterator[tuple[str, str]]:
    """Yield the chart and the sentence of each violation in Helm's text."""
    chart = ""
    for line in text.splitlines()[1:]:
        if line.startswith("- "):
            yield chart, line[2:]
        elif line.endswith(":"):
            chart = line[:-1]


def _excerpt(chart: Chart | None, place: Place) -> str:
    if chart is None or not place.line:
        return ""
    for one in chart.walk():
        for file in one.templates:
            if f"{one.full_path}/{file.name}" == place.template:
                lines = file.data.decode("utf-8", "replace").split("\n")
                return lines[place.line - 1].rstrip("\r") if place.line <= len(lines) else ""
    return ""
