"""Plugins in registries: the layers of their archive and provenance.

Answers to ``PullPlugin`` of Helm's registry client.
"""

from __future__ import annotations

from steersman.errors import SteerError, TransportError
from steersman.registry import model
from steersman.registry.chart import CopyError
from steersman.registry.client import RegistryClient
from steersman.registry.errors import BrokenContent, NotFound
from steersman.registry.reference import Reference, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TITLE = "org.opencontainers.image.title"
_LAYERS = tuple(f"application/vnd.oci.image.layer.v1.tar{suffix}" for suffix in ("", "+gzip"))


def pull(client: RegistryClient, url: str) -> tuple[bytes, bytes | None]:
    """Return the archive of the plugin at ``url`` and its provenance (None where there is none).

    Raises:
        SteerError: with Helm's message.
    """
    reference = parse(url)
    tree = _manifest(client, reference)
    _check_type(tree)
    name = _name(url)
    found: dict[str, model.Descriptor] = {}
    for layer in tree.get("layers") or ():
        descriptor = model.read_descriptor(layer)
        title = str((layer.get("annotations") or {}).get(_TITLE) or "") if isinstance(layer, dict) else ""
        for suffix in (".tgz", ".tgz.prov"):
            if descriptor is not None and title.startswith(f"{name}-") and title.endswith(suffix):
                found.setdefault(suffix, descriptor)
    if ".tgz" not in found:
        raise TransportError(f"required layer matching pattern {name}-VERSION.tgz not found in manifest")
    archive = _layer(client, reference, found[".tgz"], "plugin", name)
    provenance = _layer(client, reference, found[".tgz.prov"], "provenance", "") if ".tgz.prov" in found else None
    return archive, provenance


def _manifest(client: RegistryClient, reference: Reference) -> dict[str, Any]:
    from steersman.go.errors import JSONError
    from steersman.go.json import loads
    from steersman.registry.shapes import manifest_problem

    try:
        root, data = client.manifest(reference)
    except BrokenContent as error:
        raise CopyError("Successors", "source", error) from error
    except SteerError as error:
        raise CopyError("FetchReference", "source", error) from error
    if root.media_type != model.MANIFEST:
        # helm: other manifests are passed over, and then are not there (test_plugins_of_odd_manifests)
        raise TransportError(f"unable to retrieve manifest: {_absent(root)}")
    try:
        tree = loads(data.decode("utf-8", "replace"))
        problem = manifest_problem(tree)
    except JSONError as error:
        problem = str(error)
    if problem:
        raise CopyError("Successors", "source", TransportError(problem))
    return tree if isinstance(tree, dict) else {}


def _check_type(tree: dict[str, Any]) -> None:
    artifact = str(tree.get("artifactType") or "")
    config = model.read_descriptor(tree.get("config"))
    media_type = config.media_type if config is not None else ""
    if artifact and artifact != model.PLUGIN_ARTIFACT:
        raise TransportError(f"expected artifact type {model.PLUGIN_ARTIFACT}, got {artifact}")
    if not artifact and media_type != model.PLUGIN_ARTIFACT:
        raise TransportError(
            f"expected config media type {model.PLUGIN_ARTIFACT} for legacy compatibility, got {media_type}"
        )


def _name(url: str) -> str:
    """Return what the titles of the layers begin with."""
    last = url.rpartition("/")[2]
    # helm: with a digest the tag stays in the name, so that nothing is found (test_plugins_of_odd_manifests)
    return last.rpartition("@" if "@" in last else ":")[0] or last


def _layer(client: RegistryClient, reference: Reference, layer: model.Descriptor, what: str, shown: str) -> bytes:
    if layer.media_type not in _LAYERS:
        raise TransportError(f"unable to retrieve {what} data with digest {layer.digest}: {_absent(layer)}")
    try:
        return client.blob(reference, layer, shown)
    except BrokenContent as error:
        raise CopyError("Push", "destination", error) from error
    except SteerError as error:
        raise CopyError("Fetch", "source", error) from error


def _absent(descriptor: model.Descriptor) -> NotFound:
    return NotFound(f"{descriptor.digest}: {descriptor.media_type}")
