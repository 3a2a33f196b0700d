"""URLs to bytes: HTTP and HTTPS, with credentials only where they belong. Answers to Helm's ``pkg/getter``."""

from __future__ import annotations

from datetime import UTC

from steersman.errors import RepoError, SteerError, TransportError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from steersman.plugin.model import Plugin
    from steersman.registry.client import RegistryClient

    Progress = Callable[[str, int, int], None]
    from steersman.repo.config import RepoEntry
    from steersman.transport.http import Response

USER_AGENT = "Helm/4.3.1"
DEFAULT_TIMEOUT = 120.0  # seconds, Helm's
_SETTLED = 60.0  # seconds after which a file's time is trusted to tell its states apart
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MAX_BYTES = 512 * 1024 * 1024  # no chart or index is larger


class NoGetter(RepoError):
    """Nothing fetches URLs of a scheme."""


class Access(Record):
    """Credentials and settings to reach a host.

    ``home`` is the URL that the credentials are for: another scheme, host or port does not get them unless
    ``pass_credentials`` says so.
    """

    home: str = ""
    username: str = ""
    password: str = ""
    pass_credentials: bool = False
    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    insecure: bool = False
    timeout: float = DEFAULT_TIMEOUT


def access_of(entry: RepoEntry, timeout: float = DEFAULT_TIMEOUT) -> Access:
    """Return how to get at a configured repository."""
    return Access(
        home=entry.url,
        username=entry.username,
        password=entry.password,
        pass_credentials=entry.pass_credentials_all,
        cert_file=entry.cert_file,
        key_file=entry.key_file,
        ca_file=entry.ca_file,
        insecure=entry.insecure_skip_tls_verify,
        timeout=timeout,
    )


def get(
    url: str,
    access: Access,
    environ: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return what is at ``url``; ``progress`` is called as bytes arrive.

    Raises:
        TransportError: with the message of Helm or of Go's HTTP client.
    """
    data = ask(url, access, environ, headers, progress, None).data
    assert data is not None
    return data


def ask(
    url: str,
    access: Access,
    environ: Mapping[str, str],
    headers: Mapping[str, str] | None,
    progress: Progress | None,
    known: Answer | None,
    debug: Callable[..., None] | None = None,
) -> Answer:
    """Return the resource at ``url``, or that it has not changed since ``known``.

    Raises:
        TransportError: with the message of Helm or of Go's HTTP client.
    """
    from steersman.transport.http import Pool
    from steersman.transport.model import Request, basic_header, redacted
    from steersman.transport.tls import TlsOptions, check_files

    fields = dict(headers or {})
    if access.username and access.password and (access.pass_credentials or same_origin(access.home or url, url)):
        fields["Authorization"] = basic_header(access.username, access.password)
    if known is not None and known.etag:
        fields["If-None-Match"] = known.etag
    if known is not None and known.modified:
        fields["If-Modified-Since"] = known.modified
    # helm: one of them alone is thought of with an authority only (test_certificates_of_both_sides)
    is_known = bool(access.ca_file or access.insecure or (access.cert_file and access.key_file))
    cert, key = (access.cert_file, access.key_file) if is_known else ("", "")
    tls = check_files(TlsOptions(ca_file=access.ca_file, cert_file=cert, key_file=key, insecure=access.insecure))
    pool = Pool(
        tls,
        environ=environ,
        timeout=access.timeout or None,  # helm: 0 is any time; it is for all of an answer, however slow it is
        user_agent=USER_AGENT,
        busy_retries=0,  # helm: a busy server is one that fails (test_a_busy_server_fails)
    )
    if debug is not None:
        debug("fetching", url=redacted(url))
    try:
        with pool.send(Request("GET", url, fields, pass_credentials=access.pass_credentials)) as response:
            if debug is not None:
                length = response.headers.get("Content-Length") or "-1"
                answered = {"status": response.status_text, "content-length": length}
                debug("fetch complete", url=redacted(url), **answered)
            if response.status == 304 and known is not None:
                return Answer(None, known.etag, known.modified)
            if response.status != 200:
                raise TransportError(f"failed to fetch {redacted(url)} : {response.status_text}")
            data = _read(response, url, progress)
            return Answer(data, response.headers.get("ETag"), _modified(response))
    finally:
        pool.close()


def _modified(response: Response) -> str:
    """Return when a server says that its file was changed, where that tells two states of it apart.

    It is in whole seconds: what was changed just now may change again within the same one (RFC 9110, 8.8.2.2).
    """
    text = response.headers.get("Last-Modified")
    try:
        age = _seconds(response.headers.get("Date")) - _seconds(text)
    except (ValueError, IndexError):
        return ""
    return text if age >= _SETTLED else ""


def _seconds(date: str) -> float:
    """Return the seconds since the epoch of a date as servers send it (RFC 9110, 5.6.7: ``IMF-fixdate``).

    Raises:
        ValueError, IndexError: when it is none.
    """
    from datetime import datetime

    _day, day, month, year, clock, _zone = date.split(" ")
    hour, minute, second = clock.split(":")
    at = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    return at.timestamp()


def _read(response: Response, url: str, progress: Progress | None) -> bytes:
    from steersman.transport.model import RequestFailed, ResponseTooLarge

    length = response.headers.get("Content-Length")
    total = int(length) if length.isdigit() else 0
    pieces, count = [], 0
    try:
        for piece in response.pieces():
            pieces.append(piece)
            count += len(piece)
            if count > MAX_BYTES:
                raise ResponseTooLarge(url, MAX_BYTES)
            if progress is not None:
                progress(url.rpartition("/")[2], count, total)
    except RequestFailed as error:
        raise TransportError(error.cause) from error
    return b"".join(pieces)


def same_origin(a: str, b: str) -> bool:
    """Return whether two URLs have the same scheme, host and port."""
    from steersman.go.url import URLError, parse_url

    try:
        first, second = parse_url(a), parse_url(b)
    except URLError:
        return False
    return (first.scheme, first.host) == (second.scheme, second.host)


class Answer(Record):
    """A server's response for a URL; ``data`` is None if it has not changed.

    ``etag`` and ``modified`` are the server's validators of this state.
    """

    data: bytes | None
    etag: str = ""
    modified: str = ""


class Getters:
    """Every way to get a URL: HTTP, and the getter plugins.

    Args:
        environ: where proxies are named.
        plugins: what there is of getter plugins, asked for only where a URL needs one.
        plugin_environment: the environment that these get.
        registry: makes the client for ``oci://``.
        progress: is told how far a download is.
        debug: called as ``debug(message, **fields)`` for each request; then nothing is asked for only if it changed.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        plugins: Callable[[], list[Plugin]] = list,
        plugin_environment: Callable[[], dict[str, str]] = dict,
        registry: Callable[[], RegistryClient] | None = None,
        progress: Progress | None = None,
        debug: Callable[..., None] | None = None,
    ) -> None:
        self.environ = environ
        self._debug = debug
        self._registry = registry
        self._plugins = plugins
        self._plugin_environment = plugin_environment
        self._progress = progress

    def check(self, url: str) -> str:
        """Return the scheme of ``url``, or raise where there is no way to get it.

        Raises:
            RepoError: with Helm's message.
        """
        from steersman.go.url import URLError, parse_url
        from steersman.transport.model import redacted

        try:
            scheme = parse_url(url).scheme
        except URLError as error:
            raise RepoError(f"invalid chart URL format: {redacted(url)}") from error
        if scheme not in ("http", "https", "oci") and self._plugin_for(scheme) is None:
            raise NoGetter(f"could not find protocol handler for: {scheme}")
        return scheme

    def _plugin_for(self, scheme: str) -> Plugin | None:
        return next((p for p in self._plugins() if scheme in p.schemes), None) if scheme else None

    def get(self, url: str, access: Access, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what is at ``url``.

        Raises:
            SteerError: with the message of Helm, of Go's HTTP client, or of the plugin.
        """
        data = self.ask(url, access, headers).data
        assert data is not None
        return data

    def ask(
        self, url: str, access: Access, headers: Mapping[str, str] | None = None, *, known: Answer | None = None
    ) -> Answer:
        """Return the resource at ``url``, or that it has not changed since ``known``.

        Raises:
            SteerError: with the message of Helm, of Go's HTTP client, or of the plugin.
        """
        scheme = self.check(url)
        if scheme in ("http", "https"):
            # go: a scheme may be in capitals, and what a URL may not have is escaped (test_a_scheme_in_capitals)
            known = known if self._debug is None else None
            return ask(asked_as(url), access, self.environ, headers, self._progress, known, self._debug)
        if scheme == "oci":
            return Answer(self._by_registry(url))
        return Answer(self._by_plugin(url, access))

    def _by_registry(self, url: str) -> bytes:
        # helm: a values file in a registry would be a chart's archive (test_values_in_a_registry)
        from steersman.registry.chart import pull

        assert self._registry is not None
        return pull(self._registry(), url, lambda _text: None).chart

    def _by_plugin(self, url: str, access: Access) -> bytes:
        from steersman.go.quote import quote
        from steersman.plugin.run import run_getter

        plugin = self._plugin_for(url.partition(":")[0].lower())
        assert plugin is not None
        is_home = access.pass_credentials or same_origin(access.home or url, url)
        try:
            return run_getter(
                plugin,
                url,
                self._plugin_environment(),
                username=access.username if is_home else "",
                password=access.password if is_home else "",
                pass_credentials=access.pass_credentials,
                cert_file=access.cert_file,
                key_file=access.key_file,
                ca_file=access.ca_file,
            )
        except SteerError as error:
            # helm: whatever a getter ends with, the command ends with 1 (test_a_getter_that_fails)
            raise TransportError(f"plugin {quote(plugin.name)} failed to invoke: {error}") from error


def asked_as(url: str) -> str:
    """Return a URL without fragment, escaped as Go writes it.

    Raises:
        RequestFailed: when it has no host.
    """
    from steersman.go.url import parse_url
    from steersman.record import replace
    from steersman.transport.model import RequestFailed

    parsed = parse_url(url)
    text = replace(parsed, host=parsed.host.removesuffix(":"), fragment="", raw_fragment="").text()
    if not parsed.host.removesuffix(":"):
        raise RequestFailed("GET", text, "http: no Host in request URL")
    return text


def resolve_reference(base: str, reference: str) -> str:
    """Return ``reference`` as an absolute URL, relative ones below ``base`` and with its query.

    Raises:
        RepoError: when one of them is not a URL.
    """
    from steersman.go.url import URLError, parse_url, resolve_path
    from steersman.record import replace

    at = reference
    try:
        there = parse_url(reference)
        if there.scheme:
            return reference
        at = base
        here = parse_url(base)
    except URLError as error:
        raise RepoError(f"failed to parse {at} as URL: {error}") from error
    path = there.escaped_path()
    if not there.host and there.user is None:
        there = replace(there, host=here.host, user=here.user)
        path = here.escaped_path().removesuffix("/") + "/" + path if path[:1] != "/" else path
    path, raw = resolve_path(path)
    return replace(there, scheme=here.scheme, path=path, raw_path=raw, query=here.query, has_query=False).text()
