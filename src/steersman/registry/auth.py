"""Challenges to ``Authorization`` headers: basic, and bearer tokens from a token server.

Answers to oras-go's ``auth``. Credentials go to the registry that they are for and to the token server it names,
as long as that server is no less protected; nothing is kept beyond the life of an ``Authorizer``.
"""

from __future__ import annotations

import threading

from steersman.errors import AuthError, SteerError
from steersman.registry.credentials import Credential, server_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from steersman.transport.http import Response
    from steersman.transport.model import Request

    Send = Callable[[Request], Response]
    Find = Callable[[str], Credential]

_MAX_ANSWER = 128 * 1024  # bytes of a token server's answer
_CLIENT_ID = "oras-go"  # the name under which Helm asks for OAuth 2 tokens


class Authorizer:
    """Sends requests to registries with what each of them wants to see.

    Args:
        send: sends one request.
        find: the credential for a server's address.
        explain: a response that is an error to that error.
        force_oauth2: ask for tokens by OAuth 2 even with a password.
    """

    def __init__(
        self, send: Send, find: Find, explain: Callable[[str, Response], Exception], *, force_oauth2: bool = False
    ) -> None:
        self._send = send
        self._find = find
        self._explain = explain
        self.force_oauth2 = force_oauth2
        self._lock = threading.Lock()
        self._basic: dict[str, str] = {}
        self._tokens: dict[tuple[str, str], str] = {}

    def send(self, request: Request, host: str, scopes: tuple[str, ...]) -> Response:
        """Send ``request`` to the registry ``host``, authorised for ``scopes`` where it asks for that.

        Raises:
            RequestFailed: when no response came.
            AuthError: when no token is available.
        """
        wanted = clean_scopes(scopes)
        known = self._basic.get(host) or self._tokens.get((host, " ".join(wanted)))
        response = self._send(_with(request, known) if known else request)
        if response.status != 401 or _host_of(response.url) != _host_of(request.url):
            return response
        scheme, parameters = parse_challenge(response.headers.get("WWW-Authenticate"))
        if scheme not in ("basic", "bearer"):
            return response
        try:
            response.discard()
            if scheme == "basic":
                header = self._basic_header(host)
            else:
                wanted = clean_scopes((*wanted, *parameters.get("scope", "").split()))
                check_realm(parameters.get("realm", ""), request.url)
                token = self._token(host, parameters.get("realm", ""), parameters.get("service", ""), wanted)
                header = f"Bearer {token}"
        except SteerError as error:
            from steersman.go.quote import quote

            raise AuthError(f"{request.method} {quote(response.url)}: {error}") from error
        with self._lock:
            if scheme == "basic":
                self._basic[host] = header
            else:
                self._tokens[host, " ".join(wanted)] = header
                self._tokens[host, " ".join(clean_scopes(scopes))] = header
        return self._send(_with(request, header))

    def _basic_header(self, host: str) -> str:
        from steersman.transport.model import basic_header

        found = self._find(server_address(host))
        if not found:
            raise AuthError("basic credential not found")
        if not found.username or not found.password:
            raise AuthError("missing username or password for basic auth")
        return basic_header(found.username, found.password)

    def _token(self, host: str, realm: str, service: str, scopes: tuple[str, ...]) -> str:
        found = self._find(server_address(host))
        if found.access_token:
            return found.access_token
        if not found or not (found.refresh_token or self.force_oauth2):
            return self._distribution_token(realm, service, scopes, found)
        return self._oauth2_token(realm, service, scopes, found)

    def _distribution_token(self, realm: str, service: str, scopes: tuple[str, ...], found: Credential) -> str:
        """Ask as the registry's own token specification says: GET, with basic authorization."""
        from steersman.transport.model import Request, basic_header

        headers = {}
        if found.username or found.password:
            headers["Authorization"] = basic_header(found.username, found.password)
        query = [("scope", scope) for scope in scopes] + ([("service", service)] if service else [])
        return self._answer(Request("GET", _with_query(realm, query), headers), ("access_token", "token"))

    def _oauth2_token(self, realm: str, service: str, scopes: tuple[str, ...], found: Credential) -> str:
        from urllib.parse import urlencode

        from steersman.transport.model import Request

        form = {"client_id": _CLIENT_ID, "service": service}
        if found.refresh_token:
            form |= {"grant_type": "refresh_token", "refresh_token": found.refresh_token}
        elif found.username and found.password:
            form |= {"grant_type": "password", "username": found.username, "password": found.password}
        else:
            raise AuthError("missing username or password for bearer auth")
        if scopes:
            form["scope"] = " ".join(scopes)
        body = urlencode(sorted(form.items())).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._answer(Request("POST", realm, headers, body), ("access_token",))

    def _answer(self, request: Request, names: Iterable[str]) -> str:
        from steersman.go.errors import JSONError
        from steersman.go.json import loads
        from steersman.go.quote import quote

        with self._send(request) as response:
            if response.status != 200:
                raise self._explain(request.method, response)
            data = response.read(_MAX_ANSWER)
        try:
            tree = loads(data.decode("utf-8", "replace"))
        except JSONError as error:
            raise AuthError(f"{request.method} {quote(response.url)}: failed to decode response: {error}") from error
        for name in names:
            token = tree.get(name) if isinstance(tree, dict) else None
            if isinstance(token, str) and token and token.isprintable():
                return token
        raise AuthError(f"{request.method} {quote(response.url)}: empty token returned")


def _with(request: Request, header: str) -> Request:
    from steersman.record import replace

    return replace(request, headers={**request.headers, "Authorization": header})


def _with_query(url: str, query: list[tuple[str, str]]) -> str:
    from urllib.parse import urlencode

    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url


def _host_of(url: str) -> tuple[str, str, int]:
    from steersman.transport.http import split_url

    return split_url(url)[:3]


def parse_challenge(header: str) -> tuple[str, dict[str, str]]:
    """Return the scheme of a ``WWW-Authenticate`` field in lower case, and its parameters."""
    scheme, _space, rest = header.strip().partition(" ")
    out: dict[str, str] = {}
    while rest := rest.strip(" \t,"):
        name, equals, rest = rest.partition("=")
        if not equals:
            break
        if rest.startswith('"'):
            value, rest = _quoted(rest)
        else:
            value, _comma, rest = rest.partition(",")
        out[name.strip().lower()] = value.strip()
    return scheme.lower(), out


def _quoted(text: str) -> tuple[str, str]:
    value, at = "", 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\":
            at += 1
        value += text[at : at + 1]
        at += 1
    return value, text[at + 1 :]


def scope_of(repository: str, *actions: str) -> str:
    """Return the scope for actions on a repository."""
    return f"repository:{repository}:{','.join(sorted(actions))}"


def clean_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes sorted, those for one thing joined."""
    actions: dict[str, set[str]] = {}
    other: set[str] = set()
    for scope in scopes:
        name, colon, verbs = scope.rpartition(":")
        if not colon or ":" not in name:
            other.add(scope)
            continue
        actions.setdefault(name, set()).update(v for v in verbs.split(",") if v)
    joined = [f"{name}:{'*' if '*' in verbs else ','.join(sorted(verbs))}" for name, verbs in actions.items() if verbs]
    return tuple(sorted([*joined, *(s for s in other if s)]))


def check_realm(realm: str, registry_url: str) -> None:
    """Raise where a registry sends its users to a token server that should not see their credentials.

    Raises:
        AuthError: with oras-go's message.
    """
    from urllib.parse import urlsplit

    from steersman.go.net import address_of, is_inside
    from steersman.go.quote import quote

    if not realm:
        return
    try:
        there, here = urlsplit(realm), urlsplit(registry_url)
    except ValueError as error:
        raise AuthError(f"failed to parse bearer realm {quote(realm)}: {error}") from error
    if there.scheme == "http" and here.scheme == "https":
        raise AuthError(f"bearer realm {quote(realm)} uses http but registry was contacted over https")
    if there.scheme not in ("http", "https"):
        raise AuthError(f"bearer realm {quote(realm)} uses unsupported scheme {quote(there.scheme)}")
    host = there.hostname or ""
    address = address_of(host)
    if host != (here.hostname or "") and address is not None and is_inside(address):
        raise AuthError(f"bearer realm host {quote(host)} is a loopback, link-local, private, or unspecified address")
