"""Assertions about single values: equal, there, empty, of a type, in an order."""

from __future__ import annotations

import re

from steersman.unittest.assertions.model import (
    PASSED,
    Failure,
    Subject,
    each_document,
    each_value,
    failed,
    find_in,
    shown,
    word,
)
from steersman.unittest.differences import differences, leaves
from steersman.unittest.documents import RAW
from steersman.unittest.same import go_type, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.unittest.assertions.model import Parameters, Verdict
    from steersman.unittest.documents import Document

_BLANKS_AT_LINE_ENDS = re.compile(r"(?<! ) +\r?\n")


class NotBase64(ValueError):
    """A text that cannot be decoded."""


def uniform(text: str) -> str:
    """Return a text without blanks at the ends of lines and line feeds at the beginning."""
    return _BLANKS_AT_LINE_ENDS.sub("\n", text).lstrip("\n")


def raw_text(document: Document) -> str:
    """Return the text of a document that is not YAML."""
    value = document.tree.get(RAW)
    if isinstance(value, str):
        return uniform(value)
    # go: what is not text is printed as fmt does it (test_raw_assertions_on_yaml)
    from steersman.go.fmt import sprintf

    return uniform(sprintf("%v", [value]))


def decoded(text: str) -> str:
    """Return the text that stands behind base64.

    Raises:
        NotBase64: when there is none.
    """
    from base64 import b64decode

    try:
        # go: line breaks are passed over (test_base64_with_line_breaks)
        data = b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError as error:
        raise NotBase64 from error
    return data.decode("utf-8", "surrogateescape")


def equal(subject: Subject, given: Parameters) -> Verdict:
    """``equal``, ``notEqual``: the value is the same, but for blanks at line ends and line feeds at the beginning."""
    path, wanted = given.get("path", ""), given.get("value")

    def judge(actual: Any, at: int) -> Failure | None:
        if go_type(actual) == "string":
            if given.get("decodeBase64"):
                try:
                    actual = decoded(actual)
                except NotBase64:
                    return Failure("the value is not base64", path, at, actual=shown(actual))
            actual = uniform(actual)
        if same(wanted, actual) != subject.negated:
            return None
        return differs(subject, wanted, actual, path, at)

    return each_value(subject, path, judge)


def differs(subject: Subject, wanted: Any, actual: Any, path: str, at: int | None) -> Failure:
    """Return the failure of two values that should be the same, or should not be."""
    if subject.negated:
        return Failure("the values are equal", path, at, expected=f"not {shown(wanted)}", places=leaves(actual))
    problem = "the values differ"
    if shown(wanted) == shown(actual):
        problem += f" in their type: {go_type(wanted) or 'null'} is wanted, not {go_type(actual) or 'null'}"
    places = differences(wanted, actual)
    return Failure(problem, path, at, shown(wanted), shown(actual), has_diff=True, places=places)


def equal_raw(subject: Subject, given: Parameters) -> Verdict:
    """``equalRaw``, ``notEqualRaw``: a text that is not YAML, like that of NOTES.txt, is the same."""
    wanted = given.get("value", "")

    def judge(document: Document, at: int) -> Verdict:
        actual = raw_text(document)
        if (wanted == actual) != subject.negated:
            return PASSED
        return failed(differs(subject, wanted, actual, "", at))

    return each_document(subject, judge)


def exists(subject: Subject, given: Parameters) -> Verdict:
    """``exists``, ``isNotNull``, ``notExists``, ``isNull``: the path finds something, be it null."""
    path = given.get("path", "")

    def judge(document: Document, at: int) -> Verdict:
        values = find_in(document, path, at)
        if isinstance(values, Failure):
            return failed(values)
        if bool(values) != subject.negated:
            return PASSED
        if not subject.negated:
            return failed(Failure("the path finds nothing", path, at))
        found = values[0]
        return failed(Failure("the path finds something", path, at, actual=shown(found), places=leaves(found)))

    return each_document(subject, judge)


def is_null_or_empty(subject: Subject, given: Parameters) -> Verdict:
    """``isNullOrEmpty``, ``isEmpty`` and their opposites: null, ``""``, 0, false, ``[]`` or ``{}``."""
    path = given.get("path", "")

    def judge(actual: Any, at: int) -> Failure | None:
        if (not actual) != subject.negated:
            return None
        problem = f"the value should {word(subject)}be null or empty"
        return Failure(problem, path, at, actual=shown(actual), places=leaves(actual))

    return each_value(subject, path, judge)


def is_type(subject: Subject, given: Parameters) -> Verdict:
    """``isType``, ``isNotType``: the value's type has this name in Go."""
    path, wanted = given.get("path", ""), given.get("type", "")

    def judge(actual: Any, at: int) -> Failure | None:
        name = go_type(actual)
        if (name == wanted) != subject.negated:
            return None
        return Failure(f"the type should {word(subject)}be {wanted}", path, at, actual=name or "null")

    return each_value(subject, path, judge)


def greater_or_equal(subject: Subject, given: Parameters) -> Verdict:
    """``greaterOrEqual``, ``notGreaterOrEqual``.

    go: the opposite always holds for values of the same type (test_not_greater_or_equal_always_holds)
    """
    return _compared(subject, given, lambda actual, wanted: bool(actual >= wanted) or subject.negated, "greater")


def less_or_equal(subject: Subject, given: Parameters) -> Verdict:
    """``lessOrEqual``, ``notLessOrEqual``."""
    return _compared(subject, given, lambda actual, wanted: bool(actual <= wanted) != subject.negated, "less")


def _compared(subject: Subject, given: Parameters, holds: Any, name: str) -> Verdict:
    path, wanted = given.get("path", ""), given.get("value")

    def in_document(document: Document, at: int) -> Verdict:
        values = find_in(document, path, at)
        if isinstance(values, Failure):
            return failed(values)
        if not values:
            return PASSED if subject.negated else failed(Failure("the path finds nothing", path, at))
        passed: bool | None = None
        failures: list[Failure] = []
        for nth, actual in enumerate(values):
            if go_type(actual) != go_type(wanted):
                kinds = f"{go_type(wanted) or 'null'} and {go_type(actual) or 'null'}"
                failures.append(Failure(f"the values have different types: {kinds}", path, at, nth=nth))
                # go: counts for the first value alone (test_types_that_differ_later)
                passed = passed or False
            elif go_type(wanted) not in ("string", "int", "float64"):
                failures.append(Failure(f"{go_type(wanted) or 'null'} cannot be compared", path, at, nth=nth))
                passed = False
            elif holds(actual, wanted):
                passed = passed is not False
            else:
                problem = f"the value should {word(subject)}be {name} than or equal to {shown(wanted)}"
                failures.append(Failure(problem, path, at, actual=shown(actual), nth=nth))
                passed = False
        return bool(passed), failures

    return each_document(subject, in_document)
