"""A chart reference to a URL and how to reach it. Answers to ``ResolveChartVersion`` of Helm's downloader."""

from __future__ import annotations

from steersman.download.getters import Access, access_of, resolve_reference, same_origin
from steersman.errors import RepoError, SteerError
from steersman.record import Record, replace
from steersman.repo import config
from steersman.repo.index import IndexFile, NoChart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.go.url import URL

    Log = Callable[..., None]


class NotAReference(RepoError):
    """A chart's name that is neither a path nor a URL, and names no repository.

    Attributes:
        reference: what was given.
    """

    def __init__(self, reference: str) -> None:
        super().__init__(f"non-absolute URLs should be in form of repo_name/path_to_chart, got: {reference}")
        self.reference = reference


class Found(Record):
    """The location of a chart's archive: URL, the index's digest (or ``""``), and how to reach it.

    ``is_told``: what a registry says of the pull is for the user. Where an index named the URL, Helm says nothing.
    """

    url: str
    digest: str
    access: Access
    is_told: bool = True


def url_of(chart_ref: str) -> URL:
    """Return the URL that ``chart_ref`` is; a repository's chart is one without scheme and host.

    Raises:
        RepoError: with Helm's message.
    """
    from steersman.go.url import URLError, parse_url
    from steersman.transport.model import redacted

    try:
        return parse_url(chart_ref)
    except URLError as error:
        raise RepoError(f"invalid chart URL format: {redacted(chart_ref)}") from error


def is_whole(chart_ref: str) -> bool:
    """Return whether ``chart_ref`` is a URL that says where a chart is, without any repository.

    Raises:
        RepoError: with Helm's message, when it is not a URL.
    """
    url = url_of(chart_ref)
    return bool(url.scheme and url.host and url.path)


class Repositories(Record):
    """The repositories that are configured: their file, and what is asked of their cached indexes.

    Attributes:
        config_file: repositories.yaml.
        cached_index: a repository's name to its cached index.
        has_url: says whether the index of a repository (by name) has a chart at a URL.
        check: raises where there is no way to get a repository's URL.
        log: for warnings.
    """

    config_file: str
    cached_index: Callable[[str], IndexFile]
    has_url: Callable[[str, str], bool]
    check: Callable[[str], object]
    log: Log

    def entries(self) -> list[config.RepoEntry]:
        """Return what the file says; without a file there are none."""
        try:
            return config.load(self.config_file)
        except config.MissingConfig:
            return []


def find_chart(chart_ref: str, version: str, repositories: Repositories, access: Access) -> Found:
    """Return where ``chart_ref`` (``repo/chart`` or a URL) is.

    Args:
        chart_ref: what the user typed, or the URL that ``--repo`` led to.
        version: exact, a range, or ``""``.
        repositories: those that are configured.
        access: what flags say about getting at it.

    Raises:
        RepoError: with Helm's message.
    """
    from steersman.go.quote import quote

    entries = repositories.entries()
    url = url_of(chart_ref)
    if is_whole(chart_ref):
        owner = _owner(chart_ref, entries, repositories)
        if owner is None:
            return Found(chart_ref, "", replace(access, home=access.home or chart_ref))
        return Found(chart_ref, "", _merged(access, owner))
    name, slash, chart = url.path.partition("/")
    if not slash:
        raise NotAReference(url.text())
    entry = next((e for e in entries if e.name == name), None)
    if entry is None:
        raise config.NoRepository(f"repo {name} not found", name, (e.name for e in entries))
    if not entry.url:
        raise RepoError(f"no URL found for repository {name}")
    repositories.check(entry.url)
    try:
        index = repositories.cached_index(name)
    except SteerError as error:
        raise RepoError(f"no cached repo found. (try 'helm repo update'): {error}") from error
    try:
        found = index.get(chart, version, repositories.log)
    except (NoChart, ValueError) as error:
        raise RepoError(
            f"chart {quote(chart)} matching {version} not found in {name} index. (try 'helm repo update'): {error}"
        ) from error
    if not found.urls:
        raise RepoError(f"chart {quote(chart_ref)} has no downloadable URLs")
    try:
        address = url_of(resolve_reference(entry.url, found.urls[0])).text()
    except RepoError as error:
        raise RepoError(f"invalid chart URL format: {chart_ref}") from error
    return Found(address, found.digest, _merged(access, entry), is_told=False)


def _owner(url: str, entries: list[config.RepoEntry], repositories: Repositories) -> config.RepoEntry | None:
    """Return the repository whose index has a chart at ``url``, or else one that ``url`` is below."""
    for entry in entries:
        if repositories.has_url(entry.name, url):
            return entry
    return next((entry for entry in entries if url.startswith(entry.url.rstrip("/") + "/")), None)


def _merged(access: Access, entry: config.RepoEntry) -> Access:
    """Return how to get at a repository: its own entry, with what flags say over it."""
    own = access_of(entry, access.timeout)
    if not (own.username and own.password):
        own = replace(own, username=access.username, password=access.password, pass_credentials=access.pass_credentials)
    if access.cert_file or access.key_file or access.ca_file:
        own = replace(own, cert_file=access.cert_file, key_file=access.key_file, ca_file=access.ca_file)
    # helm: that a repository's certificate is not to be checked holds for its index (test_insecure_is_for_the_index)
    return replace(own, insecure=access.insecure)


def find_in_url(repo_url: str, chart: str, version: str, index: IndexFile, access: Access, log: Log) -> Found:
    """Return where ``chart`` is by the index of the repository at ``repo_url`` (``--repo``).

    Credentials are left out where that is another host, unless they are for all.

    Raises:
        RepoError: with Helm's message.
    """
    from steersman.go.quote import quote

    shown = f"chart {quote(chart)}" + (f" version {quote(version)}" if version else "")
    try:
        found = index.get(chart, version, log)
    except (NoChart, ValueError) as error:
        raise RepoError(f"{shown} not found in {repo_url} repository") from error
    if not found.urls:
        raise RepoError(f"{shown} has no downloadable URLs")
    try:
        url = resolve_reference(repo_url, found.urls[0])
    except RepoError as error:
        raise RepoError(f"failed to make chart URL absolute: {error}") from error
    if not access.pass_credentials and not same_origin(repo_url, url):
        access = replace(access, username="", password="")
    return Found(url, found.digest, replace(access, home=url), is_told=False)
