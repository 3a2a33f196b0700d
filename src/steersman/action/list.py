"""``list``: the releases there are, filtered, sorted and cut to a page.

Labels of the records say which revision of each release is the latest before any record
is opened. Answers to Helm's ``pkg/action/list.go``.
"""

from __future__ import annotations

from steersman.errors import ReleaseError, UsageError
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
from steersman.storage.driver import OddRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from steersman.action.configuration import Configuration
    from steersman.storage.driver import Stub

    T = TypeVar("T", Release, Stub)

_ALL = frozenset((DEPLOYED, UNINSTALLED, UNINSTALLING, *PENDING, SUPERSEDED, FAILED))


class ListOptions(Record):
    """Options of ``list``; no state flag means all states.

    With ``heads_only`` the releases have no more than a list shows: no manifest, values, hooks and templates.
    """

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
    heads_only: bool = False

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
    if options.offset < 0:
        raise UsageError(f"--offset must not be negative, got {options.offset}")  # helm: panics
    matches = _name_filter(config, options.filter)
    try:
        stubs = [stub for stub in config.reached(lambda: config.store.stubs()) if matches(stub.name)]
    except OddRecord:
        stubs = None
    try:
        if stubs is not None:
            return _from_stubs(config, stubs, options)
    except ReleaseError:
        pass  # a record that cannot be read: then the one before it counts, as for Helm
    releases = config.reached(lambda: [r for r in config.store.all() if matches(r.name)])
    return _from_releases(releases, options)


def _from_stubs(config: Configuration, stubs: list[Stub], options: ListOptions) -> list[Release]:
    """Pick by labels, and read only what is shown."""
    chosen = _chosen(stubs, options)
    page = _page(len(stubs), options)
    if options.by_date:
        return _sorted(config.store.read(chosen, heads_only=options.heads_only), options)[page]
    chosen.sort(key=lambda stub: stub.name, reverse=options.reverse)
    return config.store.read(chosen[page], heads_only=options.heads_only)


def _from_releases(releases: list[Release], options: ListOptions) -> list[Release]:
    return _sorted(_chosen(releases, options), options)[_page(len(releases), options)]


def _chosen(items: list[T], options: ListOptions) -> list[T]:
    """Return the latest revision of each release where it has a state that is asked for."""
    latest = items if options.states == {SUPERSEDED} else _latest(items)
    return _selected([item for item in latest if item.status in options.states], options)


def _page(count: int, options: ListOptions) -> slice:
    limit = options.limit if 0 < options.limit < count else count
    return slice(options.offset, options.offset + limit)


def _selected(items: list[T], options: ListOptions) -> list[T]:
    if not options.selector:
        return items
    from steersman.kube.selectors import parse_selector

    selector = parse_selector(options.selector)
    return [item for item in items if selector(item.labels)]


def _name_filter(config: Configuration, pattern: str) -> Callable[[str], bool]:
    if not pattern:
        return lambda _name: True
    from steersman.action.patterns import compile_pattern

    try:
        return compile_pattern(pattern)
    except UsageError:
        config.check_reachable()
        raise


def _latest(items: Iterable[T]) -> list[T]:
    latest: dict[tuple[str, str], T] = {}
    for item in items:
        key = (item.namespace, item.name)
        if key not in latest or latest[key].revision <= item.revision:
            latest[key] = item
    return list(latest.values())


def _sorted(releases: list[Release], options: ListOptions) -> list[Release]:
    if options.by_date:
        return sorted(releases, key=lambda r: (_moment(r), r.name), reverse=options.reverse)
    return sorted(releases, key=lambda r: r.name, reverse=options.reverse)


def _moment(release: Release) -> int:
    moment = release.info.last_deployed
    return moment.seconds if moment else -62135596800  # go: the zero time's seconds
