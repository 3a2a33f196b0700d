"""Chart archives (.tgz) to files, and files to archives, safely.

Answers to Helm's ``pkg/chart/loader/archive``: names are checked before anything is
used, sizes are limited while reading, links and devices are never followed.
"""

from __future__ import annotations

from steersman import errors
from steersman.chart.model import ChartFile
from steersman.go.errno import errno_text
from steersman.go.tar import GLOBAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

MAX_CHART_SIZE = 100 * 1024 * 1024  # bytes, decompressed: Helm's limit for a chart; one file may be as large
_BOM = b"\xef\xbb\xbf"


class ArchiveError(errors.ChartError):
    """An archive that cannot be read as a chart."""


class IllegalArchive(ArchiveError):
    """An archive that is broken, or with what none may have: names that leave the chart, or more than fits."""


class NotGzip(ArchiveError):
    """An archive that does not begin, or continue, with a gzip header."""


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
    except NotGzip as error:
        raise ArchiveError(f"file '{path}' does not appear to be a valid chart file (details: {error})") from error
    except OSError as error:
        raise ArchiveError(f"open {path}: {errno_text(error)}") from error


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
    from steersman.go.gzip import GzipError, GzipHeaderError, GzipReader
    from steersman.go.tar import TarError, TarReader

    files: list[ChartFile] = []
    remaining = MAX_CHART_SIZE
    try:
        archive = TarReader(GzipReader(stream))
        while entry := archive.next():
            if entry.is_folder or entry.kind == GLOBAL:
                continue
            name = member_name(entry.name)
            if entry.size > remaining:
                raise IllegalArchive(f"decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")
            data = archive.data()
            remaining -= len(data)
            # helm: a link that states a size counts as a file that was cut off (test_odd_archives)
            if len(data) < entry.size or remaining <= 0:
                raise IllegalArchive(f"decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")
            files.append(ChartFile(name, data[3:] if data.startswith(_BOM) else data, entry.modified))
    except GzipHeaderError as error:
        raise NotGzip(str(error)) from error
    except (GzipError, TarError) as error:
        raise IllegalArchive(str(error)) from error
    if not files:
        raise IllegalArchive("no files in chart archive")
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
        from steersman.go.quote import quote

        raise IllegalArchive(f"chart illegally contains content outside the base directory: {quote(raw)}")
    if name.startswith(".."):
        raise IllegalArchive("chart illegally references parent directory")
    if len(name) > 2 and name[0].isascii() and name[0].isalpha() and name[1:3] == ":/":
        raise IllegalArchive("chart contains illegally named files")
    if first == "Chart.yaml":
        raise IllegalArchive("chart yaml not in base directory")
    return name
