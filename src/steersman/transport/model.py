"""Requests and responses as data, and the errors between them.

Nothing here opens a socket; ``http`` sends a ``Request`` and gives a ``Response``. Error
texts are those of Go's ``net/http`` and ``net``, which is what Helm's users see.
"""

from __future__ import annotations

from steersman.errors import TransportError
from steersman.record import Record, factory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Request(Record):
    """One request: absolute URL, headers, and a body of bytes or of pieces of known length.

    Attributes:
        timeout: seconds for the whole exchange; ``None`` leaves it to the pool.
        redirects: at which redirect an exchange ends with an error; 0 hands the redirect back.
        more: fields next to ``headers`` whose names may come more than once.
        pass_credentials: keep ``Authorization`` on a redirect to another port of the same name.
    """

    method: str
    url: str
    headers: dict[str, str] = factory(default_factory=dict)
    body: bytes | Iterable[bytes] | None = None
    timeout: float | None = None
    redirects: int = 10
    pass_credentials: bool = False
    more: tuple[tuple[str, str], ...] = ()


class Headers:
    """Header fields by case-insensitive name; of several with one name, ``get`` gives the first."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = fields if isinstance(fields, list) else list(fields)

    def get(self, name: str, default: str = "") -> str:
        """Return the first field called ``name``."""
        wanted = name.lower()
        for field, value in self._fields:
            if field.lower() == wanted:
                return value
        return default

    def get_all(self, name: str) -> list[str]:
        """Return every field called ``name``, in order."""
        wanted = name.lower()
        return [value for field, value in self._fields if field.lower() == wanted]

    def items(self) -> list[tuple[str, str]]:
        """Return all fields in order."""
        return list(self._fields)


class RequestFailed(TransportError):
    """A request that got no response.

    Attributes:
        cause: what went wrong, in Go's words.
        method: the request's method.
        url: the request's URL, without its password.
        is_timeout: whether time ran out.
        is_refused: whether the server refused the connection.
        is_plain: whether the server answered without TLS where HTTPS was asked for.
    """

    def __init__(
        self,
        method: str,
        url: str,
        cause: str,
        *,
        is_timeout: bool = False,
        is_refused: bool = False,
        is_plain: bool = False,
    ) -> None:
        super().__init__()
        self.method = method
        self.url = redacted(url)
        self.cause = cause
        self.is_timeout = is_timeout
        self.is_refused = is_refused
        self.is_plain = is_plain

    def __str__(self) -> str:
        return f"{self.method[:1].upper()}{self.method[1:].lower()} {_quoted(self.url)}: {self.cause}"


class ResponseTooLarge(TransportError):
    """A response longer than the caller allows."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__()
        self.url = redacted(url)
        self.limit = limit

    def __str__(self) -> str:
        return f"the response of {self.url} is larger than {self.limit} bytes"


def redacted(url: str) -> str:
    """Return ``url`` with a password inside replaced, as Go's ``URL.Redacted`` does."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if not separator or not at:
        return url
    name, colon, _password = user.partition(":")
    return f"{scheme}://{name}{':xxxxx' if colon else ''}@{host}{slash}{path}"


def with_query(url: str, query: Mapping[str, str]) -> str:
    """Append ``query`` to ``url``, names sorted as Go's ``url.Values.Encode`` sorts them."""
    if not query:
        return url
    text = "&".join(f"{_escaped(name)}={_escaped(query[name])}" for name in sorted(query))
    return f"{url}{'&' if '?' in url else '?'}{text}"


# what RFC 3986 calls unreserved; urllib.parse would say the same and load ipaddress for it
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def path_escaped(text: str) -> str:
    """Return ``text`` as one segment of a path."""
    return "".join(chr(byte) if byte in _PLAIN or byte == 0x3A else f"%{byte:02X}" for byte in text.encode())


def _escaped(text: str) -> str:
    return "".join(chr(byte) if byte in _PLAIN else "+" if byte == 0x20 else f"%{byte:02X}" for byte in text.encode())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def basic_header(user: str, password: str) -> str:
    """Return the ``Authorization`` header for a user and password."""
    import binascii

    text = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return "Basic " + binascii.b2a_base64(text, newline=False).decode()
