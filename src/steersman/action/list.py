"""``list``: the releases there are, filtered, sorted and cut to a page.

Labels of the records say which revision of each release is the latest before any record
is opened. Answers to Helm's ``pkg/action/list.go``.
"""

from __future__ import annotations

from steersman.errors import UsageError
from steersman.record import Record
from steersman.release.model import (
    DEPLOYED,
    FAILED,
    PENDING,
    SUPERSEDED,
    UNINSTALLED,
    UNINSTALLING,
    Release,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from steersman.action.configuration import Configuration

_ALL = frozenset((DEPLOYED, UNINSTALLED, UNINSTALLING, *PENDING, SUPERSEDED, FAILED))


class ListOptions(Record):
    """What the flags of ``list`` say; no state flag means all states."""

    filter: str = ""
    selector: str = ""
    limit: int = 256
    offset: int = 0
    by_date: bool = False
    reverse: bool = False
    deployed: bool = False
    uninstalled: bool = False
    uninstalling: bool = False
    pending: bool = False
    failed: bool = False
    superseded: bool = False

    @property
    def states(self) -> frozenset[str]:
        """The states to show."""
        chosen = {
            state
            for is_on, states in (
                (self.deployed, (DEPLOYED,)),
                (self.uninstalled, (UNINSTALLED,)),
                (self.uninstalling, (UNINSTALLING,)),
                (self.pending, PENDING),
                (self.failed, (FAILED,)),
                (self.superseded, (SUPERSEDED,)),
            )
            if is_on
            for state in states
        }
        return frozenset(chosen) or _ALL


def list_releases(config: Configuration, options: ListOptions) -> list[Release]:
    """Return the releases that the options ask for, in their order.

    Raises:
        SteerError: with Helm's message.
    """
    matches = _name_filter(config, options.filter)
    releases = config.reached(lambda: [r for r in config.store.all() if matches(r.name)])
    if not releases:
        return []
    count = len(releases)
    if options.states != {SUPERSEDED}:
        releases = _latest(releases)
    releases = [release for release in releases if release.status in options.states]
    if options.selector:
        from steersman.kube.selectors import parse_selector

        selector = parse_selector(options.selector)
        releases = [release for release in releases if selector(release.labels)]
    releases = _sorted(releases, options)
    limit = options.limit if 0 < options.limit < count else count
    return releases[options.offset : options.offset + limit]


def _name_filter(config: Configuration, pattern: str) -> Callable[[str], bool]:
    if not pattern:
        return lambda _name: True
    from steersman.action.patterns import compile_pattern

    try:
        return compile_pattern(pattern)
    except UsageError:
        config.check_reachable()
        raise


def _latest(releases: Iterable[Release]) -> list[Release]:
    latest: dict[tuple[str, str], Release] = {}
    for release in releases:
        key = (release.namespace, release.name)
        if key not in latest or latest[key].revision <= release.revision:
            latest[key] = release
    return list(latest.values())


def _sorted(releases: list[Release], options: ListOptions) -> list[Release]:
    if options.by_date:
        return sorted(releases, key=lambda r: (_moment(r), r.name), reverse=options.reverse)
    return sorted(releases, key=lambda r: r.name, reverse=options.reverse)


def _moment(release: Release) -> int:
    moment = release.info.last_deployed
    return moment.seconds if moment else -62135596800  # go: the zero time's seconds
