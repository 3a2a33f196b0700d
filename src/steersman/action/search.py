"""Charts of the configured repositories by words; answers to ``search`` of Helm's commands."""

from __future__ import annotations

from steersman.errors import RepoError, SteerError, UsageError
from steersman.record import Record
from steersman.repo import config
from steersman.repo import index as index_room
from steersman.repo.index import ChartVersion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from steersman.action.repo import RepoPlaces

MAX_SCORE = 25  # helm: a worse score is no match
_SEPARATOR = "\v"


class Result(Record):
    """A chart found: ``repo/chart``, how far from the words, and the version."""

    name: str
    score: int
    chart: ChartVersion


def search(words: list[str], places: RepoPlaces, *, regexp: bool, versions: bool, version: str) -> list[Result]:
    """Return the charts that the words match, best first.

    Args:
        words: joined by spaces they are the term; none of them means every chart.
        places: where repositories are configured and cached.
        regexp: the term is an expression.
        versions: return every version, not the newest only.
        version: a range that versions must be in.

    Raises:
        RepoError: when there are no repositories.
        UsageError: for an expression or range that cannot be read.
    """
    from steersman.semver import Constraints

    lines = _lines(places)
    test = _test(" ".join(words), regexp=regexp) if words else (lambda line: 0)
    found = [Result(name, score, chart) for name, line, chart in lines if 0 <= (score := test(line)) < MAX_SCORE]
    found.sort(key=lambda r: (r.score, r.name))
    try:
        constraint = Constraints.parse(version)
    except ValueError as error:
        raise UsageError(f"an invalid version/constraint format: {error}") from error
    return list(_within(found, constraint, every=versions))


def _lines(places: RepoPlaces) -> Iterator[tuple[str, str, ChartVersion]]:
    try:
        entries = config.load(places.config_file)
    except config.MissingConfig:
        entries = []
    if not entries:
        raise RepoError("no repositories configured")
    for entry in entries:
        try:
            index = index_room.load_file(places.index_path(entry.name), places.log)
        except SteerError as error:
            places.log("WARN", "repo is corrupt or missing", repo=entry.name, error=error)
            continue
        for name, versions in index.entries.items():
            # helm: of two entries with one version the last counts (test_search_shows_a_version_once)
            for chart in {v.metadata.version: v for v in versions}.values():
                yield f"{entry.name}/{name}", _line(entry.name, chart), chart


def _line(repo: str, chart: ChartVersion) -> str:
    data = chart.metadata
    return _SEPARATOR.join((data.name, f"{repo}/{data.name}", data.description, " ".join(data.keywords)))


def _score(at: int, line: str) -> int:
    return line.count(_SEPARATOR, 0, at)


def _test(term: str, *, regexp: bool) -> Callable[[str], int]:
    """Return a function from a line to a score; -1 is no match."""
    if not regexp:
        lowered = term.lower()

        def literal(line: str) -> int:
            line = line.lower()
            at = line.find(lowered)
            return _score(at, line) if at >= 0 else -1

        return literal
    from steersman.sprig.re2 import RegexpError, compile_regexp

    try:
        expression = compile_regexp(term)
    except RegexpError as error:
        raise UsageError(str(error)) from error

    def matched(line: str) -> int:
        spans = expression.search(line, 0)
        return -1 if spans is None else _score(spans[0][0], line)

    return matched


def _within(found: list[Result], constraint: object, *, every: bool) -> Iterator[Result]:
    from steersman.semver import Constraints, Version

    assert isinstance(constraint, Constraints)
    seen: set[str] = set()
    for result in found:
        if not every and result.name in seen:
            continue
        try:
            parsed = Version.parse(result.chart.metadata.version)
        except ValueError:
            continue
        if constraint.check(parsed):
            seen.add(result.name)
            yield result
