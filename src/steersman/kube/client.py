"""Verbs on plain dicts against one API server.

``ApiClient`` turns a verb into a path, a path into a request and a failed response into an
``ApiError`` with the text client-go would print. It knows nothing of charts, releases or
kinds: ``ResourceType`` says where a kind lives. Answers to ``k8s.io/client-go/rest`` and
``k8s.io/cli-runtime/pkg/resource.Helper``.
"""

from __future__ import annotations

import json
import threading

from steersman.errors import AuthError
from steersman.kube.answers import read_answer
from steersman.kube.auth import Authenticator
from steersman.kube.errors import ApiError, error_from
from steersman.kube.objects import ResourceType
from steersman.record import Record, replace
from steersman.runtime.scope import sleep
from steersman.transport.http import Pool
from steersman.transport.model import Request, RequestFailed, with_query
from steersman.transport.wire import CutShort

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from typing import Any

    from steersman.kube.config import ClusterConfig
    from steersman.kube.guard import WriteGuard
    from steersman.transport.http import Response

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

PAGE = 500  # objects per page of a LIST, as kubectl asks
_TRANSIENT_RETRIES = 5
_BROKEN_RETRIES = 5
_BROKEN_PAUSE = 0.05  # seconds before the second try, doubled each time
_CONFLICT_RETRIES = 5  # client-go's DefaultRetry
_CONFLICT_PAUSE = 0.01  # seconds, the first pause of client-go's DefaultRetry


class WatchEvent(Record):
    """One line of a watch."""

    type: str
    object: dict[str, Any]


class ApiClient:
    """Speaks to one API server; usable from many threads.

    Args:
        config: where and who.
        user_agent: sent with every request; the server derives a default field manager from it.
        warn: told each warning the server sends along.
    """

    def __init__(
        self,
        config: ClusterConfig,
        *,
        user_agent: str,
        timeout: float | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self.config = config
        self._authenticator = Authenticator(config.credentials, config.environ, is_interactive=config.is_interactive)
        self._user_agent = user_agent
        self._timeout = timeout
        self._warn = warn
        self._pool: Pool | None = None
        self._lock = threading.Lock()
        self._guard: WriteGuard | None = None

    def guard_writes(self, guard: WriteGuard) -> None:
        """Enter ``guard`` around each request that changes something."""
        self._guard = guard

    def check_held(self) -> None:
        """Find out, while waiting on behalf of an action, whether it still holds its release.

        Raises:
            LeaseLost: when it does not: there is nothing to wait for.
        """
        if self._guard is not None:
            self._guard.raise_if_lost()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = JSON,
        accept: str = JSON,
        what: str = "",
        timeout: float | None = None,
        is_guarded: bool = True,
    ) -> Any:
        """Send one request and return the decoded answer.

        Args:
            what: the resource and name that a message about a dumb answer mentions.
            timeout: seconds for each wait on the socket; ``None`` for the client's.
            is_guarded: whether the guard of writes is asked.

        Raises:
            ApiError: when the server refuses.
            RequestFailed: when there is no answer.
        """

        def ask() -> tuple[Response, bytes]:
            response = self.send(
                method, path, query=query, body=body, content_type=content_type, accept=accept, timeout=timeout
            )
            return response, response.read()

        guard = self._guard if is_guarded and method != "GET" else None

        def ask_guarded() -> tuple[Response, bytes]:
            if guard is None:
                return ask()
            with guard:
                return ask()

        # client-go: repeats reads; an apply or a replacement that names no version has no second effect
        may_repeat = method == "GET" or content_type == APPLY_PATCH or (method == "PUT" and _is_unbound(body))
        response, data = self._steadily(ask_guarded, may_repeat=may_repeat)
        if response.status >= 300:
            raise error_from(response.status, data, response.headers.get("Content-Type"), method, what)
        return read_answer(data) if data else {}

    @staticmethod
    def _steadily(ask: Callable[[], tuple[Response, bytes]], *, may_repeat: bool) -> tuple[Response, bytes]:
        """Call ``ask``, again where the way broke and the request may be repeated."""
        pause = _BROKEN_PAUSE
        for attempt in range(_BROKEN_RETRIES):
            try:
                return ask()
            except RequestFailed as error:
                if not (_is_broken(error) and may_repeat) or attempt == _BROKEN_RETRIES - 1:
                    raise
            sleep(pause)
            pause *= 2
        raise AssertionError("unreachable")

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = JSON,
        accept: str = JSON,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Send one request and return the answer unread, whatever its status; no guard of writes is asked."""
        data = None if body is None else body if isinstance(body, bytes) else _encode(body)
        url = with_query(self.config.server + path, query or {})
        fields = {"Accept": accept, "User-Agent": self._user_agent, **dict(headers or {})}
        if data is not None:
            fields["Content-Type"] = content_type
        limit = self._timeout if timeout is None else timeout
        more = self.config.impersonate
        response = self._authorized(Request(method, url, fields, data, limit, redirects=10, more=more))
        for warning in response.headers.get_all("Warning"):
            self._tell(warning)
        return response

    def get(self, resource: ResourceType, namespace: str, name: str, *, accept: str = JSON) -> dict[str, Any]:
        """Return one object."""
        path = _object_path(resource, namespace, name)
        answer: dict[str, Any] = self.call("GET", path, accept=accept, what=f"{resource.plural_name} {name}")
        return answer

    def list(
        self,
        resource: ResourceType,
        namespace: str = "",
        *,
        labels: str = "",
        fields: str = "",
        limit: int = PAGE,
        pages: int | None = None,
        accept: str = JSON,
    ) -> dict[str, Any]:
        """Return a list object with the items of all pages, or of the first ``pages``.

        ``metadata.continue`` of the answer says whether there were more; ``accept`` asks for another form of the
        items than the whole.
        """
        query = {"labelSelector": labels, "fieldSelector": fields, "limit": str(limit)}
        query = {name: value for name, value in query.items() if value}
        items: list[dict[str, Any]] = []
        seen = 0
        while True:
            answer: dict[str, Any] = self.call(
                "GET", resource.path(namespace), query=query, accept=accept, what=resource.plural_name
            )
            items += _with_kinds(answer)
            seen += 1
            token = (answer.get("metadata") or {}).get("continue")
            if not token or seen == pages:
                return {**answer, "items": items}
            query["continue"] = token

    def create(
        self, resource: ResourceType, namespace: str, body: dict[str, Any], *, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Create an object and return it as the server keeps it."""
        path = resource.path(namespace)
        answer: dict[str, Any] = self.call("POST", path, query=query, body=body, what=resource.plural_name)
        return answer

    def replace(
        self,
        resource: ResourceType,
        namespace: str,
        name: str,
        body: dict[str, Any],
        *,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Replace an object."""
        path = _object_path(resource, namespace, name)
        what = f"{resource.plural_name} {name}"
        answer: dict[str, Any] = self.call("PUT", path, query=query, body=body, what=what)
        return answer

    def patch(
        self,
        resource: ResourceType,
        namespace: str,
        name: str,
        body: Any,
        *,
        content_type: str,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Patch an object; ``content_type`` says in which language."""
        path = _object_path(resource, namespace, name)
        what = f"{resource.plural_name} {name}"
        answer: dict[str, Any] = self.call("PATCH", path, query=query, body=body, content_type=content_type, what=what)
        return answer

    def delete(
        self,
        resource: ResourceType,
        namespace: str,
        name: str,
        *,
        propagation: str = "",
        preconditions: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Ask for an object's deletion; with ``preconditions`` (uid, resourceVersion) only of what they name."""
        options: dict[str, Any] = {"kind": "DeleteOptions", "apiVersion": "v1"}
        if preconditions:
            options["preconditions"] = dict(preconditions)
        if propagation:
            options["propagationPolicy"] = propagation
        path = _object_path(resource, namespace, name)
        answer: dict[str, Any] = self.call("DELETE", path, body=options, what=f"{resource.plural_name} {name}")
        return answer

    def watch(
        self,
        resource: ResourceType,
        namespace: str = "",
        *,
        version: str = "",
        labels: str = "",
        fields: str = "",
        seconds: float = 300.0,
    ) -> Generator[WatchEvent]:
        """Yield events until the server ends the watch.

        Args:
            version: the resource version to start after.
            seconds: how long the server may keep the watch open.
        """
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "labelSelector": labels,
            "fieldSelector": fields,
            "timeoutSeconds": str(max(1, int(seconds))),
        }
        response = self.send(
            "GET",
            resource.path(namespace),
            query={name: value for name, value in query.items() if value},
            timeout=seconds + 15,
        )
        if response.status >= 300:
            body = response.read()
            raise error_from(response.status, body, response.headers.get("Content-Type"), "GET", resource.plural_name)
        try:
            for line in response.lines():
                if line.strip():
                    event = read_answer(line)
                    yield WatchEvent(event.get("type") or "", event.get("object") or {})
        finally:
            response.close()

    def close(self) -> None:
        """Close idle connections."""
        if self._pool is not None:
            self._pool.close()

    def _authorized(self, request: Request) -> Response:
        try:
            pool = self._connections()
            header = self._authenticator.header()
        except AuthError as error:
            # client-go: credentials are got inside the round trip, and failing to is its failure
            raise RequestFailed(request.method, request.url, str(error)) from error
        if header:
            request = replace(request, headers={**request.headers, "Authorization": header})
        response = self._steady(pool, request)
        if response.status == 401 and self._authenticator.can_refresh:
            self._authenticator.forget()
            fresh = self._authenticator.header()
            if fresh != header:
                response.read()
                response = self._steady(pool, replace(request, headers={**request.headers, "Authorization": fresh}))
        return response

    def _steady(self, pool: Pool, request: Request) -> Response:
        """Send, and send again when etcd behind the server changes its leader (Helm does so too)."""
        tries = 0
        while True:
            response = pool.send(request)
            # helm: two texts of a server error stand for a moment's trouble
            if response.status < 500 or tries == _TRANSIENT_RETRIES:
                return response
            body = response.read()
            if not (b"etcdserver: leader changed" in body or b"raft proposal dropped" in body):
                response.keep(body)
                return response
            tries += 1

    def _connections(self) -> Pool:
        with self._lock:
            if self._pool is None:
                self._authenticator.prepare()
                tls = self.config.tls
                if self._authenticator.cert_data:
                    tls = replace(tls, cert_data=self._authenticator.cert_data, key_data=self._authenticator.key_data)
                self._pool = Pool(
                    tls,
                    proxy=self.config.proxy,
                    environ=self.config.environ,
                    timeout=self._timeout,
                    pause=self._pause,
                )
            return self._pool

    def _pause(self, request: Request, seconds: float) -> None:
        """Wait as long as the server says before a request is sent again."""
        if request.method == "GET" or self._guard is None:
            sleep(seconds)
        else:
            self._guard.pause(seconds)

    def _tell(self, field: str) -> None:
        if self._warn is not None:
            for text in warnings_of(field):
                self._warn(text)


def warnings_of(field: str) -> list[str]:
    """Return the texts of a ``Warning`` field whose code is 299; what is malformed ends the list.

    field: warning *( "," warning );  warning: code SP agent SP quoted-string [ SP quoted-string ]
    """
    texts: list[str] = []
    rest = field
    while True:
        code, _space, rest = rest.lstrip(" \t").partition(" ")
        _agent, _space, rest = rest.lstrip(" \t").partition(" ")
        text, rest = _quoted_string(rest.lstrip(" \t"))
        if text is None:
            return texts
        # client-go: other codes are not shown
        if code == "299":
            texts.append(text)
        rest = rest.lstrip(" \t")
        if rest.startswith('"'):
            _date, rest = _quoted_string(rest)
            rest = rest.lstrip(" \t")
        if not rest.startswith(","):
            return texts
        rest = rest[1:]


def _quoted_string(text: str) -> tuple[str | None, str]:
    """Return the quoted string at the beginning, ``None`` where there is none, and what comes after it."""
    if not text.startswith('"'):
        return None, text
    out: list[str] = []
    at = 1
    while at < len(text):
        mark = text[at]
        if mark == '"':
            return "".join(out), text[at + 1 :]
        if mark == "\\":
            at += 1
        out.append(text[at : at + 1])
        at += 1
    return None, ""


def _is_broken(error: RequestFailed) -> bool:
    """Return whether the connection broke, which the next one may not."""
    return isinstance(error.__cause__, ConnectionResetError | BrokenPipeError | CutShort)


def _is_unbound(body: Any) -> bool:
    """Return whether a replacement names no version of what it replaces."""
    return isinstance(body, dict) and not (body.get("metadata") or {}).get("resourceVersion")


def _with_kinds(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items of a list with their kind, which an API server leaves out for its own kinds.

    go: the dynamic client fills it in from the list's (test_the_items_of_a_list_that_is_looked_up)
    """
    items: list[dict[str, Any]] = answer.get("items") or []
    kind = str(answer.get("kind") or "").removesuffix("List")
    for item in items if kind else ():
        if not item.get("kind"):
            item["kind"], item["apiVersion"] = kind, answer.get("apiVersion", "")
    return items


def _object_path(resource: ResourceType, namespace: str, name: str) -> str:
    if not name:
        raise ApiError(0, "", "resource name may not be empty")
    return resource.path(namespace, name)


def retry_on_conflict(act: Callable[[], Any]) -> Any:
    """Call ``act`` again while the server reports a conflict, a few times."""
    pause = _CONFLICT_PAUSE
    for attempt in range(_CONFLICT_RETRIES):
        try:
            return act()
        except ApiError as error:
            if not error.is_conflict or attempt == _CONFLICT_RETRIES - 1:
                raise
        sleep(pause)
        pause *= 1.1
    raise AssertionError("unreachable")


def _encode(body: Any) -> bytes:
    # go: writes the keys of a map in their order, and the server speaks of fields in that order (server-warnings.sh)
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
