"""A registry's API: tags, manifests and blobs, with checked sizes and digests.

Answers to oras-go's ``remote.Repository``. The contents of a chart's manifest belong to ``chart``.
"""

from __future__ import annotations

from steersman.errors import AuthError, SteerError, TransportError
from steersman.go.integer import atoi
from steersman.record import Record, replace
from steersman.registry.auth import Authorizer, scope_of
from steersman.registry.credentials import Credential, server_address
from steersman.registry.errors import BrokenContent, NotFound, ResponseError, response_error
from steersman.registry.model import MANIFEST_TYPES, Descriptor, digest_of
from steersman.registry.reference import Reference, digest_problem
from steersman.registry.upload_place import place_of, with_digest
from steersman.runtime.scope import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from steersman.registry.credentials import Stores
    from steersman.transport.deadline import Deadline
    from steersman.transport.http import Response
    from steersman.transport.model import Request
    from steersman.transport.tls import TlsOptions

    Progress = Callable[[str, int, int], None]

MAX_METADATA = 4 * 1024 * 1024  # bytes of a manifest or a page of tags: oras-go's limit
MAX_BLOB = 512 * 1024 * 1024  # bytes: no chart is larger
_MAX_PAGES = 10_000  # of a list of tags
_MAX_TAGS = 1_000_000
_MAX_LISTING = 120  # seconds for all pages
CHUNK = 16 * 1024 * 1024  # bytes: a larger blob is sent in pieces of this size, so that it can be resumed
SLOWEST = 16 * 1024  # bytes a second: slower blobs are given up, when the time of an exchange is over as well
_RETRIES = 5
_UPLOAD_TRIES = 4
_REFUSALS = 2  # of a piece: the first may be about where the upload stands
_USER_AGENT = "Helm/4.3.1"


class Options(Record):
    """Options for reaching registries.

    ``username`` and ``password`` are for any registry of this run; else ``stores`` has the credentials.
    ``timeout`` is for each exchange with its retries; a blob gets more by its size.
    """

    environ: Mapping[str, str]
    tls: TlsOptions | None = None
    plain_http: bool = False
    username: str = ""
    password: str = ""
    stores: Stores | None = None
    timeout: float = 120.0
    progress: Progress | None = None


class RegistryClient:
    """The API of registries under one set of options; may be used from many threads."""

    def __init__(self, options: Options) -> None:
        from steersman.transport.http import Pool

        self._options = options
        self._pool = Pool(options.tls, environ=options.environ, timeout=options.timeout or None, user_agent=_USER_AGENT)
        self._authorizer = Authorizer(self._exchange, self._credential, response_error)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def _credential(self, address: str) -> Credential:
        options = self._options
        if options.username and options.password:
            return Credential(options.username, options.password)
        return options.stores.get(address) if options.stores is not None else Credential()

    def _exchange(self, request: Request) -> Response:
        """Send one request, again while the registry says that it cannot answer now and there is time."""

        from steersman.transport.deadline import Deadline
        from steersman.transport.model import RequestFailed

        # helm: has no end for a registry that dribbles (test_a_registry_that_dribbles)
        deadline = Deadline(request.timeout or self._options.timeout or None)
        pause = 0.25  # seconds, doubled every time
        for _ in range(_RETRIES):
            try:
                response = self._pool.send(_before(deadline, request))
            except RequestFailed as error:
                if not error.is_timeout or isinstance(request.body, bytes) or deadline.is_over:
                    raise
            else:
                if response.status < 500 and response.status not in (408, 429):
                    return response
                if response.status == 501:
                    return response
                response.discard()
            sleep(min(max(pause, 0.2), 3.0))
            pause *= 2
        return self._pool.send(_before(deadline, request))

    def _time_for(self, size: int) -> float | None:
        """Return the seconds that a blob of ``size`` bytes may take."""
        return self._options.timeout + size / SLOWEST if self._options.timeout else None

    def _url(self, reference: Reference, path: str) -> str:
        scheme = "http" if self._options.plain_http else "https"
        return f"{scheme}://{reference.host}/v2/{reference.repository}/{path}"

    def _send(
        self,
        reference: Reference,
        method: str,
        url: str,
        *actions: str,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        extra: tuple[str, ...] = (),
        size: int = 0,
    ) -> Response:
        from steersman.transport.model import Request

        request = Request(method, url, headers or {}, body, self._time_for(len(body or b"") + size))
        scopes = (scope_of(reference.repository, *actions), *extra)
        return self._authorizer.send(request, reference.host, scopes)

    # logging in

    def ping(self, host: str, credential: Credential) -> None:
        """Raise unless the registry ``host`` lets ``credential`` in.

        Raises:
            SteerError: with the registry's answer.
        """
        from steersman.transport.model import Request

        scheme = "http" if self._options.plain_http else "https"
        name = "registry-1.docker.io" if host == "docker.io" else host
        mine = server_address(name)
        # a token server may know the one way of asking or the other; Helm tries both
        for force in (True, False):
            authorizer = Authorizer(
                self._exchange,
                lambda address: credential if address == mine else Credential(),
                response_error,
                force_oauth2=force,
            )
            url = f"{scheme}://{name}/v2/"
            try:
                with authorizer.send(Request("GET", url), name, ()) as response:
                    if response.status == 200:
                        return
                    error: SteerError = NotFound("") if response.status == 404 else response_error("GET", response)
            except SteerError as caught:
                error = caught
            if not force:
                raise error

    # tags and manifests

    def manifest_url(self, reference: Reference, name: str) -> str:
        """Return where the manifest with a tag or digest is."""
        return self._url(reference, f"manifests/{name}")

    def tags(self, reference: Reference) -> list[str]:
        """Return all tags of a repository, as the registry orders them.

        Raises:
            SteerError: with oras-go's message.
        """
        from time import monotonic
        from urllib.parse import urljoin

        from steersman.go.quote import quote
        from steersman.go.url import URLError, parse_url
        from steersman.registry.shapes import tags_problem
        from steersman.transport.http import split_url

        found: list[str] = []
        url = self._url(reference, "tags/list")
        end = monotonic() + _MAX_LISTING
        seen: set[str] = set()
        while len(seen) < _MAX_PAGES and url not in seen:  # a repeated page would never end
            seen.add(url)
            if monotonic() > end or len(found) > _MAX_TAGS:
                raise TransportError(
                    f"tag listing of {quote(self._url(reference, 'tags/list'))} exceeded "
                    f"{_MAX_LISTING} seconds or {_MAX_TAGS} tags"
                )
            with self._send(reference, "GET", url, "pull") as response:
                if response.status != 200:
                    raise response_error("GET", response)
                tree = _json(response.url, response.read(MAX_METADATA))
                link = response.headers.get("Link")
            problem = tags_problem(tree)
            if problem:
                raise TransportError(f"GET {quote(url)}: failed to decode response: {problem}")
            found += [tag for tag in (tree or {}).get("tags") or () if isinstance(tag, str)]
            if not link:
                return found
            missing = "<" if not link.startswith("<") else "" if ">" in link else ">"
            if missing:
                raise TransportError(f"invalid next link {quote(link)}: missing '{missing}'")
            place = link[1 : link.index(">")]
            try:
                parse_url(place)
            except URLError as error:
                raise TransportError(str(error)) from error
            following = urljoin(url, place)
            if split_url(url)[:3] != split_url(following)[:3]:
                raise TransportError(f"invalid next link {quote(following)}: not the same origin as {quote(url)}")
            url = following
        raise TransportError(f"tag listing exceeded {_MAX_PAGES} pages: too many pages")

    def resolve(self, reference: Reference, *actions: str) -> Descriptor:
        """Return what a reference names, without fetching it, with a token for ``actions``.

        Raises:
            SteerError: with oras-go's message.
        """
        url = self._url(reference, f"manifests/{reference.reference}")
        headers = {"Accept": ", ".join(MANIFEST_TYPES)}
        with self._send(reference, "HEAD", url, "pull", *actions, headers=headers) as response:
            if response.status == 404:
                raise NotFound(str(reference))
            if response.status != 200:
                raise response_error("HEAD", response)
            media_type = _media_type(response)
            if not media_type:
                raise _no_media_type("HEAD", response.url)
            digest = response.headers.get("Docker-Content-Digest") or reference.digest
            size = response.headers.get("Content-Length")
            if not digest:
                raise TransportError('HTTP HEAD request missing required header "Docker-Content-Digest"')
            length, problem = atoi(size)
            return Descriptor(media_type, digest, -1 if problem else length)

    def manifest(self, reference: Reference, expected: str = "") -> tuple[Descriptor, bytes]:
        """Return the manifest that a reference names, checked against the digest where one is known.

        Raises:
            SteerError: with oras-go's message.
        """
        from steersman.go.quote import quote

        wanted = expected or reference.reference
        url = self.manifest_url(reference, wanted)
        with self._send(reference, "GET", url, "pull", headers={"Accept": ", ".join(MANIFEST_TYPES)}) as response:
            if response.status == 404:
                raise NotFound(expected or str(reference))
            if response.status != 200:
                raise response_error("GET", response)
            data = response.read(MAX_METADATA)
            media_type = _media_type(response)
        if not media_type:
            raise _no_media_type("GET", response.url)
        sought = expected or (reference.digest if not reference.tag else "")
        claimed = _claimed(response, url, sought)
        if sought and digest_of(data, sought) != sought:
            raise TransportError(
                f"GET {quote(url)}: invalid response; digest mismatch in Docker-Content-Digest: "
                f"received {quote(digest_of(data, sought))} when expecting {quote(sought)}"
            )
        if claimed and digest_of(data, claimed) != claimed:
            raise BrokenContent("mismatched digest")
        return Descriptor(media_type, sought or claimed or digest_of(data), len(data)), data

    def put_manifest(self, reference: Reference, media_type: str, data: bytes) -> None:
        """Store a manifest under a reference's tag.

        Raises:
            SteerError: with oras-go's message.
        """
        url = self._url(reference, f"manifests/{reference.reference}")
        headers = {"Content-Type": media_type}
        with self._send(reference, "PUT", url, "pull", "push", headers=headers, body=data) as response:
            if response.status != 201:
                raise response_error("PUT", response)

    # blobs

    def blob(self, reference: Reference, descriptor: Descriptor, shown: str = "") -> bytes:
        """Return a blob, checked against its descriptor; ``shown`` names it in the progress.

        Raises:
            SteerError: with oras-go's message.
        """
        from steersman.go.quote import quote

        url = self._url(reference, f"blobs/{descriptor.digest}")
        size = min(max(descriptor.size, 0), MAX_BLOB)
        with self._send(reference, "GET", url, "pull", size=size) as response:
            if response.status == 404:
                raise NotFound(descriptor.digest)
            if response.status != 200:
                raise response_error("GET", response)
            length = response.headers.get("Content-Length")
            if length and length != str(descriptor.size):
                raise TransportError(f"GET {quote(url)}: mismatch Content-Length")
            if descriptor.size > MAX_BLOB:
                raise TransportError(f"{descriptor.digest}: a blob of {descriptor.size} bytes is over {MAX_BLOB}")
            _claimed(response, url, descriptor.digest)
            data = self._read(response, descriptor, shown)
        if digest_of(data, descriptor.digest) != descriptor.digest:
            raise BrokenContent("mismatched digest")
        return data

    def _read(self, response: Response, descriptor: Descriptor, shown: str) -> bytes:
        from steersman.transport.model import RequestFailed

        pieces, count = [], 0
        try:
            for piece in response.pieces():
                pieces.append(piece)
                count += len(piece)
                if count > descriptor.size:
                    raise BrokenContent("trailing data")
                if self._options.progress is not None:
                    self._options.progress(shown, count, descriptor.size)
        except RequestFailed as error:
            if error.cause != "unexpected EOF":
                raise
        if count < descriptor.size:
            raise BrokenContent(
                f"read failed: expected content size of {descriptor.size}, got {count}, "
                f"for digest {descriptor.digest}: unexpected EOF"
            )
        return b"".join(pieces)

    def has_blob(self, reference: Reference, digest: str) -> bool:
        """Return whether the repository has a blob.

        Raises:
            SteerError: with oras-go's message.
        """
        url = self._url(reference, f"blobs/{digest}")
        # asked with the scope of a push, one token serves the whole of it
        with self._send(reference, "HEAD", url, "pull", "push") as response:
            if response.status in (200, 404):
                return bool(response.status == 200)
            raise response_error("HEAD", response)

    def put_blob(self, reference: Reference, data: bytes, sources: tuple[str, ...] = (), shown: str = "") -> str:
        """Store a blob; return the repository of ``sources`` that it was mounted from, or ``""``.

        A large blob is sent in chunks: after a failure it continues at the registry's offset. Where that
        does not help it goes as a whole.

        Raises:
            SteerError: with oras-go's message.
        """
        digest = digest_of(data)
        response: Response | None = None
        for source in sources:
            response = self._mount(reference, digest, source)
            if response is not None and response.status == 201:
                response.discard()
                return source
            if response is not None:
                break
        if response is None:
            response = self._send(reference, "POST", self._uploads(reference), "pull", "push")
        location = self._begun(reference, response)
        if len(data) > CHUNK:
            try:
                self._finish(reference, self._chunks(reference, location, data, shown), digest, b"")
                return ""
            except TransportError:
                # helm: a blob goes as a whole, which registries take that take no pieces (test_pieces_that_are_refused)
                return self._push_whole(reference, digest, data)
        self._finish(reference, location, digest, data)
        return ""

    def _push_whole(self, reference: Reference, digest: str, data: bytes) -> str:
        """Upload a blob in one piece, where pieces did not arrive.

        A connection that breaks off takes the upload with it: the registry knows it no more, and another one begins.
        """
        for left in reversed(range(_UPLOAD_TRIES)):
            response = self._send(reference, "POST", self._uploads(reference), "pull", "push")
            try:
                self._finish(reference, self._begun(reference, response), digest, data)
                break
            except ResponseError as error:
                if error.status != 404 or error.method != "PUT" or not left:
                    raise
        return ""

    def _uploads(self, reference: Reference) -> str:
        return self._url(reference, "blobs/uploads/")

    def _begun(self, reference: Reference, response: Response) -> str:
        """Return the URL at which the upload of ``response`` continues."""
        with response:
            if response.status != 202:
                raise response_error("POST", response)
            response.discard()
            return place_of(self._uploads(reference), response)

    def _mount(self, reference: Reference, digest: str, source: str) -> Response | None:
        """Ask for a blob of another repository; a registry that refuses is asked for a plain upload instead."""
        from urllib.parse import quote_plus

        url = self._url(reference, f"blobs/uploads/?from={quote_plus(source)}&mount={quote_plus(digest)}")
        try:
            response = self._send(reference, "POST", url, "pull", "push", extra=(scope_of(source, "pull"),))
        except AuthError:
            return None
        if response.status in (201, 202):
            return response
        response.discard()
        return None

    def _chunks(self, reference: Reference, location: str, data: bytes, shown: str) -> str:
        from steersman.transport.model import RequestFailed

        at, failed, refused = 0, 0, 0
        while at < len(data):
            piece = data[at : at + CHUNK]
            headers = {"Content-Type": "application/octet-stream", "Content-Range": f"{at}-{at + len(piece) - 1}"}
            try:
                with self._send(reference, "PATCH", location, "pull", "push", headers=headers, body=piece) as response:
                    if response.status != 202:
                        raise response_error("PATCH", response)
                    response.discard()
                    location = place_of(location, response)
                at += len(piece)
                failed = refused = 0
            except (RequestFailed, ResponseError) as error:
                failed += 1
                refused += isinstance(error, ResponseError)
                if failed >= _UPLOAD_TRIES or refused >= _REFUSALS:
                    raise
                location, at = self._arrived(reference, location)
            if self._options.progress is not None:
                self._options.progress(shown, at, len(data))
        return location

    def _arrived(self, reference: Reference, location: str) -> tuple[str, int]:
        """Return the URL at which an upload continues, and the registry's offset.

        One that does not know (Docker's, when a piece arrived and its answer did not) is sent everything again.
        """
        with self._send(reference, "GET", location, "pull", "push") as response:
            if response.status == 204:
                last = response.headers.get("Range").rpartition("-")[2]
                following = place_of(location, response) if response.headers.get("Location") else location
                # distribution: the range 0-0 is also what an upload without a byte has
                sent, _problem = atoi(last)
                return following, sent + 1 if sent > 0 else 0
            response.discard()
        return self._begun(reference, self._send(reference, "POST", self._uploads(reference), "pull", "push")), 0

    def _finish(self, reference: Reference, location: str, digest: str, data: bytes) -> None:
        url = with_digest(location, digest)
        headers = {"Content-Type": "application/octet-stream"}
        with self._send(reference, "PUT", url, "pull", "push", headers=headers, body=data) as response:
            if response.status != 201:
                raise response_error("PUT", response)


def _before(deadline: Deadline, request: Request) -> Request:
    """Return the request with the time that is left for it.

    Raises:
        RequestFailed: when none is.
    """
    from steersman.transport.deadline import NO_HEAD
    from steersman.transport.model import RequestFailed

    try:
        return replace(request, timeout=deadline.left())
    except TimeoutError as error:
        raise RequestFailed(request.method, request.url, NO_HEAD, is_timeout=True) from error


def at_digest(reference: Reference, digest: str) -> Reference:
    """Return the reference to something of the same repository by digest."""
    return replace(reference, tag="", digest=digest)


def _json(url: str, data: bytes) -> Any:
    from steersman.go.errors import JSONError
    from steersman.go.json import loads
    from steersman.go.quote import quote

    try:
        return loads(data.decode("utf-8", "replace"))
    except JSONError as error:
        raise TransportError(f"GET {quote(url)}: failed to decode response: {error}") from error


def _media_type(response: Response) -> str:
    return response.headers.get("Content-Type").partition(";")[0].strip().lower()


def _no_media_type(method: str, url: str) -> TransportError:
    from steersman.go.quote import quote

    return TransportError(f"{method} {quote(url)}: invalid response `Content-Type` header; mime: no media type")


def _claimed(response: Response, url: str, sought: str) -> str:
    """Return the digest in a registry's response, checked against the expected one, if any.

    Raises:
        TransportError: when it is none, or another.
    """
    from steersman.go.quote import quote

    claimed = response.headers.get("Docker-Content-Digest")
    problem = digest_problem(claimed) if claimed else ""
    if problem:
        header = f"Docker-Content-Digest: {claimed}"
        raise TransportError(f"GET {quote(url)}: invalid response header value: `{header}`; {problem}")
    if claimed and sought and claimed != sought:
        raise TransportError(
            f"GET {quote(url)}: invalid response; digest mismatch in Docker-Content-Digest: "
            f"received {quote(claimed)} when expecting {quote(sought)}"
        )
    return claimed
