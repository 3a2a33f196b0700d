"""Errors of the library that have more to say than those below: where in a template, which values."""

from __future__ import annotations

from contextlib import contextmanager

from steersman import errors
from steersman.errors import Violation as Violation
from steersman.go.errors import CallError
from steersman.go.json import pointer_tokens
from steersman.gotemplate.errors import ExecError, ParseError
from steersman.library.user_values import layers
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.library.hints import Call
    from steersman.library.user_values import Values
    from steersman.values.errors import SchemaViolation


_TPL = "gotpl"  # helm: its name for a text that ``tpl`` is given


class Place(Record):
    """A place in a template: its path in the chart, line and column from 1, and the define that was executing."""

    template: str
    line: int
    column: int
    define: str


class TemplateError(errors.TemplateError):
    """A template that does not parse or fails while executing.

    Attributes:
        template: path of the file, as in ``# Source:`` lines; ``gotpl`` for a text that ``tpl`` was given.
        line: from 1; 0 where there is no position.
        column: from 1, in bytes; 0 where there is no position.
        includes: the places that led there, outermost first (``include``, ``template``, ``tpl``).
        excerpt: the line of the template or of the text, or ``""``.
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
        violations: what each schema refuses, in the order of the message.
    """


@contextmanager
def reported(chart: Chart | None = None, values: Values = None, call: Call | None = None) -> Iterator[None]:
    """Raise errors with all that they can say: their hint, and the fields of those of templates and schemas.

    Args:
        chart: has the templates and the default values.
        values: the user's.
        call: what the hint is worded for.
    """
    try:
        yield
    except errors.SteerError as error:
        if call is not None and not error.hint:
            error.hint = call.hint(error)
        public = _public(error, chart, values)
        if public is None:
            raise
        public.hint, public.detail = error.hint, error.detail
        raise public from error


def _public(error: errors.SteerError, chart: Chart | None, values: Values) -> errors.SteerError | None:
    from steersman.values.errors import SchemaViolation

    if isinstance(error, (TemplateError, SchemaError, errors.Interrupted)):
        return None
    if error.find(errors.Interrupted) is not None:
        return errors.Interrupted(str(error))
    violation = error.find(SchemaViolation)
    if violation is not None:
        refusal = SchemaError(str(error))
        refusal.violations = tuple(_violations(violation, chart, values))
        return refusal
    failed = error.find(errors.TemplateError)
    if failed is None:
        # a render that failed says no more than its cause: what people catch is the cause's family
        kinds = (errors.ManifestError, errors.ChartError)
        family = next((kind for kind in kinds if error.find(kind) is not None), None)
        return None if family is None or isinstance(error, family) else family(str(error))
    levels = list(_levels(failed))
    if not levels:
        return TemplateError(str(error), Place("", 0, 0, ""), (), "", str(failed))
    places = [_place(level) for level, _text in levels]
    last, text = levels[-1]
    reason = str(last.cause) if isinstance(last, ExecError) and last.cause is not None else last.message
    excerpt = _line(text, places[-1].line) if text else _excerpt(chart, places[-1])
    return TemplateError(str(error), places[-1], tuple(places[:-1]), excerpt, reason)


def _levels(error: BaseException) -> Iterator[tuple[ExecError | ParseError, str]]:
    """Yield the errors with a place, outermost first, each with the text that ``tpl`` was given for it."""
    level: BaseException | None = error
    text = ""
    while level is not None:
        if isinstance(level, CallError):
            text = level.text or text
        elif isinstance(level, (ExecError, ParseError)):
            is_text = (level.template if isinstance(level, ExecError) else level.name) == _TPL
            yield level, text if is_text else ""
        below = (level.cause if isinstance(level, ExecError) else None) or level.__cause__
        level = below


def _place(level: ExecError | ParseError) -> Place:
    if isinstance(level, ParseError):
        return Place(level.name, level.line, 0, "")
    return Place(level.template, level.line, level.column + (level.line > 0), level.executing)


def _violations(found: SchemaViolation, chart: Chart | None, values: Values) -> Iterator[Violation]:
    given = layers(values)
    for one in found.refused:
        # a name that must not be there is what came from somewhere, not the object that has it
        names = [*pointer_tokens(one.pointer), *one.unknown[:1]]
        yield Violation(one.chart, one.pointer, one.message, _origin(names, given, chart))


def _origin(names: list[str], given: Sequence[tuple[str, dict[str, Any]]], chart: Chart | None) -> str:
    """Return where the value at a path came from: what was given last goes over all before it."""
    if not names:
        return ""
    found = [source for source, tree in given if _has(tree, names)]
    if found:
        return found[-1]
    while chart is not None:
        if _has(chart.values or {}, names):
            return f"{chart.full_path}/values.yaml"
        chart = next((child for child in chart.dependencies if child.name == names[0]), None)
        names = names[1:]
    return ""


def _has(tree: object, names: list[str]) -> bool:
    for name in names:
        if isinstance(tree, dict) and name in tree:
            tree = tree[name]
        elif isinstance(tree, list) and name.isdigit() and int(name) < len(tree):
            tree = tree[int(name)]
        else:
            return False
    return bool(names)


def _excerpt(chart: Chart | None, place: Place) -> str:
    if chart is None or not place.line:
        return ""
    for one in chart.walk():
        for file in one.templates:
            if f"{one.full_path}/{file.name}" == place.template:
                return _line(file.data.decode("utf-8", "replace"), place.line)
    return ""


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""
