"""Mistakes that made-up values bring out, as text, each with a test case for a suite."""

from __future__ import annotations

from steersman.coverage.html import set_text
from steersman.coverage.missing import Setting
from steersman.unittest.texts import as_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.checking.generated import Generated, Mistake
    from steersman.unittest.show import Paint


def generated_lines(chart: str, made: Generated, paint: Paint) -> Iterator[str]:
    """Yield what came of renders of a chart with made-up values."""
    label = paint("bad", "FAIL") if made.mistakes else paint("good", "PASS")
    renders = f"{made.renders} render{'s' if made.renders != 1 else ''}"
    yield f"{label}  {paint('bold', 'generated values')}\t{paint('faint', f'{chart}, {renders}')}"
    for mistake in made.mistakes:
        one = mistake.finding
        place = f"{one.file}:{one.line}" if one.line else one.file
        yield f"  - {paint('bad', f'{one.rule}: {place}')}"
        target = f"{one.object} {one.field}".strip()
        yield f"      {f'{target}: ' if target else ''}{one.message}"
        if not mistake.values:
            yield "    with the default values"
        else:
            # a suite sees that a template fails; the other mistakes are of the kinds that steer check reports
            is_test = one.rule == "not-rendered"
            yield f"    {'a test with these values:' if is_test else 'with these values:'}"
            text = test_case(mistake) if is_test else as_yaml(mistake.values)
            yield from (f"      {line}" for line in text.splitlines())
        yield ""


def test_case(mistake: Mistake) -> str:
    """Return a test for a suite that renders with the values of a mistake."""
    values = set_text(tuple(_settings(mistake.values))).splitlines()
    lines = ["- it: renders with these values", *(f"  {line}" for line in values)]
    return "\n".join([*lines, "  asserts:", "    - notFailedTemplate: {}"]) + "\n"


test_case.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def _settings(values: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Setting]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _settings(value, (*path, key))
        else:
            yield Setting((*path, key), value)
