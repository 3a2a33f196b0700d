"""A chart's archive into a registry. Answers to Helm's ``pkg/action`` ``Push`` and ``pkg/pusher``."""

from __future__ import annotations

import os

from steersman.errors import ChartError, SteerError
from steersman.registry.client import RegistryClient
from steersman.registry.places import BlobPlaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class NoPusher(SteerError):
    """A target that charts cannot be pushed to."""


def push(
    path: str, target: str, client: Callable[[], RegistryClient], blobs: BlobPlaces, say: Callable[[str], object]
) -> None:
    """Push the archive at ``path``, with the provenance file beside it, below ``target``.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.goquote import quote
    from steersman.registry import chart as charts
    from steersman.registry.model import digest_of
    from steersman.registry.reference import parse
    from steersman.sprig.urls import URLError, parse_url
    from steersman.transport.model import redacted

    try:
        url = parse_url(target)
    except URLError as error:
        raise NoPusher(f"invalid chart URL format: {redacted(target)}") from error
    if not url.scheme:
        raise NoPusher(f"scheme prefix missing from remote (e.g. {quote('oci://')})")
    if url.scheme != "oci":
        raise NoPusher(f"scheme {quote(url.scheme)} not supported")
    target = url.text()
    if not os.path.exists(path):
        raise ChartError(f"{path}: no such file")
    if os.path.isdir(path):
        raise ChartError("cannot push directory, must provide chart archive (.tgz)")
    from steersman.chart.loader import load_chart

    metadata = load_chart(path).metadata
    data = _read(path)
    prov = _read(f"{path}.prov") if os.path.exists(f"{path}.prov") else None
    base = target.removeprefix("oci://")

    def sources(digest: str) -> tuple[str, ...]:
        return blobs.others(parse(f"{base}/{metadata.name}"), digest)

    reference = charts.push(client(), target, data, metadata, say, prov=prov, created=_created(path), sources=sources)
    blobs.remember(reference, digest_of(data))


def _created(path: str) -> str:
    """Return when a file was last changed, as Go formats it: RFC 3339 in the local zone."""
    from steersman.gotime import LOCAL, RFC3339, Moment, format_moment

    return format_moment(Moment(int(os.stat(path).st_mtime) * 10**9, LOCAL), RFC3339)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ChartError(f"open {path}: {(error.strerror or str(error)).lower()}") from error
