"""URLs to bytes: HTTP and HTTPS, with credentials only where they belong. Answers to Helm's ``pkg/getter``."""

from __future__ import annotations

from steersman.errors import RepoError, TransportError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from steersman.repo.config import RepoEntry

USER_AGENT = "Helm/4.3.1"
DEFAULT_TIMEOUT = 120.0  # seconds, Helm's
MAX_BYTES = 512 * 1024 * 1024  # no chart or index is larger


class Access(Record):
    """How to get at a host.

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


def get(url: str, access: Access, environ: Mapping[str, str], headers: Mapping[str, str] | None = None) -> bytes:
    """Return what is at ``url``.

    Raises:
        TransportError: with the message of Helm or of Go's HTTP client.
    """
    from steersman.transport.http import Pool, basic_header
    from steersman.transport.model import Request
    from steersman.transport.tls import TlsOptions

    fields = dict(headers or {})
    if access.username and access.password and (access.pass_credentials or same_origin(access.home or url, url)):
        fields["Authorization"] = basic_header(access.username, access.password)
    pool = Pool(
        TlsOptions(
            ca_file=access.ca_file,
            cert_file=access.cert_file if access.key_file else "",
            key_file=access.key_file if access.cert_file else "",
            insecure=access.insecure,
        ),
        environ=environ,
        timeout=access.timeout or None,
        user_agent=USER_AGENT,
    )
    try:
        with pool.send(Request("GET", url, fields, pass_credentials=access.pass_credentials)) as response:
            if response.status != 200:
                response.read(1 << 20)
                raise TransportError(f"failed to fetch {url} : {response.status} {response.reason}")
            return response.read(MAX_BYTES)
    finally:
        pool.close()


def same_origin(a: str, b: str) -> bool:
    """Tell whether two URLs have the same scheme, host and port."""
    from urllib.parse import urlsplit

    first, second = urlsplit(a), urlsplit(b)
    return first.scheme == second.scheme and first.netloc.rpartition("@")[2] == second.netloc.rpartition("@")[2]


def scheme_of(url: str) -> str:
    """Return the URL's scheme.

    Raises:
        RepoError: when there is no way to get such URLs.
    """
    scheme = url.partition(":")[0] if ":" in url else ""
    if scheme not in ("http", "https"):
        raise RepoError(f"could not find protocol handler for: {scheme}")
    return scheme


def resolve_reference(base: str, reference: str) -> str:
    """Return ``reference`` as an absolute URL, relative ones below ``base`` and with its query."""
    from urllib.parse import urljoin, urlsplit, urlunsplit

    if urlsplit(reference).scheme:
        return reference
    parts = urlsplit(base)
    folder = urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/", query="", fragment=""))
    joined = urlsplit(urljoin(folder, reference))
    return urlunsplit(joined._replace(query=parts.query))
