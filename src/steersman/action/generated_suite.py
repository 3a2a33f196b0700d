"""The mistakes that made-up values bring out as a suite, for reports; each with a test case for suites."""

from __future__ import annotations

import os

from steersman.coverage.html import set_text
from steersman.insight.guesses import Setting
from steersman.record import Record, replace
from steersman.unittest.results import SuiteResult, TestResult
from steersman.unittest.texts import as_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.checking.generated import Generated, Mistake

_PASSED = "renders with generated values"
_VALUES_FILES = ("values.schema.json", "values.yaml")  # that the values come from, the first that is there


class MistakeText(Record):
    """A mistake in words.

    Attributes:
        name: its rule and its place.
        message: what is wrong.
        intro: what ``values`` is.
        values: the smallest values that show it, as a test for a suite where a suite can show it; ``""`` for none.
    """

    name: str
    message: str
    intro: str
    values: str


def mistake_text(mistake: Mistake) -> MistakeText:
    """Return a mistake in words."""
    one = mistake.finding
    target = f"{one.object} {one.field}".strip()
    name = f"{one.rule}: {one.file}:{one.line}" if one.line else f"{one.rule}: {one.file}"
    message = f"{target}: {one.message}" if target else one.message
    if not mistake.values:
        return MistakeText(name, message, "with the default values", "")
    # a suite sees that a template fails; the other mistakes are of the kinds that steer check reports
    if one.rule == "not-rendered":
        return MistakeText(name, message, "a test with these values:", _test_case(mistake))
    return MistakeText(name, message, "with these values:", as_yaml(mistake.values))


def unrendered(made: Generated) -> str:
    """Return why nothing could be looked for in a chart that asks for values."""
    return f"no made-up values render; the chart says: {made.asked}"


def generated_suite(chart: str, path: str, made: Generated | str, seconds: float) -> SuiteResult:
    """Return a suite with a failed test for each mistake, or one that passed.

    Args:
        chart: the name of the chart.
        path: its folder or archive.
        made: what came of the renders, or why there were none.
        seconds: how long they took.
    """
    files = [os.path.join(path, name) for name in _VALUES_FILES]
    file = next(filter(os.path.exists, files), path)
    name = f"{chart}: generated values"
    if isinstance(made, str):
        return SuiteResult(name, file, error=made)
    tests = [TestResult(text.name, reason=_reason(text)) for text in map(mistake_text, made.mistakes)]
    if made.asked:
        tests = [TestResult(_PASSED, skip=unrendered(made))]
    first, *others = tests or [TestResult(_PASSED, passed=True)]
    timed = replace(first, seconds=seconds)
    return SuiteResult(name, file, (timed, *others))


def _reason(text: MistakeText) -> str:
    return "\n".join([text.message, text.intro, *(f"  {line}" for line in text.values.splitlines())])


def _test_case(mistake: Mistake) -> str:
    """Return a test for a suite that renders with the values of a mistake."""
    values = set_text(tuple(_settings(mistake.values))).splitlines()
    lines = ["- it: renders with these values", *(f"  {line}" for line in values)]
    return "\n".join([*lines, "  asserts:", "    - notFailedTemplate: {}"]) + "\n"


def _settings(values: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Setting]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _settings(value, (*path, key))
        else:
            yield Setting((*path, key), value)
