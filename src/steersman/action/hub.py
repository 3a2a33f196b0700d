"""Charts of Artifact Hub by words; answers to Helm's ``internal/monocular``."""

from __future__ import annotations

from steersman.errors import SteerError, TransportError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from steersman.transport.http import Response

_PATH = "api/chartsvc/v1/charts/search"
_MAX_BYTES = 32 * 1024 * 1024  # of an answer
_USER_AGENT = "Helm/4.3.1"


class HubChart(Record):
    """A chart that a hub found: its page, newest version, and where its repository is."""

    url: str
    version: str
    app_version: str
    description: str
    repo_url: str
    repo_name: str


def search_hub(words: list[str], endpoint: str, environ: Mapping[str, str]) -> list[HubChart]:
    """Return the charts that the hub at ``endpoint`` finds for the words, in its order.

    Raises:
        TransportError: with Helm's message.
    """
    from steersman.go.quote import quote
    from steersman.go.url import URLError, parse_url

    try:
        host = parse_url(endpoint).hostname()
    except URLError as error:
        raise TransportError(f"unable to create connection to {quote(endpoint)}: {error}") from error
    if not host:
        raise TransportError(f"unable to create connection to {quote(endpoint)}: no hostname provided")
    try:
        tree = _ask(" ".join(words), endpoint, environ)
    except SteerError as error:
        raise TransportError(f"unable to perform search against {quote(endpoint)}") from error
    found = tree.get("data") if isinstance(tree, dict) else None
    # go: a field of another type is left empty, and reading continues (test_answers_that_are_no_answers)
    charts = found if isinstance(found, list) else []
    return [_chart(one if isinstance(one, dict) else {}, endpoint) for one in charts]


def _ask(term: str, endpoint: str, environ: Mapping[str, str]) -> Any:
    from posixpath import normpath
    from urllib.parse import quote_plus, urlsplit, urlunsplit

    from steersman.go.errors import JSONError
    from steersman.go.json import loads_prefix
    from steersman.transport.http import Pool
    from steersman.transport.model import Request

    parts = urlsplit(endpoint)
    path = normpath(f"{parts.path}/{_PATH}").lstrip("/")
    url = urlunsplit(parts._replace(path=f"/{path}", query=f"q={quote_plus(term)}", fragment=""))
    pool = Pool(environ=environ, user_agent=_USER_AGENT, busy_retries=0)
    try:
        with pool.send(Request("GET", url)) as response:
            if response.status != 200:
                raise TransportError(f"failed to fetch {url} : {response.status_text}")
            data = _body(response)
    finally:
        pool.close()
    try:
        return loads_prefix(data.decode("utf-8", "replace"))[0]
    except JSONError:
        return None  # helm: an answer that cannot be read finds nothing (test_answers_that_are_no_answers)


def _body(response: Response) -> bytes:
    """Return the body as far as it comes: what matters is the first value in it."""
    from steersman.transport.model import RequestFailed, ResponseTooLarge

    pieces, total = [], 0
    try:
        for piece in response.pieces():
            total += len(piece)
            if total > _MAX_BYTES:
                raise ResponseTooLarge(response.url, _MAX_BYTES)
            pieces.append(piece)
    except RequestFailed:
        response.close()
    return b"".join(pieces)


def _chart(tree: dict[str, Any], endpoint: str) -> HubChart:
    attributes = _table(tree, "attributes")
    newest = _table(_table(_table(tree, "relationships"), "latestChartVersion"), "data")
    repo = _table(attributes, "repo")
    url = _text(_table(tree, "artifactHub"), "packageUrl") or f"{endpoint}/charts/{_text(tree, 'id')}"
    return HubChart(
        url,
        _text(newest, "version"),
        _text(newest, "app_version"),
        _text(attributes, "description"),
        _text(repo, "url"),
        _text(repo, "name"),
    )


def _table(tree: dict[str, Any], key: str) -> dict[str, Any]:
    value = tree.get(key)
    return value if isinstance(value, dict) else {}


def _text(tree: dict[str, Any], key: str) -> str:
    value = tree.get(key)
    return value if isinstance(value, str) else ""
