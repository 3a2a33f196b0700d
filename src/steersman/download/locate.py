"""A chart reference to where the chart is: a URL and how to reach it.

Answers to ``ChartDownloader`` of Helm's ``pkg/downloader``; paths are for ``download.paths``.
"""

from __future__ import annotations

from steersman.download.cache import ContentCache
from steersman.download.getters import Access, NoGetter
from steersman.download.repositories import RepoPlaces, download_index
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
