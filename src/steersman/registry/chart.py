"""Charts as they stand in a registry: pushing, pulling, choosing a tag.

Answers to ``Client`` of Helm's ``pkg/registry``.
"""

from __future__ import annotations

from steersman.errors import ChartError, SteerError, TransportError
from steersman.record import Record
from steersman.registry import model
from steersman.registry.client import RegistryClient, at_digest
from steersman.registry.errors import BrokenContent, NotFound
from steersman.registry.model import Descriptor, describe
from steersman.registry.reference import SCHEME, InvalidReference, Reference, check_digest, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.chart.model import Metadata

    Say = Callable[[str], object]

UNDERSCORE = """
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
"""
_INDEXES = (model.INDEX, model.DOCKER_MANIFEST_LIST)


class Pulled(Record):
    """The result of a pull: the manifest's digest, and the chart's archive and provenance (``b""``: not there)."""

    reference: Reference
    digest: str
    chart: bytes = b""
    prov: bytes = b""


class CopyError(SteerError):
    """A step of a copy from or to a registry that failed; the text is oras-go's."""

    def __init__(self, step: str, side: str, error: SteerError) -> None:
        from steersman.go.quote import quote

        super().__init__(f"failed to perform {quote(step)} on {side}: {error}")


def tags(client: RegistryClient, reference: Reference) -> list[str]:
    """Return the versions that a repository's tags are, newest first; other tags are left out.

    Raises:
        SteerError: with the registry's answer.
    """
    from steersman.semver import Version

    found = []
    for tag in client.tags(reference):
        try:
            found.append(Version.parse_strict(tag.replace("_", "+")))
        except ValueError:
            continue
    return [str(version) for version in sorted(found, reverse=True)]


def matching_tag(tags: list[str], version: str) -> str:
    """Return the tag that ``version`` (exact, a range, or ``""``) means.

    Raises:
        ChartError: with Helm's message.
    """
    from steersman.semver import Constraints, Version

    if version and version in tags:
        return version
    try:
        constraint = Constraints.parse(version or "*")
    except ValueError as error:
        raise ChartError(str(error)) from error
    for tag in tags:
        try:
            if constraint.check(Version.parse(tag)):
                return tag
        except ValueError:
            continue
    raise ChartError(f"could not locate a version matching provided version string {version}")


def choose(client: RegistryClient, chart_ref: str, version: str) -> str:
    """Return the URL of the chart that ``chart_ref`` at ``version`` means: with a tag or a digest.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.go.url import URLError, parse_url

    try:
        url = parse_url(chart_ref)
    except URLError as error:
        raise ChartError(f"invalid chart URL format: {chart_ref}") from error
    # helm: a tag that contradicts the version is reported before a bad digest (test_references_with_a_version)
    reference = parse(url.host + url.path, checks_digest=False)
    user = f"{url.userinfo_text()}@" if url.user is not None else ""
    name = f"{SCHEME}{user}{reference.registry}/{reference.repository}"
    rest = (f"?{url.query}" if url.query else "") + (f"#{url.fragment}" if url.fragment else "")
    if not version:
        version = reference.tag
    elif reference.tag and reference.tag != version:
        raise ChartError(f"chart reference and version mismatch: {version} is not {reference.tag}")
    if reference.digest:
        check_digest(reference.digest)
        if version:
            _check_digest(client, f"{name}:{version}", reference.digest)
            return f"{name}@{reference.digest}{rest}"
        return f"{SCHEME}{user}{url.host}{url.path}{rest}"
    from steersman.semver import Version

    try:
        Version.parse(version)
    except ValueError:
        found = tags(client, parse(chart_ref, plus=False))
        if not found:
            raise ChartError(f"unable to locate any tags in provided repository: {chart_ref}") from None
        version = matching_tag(found, version)
    return f"{name}:{version}{rest}"


def _check_digest(client: RegistryClient, tagged: str, digest: str) -> None:
    try:
        found = client.resolve(parse(tagged)).digest
    except SteerError:
        return  # helm: an unknown tag is not compared with the digest (test_a_digest_and_a_version)
    if found != digest:
        raise ChartError(f"chart reference digest mismatch: {found} is not {digest}")


def file_name(url: str) -> str:
    """Return the name of the archive of the chart at an ``oci://`` URL that has a tag or digest."""
    name, _colon, tag = url.rpartition("/")[2].rpartition(":")
    return f"{name}-{tag}.tgz"


def pull(
    client: RegistryClient,
    url: str,
    say: Say,
    *,
    chart: bool = True,
    prov: bool = False,
    cached: Callable[[str], bytes | None] | None = None,
) -> Pulled:
    """Fetch the chart at ``url``, its provenance, or both.

    Args:
        client: the registry.
        url: with a tag or a digest.
        say: is told what was pulled, in Helm's words.
        chart, prov: which layers are wanted.
        cached: the bytes of an archive by their SHA-256, where they are here already.

    Raises:
        SteerError: with Helm's message.
    """
    reference = parse(url)
    if not reference.reference:
        raise CopyError("FetchReference", "source", InvalidReference(""))
    try:
        root, data = client.manifest(reference)
    except BrokenContent as error:
        raise CopyError("Successors", "source", error) from error
    except SteerError as error:
        raise CopyError("FetchReference", "source", error) from error
    wanted = {model.CONFIG}
    if chart:
        wanted |= {model.CHART_LAYER, model.LEGACY_CHART_LAYER}
    if prov:
        wanted.add(model.PROV_LAYER)
    manifests = _members(client, reference, data) if root.media_type in _INDEXES else [data]
    if root.media_type not in model.MANIFEST_TYPES:
        manifests = []  # helm: blobs with another media type are ignored (test_odd_manifests)
    found: dict[str, Descriptor] = {}
    for one in (d for manifest in manifests for d in _descriptors(manifest) if d.media_type in wanted):
        found.setdefault(one.media_type, one)
    is_known = root.media_type in (model.MANIFEST, model.INDEX)
    count = len(found) + (len(manifests) if is_known else 0) + (root.media_type in _INDEXES)
    least = 1 + chart + prov
    if count < least:
        raise TransportError(
            f"manifest does not contain minimum number of descriptors ({least}), descriptors found: {count}"
        )
    if model.CONFIG not in found:
        raise TransportError(f"could not load config with mediatype {model.CONFIG}")
    layer = found.get(model.LEGACY_CHART_LAYER) or found.get(model.CHART_LAYER)
    if model.LEGACY_CHART_LAYER in found:
        say(f"Warning: chart media type {model.LEGACY_CHART_LAYER} is deprecated\n")
    if chart and layer is None:
        raise TransportError(f"manifest does not contain a layer with mediatype {model.CHART_LAYER}")
    if prov and model.PROV_LAYER not in found:
        raise TransportError(f"manifest does not contain a layer with mediatype {model.PROV_LAYER}")
    archive = _layer(client, reference, layer, cached) if chart and layer is not None else b""
    provenance = _layer(client, reference, found[model.PROV_LAYER], None) if prov else b""
    say(f"Pulled: {reference}\nDigest: {root.digest}\n")
    if "_" in str(reference):
        say(f"{reference} contains an underscore.\n{UNDERSCORE}")
    return Pulled(reference, root.digest, archive, provenance)


def _layer(
    client: RegistryClient,
    reference: Reference,
    layer: Descriptor,
    cached: Callable[[str], bytes | None] | None,
) -> bytes:
    known = cached(layer.digest.removeprefix("sha256:")) if cached is not None else None
    if known is not None:
        return known
    try:
        return client.blob(reference, layer, reference.repository.rpartition("/")[2])
    except BrokenContent as error:
        raise CopyError("Push", "destination", error) from error
    except SteerError as error:
        raise CopyError("Fetch", "source", error) from error


def _members(client: RegistryClient, reference: Reference, data: bytes) -> list[bytes]:
    """Return the manifests that an index lists."""
    out = []
    from steersman.registry.shapes import index_problem

    tree = _tree(data)
    problem = index_problem(tree)
    if problem:
        raise CopyError("Successors", "source", TransportError(problem))
    listed = tree.get("manifests") if isinstance(tree, dict) else None
    for member in listed if isinstance(listed, list) else ():
        descriptor = model.read_descriptor(member)
        if descriptor is not None and descriptor.media_type == model.MANIFEST:
            try:
                member = client.manifest(reference, descriptor.digest)[1]
                _check_size(client, reference, descriptor, member)
            except SteerError as error:
                raise CopyError("FindSuccessors", "source", error) from error
            out.append(member)
    return out


def _check_size(client: RegistryClient, reference: Reference, descriptor: Descriptor, data: bytes) -> None:
    if len(data) != descriptor.size:
        from steersman.go.quote import quote

        url = client.manifest_url(reference, descriptor.digest)
        raise TransportError(f"GET {quote(url)}: mismatch Content-Length")


def _descriptors(data: bytes) -> list[Descriptor]:
    from steersman.registry.shapes import manifest_problem

    tree = _tree(data)
    problem = manifest_problem(tree)
    if problem:
        raise CopyError("Successors", "source", TransportError(problem))
    tree = tree or {}
    layers = tree.get("layers")
    listed = [tree.get("config"), *(layers if isinstance(layers, list) else ())]
    return [d for item in listed if (d := model.read_descriptor(item)) is not None]


def _tree(data: bytes) -> Any:
    from steersman.go.errors import JSONError
    from steersman.go.json import loads

    try:
        tree = loads(data.decode("utf-8", "replace"))
    except JSONError as error:
        raise CopyError("Successors", "source", TransportError(str(error))) from error
    return tree


def push(
    client: RegistryClient,
    target: str,
    archive: bytes,
    metadata: Metadata,
    say: Say,
    *,
    prov: bytes | None = None,
    created: str,
    sources: Callable[[str], tuple[str, ...]] | None = None,
) -> tuple[Reference, str]:
    """Store a chart's archive, and its provenance, below ``target``; return its reference and its manifest's digest.

    Args:
        client: the registry.
        target: ``oci://host/path``; the chart's name and version are added.
        archive: the chart's bytes, of which ``metadata`` is Chart.yaml.
        metadata: what the config blob and the annotations say.
        say: is told what was pushed, in Helm's words.
        prov: the provenance file.
        created: when the archive was made (RFC 3339).
        sources: a blob's digest to repositories of this registry that may have it.

    Raises:
        SteerError: with Helm's message.
    """
    from posixpath import normpath

    below = normpath(f"{target.removeprefix(SCHEME)}/{metadata.name}")
    reference = parse(f"{below}:{metadata.version}")
    config = model.config_json(metadata)
    blobs = [(model.CONFIG, config), (model.CHART_LAYER, archive)]
    if prov is not None:
        blobs.append((model.PROV_LAYER, prov))
    described = [describe(media_type, data) for media_type, data in blobs]
    manifest = model.manifest_json(described[0], described[1:], model.annotations_of(metadata, created))
    if not _exists(client, at_digest(reference, model.digest_of(manifest))):
        for (_, data), descriptor in zip(blobs, described):
            _put(client, reference, data, descriptor, sources)
    try:
        client.put_manifest(reference, model.MANIFEST, manifest)
    except SteerError as error:
        raise CopyError("Push", "destination", error) from error
    digest = model.digest_of(manifest)
    say(f"Pushed: {reference}\nDigest: {digest}\n")
    if "_" in reference.tag:
        say(f"{reference} contains an underscore.\n{UNDERSCORE}")
    return reference, digest


def _exists(client: RegistryClient, reference: Reference) -> bool:
    try:
        client.resolve(reference, "push")  # one token serves the whole push
    except NotFound:
        return False
    except SteerError as error:
        raise CopyError("Exists", "destination", error) from error
    return True


def _put(
    client: RegistryClient,
    reference: Reference,
    data: bytes,
    descriptor: Descriptor,
    sources: Callable[[str], tuple[str, ...]] | None,
) -> None:
    try:
        is_there = client.has_blob(reference, descriptor.digest)
    except SteerError as error:
        raise CopyError("Exists", "destination", error) from error
    if is_there:
        return
    others = sources(descriptor.digest) if sources is not None else ()
    try:
        client.put_blob(reference, data, others, reference.repository.rpartition("/")[2])
    except SteerError as error:
        raise CopyError("Push", "destination", error) from error
