"""Coverage in the format of lcov's tracefiles, which editors and most services read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from steersman.coverage.model import Coverage, FileCoverage


def lcov(charts: Sequence[tuple[str, Coverage]]) -> str:
    """Return a tracefile; each coverage stands with the folder of its chart."""
    return "".join(
        f"{line}\n" for folder, coverage in charts for file in coverage.files for line in _file(folder, coverage, file)
    )


def _file(folder: str, coverage: Coverage, counts: FileCoverage) -> Iterator[str]:
    file = counts.file
    yield "TN:"
    yield f"SF:{path_of(folder, file.name)}"
    for define in file.defines:
        yield f"FN:{define.line},{define.name}"
    for define in file.defines:
        yield f"FNDA:{coverage.hits([define.point])},{define.name}"
    yield f"FNF:{counts.includes.total}"
    yield f"FNH:{counts.includes.covered}"
    choices: dict[tuple[int, str], int] = {}
    for line, sides in file.sides_by_line.items():
        for side in sides:
            block = choices.setdefault((side.pos, side.kind), len(choices))
            yield f"BRDA:{line},{block},{side.number},{coverage.hits([side.point])}"
    yield f"BRF:{counts.branches.total}"
    yield f"BRH:{counts.branches.covered}"
    for line, points in file.lines.items():
        yield f"DA:{line},{coverage.hits(points)}"
    yield f"LF:{counts.lines.total}"
    yield f"LH:{counts.lines.covered}"
    yield "end_of_record"


def path_of(folder: str, name: str) -> str:
    """Return the path of a template in the folder of its chart; ``name`` begins with the chart's name."""
    return f"{folder.rstrip('/')}/{name.partition('/')[2]}"
