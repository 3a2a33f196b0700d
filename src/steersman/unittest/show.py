"""Results as text for people: what failed, where, and how it differs, with colours where they are wanted."""

from __future__ import annotations

from steersman.record import Record
from steersman.unittest.differences import MOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from steersman.unittest.line_origins import LineOrigin
    from steersman.unittest.results import (
        AssertionResult,
        ChartResult,
        SuiteResult,
        TemplateFailure,
        TestResult,
    )

_MOST_LINES = 60  # of a text or a diff that are shown
_MOST_COLUMNS = 240  # of a line; of a longer one an excerpt is shown
_EXCERPT, _BEFORE = 160, 40  # characters of an excerpt, and those of them that stand before the difference


class Paint(Record):
    """Colours, or none."""

    is_on: bool = False

    def __call__(self, style: str, text: str) -> str:
        """Return ``text`` in a style: good, bad, warning, bold, faint, removed or added."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.is_on else text


_STYLES = {
    "good": "32", "bad": "31", "warning": "33", "bold": "1", "faint": "2", "removed": "31", "added": "32",
}  # fmt: skip
PLAIN = Paint()


def chart_lines(chart: ChartResult, paint: Paint) -> Iterator[str]:
    """Yield the lines about a chart and its suites."""
    yield ""
    yield f"### Chart [ {paint('bold', chart.name)} ] {paint('faint', chart.path)}"
    yield ""
    if chart.error is not None:
        yield f"{paint('bad', 'Error:')} {chart.error}"
        yield "  no suite of this chart has run"
    for note in chart.notes:
        yield f"{paint('warning', 'Warning:')} {note}"
    for suite in chart.suites:
        yield from suite_lines(suite, paint)


def suite_lines(suite: SuiteResult, paint: Paint) -> Iterator[str]:
    """Yield a line about a suite, and those about its tests that did not pass."""
    label = paint("warning", "SKIP") if suite.skip else paint("good", "PASS") if suite.passed else paint("bad", "FAIL")
    yield f"{label}  {paint('bold', suite.name)}\t{paint('faint', suite.file)}"
    if suite.error is not None:
        yield from _indented(suite.error.split("\n"), 2)
    for test in suite.tests:
        if test.verdict == "skip":
            yield f"  - {paint('warning', 'SKIPPED')} '{test.name}'"
        elif test.verdict != "pass":
            yield f"  - {paint('bad', test.name)}"
            yield from _indented(test_lines(test, paint), 4)
            yield ""


def test_text(test: TestResult) -> str:
    """Return all that is to be said about a test, without colours."""
    if test.verdict == "skip":
        return f"SKIPPED '{test.name}' {test.skip}".rstrip()
    return "\n".join(test_lines(test, PLAIN))


test_text.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def test_lines(test: TestResult, paint: Paint) -> Iterator[str]:
    """Yield why a test did not pass."""
    if test.error is not None:
        yield from f"Error: {test.error}".split("\n")
        if all(not found.failure.path for result in test.assertions for found in result.failures):
            return  # each assertion would only say again that there is nothing to look at
    if test.reason:
        yield from test.reason.split("\n")
    for result in test.assertions:
        if not result.passed:
            yield from assertion_lines(result, paint)


test_lines.__test__ = False  # type: ignore[attr-defined]


def assertion_lines(result: AssertionResult, paint: Paint) -> Iterator[str]:
    """Yield why an assertion does not hold."""
    yield paint("bad", f"asserts[{result.index}] {'not ' if result.negated else ''}{result.kind}")
    template = None
    for found in result.failures:
        if found.template != template:
            template = found.template
            if template:
                yield f"  template: {template}"
        yield from _indented(_failure_lines(found, paint), 2)


def _failure_lines(found: TemplateFailure, paint: Paint) -> Iterator[str]:
    failure = found.failure
    if failure.document is not None:
        line = f" (line {found.line} of what is rendered)" if found.line else ""
        yield f"document: {failure.document}{line}"
    if failure.path:
        yield f"path: {failure.path}"
    yield from failure.problem.split("\n")
    if failure.has_diff and failure.expected is not None and failure.actual is not None:
        yield from diff_lines(failure.expected, failure.actual, paint)
    else:
        for label, text in (("expected", failure.expected), ("actual", failure.actual)):
            if text is not None:
                yield f"{label}:"
                yield from _indented([_excerpt(line, 0) for line in _shortened(text.split("\n"))], 2)
    if found.origin is not None:
        yield from _origin_lines(found.origin, paint)
    for place in found.places:
        yield f"{place.path}: {place.problem}" if place.path else place.problem
        if place.origin is not None:
            yield from _indented(_origin_lines(place.origin, paint), 2)
    more = len(failure.places) - len(found.places)
    if found.places and more:
        yield f"and {more}{' or more' if len(failure.places) == MOST else ''} other place{'s' if more > 1 else ''}"


def _origin_lines(origin: LineOrigin, paint: Paint) -> Iterator[str]:
    yield "written by" if origin.is_exact else "the path leads as far as"
    yield from _indented(list(_columns(origin.places, paint)), 2)
    if origin.values:
        yield "from"
        yield from _indented(list(_columns(origin.values, paint)), 2)


def _columns(rows: Sequence[tuple[str, str]], paint: Paint) -> Iterator[str]:
    width = max((len(first) for first, _ in rows), default=0)
    for first, second in rows:
        yield f"{first.ljust(width)}  {paint('faint', second)}" if second else first


def diff_lines(expected: str, actual: str, paint: Paint) -> Iterator[str]:
    """Yield how two texts differ, line by line."""
    from difflib import unified_diff

    yield f"{paint('removed', '- expected')}  {paint('added', '+ actual')}"
    lines = list(unified_diff(expected.split("\n"), actual.split("\n"), lineterm="", n=2))[2:]
    styles = {"-": "removed", "+": "added", "@": "faint"}
    for line in _with_excerpts(_shortened(lines)):
        yield paint(styles[line[0]], line) if line[:1] in styles else line


def _with_excerpts(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a diff, of long ones the part where a removed and an added line begin to differ."""
    at = 0
    while at < len(lines):
        removed = _run(lines, at, "-")
        added = _run(lines, at + len(removed), "+")
        if not removed and not added:
            yield lines[at][:1] + _excerpt(lines[at][1:], 0)
            at += 1
            continue
        starts = [_same_start(old[1:], new[1:]) for old, new in zip(removed, added)]
        for run in (removed, added):
            for number, line in enumerate(run):
                yield line[:1] + _excerpt(line[1:], starts[number] if number < len(starts) else 0)
        at += len(removed) + len(added)


def _run(lines: Sequence[str], at: int, mark: str) -> Sequence[str]:
    end = at
    while end < len(lines) and lines[end].startswith(mark):
        end += 1
    return lines[at:end]


def _same_start(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginnings."""
    pairs = enumerate(zip(one, other))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def _excerpt(line: str, at: int) -> str:
    """Return a line, or of a long one a part around a position and how long the whole is."""
    if len(line) <= _MOST_COLUMNS:
        return line
    start = max(0, min(at - _BEFORE, len(line) - _EXCERPT))
    end = start + _EXCERPT
    cut = f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"
    return f"{cut} ({f'from character {start + 1} of {len(line)}' if start else f'{len(line)} characters'})"


def _shortened(lines: Sequence[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return list(lines)
    return [*lines[:_MOST_LINES], f"… and {len(lines) - _MOST_LINES} more lines"]


def _indented(lines: Sequence[str] | Iterator[str], count: int) -> Iterator[str]:
    for line in lines:
        yield " " * count + line if line else ""


def summary_lines(charts: Sequence[ChartResult], seconds: float, paint: Paint) -> Iterator[str]:
    """Yield the counts at the end."""
    suites = [suite for chart in charts for suite in chart.suites]
    verdicts = [test.verdict for suite in suites for test in suite.tests]
    snapshots = [suite.snapshots for suite in suites]
    failed = sum(count.failed for count in snapshots)
    yield ""
    if failed:
        word = "snapshot differs" if failed == 1 else "snapshots differ"
        yield f"{paint('bad', f'{failed} {word}')}; look at the changes, then store them with -u"
        yield ""
    of_charts = ["error" if chart.error is not None else "pass" if chart.passed else "fail" for chart in charts]
    yield f"Charts:      {_count(of_charts, paint)}"
    of_suites = [_verdict(suite) for suite in suites]
    yield f"Test Suites: {_count(of_suites, paint)}"
    yield f"Tests:       {_count(verdicts, paint)}"
    total, created = sum(count.total for count in snapshots), sum(count.created for count in snapshots)
    vanished = sum(count.vanished for count in snapshots)
    notes = "".join(f", {count} {word}" for count, word in ((created, "created"), (vanished, "vanished")) if count)
    yield f"Snapshot:    {total - failed} passed, {total} total{notes}"
    yield f"Time:        {seconds:.2f} s"


def _verdict(suite: SuiteResult) -> str:
    if suite.error is not None:
        return "error"
    return "skip" if suite.skip else "pass" if suite.passed else "fail"


def _count(verdicts: Sequence[str], paint: Paint) -> str:
    failed, errored, skipped = (verdicts.count(word) for word in ("fail", "error", "skip"))
    parts = [paint("bad", f"{failed} failed")] if failed else []
    parts += [paint("bad", f"{errored} errored")] if errored else []
    parts.append(f"{verdicts.count('pass')} passed")
    parts += [f"{skipped} skipped"] if skipped else []
    return ", ".join([*parts, f"{len(verdicts)} total"])
