"""Plugin archives: a folder to a ``.tgz`` and back, safely. Answers to Helm's extractor and ``CreatePluginTarball``."""

from __future__ import annotations

import os

from steersman.go.errno import errno_text
from steersman.go.tar import FILE as REGULAR
from steersman.go.tar import FOLDER, GLOBAL
from steersman.plugin.errors import PluginError
from steersman.plugin.model import FILE, Plugin, parse
from steersman.runtime.files import impossible_place, make_folders
from steersman.runtime.system import BINARY, NO_FOLLOW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.go.tar import Entry, TarReader

SUFFIXES = (".tar.gz", ".tgz")
MAX_BYTES = 512 * 1024 * 1024  # of everything in an archive, unpacked
_MAX_FILES = 100_000


def metadata_of(data: bytes) -> Plugin:
    """Return the plugin that is in an archive.

    Raises:
        PluginError: with Helm's message.
    """
    for entry, archive in _entries(data):
        # helm: whatever it is, a folder too (test_archives_that_are_not_legal)
        if os.path.basename(entry.name.rstrip("/")) == FILE:
            return parse(_content(archive)[: 1024 * 1024])
    raise PluginError(f"{FILE} not found in tarball")


def extract(data: bytes, folder: str) -> None:
    """Unpack an archive into ``folder``, which is new.

    Raises:
        PluginError: for what would leave the folder, links, and archives that are too large.
    """
    for entry, archive in _entries(data):
        path = _path(folder, entry.name)
        if entry.kind == FOLDER:
            _make(path)
        elif entry.kind == REGULAR:
            _make(os.path.dirname(path))
            _write(path, _content(archive), entry.mode)
        elif entry.kind != GLOBAL:
            raise PluginError(f"unknown type: {entry.kind[0]:b} in {entry.name}")


def _write(path: str, content: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NO_FOLLOW | BINARY, mode & 0o777)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
    except OSError as error:
        raise PluginError(f"open {path}: {errno_text(error)}") from error


def _make(folder: str) -> None:
    try:
        make_folders(folder)
    except OSError as error:
        is_file = isinstance(error, FileExistsError | NotADirectoryError)
        reason = "not a directory" if is_file else errno_text(error)
        raise PluginError(f"mkdir {folder}: {reason}") from error


def _entries(data: bytes) -> Iterator[tuple[Entry, TarReader]]:
    """Yield the entries of an archive, each with the reader that has its content.

    Raises:
        PluginError: for anything that is not an archive, with Go's message, and for one that is too large.
    """
    from io import BytesIO

    from steersman.go.gzip import GzipError, GzipReader
    from steersman.go.tar import TarError, TarReader

    left = MAX_BYTES
    try:
        archive = TarReader(GzipReader(BytesIO(data)))
        count = 0
        while entry := archive.next():
            count += 1
            if count > _MAX_FILES:
                raise PluginError(f"the archive has more than {_MAX_FILES} files")
            left -= entry.size if entry.has_data else 0
            if left < 0:
                raise PluginError(f"the archive unpacks to more than {MAX_BYTES} bytes")
            yield entry, archive
    except (GzipError, TarError) as error:
        raise PluginError(str(error)) from error


def _content(archive: TarReader) -> bytes:
    from steersman.go.gzip import GzipError
    from steersman.go.tar import TarError

    try:
        return archive.data()
    except (GzipError, TarError) as error:
        raise PluginError(str(error)) from error


def _path(folder: str, name: str) -> str:
    """Return where a member goes.

    Raises:
        PluginError: for names that lead elsewhere, with Helm's message.
    """
    if ":" in name:
        raise PluginError("path contains ':', which is illegal")
    name = name.replace("\\", "/")
    if ".." in name.split("/"):
        raise PluginError("path contains '..', which is illegal")
    if name.startswith("/"):
        raise PluginError("path is absolute, which is illegal")
    problem = impossible_place(folder, name)
    if problem:
        raise PluginError(problem)
    return os.path.normpath(os.path.join(folder, name))


def pack(folder: str, name: str, *, time: float | None = None) -> bytes:
    """Return the archive of a plugin's folder; the same files and ``time`` give the same bytes.

    Raises:
        PluginError: for links, which would not unpack.
    """
    import gzip
    import tarfile
    from io import BytesIO
    from posixpath import normpath

    plain = BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for below, path in _walk(folder):
            status = os.lstat(path)
            member = tarfile.TarInfo(normpath(f"{name}/{below.replace(os.sep, '/')}"))
            member.mtime = int(status.st_mtime if time is None else time)
            member.mode = status.st_mode & 0o777
            if os.path.islink(path):
                raise PluginError(f"{path} is a link, which a plugin's archive cannot have")
            if os.path.isdir(path):
                member.type = tarfile.DIRTYPE
                archive.addfile(member)
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    content = file.read()
                member.size = len(content)
                archive.addfile(member, BytesIO(content))
    return gzip.compress(plain.getvalue(), 6, mtime=0)


def _walk(folder: str) -> Iterator[tuple[str, str]]:
    yield ".", folder
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted([*files, *folders]):
            path = os.path.join(parent, name)
            yield os.path.relpath(path, folder), path


def strip_name(name: str) -> str:
    """Return a plugin's name from its archive's: without suffix and version."""
    import re

    stem = next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), "")
    return re.sub(r"^(.*)-\d+\..*$", r"\1", stem, flags=re.DOTALL)
