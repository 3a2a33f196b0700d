"""Where plugins come from: folders, git, and archives of this disk, of the web and of registries.

Answers to Helm's ``internal/plugin/installer``. A plugin is put together beside its place and moved there whole.
"""

from __future__ import annotations

import os

from steersman.errors import SteerError
from steersman.goquote import quote
from steersman.plugin import archive, git
from steersman.plugin.model import FILE, PluginError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from steersman.registry.client import RegistryClient

    Say = Callable[[str], object]
    Log = Callable[..., None]

_GZIP_TYPES = ("application/gzip", "application/x-gzip", "application/x-tgz", "application/x-gtar")


class Places(Record):
    """Where plugins are: ``plugins`` (as in ``HELM_PLUGINS``), and ``data``, the folder that archives are kept in."""

    plugins: str
    data: str
    environ: Mapping[str, str]


class InstallOptions(Record):
    """How a plugin is installed; ``registry`` makes the client for ``oci://``, ``get`` fetches a URL."""

    places: Places
    registry: Callable[[], RegistryClient]
    get: Callable[[str], bytes]
    content_type: Callable[[str], str]
    say: Say
    log: Log
    version: str = ""
    verify: bool = True
    keyring: str = ""


class Source:
    """Where a plugin comes from; what is fetched is fetched once."""

    can_verify = False

    def __init__(self, source: str, options: InstallOptions) -> None:
        self.source = source
        self.options = options

    def target(self) -> str:
        """Return where the plugin goes."""
        return os.path.join(self.options.places.data, os.path.basename(self.source))

    def put(self, target: str) -> None:
        """Put the plugin at ``target``."""
        raise NotImplementedError

    def signed(self) -> tuple[bytes, bytes, str]:
        """Return an archive, its provenance (or ``b""``) and its name."""
        raise NotImplementedError


class Folder(Source):
    def put(self, target: str) -> None:
        if not os.path.isdir(self.source):
            raise PluginError("expected plugin to be a directory (containing a file 'plugin.yaml')")
        if not os.path.exists(os.path.join(self.source, FILE)):
            raise PluginError("plugin metadata (plugin.yaml) missing")
        try:
            os.symlink(self.source, target)
        except OSError as error:
            raise PluginError(f"symlink {self.source} {target}: {(error.strerror or str(error)).lower()}") from error


class _Git(Source):
    def target(self) -> str:
        return os.path.join(self.options.places.plugins, os.path.basename(self.source.rstrip("/")))

    def put(self, target: str) -> None:
        def fill(folder: str) -> str:
            clone = os.path.join(folder, "clone")
            git.clone(self.source, clone, self.options.version, self.options.places.environ)
            if not os.path.exists(os.path.join(clone, FILE)):
                raise PluginError("plugin metadata (plugin.yaml) missing")
            return clone

        _put_aside(target, fill)


class _Archive(Source):
    """An archive: of this disk, of a URL, of a registry."""

    can_verify = True
    _data: bytes | None = None

    def data(self) -> bytes:
        if self._data is None:
            self._data = self.fetch()
        return self._data

    def fetch(self) -> bytes:
        """Return the archive."""
        raise NotImplementedError

    def provenance(self) -> bytes:
        """Return the provenance, or ``b""`` where there is none."""
        raise NotImplementedError

    def target(self) -> str:
        return os.path.join(self.options.places.data, archive.strip_name(os.path.basename(self.source)))

    def signed(self) -> tuple[bytes, bytes, str]:
        return self.data(), self.provenance(), os.path.basename(self.source)

    def put(self, target: str) -> None:
        data, folder = self.data(), self.options.places.data
        try:
            plugin = archive.metadata_of(data)
        except PluginError as error:
            raise PluginError(f"failed to extract plugin metadata from tarball: {error}") from error

        def fill(aside: str) -> str:
            unpacked = os.path.join(aside, "unpacked")
            os.mkdir(unpacked)
            try:
                archive.extract(data, unpacked)
            except PluginError as error:
                raise PluginError(f"{self.wrong}{error}") from error
            return _root(unpacked)

        _put_aside(target, fill)
        from steersman.files import write_aside

        name = os.path.join(folder, f"{plugin.name}-{plugin.version}.tgz")
        write_aside(name, data)
        provenance = self.provenance()
        if provenance:
            write_aside(f"{name}.prov", provenance)

    wrong = "failed to extract archive: "


class _LocalArchive(_Archive):
    def fetch(self) -> bytes:
        return read_file(self.source, "failed to read plugin file: ")

    def provenance(self) -> bytes:
        path = f"{self.source}.prov"
        return read_file(path, f"failed to access provenance file {path}: ") if os.path.exists(path) else b""


class _UrlArchive(_Archive):
    wrong = "extracting files from archive: "

    def fetch(self) -> bytes:
        return self.options.get(self.source)

    def signed(self) -> tuple[bytes, bytes, str]:
        try:
            self.data()
        except SteerError as error:
            raise PluginError(f"failed to download plugin: {error}") from error
        return super().signed()

    def provenance(self) -> bytes:
        try:
            return self.options.get(f"{self.source}.prov")
        except SteerError:
            return b""  # helm: whether one is needed is decided by whoever asks


class _RegistryArchive(_Archive):
    wrong = "failed to extract plugin: "
    _prov = b""

    def target(self) -> str:
        from steersman.registry.reference import parse

        name = parse(_without_digest(self.source)).repository.rpartition("/")[2]
        return os.path.join(self.options.places.plugins, name)

    def fetch(self) -> bytes:
        from steersman.registry.plugin import pull
        from steersman.registry.reference import parse

        try:
            if not parse(self.source).reference:
                raise PluginError('failed to perform "FetchReference" on source: invalid reference')
            data, self._prov = pull(self.options.registry(), self.source, os.path.basename(self.target()))
        except SteerError as error:
            raise PluginError(f"failed to pull plugin from {self.source}: {error}") from error
        return data

    def provenance(self) -> bytes:
        self.data()
        return self._prov

    def signed(self) -> tuple[bytes, bytes, str]:
        plugin = archive.metadata_of(self.data())
        return self.data(), self._prov, f"{plugin.name}-{plugin.version}.tgz"


def make_folder(path: str) -> None:
    """Make a folder and those above it.

    Raises:
        PluginError: with Go's message.
    """
    try:
        os.makedirs(path, mode=0o755, exist_ok=True)
    except OSError as error:
        is_file = isinstance(error, FileExistsError)  # go: a file in the way is no folder
        reason = "not a directory" if is_file else (error.strerror or str(error)).lower()
        if is_file or isinstance(error, NotADirectoryError):
            while path and os.path.dirname(path) and not os.path.exists(path):
                path = os.path.dirname(path)
        raise PluginError(f"mkdir {path}: {reason}") from error


def read_file(path: str, wrong: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(archive.MAX_BYTES)
    except OSError as error:
        raise PluginError(f"{wrong}open {path}: {(error.strerror or str(error)).lower()}") from error


def _root(folder: str) -> str:
    """Return where in an unpacked archive the plugin is: at its top, or in a folder there."""
    for name in ("", *sorted(os.listdir(folder))):
        if os.path.isfile(os.path.join(folder, name, FILE)):
            return os.path.join(folder, name)
    raise PluginError(f"{FILE} not found in {folder} or its immediate subdirectories")


def _put_aside(target: str, fill: Callable[[str], str]) -> None:
    """Let ``fill`` make a folder beside ``target`` and move it there; whatever fails, nothing is left."""
    from shutil import rmtree
    from tempfile import mkdtemp

    parent = os.path.dirname(target)
    make_folder(parent)
    aside = mkdtemp(prefix=".plugin-", dir=parent)
    try:
        os.rename(fill(aside), target)
    except OSError as error:
        raise PluginError(f"rename {target}: {(error.strerror or str(error)).lower()}") from error
    finally:
        rmtree(aside, ignore_errors=True)


def source_of(source: str, options: InstallOptions) -> Source:
    if source.startswith("oci://"):
        from steersman.registry.reference import InvalidReference, parse

        try:
            parse(_without_digest(source))
        except InvalidReference as error:
            raise PluginError(f"invalid OCI reference: {error}") from error
        return _RegistryArchive(source, options)
    if os.path.exists(source):
        path = os.path.abspath(source)
        return (_LocalArchive if path.endswith(archive.SUFFIXES) else Folder)(path, options)
    if source.startswith(("http://", "https://")) and (
        source.endswith(archive.SUFFIXES) or options.content_type(source) in _GZIP_TYPES
    ):
        return _UrlArchive(source, options)
    problem = "Cannot detect VCS"
    if git.is_repository(source):
        if git.is_there(options.places.environ):
            return _Git(source, options)
        problem = "git is not installed"
    raise PluginError(
        f"cannot get information about plugin source {quote(source)} (if it's a local directory, does it exist?), "
        f"last error was: {problem}"
    )


def _without_digest(source: str) -> str:
    # helm: a digest is looked at only when the plugin is fetched (test_sources_that_are_not_legal)
    return source.rpartition("@")[0] or source
