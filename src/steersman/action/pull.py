"""``pull``: a chart from a repository or registry into a folder."""

from __future__ import annotations

import os

from steersman.action.verify import verify_data
from steersman.download.bring import NoProvenance, bring, fetch_provenance, file_name
from steersman.errors import ChartError
from steersman.go.errno import errno_text, random_suffix
from steersman.record import Record
from steersman.runtime.files import write_aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.download.locate import Sources
    from steersman.download.resolve import Found
    from steersman.provenance.verify import Verification


class PullOptions(Record):
    """Options of ``pull``.

    Attributes:
        destination: the folder for the archive.
        untar: unpack the chart into the folder ``untardir`` there.
        prov: write the provenance too, where there is one.
        verify: check the provenance with ``keyring``.
    """

    destination: str = "."
    untar: bool = False
    untardir: str = "."
    prov: bool = False
    verify: bool = False
    keyring: str = ""


class PulledChart(Record):
    """A chart that was written: its place and its archive.

    Attributes:
        verification: who signed it, where that was asked.
        missing_provenance: why there is none, where it was asked for and need not be there.
    """

    path: str
    data: bytes
    verification: Verification | None = None
    missing_provenance: NoProvenance | None = None


def pull(sources: Sources, found: Found, chart_ref: str, options: PullOptions) -> PulledChart:
    """Write the archive at ``found``, or what is in it, below a folder.

    Args:
        sources: the places that charts come from.
        found: the archive, as ``locate`` gives it.
        chart_ref: how the user called the chart.
        options: where to, and what is checked.

    Raises:
        SteerError: with Helm's message.
    """
    data = bring(sources, found)
    name = file_name(found)
    provenance = b""
    verification, missing = None, None
    if options.verify or options.prov:
        try:
            provenance = fetch_provenance(sources, found, data)
        except NoProvenance as error:
            if options.verify:
                raise
            missing = error
        if options.verify:
            verification = verify_data(data, provenance, name, options.keyring)
    if options.untar:
        path = unpack(data, options.destination, options.untardir, chart_ref)
    else:
        path = os.path.join(options.destination, name)
        _write(path, data)
        if provenance:
            _write(f"{path}.prov", provenance)
    return PulledChart(path, data, verification, missing)


def _write(path: str, data: bytes) -> None:
    # helm: folders are made for what is unpacked only, and the name in errors is that of a file written aside
    # (test_pull_makes_no_folder)
    number = random_suffix()
    if os.path.isdir(path):
        from tempfile import gettempdir

        path = os.path.normpath(path)
        aside = f"{path if os.path.dirname(path) else os.path.join(gettempdir(), path)}{number}"
        raise ChartError(f"link error: cannot rename {aside} to {path}: rename {aside} {path}: file exists")
    try:
        os.stat(os.path.join(os.path.dirname(path), "."))
        write_aside(path, data, is_exact=True)
    except OSError as error:
        raise ChartError(f"open {path}{number}: {errno_text(error)}") from error


def unpack(data: bytes, folder: str, below: str, chart_ref: str) -> str:
    """Unpack an archive below ``folder``, under the name its chart has, and return where.

    Raises:
        ChartError: with Helm's message, and for names that leave the folder.
    """
    from io import BytesIO

    from steersman.chart.archive import read_stream
    from steersman.chart.unpack import chart_name, make_folder
    from steersman.chart.unpack import unpack as write_files

    target = below if os.path.isabs(below) else os.path.join(folder, below)
    target = os.path.normpath(target)
    name = chart_ref.rstrip("/").rpartition("/")[2]
    check = name if target == "." else os.path.join(target, name)
    if os.path.exists(check):
        raise ChartError(f"failed to untar: a file or directory with the name {check} already exists")
    files = read_stream(BytesIO(data))
    target = os.path.join(target, chart_name(files))
    make_folder(check, "failed to untar (mkdir): ")
    write_files(files, target)
    return target
