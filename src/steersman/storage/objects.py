"""Releases in objects of the cluster: the common part of the Secret and ConfigMap drivers.

A release becomes one object with labels to find it by; ``secrets`` and ``configmaps`` say
what the object looks like and how failures are worded.
"""

from __future__ import annotations

import time

from steersman.errors import ClusterError, ReleaseError, TransportError
from steersman.record import Record, replace
from steersman.release.codec import HEAD, decode, decode_head, encode
from steersman.release.model import STATUSES, SUPERSEDED, user_labels
from steersman.storage.driver import (
    OWNER,
    OddRecord,
    RecordChanged,
    ReleaseExists,
    ReleaseNotFound,
    StorageFailed,
    Stub,
    make_key,
    selector_from,
    system_labels,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from steersman.release.model import Release
    from steersman.storage.driver import ObjectStore


# Characters of names in one label selector: proxies in front of a server refuse lines of 8 KiB.
_SELECTOR_LENGTH = 4000

_CONFLICTS = 5  # times a record is written again that others annotate meanwhile

_LISTING = "list: failed to list"
_QUERYING = "query: failed to query with labels"


class ObjectDriver:
    """Keeps releases in objects; subclasses give the object's shape."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._known: dict[str, _Known] = {}

    def _text(self, content: Mapping[str, Any]) -> str | bytes:
        raise NotImplementedError

    def _beginning(self, content: Mapping[str, Any]) -> str | bytes:
        raise NotImplementedError

    def _content(self, key: str, labels: dict[str, str], text: str) -> dict[str, Any]:
        raise NotImplementedError

    def _failed(self, doing: str, error: ClusterError | TransportError) -> Exception:
        raise NotImplementedError

    def _unreadable(self, key: str, error: ReleaseError) -> Exception:
        raise NotImplementedError

    def get(self, key: str) -> Release:
        try:
            content = self._objects.get(key)
        except (ClusterError, TransportError) as error:
            if getattr(error, "is_not_found", False):
                raise ReleaseNotFound from error
            raise self._failed(f'get: failed to get "{key}"', error) from error
        self._note(content)
        try:
            release = decode(self._text(content))
        except ReleaseError as error:
            raise self._unreadable(key, error) from error
        return replace(release, labels=user_labels(_labels(content)))

    def all(self) -> Iterator[Release]:
        try:
            items = self._objects.find(selector_from({"owner": OWNER}))
        except (ClusterError, TransportError) as error:
            raise self._failed(_LISTING, error) from error
        return self._decoded(items)

    def stubs(self, labels: Mapping[str, str]) -> list[Stub]:
        try:
            heads = self._objects.find_metadata(selector_from(labels))
        except (ClusterError, TransportError) as error:
            raise self._failed(_QUERYING if "name" in labels else _LISTING, error) from error
        return [_stub(head) for head in heads]

    def read(self, stubs: Sequence[Stub], *, heads_only: bool) -> list[Release]:
        try:
            contents = {_place(content): content for content in self._objects.find_each(_selectors(stubs))}
        except (ClusterError, TransportError) as error:
            raise self._failed(_LISTING, error) from error
        return [self._release(stub, contents, heads_only=heads_only) for stub in stubs]

    def query(self, labels: Mapping[str, str]) -> list[Release]:
        try:
            items = self._objects.find(selector_from(labels))
        except (ClusterError, TransportError) as error:
            raise self._failed(_QUERYING, error) from error
        if not items:
            raise ReleaseNotFound
        for content in items:
            self._note(content)
        return list(self._decoded(items))

    def create(self, key: str, release: Release) -> None:
        labels = {**release.labels, "createdAt": str(int(time.time())), **system_labels(release)}
        try:
            self._note(self._objects.create(self._content(key, labels, encode(release))))
        except (ClusterError, TransportError) as error:
            if getattr(error, "is_already_exists", False):
                raise ReleaseExists from error
            raise self._failed("create: failed to create", error) from error

    def update(self, key: str, release: Release) -> None:
        labels = {**release.labels, "modifiedAt": str(int(time.time())), **system_labels(release)}
        content = self._content(key, labels, encode(release))
        digest = _digest(content)

        def write(preconditions: Mapping[str, str]) -> None:
            bound = {**content, "metadata": {**content["metadata"], **preconditions}}
            self._note(self._objects.replace(key, bound))

        try:
            self._write_known(key, write, digest)
        except (ClusterError, TransportError) as error:
            raise self._failed("update: failed to update", error) from error

    def delete(self, key: str) -> None:
        try:
            self._write_known(key, lambda preconditions: self._objects.delete(key, preconditions))
        except (ClusterError, TransportError) as error:
            if getattr(error, "is_not_found", False):
                raise ReleaseNotFound from error
            raise
        self._known.pop(key, None)

    def _write_known(self, key: str, write: Callable[[Mapping[str, str]], None], wanted: int | None = None) -> None:
        """Call ``write`` with preconditions under which the record is the one that is known.

        Changes next to the release itself (annotations, say) do not count.

        Args:
            wanted: the digest of what is written: where the record has it, an answer was lost on its way.
        """
        for _ in range(_CONFLICTS):
            known = self._known.get(key)
            try:
                write({} if known is None else {"uid": known.uid, "resourceVersion": known.version})
                return
            except ClusterError as error:
                if known is None or not getattr(error, "is_conflict", False):
                    raise
            live = self._objects.get(key)
            if _digest(live) not in (known.digest, wanted):
                raise RecordChanged(key)
            self._note(live)
            if _digest(live) == wanted:
                return
        raise RecordChanged(key)

    def _note(self, content: Mapping[str, Any]) -> None:
        """Remember which state of a record this driver has seen."""
        metadata = content.get("metadata") or {}
        uid, version = metadata.get("uid"), metadata.get("resourceVersion")
        if uid and version:
            self._known[metadata.get("name") or ""] = _Known(uid, version, _digest(content))

    def _release(
        self, stub: Stub, contents: Mapping[tuple[str, str], Mapping[str, Any]], *, heads_only: bool
    ) -> Release:
        content = contents.get((stub.namespace, make_key(stub.name, stub.revision)))
        if content is None:
            raise OddRecord(make_key(stub.name, stub.revision))
        head = decode_head(self._beginning(content)) if heads_only else None
        release = decode(self._text(content)) if head is None else head
        if release.status != stub.status:
            raise OddRecord(make_key(stub.name, stub.revision))
        if head is None:
            return replace(release, labels=stub.labels)
        return replace(release, labels=stub.labels, revision=stub.revision, namespace=stub.namespace)

    def _decoded(self, items: list[dict[str, Any]]) -> Iterator[Release]:
        for content in items:
            try:
                release = decode(self._text(content))
            except ReleaseError:
                continue  # helm: a record that cannot be read is passed over
            yield replace(release, labels=_labels(content))


class SecretDriver(ObjectDriver):
    """Releases in Secrets, Helm's default."""

    def _text(self, content: Mapping[str, Any]) -> str | bytes:
        import binascii

        return binascii.a2b_base64((content.get("data") or {}).get("release") or "")

    def _beginning(self, content: Mapping[str, Any]) -> str | bytes:
        import binascii

        # four characters of a Secret's value stand for three of the text
        return binascii.a2b_base64(((content.get("data") or {}).get("release") or "")[: HEAD // 3 * 4])

    def _content(self, key: str, labels: dict[str, str], text: str) -> dict[str, Any]:
        import binascii

        from steersman.storage.driver import RECORD_TYPE

        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": key, "labels": labels},
            "type": RECORD_TYPE,
            "data": {"release": binascii.b2a_base64(text.encode(), newline=False).decode()},
        }

    def _failed(self, doing: str, error: ClusterError | TransportError) -> Exception:
        return StorageFailed(doing, error)

    def _unreadable(self, key: str, error: ReleaseError) -> Exception:
        return StorageFailed(f'get: failed to decode data "{key}"', error)


class ConfigMapDriver(ObjectDriver):
    """Releases in ConfigMaps."""

    def _text(self, content: Mapping[str, Any]) -> str | bytes:
        return (content.get("data") or {}).get("release") or ""

    def _beginning(self, content: Mapping[str, Any]) -> str | bytes:
        return self._text(content)[:HEAD]

    def _content(self, key: str, labels: dict[str, str], text: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": key, "labels": labels},
            "data": {"release": text},
        }

    def _failed(self, doing: str, error: ClusterError | TransportError) -> Exception:
        return error  # helm: this driver passes the server's errors on as they are

    def _unreadable(self, key: str, error: ReleaseError) -> Exception:
        return error


class _Known(Record):
    """A state of a record: the object, its version, and a digest of the release inside."""

    uid: str
    version: str
    digest: int


def _digest(content: Mapping[str, Any]) -> int:
    return hash((content.get("data") or {}).get("release") or "")


def _stub(head: Mapping[str, Any]) -> Stub:
    labels = _labels(head)
    namespace, key = _place(head)
    name, version, status = labels.get("name", ""), labels.get("version", ""), labels.get("status", "")
    if status not in STATUSES or not (version.isascii() and version.isdigit()) or key != make_key(name, int(version)):
        raise OddRecord(key)
    return Stub(name, namespace, int(version), status, labels)


def _selectors(stubs: Sequence[Stub]) -> list[str]:
    """Return label selectors that together pick the records of these stubs, and few others."""
    names = list(dict.fromkeys(stub.name for stub in stubs))
    if len(names) == 1:
        fixed = f"name={names[0]},owner={OWNER},version"
        return [f"{fixed} in ({some})" for some in _joined([str(stub.revision) for stub in stubs])]
    fixed = f"owner={OWNER}"
    if all(stub.status != SUPERSEDED for stub in stubs):
        fixed += f",status!={SUPERSEDED}"
    return [f"{fixed},name in ({some})" for some in _joined(names)]


def _joined(values: list[str]) -> Iterator[str]:
    """Return the values with commas between them, in as many texts as it takes to keep each short enough."""
    some: list[str] = []
    length = 0
    for value in values:
        if some and length + len(value) > _SELECTOR_LENGTH:
            yield ",".join(some)
            some, length = [], 0
        some.append(value)
        length += len(value) + 1
    if some:
        yield ",".join(some)


def _labels(content: Mapping[str, Any]) -> dict[str, str]:
    return dict((content.get("metadata") or {}).get("labels") or {})


def _place(content: Mapping[str, Any]) -> tuple[str, str]:
    metadata = content.get("metadata") or {}
    return metadata.get("namespace") or "", metadata.get("name") or ""
