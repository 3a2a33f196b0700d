"""JSON schemas by URL, for charts whose schema refers to others; answers to ``HTTPURLLoader`` of Helm's ``pkg/chart``.

No credentials of the user's go along. Time, size and redirects are limited here, the number of documents by the caller.
Fetched documents are kept between runs: a server that says for how long is not asked again before that, and others are
asked whether it has changed.
"""

from __future__ import annotations

import time

from steersman.transport.status import status_text
from steersman.values.errors import SchemaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from steersman.runtime.private import Cache
    from steersman.transport.http import Response

USER_AGENT = "Helm/4.3.1"
TIMEOUT = 15.0  # seconds for one document, Helm's
ALL_SECONDS = 60.0  # seconds for all documents of a run
MAX_BYTES = 5 * 1024 * 1024  # of one document
MAX_AGE = 3600.0  # seconds: no server is believed for longer
_KIND = "schema"
_GZIP_HEAD = 10  # bytes
_LEAST = 0.01  # seconds: a timeout of 0 would be none


class Copy:
    """A document as it was fetched: its bytes, what says whether it has changed, and until when it is fresh."""

    def __init__(self, body: bytes, etag: str = "", modified: str = "", fresh_until: float = 0.0) -> None:
        self.body = body
        self.etag = etag
        self.modified = modified
        self.fresh_until = fresh_until

    def packed(self) -> bytes:
        """Return it as one text."""
        head = "".join(f"{field}\n" for field in (self.etag, self.modified, self.fresh_until))
        return head.encode("utf-8", "surrogateescape") + self.body


def unpacked(data: bytes) -> Copy | None:
    """Return what ``packed`` gave, or None for anything else."""
    etag, _, rest = data.partition(b"\n")
    modified, _, rest = rest.partition(b"\n")
    fresh_until, mark, body = rest.partition(b"\n")
    try:
        return Copy(body, _text(etag), _text(modified), float(fresh_until)) if mark else None
    except ValueError:
        return None


def _text(field: bytes) -> str:
    return field.decode("utf-8", "surrogateescape")


class SchemaFetcher:
    """Fetches the schemas of one run.

    Args:
        environ: where proxies are named.
        cache: where documents are kept between runs.
        is_offline: use only what is kept.
    """

    def __init__(self, environ: Mapping[str, str], cache: Cache, *, is_offline: bool = False) -> None:
        self._environ = environ
        self._cache = cache
        self._is_offline = is_offline
        self._spent = 0.0

    def fetch(self, url: str) -> bytes:
        """Return what is at an http or https URL.

        Raises:
            SchemaError: with Helm's message, or that fetching is forbidden.
        """
        data = self._cache.read(_KIND, url)
        kept = unpacked(data) if data is not None else None
        if self._is_offline:
            if kept is None:
                raise SchemaError(
                    "fetching is forbidden by --offline or STEER_OFFLINE, and no copy of an earlier run is kept: "
                    "run once without them, or with --skip-schema-validation"
                )
            return kept.body
        if kept is not None and time.time() < kept.fresh_until <= time.time() + MAX_AGE:
            return kept.body
        if self._spent > ALL_SECONDS:
            raise SchemaError(f"the schemas of this chart take longer than {ALL_SECONDS:.0f} seconds to fetch")
        begin = time.monotonic()
        try:
            fetched = self._asked(url, kept)
        finally:
            self._spent += time.monotonic() - begin
        if fetched.etag or fetched.modified or fetched.fresh_until:
            self._cache.write(_KIND, url, fetched.packed())
        return fetched.body

    def _asked(self, url: str, kept: Copy | None) -> Copy:
        from steersman.download.getters import asked_as
        from steersman.errors import TransportError
        from steersman.transport.http import Pool
        from steersman.transport.model import Request, RequestFailed

        fields = {"Accept-Encoding": "gzip"}
        if kept is not None and kept.etag:
            fields["If-None-Match"] = kept.etag
        if kept is not None and kept.modified:
            fields["If-Modified-Since"] = kept.modified
        left = max(min(TIMEOUT, ALL_SECONDS - self._spent), _LEAST)
        pool = Pool(environ=self._environ, timeout=left, user_agent=USER_AGENT, busy_retries=0)
        try:
            with pool.send(Request("GET", asked_as(url), fields)) as response:
                return _answer(response, url, kept)
        except RequestFailed as error:
            raise SchemaError(f"HTTP request failed for {url}: {error}") from error
        except TransportError as error:
            raise SchemaError(str(error)) from error
        finally:
            pool.close()


def _answer(response: Response, url: str, kept: Copy | None) -> Copy:
    headers = response.headers
    if response.status == 304 and kept is not None:
        body = kept.body
    elif response.status != 200:
        raise SchemaError(f"HTTP request to {url} returned status {response.status} ({status_text(response.status)})")
    else:
        body = _body(response)
    etag = headers.get("ETag") or (kept.etag if kept is not None and response.status == 304 else "")
    modified = headers.get("Last-Modified") or (kept.modified if kept is not None and response.status == 304 else "")
    return Copy(body, etag, modified, _fresh_until(headers.get("Cache-Control")))


def _body(response: Response) -> bytes:
    from steersman.transport.model import RequestFailed

    pieces, size = [], 0
    try:
        for piece in response.pieces():
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                raise SchemaError(f"the document is larger than {MAX_BYTES:,} bytes")
    except RequestFailed as error:
        raise SchemaError(error.cause) from error
    data = b"".join(pieces)
    return _unzipped(data) if response.headers.get("Content-Encoding").lower() == "gzip" else data


def _unzipped(data: bytes) -> bytes:
    import zlib

    if data[:2] != b"\x1f\x8b":
        raise SchemaError("gzip: invalid header" if len(data) >= _GZIP_HEAD else "unexpected EOF" if data else "EOF")
    reader = zlib.decompressobj(wbits=31)
    try:
        out = reader.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise SchemaError("gzip: invalid data") from error
    if len(out) > MAX_BYTES:
        raise SchemaError(f"the document is larger than {MAX_BYTES:,} bytes")
    if not reader.eof:
        raise SchemaError("unexpected EOF")
    return out


def _fresh_until(control: str) -> float:
    """Return until when a document need not be asked for again (RFC 9111, 4.2); 0 where a server does not say."""
    directives = {part.strip().lower() for part in control.split(",")}
    if directives & {"no-store", "no-cache"}:
        return 0.0
    for directive in directives:
        name, _, seconds = directive.partition("=")
        if name == "max-age" and seconds.isascii() and seconds.isdigit():
            return time.time() + min(float(seconds), MAX_AGE)
    return 0.0
