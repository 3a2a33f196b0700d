"""The URL at which an upload continues (``Location``): parsed, checked against the registry, and completed.

Answers to what oras-go's ``blobStore.Push`` does with ``http.Response.Location`` and ``url.Values``.
"""

from __future__ import annotations

from steersman.errors import TransportError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.transport.http import Response


def place_of(url: str, response: Response) -> str:
    """Return the URL at which the upload requested at ``url`` continues.

    Raises:
        TransportError: where that is on another host, or less protected: blobs and credentials stay here.
    """
    from urllib.parse import urldefrag, urljoin

    from steersman.go.url import URLError, parse_url

    place = response.headers.get("Location")
    if not place:
        raise TransportError("http: no Location header in response")
    try:
        # go: what a URL may not have is escaped (test_places_of_uploads)
        place = parse_url(place).text()
    except URLError as error:
        raise TransportError(str(error)) from error
    # what stands behind a "#" is not sent, and would take the digest along (test_places_of_uploads)
    location = urldefrag(urljoin(url, place)).url
    _check_host(url, location)
    return location


def _check_host(url: str, location: str) -> None:
    from steersman.go.quote import quote
    from steersman.go.url import parse_url
    from steersman.transport.http import split_url

    here, there = parse_url(url), parse_url(location)
    if here.scheme == "https" and there.scheme == "http":
        raise TransportError(f"blob upload Location {quote(there.host)} downgrades scheme from https")
    is_web = there.scheme in ("http", "https")
    if not is_web or split_url(url)[1:3] != split_url(location)[1:3]:
        raise TransportError(
            f"blob upload Location {quote(there.host)} is on a different host than the registry {quote(here.host)}"
        )


def with_digest(location: str, digest: str) -> str:
    """Return where the blob with ``digest`` is finished.

    go: the query is written anew, sorted, without what it may not have (test_places_of_uploads)
    """
    before, _mark, query = location.partition("?")
    fields = [field for field in _fields(query) if field[0] != "digest"]
    fields.append(("digest", digest))
    return f"{before}?" + "&".join(
        f"{_escaped(name)}={_escaped(value)}" for name, value in sorted(fields, key=lambda field: field[0])
    )


def _escaped(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text, errors="surrogateescape")


def _fields(query: str) -> Iterator[tuple[str, str]]:
    import re
    from urllib.parse import unquote_plus

    for field in query.split("&"):
        if field and ";" not in field and not re.search("%(?![0-9A-Fa-f]{2})", field):
            name, _equals, value = field.partition("=")
            yield unquote_plus(name, errors="surrogateescape"), unquote_plus(value, errors="surrogateescape")
