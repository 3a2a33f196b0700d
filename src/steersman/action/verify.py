"""Charts and their provenance, here or where they come from. Answers to ``VerifyChart`` of Helm's downloader."""

from __future__ import annotations

import os

from steersman.errors import ChartError, SteerError
from steersman.go.errno import errno_text
from steersman.provenance.verify import Verification, verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.pull import Sources
    from steersman.download.resolve import Found


class NoProvenance(ChartError):
    """An archive without provenance; ``cause`` is why there is none."""

    def __init__(self, url: str, cause: SteerError) -> None:
        from steersman.go.quote import quote

        super().__init__(f"failed to fetch provenance {quote(url)}")
        self.cause = cause


def verify_file(path: str, provenance: str, keyring: str) -> Verification:
    """Return who signed the archive at ``path``, by the provenance file at ``provenance``.

    Raises:
        ChartError: with Helm's message.
    """
    try:
        os.stat(path)
    except OSError as error:
        raise ChartError(f"stat {path}: {errno_text(error)}") from error
    if os.path.isdir(path):
        raise ChartError("unpacked charts cannot be verified")
    _check_name(path)
    try:
        os.stat(provenance)
    except OSError as error:
        reason = f"stat {provenance}: {errno_text(error)}"
        raise ChartError(f"could not load provenance file {provenance}: {reason}") from error
    return verify(_read(path, "chart archive"), _read(provenance, "provenance file"), os.path.basename(path), keyring)


def verify_data(archive: bytes, provenance: bytes, name: str, keyring: str) -> Verification:
    """Return who signed an archive called ``name``.

    Raises:
        ChartError: with Helm's message.
    """
    _check_name(name)
    return verify(archive, provenance, name, keyring)


def _check_name(name: str) -> None:
    if os.path.splitext(name)[1].lower() != ".tgz":
        raise ChartError("chart must be a tgz file")


def fetch_provenance(sources: Sources, found: Found, archive: bytes, *, is_kept: bool = False) -> bytes:
    """Return the provenance of the archive at ``found``, from the cache where it is there.

    It comes from the cache, and stays there, where ``is_kept``; or where the index says the archive's digest.

    Raises:
        NoProvenance: with Helm's message.
    """
    from hashlib import sha256

    digest = sha256(archive).hexdigest()
    # helm: only what goes into the cache itself looks there for any archive (test_provenances_of_the_cache)
    known = sources.cache.provenance(digest) if found.digest or is_kept else None
    if known is not None and (is_kept or not found.url.startswith("oci://")):
        return known
    url = f"{found.url}.prov"
    try:
        data = _fetch(sources, found, url)
    except SteerError as error:
        raise NoProvenance(url, error) from error
    if is_kept:
        sources.cache.keep_provenance(digest, data)
    return data


def _fetch(sources: Sources, found: Found, url: str) -> bytes:
    if found.url.startswith("oci://"):
        from steersman.action.pull import say_of
        from steersman.registry.chart import pull

        return pull(sources.registry(), found.url, say_of(sources, found), chart=False, prov=True).prov
    return sources.places.getters.get(url, found.access)


def _read(path: str, what: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ChartError(f"failed to read {what}: open {path}: {errno_text(error)}") from error
