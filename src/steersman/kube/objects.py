"""The identity of an object: its type on the server, namespace and name.

``ResourceType`` is where a kind lives in the API; ``Target`` is one object of a manifest
together with its type. Also reads and stamps labels and annotations. Answers to
``k8s.io/cli-runtime/pkg/resource.Info`` and ``k8s.io/apimachinery``'s REST mapping.
"""

from __future__ import annotations

from steersman.errors import ClusterError
from steersman.go.quote import quote
from steersman.record import Record, replace
from steersman.transport.model import path_escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class BadPathName(ClusterError):
    """A name that cannot be part of a path on the server."""


class ResourceType(Record):
    """A kind and where its objects are: group, version, plural, namespaced or not."""

    group: str
    version: str
    kind: str
    plural: str
    is_namespaced: bool = True
    verbs: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def plural_name(self) -> str:
        """``deployments.apps``, as the server's messages name a type."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def gvk_text(self) -> str:
        """``apps/v1, Kind=Deployment``, as Go prints it."""
        return f"{self.group}/{self.version}, Kind={self.kind}"

    def path(self, namespace: str = "", name: str = "") -> str:
        """Return the URL path of an object, or of the collection when there is no name.

        Raises:
            BadPathName: in client-go's words.
        """
        if self.is_namespaced and namespace:
            _check_segment("namespace", namespace)
        if name:
            _check_segment("resource name", name)
        base = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        inside = f"/namespaces/{path_escaped(namespace)}" if self.is_namespaced and namespace else ""
        return f"{base}{inside}/{self.plural}" + (f"/{path_escaped(name)}" if name else "")


SECRETS = ResourceType("", "v1", "Secret", "secrets")
CONFIG_MAPS = ResourceType("", "v1", "ConfigMap", "configmaps")
PODS = ResourceType("", "v1", "Pod", "pods")
EVENTS = ResourceType("", "v1", "Event", "events")
NAMESPACES = ResourceType("", "v1", "Namespace", "namespaces", is_namespaced=False)
LEASES = ResourceType("coordination.k8s.io", "v1", "Lease", "leases")
REPLICA_SETS = ResourceType("apps", "v1", "ReplicaSet", "replicasets")


def _check_segment(what: str, text: str) -> None:
    problems = []
    if text in (".", ".."):
        problems.append(f"may not be '{text}'")
    problems += [f"may not contain '{mark}'" for mark in "/%" if mark in text]
    if problems:
        raise BadPathName(f"invalid {what} {quote(text)}: [{' '.join(problems)}]")


class Target(Record):
    """One object of a manifest: its type, where it goes, and its content."""

    resource: ResourceType
    namespace: str
    name: str
    object: dict[str, Any]

    @property
    def kind(self) -> str:
        return self.resource.kind

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Identity that survives a change of API version."""
        return (self.resource.group, self.resource.kind, self.namespace, self.name)

    @property
    def exact_key(self) -> tuple[str, str, str, str]:
        """Identity in which another API version is another object."""
        return (self.resource.api_version, self.resource.kind, self.namespace, self.name)

    def with_object(self, content: dict[str, Any]) -> Target:
        """Return this target with other content."""
        return replace(self, object=content)


def labels_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Return an object's labels."""
    return (content.get("metadata") or {}).get("labels") or {}


def annotations_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Return an object's annotations."""
    return (content.get("metadata") or {}).get("annotations") or {}


def stamped(target: Target, labels: Mapping[str, str], annotations: Mapping[str, str]) -> Target:
    """Return ``target`` with labels and annotations added to those it has.

    k8s: reading a null among them gives an empty text, and that is written back (null-labels.sh)
    """
    metadata = dict(target.object.get("metadata") or {})
    for field, more in (("labels", labels), ("annotations", annotations)):
        own = {key: "" if value is None else value for key, value in (metadata.get(field) or {}).items()}
        metadata[field] = {**own, **more}
    return target.with_object({**target.object, "metadata": metadata})


def by_kind(targets: Iterable[Target]) -> list[list[Target]]:
    """Split into runs of one kind, keeping the order: what may go to the server at once."""
    runs: list[list[Target]] = []
    for target in targets:
        if not runs or runs[-1][0].kind != target.kind:
            runs.append([])
        runs[-1].append(target)
    return runs


def nested(content: Any, *path: str) -> Any:
    """Return what is at ``path`` inside nested mappings, or ``None``."""
    for key in path:
        if not isinstance(content, dict):
            return None
        content = content.get(key)
    return content


def without_nulls(value: Any) -> Any:
    """Return an object without its nulls, which a real server drops when it decodes; an item of a list stays."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
