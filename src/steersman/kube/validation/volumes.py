"""Volumes of pods, and claims of volumes."""

from __future__ import annotations

from steersman.kube.validation import names
from steersman.kube.validation.metadata import selector_mistakes
from steersman.kube.validation.mistake import (
    Place,
    duplicate,
    every,
    forbidden,
    invalid,
    items,
    mapping,
    number,
    one_if_given,
    placed,
    required,
    struct,
    text,
    texts,
    unsupported,
)
from steersman.kube.validation.quantities import canonical, quantity
from steersman.kube.validation.sources import field_mistakes, resource_mistakes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from steersman.kube.validation.mistake import Fields, Mistake

_MOST_MODE = 0o777
_ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_HOST_TYPES = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")
_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")


def volume_mistakes(spec: Fields, place: Place) -> tuple[list[Mistake], frozenset[str]]:
    """Return the mistakes in the volumes of a pod, and the names of those that are right."""
    found: list[Mistake] = []
    known: set[str] = set()
    for volume, at in placed(spec, place, "volumes"):
        name = text(volume, "name")
        own = list(_source(volume, at))
        if not name:
            own.append(required(at.field("name")))
        else:
            own += every(at.field("name"), name, names.dns_label_problems(name))
        if name in known:
            own.append(duplicate(at.field("name"), name))
        if not own:
            known.add(name)
        found += own
    return found, frozenset(known)


def _source(volume: Fields, place: Place) -> Iterator[Mistake]:
    count = 0
    for kind in _SOURCES:
        source = struct(volume, kind)
        if source is None:
            continue
        count += 1
        if count > 1:
            yield forbidden(place.field(kind), "may not specify more than 1 volume type")
            continue
        check = _CHECKS.get(kind)
        if check is not None:
            yield from check(source, place.field(kind))


_SOURCES = (
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
    "glusterfs", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "flocker", "downwardAPI", "fc", "azureFile",
    "flexVolume", "configMap", "vsphereVolume", "quobyte", "azureDisk", "portworxVolume", "scaleIO", "storageos",
    "photonPersistentDisk", "projected", "csi", "ephemeral", "image",
)  # fmt: skip


def _empty(source: Fields, place: Place) -> Iterator[Mistake]:
    limit = source.get("sizeLimit")
    if limit is not None and quantity(limit) < 0:
        yield forbidden(place.field("sizeLimit"), "SizeLimit field must be a valid resource quantity")


def _host(source: Fields, place: Place) -> Iterator[Mistake]:
    path = text(source, "path")
    if not path:
        yield required(place.field("path"))
        return
    yield from every(place.field("path"), path, names.back_step_problems(path))
    yield from one_if_given(source, place, "type", _HOST_TYPES)


def _secret(source: Fields, place: Place) -> Iterator[Mistake]:
    yield from _keys_of(source, place, "secretName")


def _config_map(source: Fields, place: Place) -> Iterator[Mistake]:
    yield from _keys_of(source, place, "name")


def _keys_of(source: Fields, place: Place, name: str) -> Iterator[Mistake]:
    if not text(source, name):
        yield required(place.field(name))
    yield from _mode(source, place, "defaultMode")
    for one, at in placed(source, place, "items"):
        yield from _key_to_path(one, at)


def _mode(source: Fields, place: Place, field: str) -> Iterator[Mistake]:
    mode = number(source, field)
    if mode is not None and not 0 <= mode <= _MOST_MODE:
        yield invalid(place.field(field), mode, "must be a number between 0 and 0777 (octal), both inclusive")


def _key_to_path(item: Fields, place: Place) -> Iterator[Mistake]:
    if not text(item, "key"):
        yield required(place.field("key"))
    yield from _path(item, place)
    yield from _mode(item, place, "mode")


def _path(item: Fields, place: Place) -> Iterator[Mistake]:
    path = text(item, "path")
    if not path:
        yield required(place.field("path"))
        return
    problems = names.relative_path_problems(path)
    if path.startswith("..") and not path.startswith("../") and path != "..":
        problems.append("must not start with '..'")
    yield from every(place.field("path"), path, problems)


def _nfs(source: Fields, place: Place) -> Iterator[Mistake]:
    if not text(source, "server"):
        yield required(place.field("server"))
    path = text(source, "path")
    if not path:
        yield required(place.field("path"))
    elif not path.startswith("/"):
        yield invalid(place.field("path"), path, "must be an absolute path")


def _claimed(source: Fields, place: Place) -> Iterator[Mistake]:
    if not text(source, "claimName"):
        yield required(place.field("claimName"))


def _driver(source: Fields, place: Place) -> Iterator[Mistake]:
    if not text(source, "driver"):
        yield required(place.field("driver"))


def _downward(source: Fields, place: Place) -> Iterator[Mistake]:
    yield from _mode(source, place, "defaultMode")
    for item in items(source, "items"):
        yield from _file(item, place)


def _file(item: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistakes in a file made from a field, which the server names without the item."""
    field, resource = struct(item, "fieldRef"), struct(item, "resourceFieldRef")
    yield from _path(item, place)
    if field is not None:
        yield from field_mistakes(field, place.field("fieldRef"), _FIELDS)
        if resource is not None:
            problem = "fieldRef and resourceFieldRef can not be specified simultaneously"
            yield invalid(place, "resource", problem)
    elif resource is not None:
        yield from resource_mistakes(resource, place.field("resourceFieldRef"), needs_container=True)
    else:
        yield required(place, "one of fieldRef and resourceFieldRef is required")
    yield from _mode(item, place, "mode")


def _projected(source: Fields, place: Place) -> Iterator[Mistake]:
    yield from _mode(source, place, "defaultMode")
    for one, at in placed(source, place, "sources"):
        count = 0
        for kind in (
            "secret",
            "configMap",
            "downwardAPI",
            "serviceAccountToken",
            "clusterTrustBundle",
            "podCertificate",
        ):
            inner = struct(one, kind)
            if inner is None:
                continue
            count += 1
            if count > 1:
                yield forbidden(at, "may not specify more than 1 volume type per source")
            elif kind in ("secret", "configMap"):
                if not text(inner, "name"):
                    yield required(at.field(kind, "name"))
                for item, where in placed(inner, at.field(kind), "items"):
                    yield from _key_to_path(item, where)
            elif kind == "downwardAPI":
                for item in items(inner, "items"):
                    yield from _file(item, at.field(kind))
            elif kind == "serviceAccountToken":
                yield from _token(inner, at.field(kind), place)


def _token(source: Fields, place: Place, whole: Place) -> Iterator[Mistake]:
    seconds = number(source, "expirationSeconds")
    if seconds is not None and seconds < 600:
        yield invalid(place.field("expirationSeconds"), seconds, "may not specify a duration less than 10 minutes")
    elif seconds is not None and seconds > 1 << 32:
        yield invalid(place.field("expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds")
    if not text(source, "path"):
        yield required(whole.field("path"))


def _ephemeral(source: Fields, place: Place) -> Iterator[Mistake]:
    template = struct(source, "volumeClaimTemplate")
    if template is None:
        yield required(place.field("volumeClaimTemplate"))
    else:
        yield from claim_mistakes(struct(template, "spec") or {}, place.field("volumeClaimTemplate", "spec"))


_CHECKS: dict[str, Callable[[Fields, Place], Iterator[Mistake]]] = {
    "emptyDir": _empty,
    "hostPath": _host,
    "secret": _secret,
    "configMap": _config_map,
    "nfs": _nfs,
    "persistentVolumeClaim": _claimed,
    "csi": _driver,
    "downwardAPI": _downward,
    "projected": _projected,
    "ephemeral": _ephemeral,
}


def claim_mistakes(spec: Fields, place: Place) -> Iterator[Mistake]:
    """Yield the mistakes in a claim of a volume."""
    modes, where = texts(spec, "accessModes"), place.field("accessModes")
    if not modes:
        yield required(where, "at least 1 access mode is required")
    yield from selector_mistakes(struct(spec, "selector"), place.field("selector"))
    for mode in modes:
        if mode not in _ACCESS_MODES:
            yield unsupported(where, mode, _ACCESS_MODES)
    if "ReadWriteOncePod" in modes and len(set(modes)) > 1:
        yield forbidden(where, "may not use ReadWriteOncePod with other access modes")
    size = mapping(struct(spec, "resources") or {}, "requests").get("storage")
    there = Place(f"{place.text}.resources[storage]", (*place.keys, "resources", "requests", "storage"))
    if size is None:
        yield required(there)
    elif quantity(size) <= 0:
        yield invalid(there, canonical(size), "must be greater than zero")
    name = text(spec, "storageClassName")
    if name:
        yield from every(place.field("storageClassName"), name, names.subdomain_problems(name))
    yield from one_if_given(spec, place, "volumeMode", ("Block", "Filesystem"))
