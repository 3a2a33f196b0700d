"""Plugin archives: a folder to a ``.tgz`` and back, safely. Answers to Helm's extractor and ``CreatePluginTarball``."""

from __future__ import annotations

import os

from steersman.plugin.model import FILE, Plugin, PluginError, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from tarfile import TarInfo

SUFFIXES = (".tar.gz", ".tgz")
MAX_BYTES = 512 * 1024 * 1024  # of everything in an archive, unpacked
_MAX_FILES = 100_000
_HEAD = 10  # bytes that every gzip file begins with


def metadata_of(data: bytes) -> Plugin:
    """Return the plugin that is in an archive.

    Raises:
        PluginError: with Helm's message.
    """
    for member, content in _members(data):
        # helm: whatever it is, a folder too (test_archives_that_are_not_legal)
        if os.path.basename(member.name) == FILE:
            return parse(content[: 1024 * 1024])
    raise PluginError(f"{FILE} not found in tarball")


def extract(data: bytes, folder: str) -> None:
    """Unpack an archive into ``folder``, which is new.

    Raises:
        PluginError: for what would leave the folder, links, and archives that are too large.
    """
    import tarfile

    for member, content in _members(data):
        path = _path(folder, member.name)
        if member.isdir():
            _make(path)
            continue
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
            kind = bin(member.type[0])[2:] if member.type else "0"
            raise PluginError(f"unknown type: {kind} in {member.name}")
        _make(os.path.dirname(path))
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, member.mode & 0o777)
            with os.fdopen(descriptor, "wb") as out:
                out.write(content)
        except OSError as error:
            raise PluginError(f"open {path}: {(error.strerror or str(error)).lower()}") from error


def _make(folder: str) -> None:
    try:
        os.makedirs(folder, mode=0o755, exist_ok=True)
    except OSError as error:
        is_file = isinstance(error, FileExistsError)
        reason = "not a directory" if is_file else (error.strerror or str(error)).lower()
        raise PluginError(f"mkdir {folder}: {reason}") from error


def _members(data: bytes) -> Iterator[tuple[TarInfo, bytes]]:
    """Yield what an archive has, with the content of files.

    Raises:
        PluginError: for what is no archive, with Go's message, and for one that is too large.
    """
    import gzip
    import tarfile
    import zlib
    from io import BytesIO

    head = data[:_HEAD]
    if len(head) < _HEAD:
        raise PluginError("unexpected EOF" if head else "EOF")
    if head[:3] != b"\x1f\x8b\x08":
        raise PluginError("gzip: invalid header")
    left = MAX_BYTES
    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r|gz") as archive:
            for count, member in enumerate(archive):
                left -= member.size if member.isreg() else 0
                if count > _MAX_FILES:
                    raise PluginError(f"the archive has more than {_MAX_FILES} files")
                if left < 0:
                    raise PluginError(f"the archive unpacks to more than {MAX_BYTES} bytes")
                file = archive.extractfile(member) if member.isreg() else None
                content = file.read() if file is not None else b""
                if file is not None and len(content) < member.size:
                    raise PluginError("unexpected EOF")
                yield member, content
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise PluginError("unexpected EOF") from error


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
    return os.path.normpath(os.path.join(folder, name))


def pack(folder: str, name: str, *, time: float | None = None) -> bytes:
    """Return the archive of a plugin's folder; the same files and ``time`` give the same bytes.

    Raises:
        PluginError: for links, which would not unpack.
    """
    import gzip
    import tarfile
    from io import BytesIO

    plain = BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for below, path in _walk(folder):
            status = os.lstat(path)
            member = tarfile.TarInfo(os.path.normpath(f"{name}/{below}"))
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
