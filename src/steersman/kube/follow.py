"""Objects followed by a watch per kind and namespace, with a status for each.

Looks once, then follows; looks anew when the way to the server breaks or a watch has to be
taken up again. Events are facts in their order: each is judged when it arrives, whatever comes
after it. The caller decides what a status means.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing, suppress

from steersman.errors import Interrupted
from steersman.kube.errors import ApiError
from steersman.kube.objects import Target, nested
from steersman.kube.status.result import NOT_FOUND, UNKNOWN, Status
from steersman.runtime.parallel import Thread
from steersman.runtime.scope import Scope, current, sleep, working_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.objects import ResourceType

    Key = tuple[str, str, str, str]
    Tell = Callable[[list[tuple[Target, Status]], float], None]

_RECHECK = 5.0  # seconds after which statuses that depend on an object's age are computed anew
_WATCH = 300.0  # seconds one watch stays open
_TELL = 1.0  # seconds between two reports on what is still waited for
_PAUSE = 1.0  # seconds before a watch is taken up again after trouble on its way
_SLICE = 0.1  # seconds after which a wait that can be cancelled looks whether it was
_LAST_WORDS = 5.0  # seconds that watches may take to end: one may be looking up the server's name


class Following:
    """Keeps the statuses of some objects up to date until all are settled or time is over.

    Args:
        rule: a live object to its status.
        is_settled: whether an object in a status is waited for no longer.
        tell: told what is still waited for and for how many seconds; nothing, once the wait is over.
        created: what the server made of the targets, by key: events are followed from there on instead of from a
            first look, and what has ended is judged by its end, also when it is deleted right after.
    """

    def __init__(
        self,
        client: ApiClient,
        targets: Sequence[Target],
        rule: Callable[[dict[str, Any]], Status],
        is_settled: Callable[[Status], bool],
        *,
        tell: Tell | None = None,
        created: Mapping[Key, dict[str, Any]] | None = None,
    ) -> None:
        self._client = client
        self._targets = list(targets)
        self._rule = rule
        self._is_settled = is_settled
        self._tell = tell
        self._created = created or {}
        self._keeps_ends = created is not None
        self._statuses: dict[Key, Status] = {}
        self._ends: dict[Key, Status] = {}
        self._live: dict[Key, dict[str, Any] | None] = {}
        self._outcome: list[tuple[Target, Status]] | None = None
        self._changed = threading.Condition()
        self._error: Exception | None = None
        self._watches = Scope()
        self.is_over = False

    def run(self, timeout: float) -> list[tuple[Target, Status]]:
        """Follow until settled, at most ``timeout`` seconds; return the last statuses."""
        deadline = time.monotonic() + timeout
        with working_in(self._watches):
            threads = [
                Thread(self._watch_group, resource, namespace, names, deadline)
                for (resource, namespace), names in _groups(self._targets).items()
            ]
        try:
            for thread in threads:
                thread.start()
            return self._await(deadline)
        finally:
            self._watches.cancel()
            for thread in threads:
                if thread.ident is not None:
                    thread.join(_LAST_WORDS)
            if self._tell is not None:
                self._tell([], timeout)

    def _await(self, deadline: float) -> list[tuple[Target, Status]]:
        began = computed = told = time.monotonic()
        scope = current()
        longest = _SLICE if scope is not None else _TELL if self._tell else _RECHECK
        with self._changed:
            while True:
                if self._error is not None:
                    raise self._error
                self._client.check_held()
                if scope is not None:
                    scope.check()
                if self._outcome is not None:
                    return self._outcome
                now = time.monotonic()
                if now - computed >= _RECHECK:
                    computed = now
                    self._statuses.clear()
                statuses = [(target, self._status(target)) for target in self._targets]
                waited = [(target, status) for target, status in statuses if not self._is_settled(status)]
                if not waited:
                    return statuses
                if now >= deadline:
                    self.is_over = True
                    return statuses
                if self._tell is not None and now - told >= _TELL:
                    told = now
                    self._tell(waited, now - began)
                self._changed.wait(min(deadline - now, longest))

    def _status(self, target: Target) -> Status:
        status = self._statuses.get(target.key)
        if status is None:
            status = self._statuses[target.key] = self._computed(target)
        return status

    def _computed(self, target: Target) -> Status:
        if target.key in self._ends:
            return self._ends[target.key]
        if target.key not in self._live:
            return Status(UNKNOWN)
        content = self._live[target.key]
        return Status(NOT_FOUND, "Resource not found") if content is None else self._rule(content)

    def _watch_group(self, resource: ResourceType, namespace: str, names: set[str], deadline: float) -> None:
        fields = f"metadata.name={next(iter(names))}" if len(names) == 1 else ""
        version = self._begin(resource, namespace, names)
        while not self._watches.is_cancelled and time.monotonic() < deadline:
            try:
                version = version or self._look(resource, namespace, names, fields)
                left = min(_WATCH, max(1.0, deadline - time.monotonic()))
                watch = self._client.watch(resource, namespace, version=version, fields=fields, seconds=left)
                version = ""  # a second watch begins with a look
                with closing(watch) as events:
                    for event in events:
                        if event.type == "ERROR":
                            break
                        if event.type != "BOOKMARK":
                            self._put(resource, namespace, names, event.object, is_gone=event.type == "DELETED")
            except Interrupted:
                return  # nobody waits any more
            except ApiError as error:
                version = ""
                if not (error.is_gone or error.code >= 500 or error.code == 429):
                    self._fail(error)
                    return
                self._pause()
            except Exception as error:
                version = ""
                if time.monotonic() + _PAUSE >= deadline:
                    self._fail(error)
                    return
                self._pause()  # the way to the server broke: look again

    def _pause(self) -> None:
        with suppress(Interrupted):
            sleep(_PAUSE)

    def _begin(self, resource: ResourceType, namespace: str, names: set[str]) -> str:
        """Take in what was created; return the version to watch from, ``""`` where that is not known of all."""
        found = {name: self._created.get((resource.group, resource.kind, namespace, name)) for name in names}
        versions = [str(nested(content, "metadata", "resourceVersion") or "") for content in found.values()]
        if not all(version.isdigit() for version in versions):
            return ""
        with self._changed:
            for name, content in found.items():
                self._set((resource.group, resource.kind, namespace, name), content)
        # k8s: versions of one type of object are numbers that grow
        return min(versions, key=int)

    def _look(self, resource: ResourceType, namespace: str, names: set[str], fields: str) -> str:
        """Take in the present state; return the version to watch from."""
        answer = self._client.list(resource, namespace, fields=fields)
        found = {nested(item, "metadata", "name"): item for item in answer.get("items") or ()}
        with self._changed:
            for name in names:
                item = found.get(name)
                if item is not None:
                    item = {"apiVersion": resource.api_version, "kind": resource.kind, **item}
                self._set((resource.group, resource.kind, namespace, name), item)
            self._judge()
        return str(nested(answer, "metadata", "resourceVersion") or "")

    def _put(
        self, resource: ResourceType, namespace: str, names: set[str], content: dict[str, Any], *, is_gone: bool
    ) -> None:
        name = nested(content, "metadata", "name")
        if name not in names:
            return
        key = (resource.group, resource.kind, namespace, name)
        with self._changed:
            if self._keeps_ends and is_gone:
                self._set(key, content)  # a deletion carries the last state
            self._set(key, None if is_gone else content)
            self._judge()

    def _set(self, key: Key, content: dict[str, Any] | None) -> None:
        self._live[key] = content
        self._statuses.pop(key, None)
        if self._keeps_ends and content is not None and key not in self._ends:
            status = self._rule(content)
            if self._is_settled(status):
                self._ends[key] = status

    def _judge(self) -> None:
        """Note when all are settled at once: the next event may change that again."""
        statuses = [(target, self._status(target)) for target in self._targets]
        if self._outcome is None and all(self._is_settled(status) for _target, status in statuses):
            self._outcome = statuses
        self._changed.notify_all()

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()


def _groups(targets: Sequence[Target]) -> dict[tuple[ResourceType, str], set[str]]:
    groups: dict[tuple[ResourceType, str], set[str]] = {}
    for target in targets:
        groups.setdefault((target.resource, target.namespace), set()).add(target.name)
    return groups
