"""``package``: a chart's folder to an archive. Answers to ``Package`` of Helm's ``pkg/action``."""

from __future__ import annotations

import os

from steersman.action.chart_source import missing_dependencies
from steersman.chart.loader import load_folder
from steersman.chart.save import save_archive
from steersman.errors import ChartError, SteerError
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def package(path: str, destination: str, *, version: str = "", app_version: str = "", time: float | None = None) -> str:
    """Write the archive of the chart in the folder ``path`` and return where it is.

    Args:
        path: the chart's folder.
        destination: where the archive goes.
        version, app_version: over those in Chart.yaml.
        time: seconds since the epoch for everything in the archive (``SOURCE_DATE_EPOCH``).

    Raises:
        ChartError: with Helm's message.
    """
    chart = load_folder(path, detects=True)
    if chart.metadata.api_version == "v3":
        raise ChartError("invalid chart apiVersion")
    metadata = chart.metadata
    if version:
        metadata = replace(metadata, version=version)
    if app_version:
        metadata = replace(metadata, app_version=app_version)
    _check_version(metadata.version)
    chart = replace(chart, metadata=metadata)
    missing = missing_dependencies(chart)
    if missing:
        raise ChartError(missing)
    folder = os.getcwd() if destination == "." else destination
    try:
        return save_archive(chart, folder, time=time)
    except SteerError as error:
        raise ChartError(f"failed to save: {error}") from error


def sign(path: str, keyring: str, key: str, ask: Callable[[str, bool], str]) -> None:
    """Write the provenance file of the archive at ``path`` next to it.

    Args:
        path: the archive.
        keyring: path of a keyring with secret keys.
        key: a user id of the key that signs, or a part of one.
        ask: is asked for the passphrase of the key with a user id, and told whether it is locked.

    Raises:
        ChartError: with Helm's message.
    """
    from steersman.chart.decode import metadata_dict
    from steersman.chart.loader import load_chart
    from steersman.provenance.keyring import find_signer, load_keyring
    from steersman.provenance.sign import Signer
    from steersman.runtime.files import write_aside
    from steersman.yamlio import dump

    signer = Signer(find_signer(load_keyring(keyring), key), ask)
    metadata = dump(metadata_dict(load_chart(path).metadata)).encode("utf-8", "surrogateescape")
    with open(path, "rb") as file:
        data = file.read()
    write_aside(f"{path}.prov", signer.clear_sign(data, os.path.basename(path), metadata))


def _check_version(text: str) -> None:
    from steersman.semver import Version

    try:
        Version.parse(text)
    except ValueError as error:
        raise ChartError(str(error)) from error
