"""Charts of the configured repositories by words; answers to ``search`` of Helm's commands."""

from __future__ import annotations

from steersman.errors import SteerError, UsageError
from steersman.record import Record
from steersman.repo import config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from steersman.download.repositories import RepoPlaces
    from steersman.repo.index_entries import Row

MAX_SCORE = 25  # helm: a worse score is not a match
_SEPARATOR = "\v"


class Result(Record):
    """A version found: ``repo/chart``, how far from the words, and what is shown of it."""

    name: str
    score: int
    version: str
    app_version: str
    description: str


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

    entries = _entries(places)
    test = _test(" ".join(words), regexp=regexp) if words else (lambda line: 0)
    found = list(_found(entries, places, test))
    found.sort(key=lambda r: (r.score, r.name))
    try:
        constraint = Constraints.parse(version)
    except ValueError as error:
        raise UsageError(f"an invalid version/constraint format: {error}") from error
    return list(_within(found, constraint, every=versions))


def _entries(places: RepoPlaces) -> list[config.RepoEntry]:
    entries = config.load_readable(places.config_file)
    if not entries:
        raise config.NoRepository("no repositories configured")
    return entries


def _found(entries: list[config.RepoEntry], places: RepoPlaces, test: Callable[[str], int]) -> Iterator[Result]:
    for entry in entries:
        try:
            index = places.cached_index(entry.name)
        except SteerError as error:
            places.log("WARN", "repo is corrupt or missing", repo=entry.name, error=error)
            continue
        for name, rows in index.rows():
            yield from _of_chart(entry.name, name, rows, test)


def _of_chart(repo: str, name: str, rows: list[Row], test: Callable[[str], int]) -> Iterator[Result]:
    """Yield the versions of a chart that ``test`` likes; most of them have one text."""
    scores: dict[tuple[str, str, tuple[str, ...]], int] = {}
    # helm: of two entries with one version the last counts (test_search_shows_a_version_once)
    for row in {row[1]: row for row in rows}.values():
        own, version, app_version, description, keywords = row
        text = (own, description, keywords)
        score = scores.get(text)
        if score is None:
            line = _SEPARATOR.join((own, f"{repo}/{own}", description, " ".join(keywords)))
            score = scores[text] = test(line)
        if 0 <= score < MAX_SCORE:
            yield Result(f"{repo}/{name}", score, version, app_version, description)


def _score(at: int, line: str) -> int:
    return line.count(_SEPARATOR, 0, at)


def _test(term: str, *, regexp: bool) -> Callable[[str], int]:
    """Return a function from a line to a score; -1 is not a match."""
    if not regexp:
        lowered = term.lower()

        def literal(line: str) -> int:
            line = line.lower()
            at = line.find(lowered)
            return _score(at, line) if at >= 0 else -1

        return literal
    from steersman.go.regexp.compile import compile_regexp
    from steersman.go.regexp.tree import RegexpError

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
            parsed = Version.parse(result.version)
        except ValueError:
            continue
        if constraint.check(parsed):
            seen.add(result.name)
            yield result
