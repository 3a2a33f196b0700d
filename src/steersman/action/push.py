"""A chart's archive into a registry. Answers to Helm's ``pkg/action`` ``Push`` and ``pkg/pusher``."""

from __future__ import annotations

import os
import stat

from steersman.chart.errors import NoSuchChart
from steersman.errors import ChartError, SteerError
from steersman.go.errno import errno_text, path_error
from steersman.record import Record
from steersman.registry.client import RegistryClient
from steersman.registry.places import BlobPlaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Pushed(Record):
    """A chart in a registry: its reference without a scheme, and the digest of its manifest."""

    reference: str
    digest: str


class NoPusher(SteerError):
    """A target that charts cannot be pushed to."""


def push(
    path: str, target: str, client: Callable[[], RegistryClient], blobs: BlobPlaces, say: Callable[[str], object]
) -> Pushed:
    """Push the archive at ``path``, with the provenance file next to it, below ``target``.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.go.quote import quote
    from steersman.go.url import URLError, parse_url
    from steersman.registry import chart as charts
    from steersman.registry.model import digest_of
    from steersman.registry.reference import parse
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
    try:
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)
    except FileNotFoundError as error:
        raise NoSuchChart(f"{path}: no such file", path) from error
    except OSError as error:
        raise ChartError(path_error("stat", path, error)) from error
    if is_folder:
        raise ChartError("cannot push directory, must provide chart archive (.tgz)")
    from steersman.chart.loader import load_chart

    metadata = load_chart(path).metadata
    data = _read(path)
    prov = _read(f"{path}.prov") if os.path.exists(f"{path}.prov") else None
    base = target.removeprefix("oci://")

    def sources(digest: str) -> tuple[str, ...]:
        return blobs.others(parse(f"{base}/{metadata.name}"), digest)

    reference, digest = charts.push(
        client(), target, data, metadata, say, prov=prov, created=_created(path), sources=sources
    )
    blobs.remember(reference, digest_of(data))
    return Pushed(str(reference), digest)


def _created(path: str) -> str:
    """Return when a file was last changed, as Go formats it: RFC 3339 in the local zone."""
    from steersman.go.time.layout import RFC3339, format_moment
    from steersman.go.time.moment import LOCAL, Moment

    return format_moment(Moment(int(os.stat(path).st_mtime) * 10**9, LOCAL), RFC3339)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ChartError(f"open {path}: {errno_text(error)}") from error
