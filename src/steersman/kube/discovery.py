"""Discovery: the server's version, its kinds and their paths.

Reads aggregated discovery (two requests, with entity tags so that an unchanged answer is
not sent again) and keeps a compact copy on disk; falls back to one request per group
version for old servers. Answers to ``k8s.io/client-go/discovery`` and its REST mapper.
"""

from __future__ import annotations

import json
import time

from steersman.errors import ClusterError
from steersman.kube.answers import read_answer
from steersman.kube.errors import ApiError, generic_error
from steersman.kube.objects import ResourceType
from steersman.record import Record
from steersman.runtime.private import NOWHERE, Cache
from steersman.runtime.scope import sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from steersman.kube.client import ApiClient

_AGGREGATED = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"
)
_FRESH = 6 * 3600.0  # seconds a copy on disk serves for finding kinds, as kubectl's
_KIND = "discovery"
_FORMAT = 3  # of what is kept


class NoKindMatch(ClusterError):
    """The server has no such kind.

    Attributes:
        api_version, kind: what was looked for.
        served: the kinds that the server has, as pairs of the same; they are not copied.
    """

    def __init__(self, api_version: str, kind: str, served: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.api_version = api_version
        self.kind = kind
        self.served = served

    def __str__(self) -> str:
        return f'no matches for kind "{self.kind}" in version "{self.api_version}"'


class ServerVersion(Record):
    """The server's version as it says it."""

    git_version: str
    major: str
    minor: str


class _Half(Record):
    """The kinds under one of the two roots (``/api``, ``/apis``)."""

    etag: str
    types: tuple[ResourceType, ...]
    api_versions: tuple[str, ...]
    stale: tuple[str, ...] = ()


class Discovery:
    """Finds kinds on one server.

    Args:
        client: the server.
        cache: where copies are kept between runs.
    """

    def __init__(self, client: ApiClient, cache: Cache = NOWHERE) -> None:
        self._client = client
        self._cache = cache
        self._halves: dict[str, _Half] = {}
        self._types: dict[tuple[str, str], ResourceType] | None = None
        self._is_current = False
        self._version: ServerVersion | None = None

    def server_version(self) -> ServerVersion:
        """Return the server's version.

        Raises:
            ApiError: when the server refuses to say it.
            RequestFailed: when it does not answer.
        """
        if self._version is None:
            response = self._client.send("GET", "/version")
            data = response.read()
            if response.status >= 300:
                # client-go: asks for the raw body here, so the server's own words are not looked at
                raise generic_error(response.status, data, response.headers.get("Content-Type"), "GET", "")
            try:
                info = read_answer(data, is_typed=True)
            except ClusterError as error:
                raise ClusterError(f"unable to parse the server version: {error}") from error
            self._version = ServerVersion(
                info.get("gitVersion") or "", info.get("major") or "", info.get("minor") or ""
            )
        return self._version

    def api_versions(self) -> list[str]:
        """Return ``group/version`` and ``group/version/Kind`` of everything served, asking the server."""
        self.refresh()
        return sorted({name for half in self._halves.values() for name in half.api_versions})

    def stale(self) -> list[str]:
        """Return the group versions whose servers are away, as last asked."""
        return [name for half in self._halves.values() for name in half.stale]

    def resource_for(self, api_version: str, kind: str) -> ResourceType:
        """Return where ``kind`` lives.

        Raises:
            NoKindMatch: when the server has no such kind, even when asked anew.
        """
        if self._types is None and not self._load():
            self.refresh()
        found = (self._types or {}).get((api_version, kind))
        if found is None and not self._is_current:
            self.refresh()
            found = (self._types or {}).get((api_version, kind))
        if found is None:
            raise NoKindMatch(api_version, kind, self._types or ())
        return found

    def serves(self, api_version: str) -> bool:
        """Return whether the server has a group version, going by what was last asked."""
        return any(api_version in half.api_versions for half in self._halves.values())

    def await_kinds(self, kinds: Sequence[tuple[str, str]], timeout: float) -> None:
        """Ask anew until the server serves ``kinds`` (apiVersion and kind), or time is over."""
        deadline = time.monotonic() + timeout
        while True:
            self._is_current = False
            self.refresh()
            types = self._types or {}
            if all(kind in types for kind in kinds) or time.monotonic() > deadline:
                return
            sleep(0.05)

    def forget(self) -> None:
        """Ask the server again the next time, because what it serves has changed."""
        self._is_current = False
        self._types = None
        self._halves = {}

    def refresh(self) -> None:
        """Ask the server what it serves unless this was done already."""
        if self._is_current:
            return
        from steersman.runtime.parallel import first_error, run_all

        if not self._halves:
            self._load(any_age=True)
        answers = run_all(self._ask, ("/api", "/apis"))
        error = first_error(answers)
        if error is not None:
            raise error
        self._halves = {root: half for root, half in zip(("/api", "/apis"), answers) if isinstance(half, _Half)}
        self._types = _index(self._halves)
        self._is_current = True
        self._save()

    def _ask(self, root: str) -> _Half:
        known = self._halves.get(root)
        headers = {"If-None-Match": known.etag} if known is not None and known.etag else {}
        response = self._client.send("GET", root, accept=_AGGREGATED, headers=headers)
        data = response.read()
        if response.status == 304 and known is not None:
            return known
        if response.status >= 300:
            from steersman.kube.errors import error_from

            raise error_from(response.status, data, response.headers.get("Content-Type"), "GET", "")
        document = read_answer(data, is_typed=True)
        if document.get("kind") == "APIGroupDiscoveryList":
            return _from_aggregated(document, response.headers.get("Etag"))
        return self._from_legacy(root, document)

    def _from_legacy(self, root: str, document: dict[str, Any]) -> _Half:
        """Ask for each group version by itself, as servers before 1.27 need it."""
        from steersman.runtime.parallel import run_all

        if root == "/api":
            versions = [(version, f"/api/{version}") for version in document.get("versions") or ()]
        else:
            versions = [
                (entry["groupVersion"], f"/apis/{entry['groupVersion']}")
                for group in document.get("groups") or ()
                for entry in group.get("versions") or ()
            ]
        answers = run_all(lambda item: self._client.call("GET", item[1]), versions)
        types: list[ResourceType] = []
        names = [version for version, _path in versions]
        for (version, _path), answer in zip(versions, answers):
            if isinstance(answer, ApiError):
                continue  # client-go: a group whose server is away is left out
            if isinstance(answer, Exception):
                raise answer
            group, _slash, bare = version.rpartition("/")
            for entry in answer.get("resources") or ():
                names.append(f"{version}/{entry['kind']}")
                if "/" not in entry["name"]:
                    types.append(
                        ResourceType(
                            group,
                            bare,
                            entry["kind"],
                            entry["name"],
                            bool(entry.get("namespaced")),
                            tuple(entry.get("verbs") or ()),
                        )
                    )
        return _Half("", tuple(types), tuple(names))

    def _load(self, *, any_age: bool = False) -> bool:
        """Read the copy on disk; return whether there was one young enough."""
        data = self._cache.read(_KIND, self._client.config.server)
        document = json.loads(data) if data is not None else {}
        if document.get("format") != _FORMAT:
            return False
        if not any_age and not 0 <= time.time() - document["saved"] <= _FRESH:
            return False
        self._halves = {
            root: _Half(
                half["etag"],
                tuple(ResourceType(g, v, k, p, n, tuple(verbs)) for g, v, k, p, n, verbs in half["types"]),
                tuple(half["names"]),
                tuple(half["stale"]),
            )
            for root, half in document["halves"].items()
        }
        self._types = _index(self._halves)
        return True

    def _save(self) -> None:
        if self._cache.is_off:
            return
        document = {
            "format": _FORMAT,
            "saved": time.time(),
            "halves": {
                root: {
                    "etag": half.etag,
                    "types": [[t.group, t.version, t.kind, t.plural, t.is_namespaced, t.verbs] for t in half.types],
                    "names": half.api_versions,
                    "stale": half.stale,
                }
                for root, half in self._halves.items()
            },
        }
        text = json.dumps(document, separators=(",", ":"))
        self._cache.write(_KIND, self._client.config.server, text.encode())


def _from_aggregated(document: dict[str, Any], etag: str) -> _Half:
    types: list[ResourceType] = []
    names: list[str] = []
    stale: list[str] = []
    for group in document.get("items") or ():
        group_name = (group.get("metadata") or {}).get("name") or ""
        for version in group.get("versions") or ():
            bare = version.get("version") or ""
            api_version = f"{group_name}/{bare}" if group_name else bare
            if version.get("freshness") == "Stale":
                stale.append(api_version)  # client-go: what an absent server once said does not count
                continue
            names.append(api_version)
            for entry in version.get("resources") or ():
                kind = (entry.get("responseKind") or {}).get("kind") or ""
                names.append(f"{api_version}/{kind}")
                names += [
                    f"{api_version}/{(sub.get('responseKind') or {}).get('kind') or ''}"
                    for sub in entry.get("subresources") or ()
                    if (sub.get("responseKind") or {}).get("kind")
                ]
                types.append(
                    ResourceType(
                        group_name,
                        bare,
                        kind,
                        entry.get("resource") or "",
                        entry.get("scope") == "Namespaced",
                        tuple(entry.get("verbs") or ()),
                    )
                )
    return _Half(etag, tuple(types), tuple(dict.fromkeys(names)), tuple(stale))


def _index(halves: dict[str, _Half]) -> dict[tuple[str, str], ResourceType]:
    index: dict[tuple[str, str], ResourceType] = {}
    for half in halves.values():
        for entry in half.types:
            index.setdefault((entry.api_version, entry.kind), entry)
            if not entry.group:
                # k8s: a kind without a version is looked for in the core group (openapi-validation.sh)
                index.setdefault(("", entry.kind), entry)
    return index
