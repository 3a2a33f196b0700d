"""Caches: whether derived data may be kept, and how large everything is."""

from __future__ import annotations

from steersman.action.doctor.finding import NOTE, OK, WARNING, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.doctor.subject import Subject

_LARGE = 1e9  # bytes


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield whether the cache is used, and its size."""
    from steersman.action.cache import kept

    problem = subject.cache.problem()
    if problem and subject.cache.folder:
        advice = "Commands work, but slower. Make the folder yours alone (mode 0700), or set HELM_CACHE_HOME."
        yield Finding("caches", WARNING, f"the cache of derived data is not used: {problem}", advice)
    elif problem:
        yield Finding("caches", NOTE, "the cache of derived data is turned off", "Unset STEER_NO_CACHE to use it.")
    found = list(kept(subject.content_cache, subject.derived))
    size = sum(one.size for one in found)
    advice = f"Run '{subject.program} cache prune' to delete what was not used for 30 days." if size > _LARGE else ""
    yield Finding("caches", NOTE if advice else OK, f"{len(found)} files, {size / 1e6:.1f} MB", advice)
