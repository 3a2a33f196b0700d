"""What fetching dependencies needs to know, and what their repositories and ranges mean."""

from __future__ import annotations

import os

from steersman.action.pull import Sources
from steersman.chart.model import Chart, Dependency
from steersman.errors import ChartError
from steersman.record import Record
from steersman.repo import config
from steersman.repo.config import RepoEntry
from steersman.semver import Constraints, Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class DependencyOptions(Record):
    """What fetching dependencies needs beyond the chart.

    ``sources`` is where charts come from; ``say`` prints progress; ``program`` is the name the user
    calls the program by; ``time`` is for reproducible archives, in seconds since the epoch; what is fetched
    must be signed by a key of ``keyring`` where there is one; where not ``must_verify``, what nobody signed is told of.
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
    """Tell whether two repositories' URLs are one."""
    from posixpath import normpath
    from urllib.parse import urlsplit

    try:
        first, second = urlsplit(a), urlsplit(b)
    except ValueError:
        return normpath(a) == normpath(b)
    return first._replace(path=normpath(first.path or "/")) == second._replace(path=normpath(second.path or "/"))


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
    """Tell whether a version's text is one, and in the range."""
    try:
        return constraint.check(Version.parse(version))
    except ValueError:
        return False
