"""Mistakes that made-up values bring out, as text, each with a test case for a suite."""

from __future__ import annotations

from steersman.action.generated_suite import mistake_text, unrendered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.checking.generated import Generated
    from steersman.unittest.show import Paint


def generated_lines(chart: str, made: Generated | str, paint: Paint) -> Iterator[str]:
    """Yield what came of renders of a chart with made-up values, or why there were none."""
    if isinstance(made, str):
        yield f"{paint('bad', 'FAIL')}  {paint('bold', 'generated values')}\t{paint('faint', chart)}"
        yield f"  {made}"
        return
    label = paint("bad", "FAIL") if made.mistakes else paint("warning", "SKIP") if made.asked else paint("good", "PASS")
    renders = f"{made.renders} render{'s' if made.renders != 1 else ''}"
    yield f"{label}  {paint('bold', 'generated values')}\t{paint('faint', f'{chart}, {renders}')}"
    if made.asked:
        yield f"  {unrendered(made)}"
    for text in map(mistake_text, made.mistakes):
        yield f"  - {paint('bad', text.name)}"
        yield f"      {text.message}"
        yield f"    {text.intro}"
        yield from (f"      {line}" for line in text.values.splitlines())
        yield ""
