"""Sources of plugins: folders, git, and archives on this disk, on the web and in registries.

Answers to Helm's ``internal/plugin/installer``. A plugin is assembled next to its folder, and then renamed.
"""

from __future__ import annotations

import os

from steersman.errors import SteerError
from steersman.go.errno import errno_text, stat_error
from steersman.go.quote import quote
from steersman.plugin import archive, git
from steersman.plugin.errors import PluginError
from steersman.plugin.model import FILE
from steersman.record import Record
from steersman.runtime.files import make_folders, remove_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from steersman.plugin.model import Plugin
    from steersman.registry.client import RegistryClient

    Say = Callable[[str], object]
    Log = Callable[..., None]

_GZIP_TYPES = ("application/gzip", "application/x-gzip", "application/x-tgz", "application/x-gtar")


class Places(Record):
    """Folders of plugins: ``plugins`` (as in ``HELM_PLUGINS``), and ``data``, which keeps their archives."""

    plugins: str
    data: str
    environ: Mapping[str, str]


class InstallOptions(Record):
    """Options for installing a plugin; ``registry`` makes the client for ``oci://``, ``get`` fetches a URL."""

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
    """The source of a plugin, which is fetched at most once."""

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

    def signed(self) -> tuple[bytes, bytes | None, str]:
        """Return an archive, its provenance (None where there is none) and its name."""
        raise NotImplementedError


class NotLinked(PluginError):
    """A plugin's folder to which no link can be made: Windows keeps links to administrators and developers."""


class Folder(Source):
    def put(self, target: str) -> None:
        if not os.path.isdir(self.source):
            raise PluginError("expected plugin to be a directory (containing a file 'plugin.yaml')")
        if not os.path.exists(os.path.join(self.source, FILE)):
            raise PluginError("plugin metadata (plugin.yaml) missing")
        try:
            os.symlink(self.source, target)
        except OSError as error:
            raise NotLinked(f"symlink {self.source} {target}: {errno_text(error)}") from error


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

    def provenance(self) -> bytes | None:
        """Return the provenance, or None where there is none."""
        raise NotImplementedError

    def root(self, folder: str, _name: str) -> str:
        """Return where in an unpacked archive the plugin is that goes to a place called ``_name``."""
        return _root(folder, f"{FILE} not found in {folder} or its immediate subdirectories")

    def target(self) -> str:
        name = archive.strip_name(os.path.basename(self.source))
        return os.path.normpath(os.path.join(self.options.places.data, name))

    def metadata(self) -> Plugin:
        """Return what the archive says that it is."""
        data = self.data()
        try:
            return archive.metadata_of(data)
        except PluginError as error:
            raise PluginError(f"failed to extract plugin metadata from tarball: {error}") from error

    def signed(self) -> tuple[bytes, bytes | None, str]:
        return self.data(), self.provenance(), os.path.basename(self.source)

    def put(self, target: str) -> None:
        data, folder = self.data(), self.options.places.data
        plugin = self.metadata()
        name = os.path.basename(target) if target != os.path.normpath(folder) else ""

        def fill(aside: str) -> str:
            unpacked = os.path.join(aside, "unpacked")
            os.mkdir(unpacked)
            try:
                archive.extract(data, unpacked)
            except PluginError as error:
                raise PluginError(f"{self.wrong}{error}") from error
            root = self.root(unpacked, name)
            if not name:  # helm: an archive's name without one (test_names_of_archives)
                raise PluginError("destination already exists")
            return root

        _put_aside(target, fill)
        from steersman.runtime.files import write_aside

        kept = os.path.join(folder, f"{plugin.name}-{plugin.version}.tgz")
        write_aside(kept, data)
        provenance = self.provenance()
        if provenance is not None:
            write_aside(f"{kept}.prov", provenance)

    wrong = "failed to extract archive: "


class _LocalArchive(_Archive):
    def fetch(self) -> bytes:
        return read_file(self.source, "failed to read plugin file: ")

    def provenance(self) -> bytes | None:
        path = f"{self.source}.prov"
        return read_file(path, f"failed to access provenance file {path}: ") if os.path.exists(path) else None

    def root(self, folder: str, name: str) -> str:
        # helm: an archive of this disk has the plugin where its own name says (test_names_of_archives)
        place = os.path.normpath(os.path.join(folder, name))
        path = os.path.join(place, FILE)
        missing = stat_error(path)
        if missing:
            raise PluginError(f"{FILE} not found in expected directory {place}: {missing}")
        return place


class _UrlArchive(_Archive):
    wrong = "extracting files from archive: "

    def fetch(self) -> bytes:
        return self.options.get(self.source)

    def signed(self) -> tuple[bytes, bytes | None, str]:
        try:
            self.data()
        except SteerError as error:
            raise PluginError(f"failed to download plugin: {error}") from error
        return super().signed()

    def provenance(self) -> bytes | None:
        try:
            return self.options.get(f"{self.source}.prov")
        except SteerError:
            return None  # helm: whether one is needed is decided by whoever asks


class _RegistryArchive(_Archive):
    wrong = "failed to extract plugin: "
    _prov: bytes | None = None

    def root(self, folder: str, _name: str) -> str:
        return _root(folder, f"plugin metadata ({FILE}) missing")

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
            data, self._prov = pull(self.options.registry(), self.source)
        except SteerError as error:
            raise PluginError(f"failed to pull plugin from {self.source}: {error}") from error
        return data

    def provenance(self) -> bytes | None:
        self.data()
        return self._prov

    def signed(self) -> tuple[bytes, bytes | None, str]:
        plugin = self.metadata()
        return self.data(), self._prov, f"{plugin.name}-{plugin.version}.tgz"


def make_folder(path: str) -> None:
    """Make a folder and those above it.

    Raises:
        PluginError: with Go's message.
    """
    try:
        make_folders(path)
    except OSError as error:
        is_file = isinstance(error, FileExistsError | NotADirectoryError)  # go: a file in the way is "not a directory"
        reason = "not a directory" if is_file else errno_text(error)
        if is_file:
            while path and os.path.dirname(path) and not os.path.exists(path):
                path = os.path.dirname(path)
        raise PluginError(f"mkdir {path}: {reason}") from error


def read_file(path: str, wrong: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(archive.MAX_BYTES)
    except OSError as error:
        raise PluginError(f"{wrong}open {path}: {errno_text(error)}") from error


def _root(folder: str, absent: str) -> str:
    """Return where in an unpacked archive the plugin is: at its top, or in a folder there.

    Raises:
        PluginError: saying ``absent``.
    """
    for name in ("", *sorted(os.listdir(folder))):
        if os.path.isfile(os.path.join(folder, name, FILE)):
            return os.path.join(folder, name)
    raise PluginError(absent)


def _put_aside(target: str, fill: Callable[[str], str]) -> None:
    """Let ``fill`` make a folder next to ``target`` and move it there; whatever fails, nothing is left."""
    from tempfile import mkdtemp

    parent = os.path.dirname(target)
    make_folder(parent)
    aside = mkdtemp(prefix=".plugin-", dir=parent)
    try:
        os.rename(fill(aside), target)
    except OSError as error:
        raise PluginError(f"rename {target}: {errno_text(error)}") from error
    finally:
        remove_tree(aside)


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
    problem = "Cannot detect VCS"
    if source.startswith(("http://", "https://")):
        if source.endswith(archive.SUFFIXES):
            return _UrlArchive(source, options)
        if options.content_type(source) in _GZIP_TYPES:
            # helm: what says only by its type that it is an archive (test_names_of_archives)
            problem = f"no extractor implemented yet for {source}"
    if problem == "Cannot detect VCS" and git.is_repository(source):
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
