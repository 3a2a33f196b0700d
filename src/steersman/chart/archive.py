"""Chart archives (.tgz) to files, and files to archives, safely.

Answers to Helm's ``pkg/chart/loader/archive``: names are checked before anything is
used, sizes are limited while reading, links and devices are never followed.
"""

from __future__ import annotations

from steersman.chart.model import ChartFile
from steersman.errors import ChartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

MAX_CHART_SIZE = 100 * 1024 * 1024  # bytes, decompressed: Helm's limit for a chart; one file may be as large
_GZIP_HEADER = 10  # bytes
_BOM = b"\xef\xbb\xbf"


class ArchiveError(ChartError):
    """An archive that cannot be read as a chart."""


class IllegalArchive(ArchiveError):
    """An archive with what none may have: names that leave the chart, or more than fits."""


def read(path: str) -> list[ChartFile]:
    """Return the files in the archive at ``path``.

    Raises:
        ArchiveError: with Helm's message.
    """
    try:
        with open(path, "rb") as file:
            ensure_archive(path, file.read(512))
            file.seek(0)
            return read_stream(file)
    except OSError as error:
        raise ArchiveError(f"open {path}: {(error.strerror or str(error)).lower()}") from error


def ensure_archive(name: str, head: bytes) -> None:
    """Raise unless ``head``, the first bytes of the file ``name``, look like gzip.

    Raises:
        ArchiveError: with Helm's hint for YAML files.
    """
    if head.startswith(b"\x1f\x8b\x08"):
        return
    if name.endswith((".yml", ".yaml")):
        raise ArchiveError(f"file '{name}' seems to be a YAML file, but expected a gzipped archive")
    from steersman.chart.sniff import content_type

    # go: the file is read into a buffer of 512 zero bytes
    kind = content_type(head.ljust(512, b"\0"))
    raise ArchiveError(f"file '{name}' does not appear to be a gzipped archive; got '{kind}'")


def read_stream(stream: BinaryIO) -> list[ChartFile]:
    """Return the files in the gzipped tar archive that ``stream`` gives.

    Raises:
        ArchiveError: for names that leave the chart, and for what exceeds the limits.
    """
    from steersman.chart.tar import load_tarfile

    load_tarfile()
    import gzip
    import tarfile
    import zlib

    files: list[ChartFile] = []
    remaining = MAX_CHART_SIZE
    head = stream.read(_GZIP_HEADER)
    if len(head) < _GZIP_HEADER:
        raise ArchiveError("EOF" if not head else "unexpected EOF")
    if head[:2] != b"\x1f\x8b":
        raise ArchiveError("gzip: invalid header")
    stream.seek(-_GZIP_HEADER, 1)
    try:
        with gzip.GzipFile(fileobj=stream) as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as archive:
            for member in archive:
                if member.isdir():
                    continue
                name = member_name(member.name)
                if member.size > remaining:
                    raise IllegalArchive(f"decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")
                source = archive.extractfile(member) if member.isreg() else None
                data = source.read() if source is not None else b""
                remaining -= len(data)
                if len(data) < member.size and member.isreg():
                    raise ArchiveError("unexpected EOF")
                if remaining <= 0:
                    raise IllegalArchive(f"decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")
                files.append(ChartFile(name, data[3:] if data.startswith(_BOM) else data, float(member.mtime)))
    except EOFError:
        raise ArchiveError("unexpected EOF") from None
    except tarfile.ReadError as error:
        if "empty file" in str(error) and not files:
            raise ArchiveError("no files in chart archive") from None
        raise ArchiveError("archive/tar: invalid tar header" if "header" in str(error) else "unexpected EOF") from None
    except tarfile.TarError:
        raise ArchiveError("archive/tar: invalid tar header") from None
    except (zlib.error, gzip.BadGzipFile) as error:
        text = "gzip: invalid checksum" if "CRC" in str(error) else "gzip: invalid header"
        raise ArchiveError(text if isinstance(error, gzip.BadGzipFile) else f"flate: {error}") from None
    if not files:
        raise ArchiveError("no files in chart archive")
    return files


def member_name(raw: str) -> str:
    """Return a member's path below the chart's folder.

    Raises:
        ArchiveError: for names that would leave the chart.
    """
    from posixpath import normpath

    delimiter = "\\" if "\\" in raw else "/"
    first, *rest = raw.split(delimiter)
    name = "/".join(rest)
    if name.startswith("/"):
        raise IllegalArchive("chart illegally contains absolute paths")
    name = normpath(name)
    if name == ".":
        from steersman.goquote import quote

        raise IllegalArchive(f"chart illegally contains content outside the base directory: {quote(raw)}")
    if name.startswith(".."):
        raise IllegalArchive("chart illegally references parent directory")
    if len(name) > 2 and name[0].isascii() and name[0].isalpha() and name[1:3] == ":/":
        raise IllegalArchive("chart contains illegally named files")
    if first == "Chart.yaml":
        raise IllegalArchive("chart yaml not in base directory")
    return name
