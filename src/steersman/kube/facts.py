"""Facts about Kubernetes' built-in kinds: which versions serve them, the types of their fields, and which have those.

``facts.txt`` is written by ``make kube-data`` (``scripts/kube_data.py``), which names its source. Its lines::

    version v1.37.0 13 37
    kind apps/v1 Deployment deployments namespaced - apps.v1.Deployment
    kind extensions/v1beta1 Ingress ingresses namespaced -21 -
    life extensions/v1beta1 Ingress 14-22 networking.k8s.io/v1 Ingress
    core.v1.ServicePort appProtocol@18-=string port!=int32 targetPort=int-or-string
    core.v1.ServiceSpec ipFamily@16-19=any

A kind has the first and the last minor version that serve it, where those are not the first and the last of the file,
and its type. A life is the minor versions that deprecate and remove a kind of an API version (the second is missing
where none does yet), and the replacement that Kubernetes names. A type has its fields; ``!`` marks those that are
required. Before a field's type, ``[]`` stands for a list, ``[name]`` for one whose items have that key, ``[=]`` for
one without repetitions, ``{}`` for a map. After its name, ``@`` comes before the first and the last minor version
that have it, as for kinds. A line is parsed when it is asked for.
"""

from __future__ import annotations

import os

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

STRING, BYTES, TIME, BOOL, INT32, INT64, NUMBER = "string", "bytes", "time", "bool", "int32", "int64", "number"
QUANTITY, INT_OR_STRING, OBJECT, ANY = "quantity", "int-or-string", "object", "any"
LIST, MAP, STRUCT = "list", "map", "struct"
_SCALARS = frozenset(
    (STRING, BYTES, TIME, BOOL, INT32, INT64, NUMBER, QUANTITY, INT_OR_STRING, OBJECT, ANY),
)
_FILE = os.path.join(os.path.dirname(__file__), "facts.txt")


class Type(Record):
    """The type of a field.

    Attributes:
        form: one of the constants above.
        name: of a struct.
        item: the type inside a list or a map.
        keys: the fields that tell the items of a list from each other.
        is_set: whether a list may not have the same item twice.
    """

    form: str
    name: str = ""
    item: Type | None = None
    keys: tuple[str, ...] = ()
    is_set: bool = False


class Struct(Record):
    """The fields of an object.

    Attributes:
        fields: those that the newest version has, by their names.
        required: the names of those that are required.
        since: the first minor version that has a field, for those that some version with this type does not have.
        former: the first (or 0) and the last minor version that had a field, for those that the newest has not.
    """

    fields: dict[str, Type]
    required: tuple[str, ...]
    since: dict[str, int]
    former: dict[str, tuple[int, int]]


class Kind(Record):
    """A kind as the API serves it.

    Attributes:
        api_version: ``apps/v1``.
        kind: ``Deployment``.
        plural: ``deployments``.
        is_namespaced: whether its objects are in namespaces.
        since: the minor version of Kubernetes 1 that has it first; 0 where it is older than the file's oldest.
        until: the last one that has it, be it off by default; 0 where the newest one still does.
        type: the name of its type; ``""`` for one that is no longer served.
    """

    api_version: str
    kind: str
    plural: str
    is_namespaced: bool
    since: int
    until: int
    type: str


class Life(Record):
    """The end of a kind of an API version.

    Attributes:
        deprecated: the minor version of Kubernetes 1 that deprecates it.
        removed: the one that no longer serves it; 0 where none is known.
        replacement: the API version and the kind that Kubernetes says to use, or ``""``.
    """

    deprecated: int
    removed: int
    replacement: str


class Facts:
    """Kubernetes as this program knows it.

    Args:
        lines: of the file.

    Attributes:
        version: of Kubernetes that the types are from: ``v1.37.0``.
        oldest: the first minor version that is known.
        newest: the last one.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.version = ""
        self.oldest = self.newest = 0
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._lives: dict[tuple[str, str], Life] = {}
        self._lines: dict[str, str] = {}
        self._structs: dict[str, Struct] = {}
        for line in lines:
            name, _, rest = line.rstrip("\n").partition(" ")
            if name == "kind":
                kind = _kind(rest)
                self._kinds[kind.api_version, kind.kind] = kind
            elif name == "life":
                api_version, name, span, *replacement = rest.split(" ")
                deprecated, _, removed = span.partition("-")
                self._lives[api_version, name] = Life(int(deprecated), int(removed or 0), " ".join(replacement))
            elif name == "version":
                self.version, oldest, newest = rest.split()
                self.oldest, self.newest = int(oldest), int(newest)
            elif name != "#":
                self._lines[name] = rest

    def kind(self, api_version: str, kind: str) -> Kind | None:
        """Return a kind that some version of Kubernetes serves, or None."""
        return self._kinds.get((api_version, kind))

    def life(self, api_version: str, kind: str) -> Life | None:
        """Return when a kind of an API version is deprecated and removed, or None."""
        return self._lives.get((api_version, kind))

    def served(self, kind: str, minor: int) -> list[Kind]:
        """Return the API versions of a kind that a minor version of Kubernetes serves."""
        return [
            one
            for one in self._kinds.values()
            if one.kind == kind and one.since <= minor <= (last_served(one, self.life(one.api_version, kind)) or minor)
        ]

    def kinds(self) -> Iterable[Kind]:
        """Return all kinds of all versions."""
        return self._kinds.values()

    def schema(self, group: str, version: str, kind: str) -> Type | None:
        """Return the type of a kind that the newest version serves, or None; the core group is ``""``."""
        found = self.kind(f"{group}/{version}" if group else version, kind)
        return Type(STRUCT, found.type) if found is not None and found.type else None

    def struct(self, name: str) -> Struct:
        """Return the fields of a type.

        Raises:
            KeyError: where there is no such type.
        """
        known = self._structs.get(name)
        if known is None:
            known = self._structs[name] = _struct(self._lines[name])
        return known


class _Known:
    """The facts, read when they are first asked for."""

    def __init__(self) -> None:
        self._facts: Facts | None = None

    def get(self) -> Facts:
        if self._facts is None:
            with open(_FILE, encoding="ascii") as file:
                self._facts = Facts(file)
        return self._facts


_KNOWN = _Known()


def facts() -> Facts:
    """Return the facts of the file that comes with the program."""
    return _KNOWN.get()


def last_served(kind: Kind, life: Life | None) -> int:
    """Return the last minor version that serves a kind of an API version, or 0 where none is the last."""
    removed = life.removed if life is not None else 0
    # the types of a version that is removed may be there for longer
    return min(kind.until, removed - 1) if kind.until and removed else kind.until or max(removed - 1, 0)


def _kind(text: str) -> Kind:
    api_version, kind, plural, scope, span, name = text.split(" ")
    since, _, until = span.partition("-")
    return Kind(
        api_version, kind, plural, scope == "namespaced", int(since or 0), int(until or 0), "" if name == "-" else name
    )


def _struct(text: str) -> Struct:
    fields = {}
    required = []
    since: dict[str, int] = {}
    former: dict[str, tuple[int, int]] = {}
    for part in text.split():
        name, _, kind = part.partition("=")
        name, _, span = name.partition("@")
        first, _, last = span.partition("-")
        if last:
            former[name] = int(first or 0), int(last)
            continue
        if name.endswith("!"):
            name = name[:-1]
            required.append(name)
        if first:
            since[name] = int(first)
        fields[name] = type_of(kind)
    return Struct(fields, tuple(required), since, former)


def type_of(text: str) -> Type:
    """Return a type as the file writes it.

    >>> type_of("[name]core.v1.Container").keys, type_of("{}string").item.form
    (('name',), 'string')
    """
    if text.startswith("{}"):
        return Type(MAP, item=type_of(text[2:]))
    if text.startswith("["):
        keys, _, rest = text[1:].partition("]")
        is_set = keys == "="
        return Type(LIST, item=type_of(rest), keys=() if is_set or not keys else tuple(keys.split(",")), is_set=is_set)
    return Type(text) if text in _SCALARS else Type(STRUCT, text)
