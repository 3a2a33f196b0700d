"""Charts on this disk and their provenance. Answers to ``VerifyChart`` of Helm's downloader."""

from __future__ import annotations

import os

from steersman.chart.errors import NoSuchChart
from steersman.errors import ChartError
from steersman.go.errno import errno_text
from steersman.provenance.verify import Verification, verify


def verify_file(path: str, provenance: str, keyring: str) -> Verification:
    """Return who signed the archive at ``path``, by the provenance file at ``provenance``.

    Raises:
        ChartError: with Helm's message.
    """
    try:
        os.stat(path)
    except FileNotFoundError as error:
        raise NoSuchChart(f"stat {path}: {errno_text(error)}", path) from error
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


def _read(path: str, what: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ChartError(f"failed to read {what}: open {path}: {errno_text(error)}") from error
