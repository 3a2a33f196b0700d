"""Coverage in Cobertura's XML, which GitLab, Jenkins and Azure read."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from steersman.coverage.lcov import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from steersman.coverage.model import Count, Coverage, FileCoverage
    from steersman.insight.code import Side


def cobertura(charts: Sequence[tuple[str, Coverage]], *, seconds: float = 0.0) -> str:
    """Return a report: a package for each chart, a class for each template; ``seconds`` is the time since the epoch."""
    return "".join(f"{line}\n" for line in _lines(charts, seconds))


def _lines(charts: Sequence[tuple[str, Coverage]], seconds: float) -> Iterator[str]:
    lines, branches = _sum([c.lines for _, c in charts]), _sum([c.branches for _, c in charts])
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">'
    yield (
        f'<coverage line-rate="{_rate(*lines)}" branch-rate="{_rate(*branches)}" lines-covered="{lines[0]}" '
        f'lines-valid="{lines[1]}" branches-covered="{branches[0]}" branches-valid="{branches[1]}" complexity="0" '
        f'version="1" timestamp="{int(seconds)}">'
    )
    yield "  <sources><source>.</source></sources>"
    yield "  <packages>"
    for folder, coverage in charts:
        rates = _rates(coverage.lines, coverage.branches)
        yield f'    <package name={quoteattr(coverage.code.name)} {rates} complexity="0">'
        yield "      <classes>"
        for file in coverage.files:
            yield from _class(folder, coverage, file)
        yield "      </classes>"
        yield "    </package>"
    yield "  </packages>"
    yield "</coverage>"


def _class(folder: str, coverage: Coverage, counts: FileCoverage) -> Iterator[str]:
    file = counts.file
    name, path = file.name.partition("/")[2], path_of(folder, file.name)
    rates = _rates(counts.lines, counts.branches)
    yield f'        <class name={quoteattr(name)} filename={quoteattr(path)} {rates} complexity="0">'
    yield "          <methods/>"
    yield "          <lines>"
    sides = file.sides_by_line
    for line, points in file.lines.items():
        yield from _line(coverage, line, points, sides.get(line, []))
    yield "          </lines>"
    yield "        </class>"


def _line(coverage: Coverage, line: int, points: Sequence[int], sides: Sequence[Side]) -> Iterator[str]:
    head = f'            <line number="{line}" hits="{coverage.hits(points)}"'
    if not sides:
        yield f'{head} branch="false"/>'
        return
    taken = sum(coverage.has(side.point) for side in sides)
    yield f'{head} branch="true" condition-coverage="{100 * taken // len(sides)}% ({taken}/{len(sides)})"/>'


def _sum(counts: Sequence[Count]) -> tuple[int, int]:
    return sum(count.covered for count in counts), sum(count.total for count in counts)


def _rate(covered: int, total: int) -> str:
    return f"{covered / total:.4f}" if total else "1.0000"


def _rates(lines: Count, branches: Count) -> str:
    return f'line-rate="{_rate(lines.covered, lines.total)}" branch-rate="{_rate(branches.covered, branches.total)}"'
