"""A chart reference to its archive: repositories, URLs and registries, through the content cache.

Answers to ``ChartDownloader`` of Helm's ``pkg/downloader``.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

from steersman.action.repo import RepoPlaces, download_index
from steersman.download.cache import ContentCache, digest_problem
from steersman.download.getters import Access, NoGetter
from steersman.download.resolve import Found, Repositories, find_chart, find_in_url, url_of
from steersman.errors import ChartError, RepoError, SteerError
from steersman.go.errno import errno_text
from steersman.record import Record, replace
from steersman.registry.reference import is_oci
from steersman.runtime.files import make_folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.registry.client import RegistryClient
    from steersman.registry.places import BlobPlaces

_ACCEPT = {"Accept": "application/gzip,application/octet-stream"}


class Sources(Record):
    """The places that charts come from, and how to reach them.

    Attributes:
        places: repositories and their cached indexes.
        cache: archives that are here already.
        access: what flags say about getting at a host.
        registry: makes the client for ``oci://``.
        blobs: which repositories of a registry have a blob.
        say: is told what was pulled from a registry.
    """

    places: RepoPlaces
    cache: ContentCache
    access: Access
    registry: Callable[[], RegistryClient]
    blobs: BlobPlaces
    say: Callable[[str], object]


def locate(sources: Sources, chart_ref: str, version: str, repo_url: str = "") -> Found:
    """Return where the chart that ``chart_ref`` at ``version`` means is.

    Raises:
        SteerError: with Helm's message.
    """
    places, access = sources.places, sources.access
    if repo_url:
        url_of(repo_url)
        try:
            _, index = download_index(repo_url, replace(access, home=repo_url), places)
        except NoGetter:
            raise
        except SteerError as error:
            raise _unreachable(repo_url, error) from error
        try:
            make_folders(places.cache_folder)  # helm: an index is there for a moment
        except OSError as error:
            raise _unreachable(repo_url, RepoError(f"mkdir {error.filename}: {errno_text(error)}")) from error
        named = find_in_url(repo_url, chart_ref, version, index, access, places.log)
        found = by_url(sources, named.url, version, named.access)
        return replace(found, digest=named.digest, is_told=False)
    return by_url(sources, chart_ref, version, access)


def by_url(sources: Sources, chart_ref: str, version: str, access: Access) -> Found:
    """Return where ``chart_ref`` is: a URL, or ``repo/chart``.

    Raises:
        SteerError: with Helm's message.
    """
    places = sources.places
    if not sources.cache.folder:
        raise ChartError("content cache must be set")
    url = url_of(chart_ref).text()
    if is_oci(url):
        from steersman.registry.chart import choose

        return Found(choose(sources.registry(), url, version), "", access)
    repositories = Repositories(
        places.config_file, places.cached_index, places.has_url, places.getters.check, places.log
    )
    return find_chart(chart_ref, version, repositories, access)


def _unreachable(url: str, error: SteerError) -> RepoError:
    from steersman.transport.model import redacted

    return RepoError(f'looks like "{redacted(url)}" is not a valid chart repository or cannot be reached: {error}')


def cached(sources: Sources, found: Found) -> bytes | None:
    """Return a chart's archive where the index gives its digest and it is in the cache."""
    digest = "" if found.url.startswith("oci://") else found.digest.rpartition(":")[2]
    return sources.cache.chart(digest) if digest and not digest_problem(digest) else None


def archive(sources: Sources, found: Found) -> bytes:
    """Return a chart's archive, from the cache where it is there.

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
