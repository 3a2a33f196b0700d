"""Plugins in registries: the layers of their archive and provenance.

Answers to ``PullPlugin`` of Helm's registry client.
"""

from __future__ import annotations

from steersman.errors import SteerError, TransportError
from steersman.registry import model
from steersman.registry.chart import CopyError
from steersman.registry.client import RegistryClient
from steersman.registry.reference import parse

_TITLE = "org.opencontainers.image.title"


def pull(client: RegistryClient, url: str, name: str) -> tuple[bytes, bytes]:
    """Return the archive of the plugin called ``name`` and its provenance (``b""`` where there is none).

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.gojson import loads

    reference = parse(url)
    try:
        _, data = client.manifest(reference)
    except SteerError as error:
        raise CopyError("FetchReference", "source", error) from error
    tree = loads(data.decode("utf-8", "replace"))
    tree = tree if isinstance(tree, dict) else {}
    artifact = str(tree.get("artifactType") or "")
    config = model.read_descriptor(tree.get("config"))
    media_type = config.media_type if config is not None else ""
    if artifact and artifact != model.PLUGIN_ARTIFACT:
        raise TransportError(f"expected artifact type {model.PLUGIN_ARTIFACT}, got {artifact}")
    if not artifact and media_type != model.PLUGIN_ARTIFACT:
        raise TransportError(
            f"expected config media type {model.PLUGIN_ARTIFACT} for legacy compatibility, got {media_type}"
        )
    found: dict[str, model.Descriptor] = {}
    for layer in tree.get("layers") or ():
        descriptor = model.read_descriptor(layer)
        title = str((layer.get("annotations") or {}).get(_TITLE) or "") if isinstance(layer, dict) else ""
        for suffix in (".tgz", ".tgz.prov"):
            if descriptor is not None and title.startswith(f"{name}-") and title.endswith(suffix):
                found.setdefault(suffix, descriptor)
    if ".tgz" not in found:
        raise TransportError(f"required layer matching pattern {name}-VERSION.tgz not found in manifest")
    archive = client.blob(reference, found[".tgz"], name)
    return archive, client.blob(reference, found[".tgz.prov"]) if ".tgz.prov" in found else b""
