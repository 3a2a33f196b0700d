"""Options for fetching dependencies, and the meaning of their repositories and ranges."""

from __future__ import annotations

import os

from steersman.chart.model import Chart, Dependency
from steersman.download.locate import Sources
from steersman.errors import ChartError
from steersman.record import Record, replace
from steersman.repo import config
from steersman.repo.config import RepoEntry
from steersman.semver import Constraints, Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.go.url import URL


class DependencyOptions(Record):
    """Options for fetching the dependencies of a chart.

    ``sources`` is where charts come from; ``say`` prints progress; ``program`` is the name the user
    calls the program by; ``time`` is for reproducible archives, in seconds since the epoch; what is fetched
    must be signed by a key of ``keyring`` where there is one; without ``must_verify``, unsigned charts are reported.
    """

    sources: Sources
    say: Callable[[str], object]
    now: str
    timeout: float
    skip_refresh: bool = False
    debug: bool = False
    program: str = "helm"
    time: float | None = None
    keyring: str = ""
    must_verify: bool = True


def entries_of(options: DependencyOptions) -> list[RepoEntry]:
    """Return the repositories that are configured."""
    try:
        return config.load(options.sources.places.config_file)
    except config.MissingConfig:
        return []


def local_path(repository: str, path: str) -> str:
    """Return where a ``file://`` repository (or a folder) is, for the chart in the folder ``path``.

    Raises:
        ChartError: when nothing is there.
    """
    place = repository.removeprefix("file://")
    found = os.path.normpath(place if place.startswith("/") else os.path.join(path, place))
    if not os.path.exists(found):
        raise ChartError(f"directory {found} not found")
    return found


def load_folder(repository: str, path: str) -> Chart:
    """Return the chart of a ``file://`` repository; helm: archives are none (test_a_dependency_that_is_an_archive).

    Raises:
        ChartError: when there is none.
    """
    from steersman.chart.loader import load_chart

    place = local_path(repository, path)
    if not os.path.isdir(place):
        raise ChartError("Chart.yaml file is missing")
    return load_chart(place)


def is_same_url(a: str, b: str) -> bool:
    """Return whether two repositories' URLs are one, as ``urlutil.Equal`` of Helm does."""
    from steersman.go.url import URLError, parse_url

    try:
        first = parse_url(a)
    except URLError:
        return _clean(a) == _clean(b)
    try:
        second = parse_url(b)
    except URLError:
        return False
    return _plain(first) == _plain(second)


def _plain(url: URL) -> URL:
    path = _clean(url.path or "/")
    return url if path == url.path else replace(url, path=path, raw_path="")


def _clean(path: str) -> str:
    """Return a path without what says nothing, as Go's ``filepath.Clean`` does."""
    from posixpath import normpath

    clean = normpath(path)
    return clean[1:] if clean.startswith("//") else clean


def constraint_of(dependency: Dependency, shown: str) -> Constraints:
    """Return the range that a dependency wants; ``shown`` names it in the message.

    Raises:
        ChartError: when it is none.
    """
    try:
        return Constraints.parse(dependency.version)
    except ValueError as error:
        raise ChartError(f"dependency {shown} has an invalid version/constraint format: {error}") from error


def fits(constraint: Constraints, version: str) -> bool:
    """Return whether a version's text is one, and in the range."""
    try:
        return constraint.check(Version.parse(version))
    except ValueError:
        return False
