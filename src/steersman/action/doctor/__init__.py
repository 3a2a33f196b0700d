"""``doctor``: look at everything that commands depend on, and say what to do about each finding.

Each area is a module with a function and a line in ``AREAS``. Nothing is changed. Helm has nothing like it.
"""

from __future__ import annotations

from steersman.action.doctor.finding import ERROR, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from steersman.action.doctor.subject import Subject

# The areas in the order that they are reported: each is a module of this package with a function ``findings``.
AREAS: tuple[str, ...] = ("versions", "config", "cluster", "permissions", "releases", "caches", "plugins")


_OF_CLUSTER = ("permissions", "releases")


def examine(subject: Subject, areas: Sequence[str] = AREAS) -> Iterator[Finding]:
    """Yield what is found, area by area; those that need a cluster are left out where none answers."""
    has_cluster = True
    for area in areas:
        if area in _OF_CLUSTER and not has_cluster:
            continue
        module = __import__(f"steersman.action.doctor.{area}", fromlist=("findings",))
        find: Callable[[Subject], Iterator[Finding]] = module.findings
        for finding in find(subject):
            has_cluster = has_cluster and not (area == "cluster" and finding.level == ERROR)
            yield finding


def has_errors(findings: Sequence[Finding]) -> bool:
    """Return whether one of the findings keeps commands from working."""
    return any(finding.level == ERROR for finding in findings)
