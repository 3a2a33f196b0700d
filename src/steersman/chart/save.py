"""A chart back to disk: as a folder, or as a reproducible archive. Answers to ``save.go`` of Helm's chart utilities."""

from __future__ import annotations

import os

from steersman import errors
from steersman.chart import decode
from steersman.chart.create import fill_folder, write_member
from steersman.chart.validate import validated
from steersman.go.errno import not_written, path_error
from steersman.record import replace
from steersman.runtime.files import make_folders
from steersman.runtime.system import replace_file
from steersman.sprig.paths import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tarfile import TarInfo
    from typing import Any

    from steersman.chart.model import Chart, ChartFile, Lock

# the extra field of the gzip header that Helm marks its archives with
GZIP_EXTRA = b"rr(\0aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo="
GZIP_COMMENT = b"Helm"
_LAST_SECOND = 253_402_300_799  # of the year 9999
_TAR_END = b"\0" * 1024


def metadata_yaml(chart: Chart) -> bytes:
    """Return Chart.yaml as Helm writes it."""
    from steersman.yamlio import dump

    tree: dict[str, Any] = decode.metadata_dict(chart.metadata)
    if chart.metadata.api_version == "v1":
        tree.pop("dependencies", None)  # helm: version 1 keeps them in requirements.yaml
    return dump(tree).encode("utf-8", "surrogateescape")


def lock_yaml(chart: Chart) -> bytes:
    """Return Chart.lock as Helm writes it."""
    from steersman.yamlio import dump

    assert chart.lock is not None
    return dump(decode.lock_dict(chart.lock)).encode()


def archive_name(chart: Chart) -> str:
    """Return the file name of the chart's archive."""
    return f"{chart.name}-{chart.metadata.version}.tgz"


def save_folder(chart: Chart, folder: str) -> str:
    """Write the chart below ``folder`` and return its path.

    Raises:
        ChartError: when there is a folder of that name.
    """
    target = os.path.join(folder, chart.name)
    if os.path.exists(target):
        raise errors.ChartError(f"file {target!r} already exists".replace("'", '"'))

    def fill(place: str) -> None:
        for below, data, _ in _members(chart, 0.0, archive=False):
            write_member(target, place, below, data)
        for child in chart.dependencies:
            save_archive(child, os.path.join(place, "charts"))

    fill_folder(target, fill)
    return target


def save_archive(chart: Chart, folder: str, *, time: float | None = None) -> str:
    """Write the chart's archive into ``folder`` and return its path.

    Args:
        chart: the chart.
        folder: where to; made if need be.
        time: seconds since the epoch for every member (``SOURCE_DATE_EPOCH``); by default each file's own.

    Raises:
        ChartError: for charts that are not legal, and where the archive cannot be written.
    """
    try:
        validated(chart.metadata)
    except errors.SteerError as error:
        raise errors.ChartError(f"chart validation: {error}") from error
    path = os.path.join(folder, archive_name(chart))
    folder, path = clean(folder), clean(path)
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise errors.ChartError(f"is not a directory: {folder}")
    try:
        os.stat(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise errors.ChartError(f"stat {folder}: {path_error('stat', folder, error)}") from error
    try:
        make_folders(os.path.dirname(path) or ".")
    except OSError as error:
        raise errors.ChartError(path_error("mkdir", str(error.filename), error)) from error
    partial = f"{path}.{os.getpid()}.part"
    try:
        with open(partial, "wb") as file:
            file.write(archive_bytes(chart, time=time))
        replace_file(partial, path)
    except OSError as error:
        raise errors.ChartError(not_written(path, error)) from error
    finally:
        if os.path.exists(partial):
            os.unlink(partial)
    return path


def archive_bytes(chart: Chart, *, time: float | None = None) -> bytes:
    """Return the chart's archive: the same chart and time give the same bytes."""
    from steersman.chart.tar import load_tarfile

    load_tarfile()
    import tarfile
    from io import BytesIO
    from time import time as now

    stamp = now() if time is None else time
    plain = BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for below, data, modified in _archive_members(chart, "", stamp, fixed=time is not None):
            member = _member(below)
            member.size = len(data)
            member.mode = 0o644
            member.mtime = int(modified)
            archive.addfile(member, BytesIO(data))
        end = archive.offset
    return _gzip(plain.getvalue()[:end] + _TAR_END)


def _member(name: str) -> TarInfo:
    """Return a member whose header says of devices what Go's says: Python's versions differ in that."""
    from struct import pack_into
    from tarfile import BLOCKSIZE, TarInfo

    class Member(TarInfo):
        def tobuf(self, *arguments: Any, **options: Any) -> bytes:
            blocks = bytearray(super().tobuf(*arguments, **options))
            for at in {0, len(blocks) - BLOCKSIZE}:
                blocks[at + 329 : at + 345] = b"0000000\0" * 2
                blocks[at + 148 : at + 156] = b" " * 8
                pack_into("8s", blocks, at + 148, b"%06o\0 " % sum(blocks[at : at + BLOCKSIZE]))
            return bytes(blocks)

    return Member(name)


def _gzip(data: bytes) -> bytes:
    import zlib
    from struct import pack

    flags = 4 | 16  # extra field, comment
    header = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0" + b"\0\xff"
    header += pack("<H", len(GZIP_EXTRA)) + GZIP_EXTRA + GZIP_COMMENT + b"\0"
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    return header + body + pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def _members(chart: Chart, stamp: float, *, archive: bool) -> list[tuple[str, bytes, float]]:
    """Return the chart's own files: path below the chart, bytes, time."""
    # helm: what is written anew keeps the time of what was read (test_times_in_archives)
    times = {file.name: _time(file, stamp) for file in chart.raw}
    out: list[tuple[str, bytes, float]] = [("Chart.yaml", metadata_yaml(chart), times.get("Chart.yaml", stamp))]
    if chart.metadata.api_version == "v2" and chart.lock is not None and archive:
        out.append(("Chart.lock", lock_yaml(chart), _generated(chart.lock, stamp)))
    for file in chart.raw:
        if file.name == "values.yaml":
            out.append(("values.yaml", file.data, _time(file, stamp)))
    if chart.schema is not None:
        out.append(("values.schema.json", chart.schema, times.get("values.schema.json", stamp)))
    for file in (*chart.templates, *chart.files):
        out.append((file.name, file.data, _time(file, stamp)))
    return out


def _time(file: ChartFile, stamp: float) -> float:
    return stamp if file.mod_time is None else file.mod_time


def _generated(lock: Lock, stamp: float) -> float:
    """Return when a lock says that it was written."""
    from steersman.go.time.layout import RFC3339
    from steersman.go.time.read import parse_moment

    try:
        return max(parse_moment(RFC3339, lock.generated).nanoseconds / 1e9, 0.0)
    except (ValueError, OverflowError):
        return stamp


def _rfc3339(stamp: float) -> str:
    if stamp > _LAST_SECOND:
        # go: a time is JSON only in four digits
        reason = "json: error calling MarshalJSON for type *time.Time: year outside of range [0,9999]"
        raise errors.ChartError(f"error marshaling into JSON: {reason}")
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(stamp))


def _archive_members(chart: Chart, prefix: str, stamp: float, *, fixed: bool) -> list[tuple[str, bytes, float]]:
    from steersman.go.errors import JSONError
    from steersman.go.json import loads

    if chart.schema is not None:
        try:
            loads(chart.schema.decode("utf-8", "replace"), numbers=str)  # go: no number is too large to be valid
        except JSONError:
            raise errors.ChartError("invalid JSON in values.schema.json") from None
    if fixed and chart.lock is not None:
        # helm: the lock was written at that time as well (test_the_lock_in_an_archive_has_the_time)
        chart = replace(chart, lock=replace(chart.lock, generated=_rfc3339(stamp)))
    base = f"{prefix}{chart.name}"
    out = [
        (f"{base}/{name}", data, stamp if fixed else time) for name, data, time in _members(chart, stamp, archive=True)
    ]
    for child in chart.dependencies:
        out += _archive_members(child, f"{base}/charts/", stamp, fixed=fixed)
    return out
