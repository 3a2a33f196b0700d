"""Mistakes that made-up values bring out, as text, each with a test case for a suite."""

from __future__ import annotations

from steersman.unittest.texts import as_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from steersman.checking.generated import Mistake
    from steersman.unittest.show import Paint


def generated_lines(chart: str, found: Sequence[Mistake], count: int, paint: Paint) -> Iterator[str]:
    """Yield what came of ``count`` renders of a chart with made-up values."""
    label = paint("bad", "FAIL") if found else paint("good", "PASS")
    yield f"{label}  {paint('bold', 'generated values')}\t{paint('faint', f'{chart}, {count} renders')}"
    for mistake in found:
        one = mistake.finding
        place = f"{one.file}:{one.line}" if one.line else one.file
        yield f"  - {paint('bad', f'{one.rule}: {place}')}"
        target = f"{one.object} {one.field}".strip()
        yield f"      {f'{target}: ' if target else ''}{one.message}"
        yield "    a test with these values:"
        yield from (f"      {line}" for line in test_case(mistake).splitlines())
        yield ""


def test_case(mistake: Mistake) -> str:
    """Return a test for a suite that renders with the values of a mistake."""
    settings = dict(_settings(mistake.values))
    asserts: list[dict[str, dict[str, str]]] = [{"notFailedTemplate": {}}]
    return as_yaml([{"it": f"renders without {mistake.finding.rule}", "set": settings, "asserts": asserts}])


test_case.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def _settings(values: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        name = f'{path}["{key}"]' if "." in key else f"{path}.{key}" if path else key
        if isinstance(value, dict) and value:
            yield from _settings(value, name)
        else:
            yield name, value
