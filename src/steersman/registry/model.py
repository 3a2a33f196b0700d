"""The data model of registries: descriptors, Helm's media types, and a chart's manifest and annotations.

Everything that decides a manifest's digest is here. Answers to ``chart.go`` and ``constants.go`` of Helm's
``pkg/registry``.
"""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Metadata

CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
PROV_LAYER = "application/vnd.cncf.helm.chart.provenance.v1.prov"
LEGACY_CHART_LAYER = "application/tar+gzip"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
ARTIFACT_MANIFEST = "application/vnd.oci.artifact.manifest.v1+json"
PLUGIN_ARTIFACT = "application/vnd.helm.plugin.v1+json"
MANIFEST_TYPES = (DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, MANIFEST, INDEX, ARTIFACT_MANIFEST)

_TITLE = "org.opencontainers.image.title"
_VERSION = "org.opencontainers.image.version"
# a chart's own annotations do not replace these two
_IMMUTABLE = (_TITLE, _VERSION)


class Descriptor(Record):
    """The descriptor of a blob or manifest: media type, digest (``sha256:…``), size in bytes."""

    media_type: str
    digest: str
    size: int

    def to_dict(self) -> dict[str, Any]:
        """Return the descriptor in the order of Go's struct."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


def describe(media_type: str, data: bytes) -> Descriptor:
    """Return the descriptor of ``data``."""
    return Descriptor(media_type, digest_of(data), len(data))


def digest_of(data: bytes, like: str = "sha256:") -> str:
    """Return the digest of ``data``, with its algorithm: that of the digest ``like``, where it is one that is known."""
    import hashlib

    algorithm = like.partition(":")[0]
    algorithm = algorithm if algorithm in ("sha256", "sha384", "sha512") else "sha256"
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def read_descriptor(tree: Any) -> Descriptor | None:
    """Return the descriptor that a manifest has at some place, or None where it is none."""
    if not isinstance(tree, dict):
        return None
    media_type, digest, size = tree.get("mediaType"), tree.get("digest"), tree.get("size")
    is_one = isinstance(media_type, str) and isinstance(digest, str) and isinstance(size, int | float)
    return Descriptor(str(media_type), str(digest), int(size or 0)) if is_one else None


def config_json(metadata: Metadata) -> bytes:
    """Return the config blob: Chart.yaml as Go's JSON."""
    from steersman.chart.decode import metadata_dict
    from steersman.go.json import dumps, quote

    tree = metadata_dict(metadata)
    pairs = []
    for key, value in tree.items():
        if key in ("maintainers", "dependencies"):
            text = "[" + ",".join(_struct(item) for item in value) + "]"
        else:
            text = dumps(value)
        pairs.append(f"{quote(key)}:{text}")
    return ("{" + ",".join(pairs) + "}").encode("utf-8", "surrogateescape")


def _struct(tree: dict[str, Any]) -> str:
    """Return the JSON of a Go struct: its fields in their order, what is inside sorted."""
    from steersman.go.json import dumps, quote

    return "{" + ",".join(f"{quote(key)}:{dumps(value)}" for key, value in tree.items()) + "}"


def manifest_json(config: Descriptor, layers: list[Descriptor], annotations: dict[str, str]) -> bytes:
    """Return the manifest of a chart; the layers stand in the order of their digests."""
    from steersman.go.json import dumps

    ordered = sorted(layers, key=lambda layer: layer.digest)
    text = f'{{"schemaVersion":2,"config":{_struct(config.to_dict())},"layers":['
    text += ",".join(_struct(layer.to_dict()) for layer in ordered) + "]"
    if annotations:
        text += f',"annotations":{dumps(annotations)}'
    return (text + "}").encode("utf-8", "surrogateescape")


def annotations_of(metadata: Metadata, created: str) -> dict[str, str]:
    """Return the manifest's annotations for a chart whose archive was made at ``created`` (RFC 3339)."""
    image = "org.opencontainers.image."
    found = {
        f"{image}description": metadata.description,
        _TITLE: metadata.name,
        _VERSION: metadata.version,
        f"{image}url": metadata.home,
        f"{image}created": created,
        f"{image}source": metadata.sources[0] if metadata.sources else "",
        f"{image}authors": _authors(metadata),
    }
    out = {key: value for key, value in found.items() if value.strip()}
    for key, value in (metadata.annotations or {}).items():
        if key not in _IMMUTABLE:
            out[key] = value
    return out


def _authors(metadata: Metadata) -> str:
    shown = [m.name + (f" ({m.email})" if m.email else "") for m in metadata.maintainers if m is not None]
    return ", ".join(shown)
