"""Charts' archives and provenance from where they are: repositories, URLs and registries, through the content cache.

Answers to ``ChartDownloader`` of Helm's ``pkg/downloader``.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

from steersman.download.cache import digest_problem
from steersman.errors import ChartError, RepoError, SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.download.locate import Sources
    from steersman.download.resolve import Found

_ACCEPT = {"Accept": "application/gzip,application/octet-stream"}


class NoProvenance(ChartError):
    """An archive without provenance; ``cause`` is why there is none."""

    def __init__(self, url: str, cause: SteerError) -> None:
        from steersman.go.quote import quote

        super().__init__(f"failed to fetch provenance {quote(url)}")
        self.cause = cause


def cached(sources: Sources, found: Found) -> bytes | None:
    """Return a chart's archive where the index gives its digest and it is in the cache."""
    digest = "" if found.url.startswith("oci://") else found.digest.rpartition(":")[2]
    return sources.cache.chart(digest) if digest and not digest_problem(digest) else None


def bring(sources: Sources, found: Found) -> bytes:
    """Return a chart's archive, checked against the digest that is known of it; from the cache where it is there.

    Raises:
        SteerError: with Helm's message, and for an archive that is not the one the index names.
    """
    if found.url.startswith("oci://"):
        return _pull(sources, found)
    digest = found.digest.rpartition(":")[2]
    problem = digest_problem(digest)
    if problem:
        raise ChartError(problem)
    known = sources.cache.chart(digest) if digest else None
    if known is not None:
        return known
    try:
        sources.places.getters.check(found.url)
    except RepoError as error:
        from steersman.go.quote import quote

        raise RepoError(f"scheme {quote(found.url.partition(':')[0])} not supported") from error
    data = sources.places.getters.get(found.url, found.access, _ACCEPT)
    # a getter plugin may make an archive anew each time, as those do that package charts from git
    is_served = found.url.partition(":")[0].lower() in ("http", "https")
    if digest and is_served and sha256(data).hexdigest() != digest:
        raise ChartError(
            f"the archive at {found.url} has the digest {sha256(data).hexdigest()}, "
            f"its repository's index says {digest}",
            hint="The archive was published again with other contents, or changed in transit. "
            "Fetch the index again ('repo update').",
        )
    _keep(sources, data)
    return data


def _keep(sources: Sources, data: bytes) -> None:
    """Keep an archive for the next time; who needs it no more than once does without (a home that is read-only)."""
    with suppress(ChartError):
        sources.cache.keep(data)


def _pull(sources: Sources, found: Found) -> bytes:
    from steersman.registry.chart import pull
    from steersman.registry.model import digest_of

    pulled = pull(sources.registry(), found.url, say_of(sources, found), cached=sources.cache.chart)
    _keep(sources, pulled.chart)
    sources.blobs.remember(pulled.reference, digest_of(pulled.chart))
    return pulled.chart


def say_of(sources: Sources, found: Found) -> Callable[[str], object]:
    """Return what is told what a registry says of a pull."""
    return sources.say if found.is_told else lambda _text: None


def file_name(found: Found) -> str:
    """Return the name of the archive at ``found``."""
    from posixpath import basename

    from steersman.go.url import parse_url

    if found.url.startswith("oci://"):
        from steersman.registry.chart import file_name as registry_name

        return registry_name(found.url)
    return basename(parse_url(found.url).path.rstrip("/"))


def fetch_provenance(sources: Sources, found: Found, archive: bytes, *, is_kept: bool = False) -> bytes:
    """Return the provenance of the archive at ``found``, from the cache where it is there.

    It comes from the cache, and stays there, where ``is_kept``; or where the index says the archive's digest.

    Raises:
        NoProvenance: with Helm's message.
    """
    from hashlib import sha256

    digest = sha256(archive).hexdigest()
    # helm: only what goes into the cache itself looks there for any archive (test_provenances_of_the_cache)
    known = sources.cache.provenance(digest) if found.digest or is_kept else None
    if known is not None and (is_kept or not found.url.startswith("oci://")):
        return known
    url = f"{found.url}.prov"
    try:
        data = _provenance(sources, found, url)
    except SteerError as error:
        raise NoProvenance(url, error) from error
    if is_kept:
        sources.cache.keep_provenance(digest, data)
    return data


def _provenance(sources: Sources, found: Found, url: str) -> bytes:
    if found.url.startswith("oci://"):
        from steersman.registry.chart import pull

        return pull(sources.registry(), found.url, say_of(sources, found), chart=False, prov=True).prov
    return sources.places.getters.get(url, found.access)
