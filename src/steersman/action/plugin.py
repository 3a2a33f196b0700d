"""``plugin install|update|uninstall|package|verify``: plugins from folders, archives, git, HTTP and registries.

Answers to Helm's ``internal/plugin/installer``. A plugin is put together beside its place and moved there whole.
"""

from __future__ import annotations

import os

from steersman.errors import ChartError, SteerError
from steersman.goquote import quote
from steersman.plugin import archive, git
from steersman.plugin.load import find, load_folder
from steersman.plugin.model import FILE, Plugin, PluginError
from steersman.plugin.run import run_hook
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from steersman.provenance.verify import Verification
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


class _Source:
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


class _Folder(_Source):
    def put(self, target: str) -> None:
        if not os.path.isdir(self.source):
            raise PluginError("expected plugin to be a directory (containing a file 'plugin.yaml')")
        if not os.path.exists(os.path.join(self.source, FILE)):
            raise PluginError("plugin metadata (plugin.yaml) missing")
        os.symlink(self.source, target)


class _Git(_Source):
    def target(self) -> str:
        return os.path.join(self.options.places.plugins, os.path.basename(self.source.rstrip("/")))

    def put(self, target: str) -> None:
        def fill(folder: str) -> str:
            clone = os.path.join(folder, "clone")
            git.clone(self.source, clone, self.options.version, self.options.places.environ)
            return clone

        _put_aside(target, fill)


class _Archive(_Source):
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
        return _read(self.source, "failed to read plugin file: ")

    def provenance(self) -> bytes:
        path = f"{self.source}.prov"
        return _read(path, f"failed to access provenance file {path}: ") if os.path.exists(path) else b""


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

        name = parse(self.source).repository.rpartition("/")[2]
        return os.path.join(self.options.places.plugins, name)

    def fetch(self) -> bytes:
        from steersman.registry.plugin import pull

        try:
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


def _read(path: str, wrong: str) -> bytes:
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
    os.makedirs(parent, mode=0o755, exist_ok=True)
    aside = mkdtemp(prefix=".plugin-", dir=parent)
    try:
        os.rename(fill(aside), target)
    except OSError as error:
        raise PluginError(f"rename {target}: {(error.strerror or str(error)).lower()}") from error
    finally:
        rmtree(aside, ignore_errors=True)


def _source_of(source: str, options: InstallOptions) -> _Source:
    if source.startswith("oci://"):
        from steersman.registry.reference import InvalidReference, parse

        try:
            parse(source)
        except InvalidReference as error:
            raise PluginError(f"invalid OCI reference: {error}") from error
        return _RegistryArchive(source, options)
    if os.path.exists(source):
        path = os.path.abspath(source)
        return (_LocalArchive if path.endswith(archive.SUFFIXES) else _Folder)(path, options)
    if source.startswith(("http://", "https://")) and (
        source.endswith(archive.SUFFIXES) or options.content_type(source) in _GZIP_TYPES
    ):
        return _UrlArchive(source, options)
    if git.is_repository(source):
        return _Git(source, options)
    raise PluginError(
        f"cannot get information about plugin source {quote(source)} (if it's a local directory, does it exist?), "
        "last error was: Cannot detect VCS"
    )


def install(source: str, options: InstallOptions) -> None:
    """Install the plugin at ``source``.

    Raises:
        SteerError: with Helm's message.
    """
    from_where = _source_of(source, options)
    verify = options.verify
    if isinstance(from_where, _Folder):
        verify = False
        options.say("Installing plugin from local directory (development mode)\n")
    elif not verify:
        options.say("WARNING: Skipping plugin signature verification\n")
    elif not from_where.can_verify:
        raise PluginError("plugin source does not support verification. Use --verify=false to skip verification")
    if verify:
        options.say("Verifying plugin signature...\n")
    target = from_where.target()
    os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
    if os.path.exists(target):
        options.log("WARN", "plugin already exists", path=target, error="<nil>")
        raise PluginError("plugin already exists")
    verified = _verified(from_where, options.keyring) if verify else None
    from_where.put(target)
    if verified is not None:
        options.say(verified.lines("Plugin"))
    try:
        plugin = load_folder(target)
    except PluginError as error:
        raise PluginError(f"plugin is installed but unusable: {error}") from error
    run_hook(plugin, "install", options.places.environ)
    options.say(f"Installed plugin: {plugin.name}\n")


def _verified(source: _Source, keyring: str) -> Verification:
    from steersman.provenance.keyring import load_keyring
    from steersman.provenance.verify import verify_with

    try:
        data, provenance, name = source.signed()
    except SteerError as error:
        raise PluginError(f"failed to get verification data: {error}") from error
    if not provenance:
        raise PluginError("plugin verification failed: no provenance file (.prov) found")
    try:
        return verify_with(load_keyring(keyring), data, provenance, name)
    except SteerError as error:
        raise PluginError(f"plugin verification failed: {error}", hint=error.hint) from error


def update(names: list[str], places: Places, say: Say, log: Log) -> None:
    """Update plugins from where they came.

    Raises:
        PluginError: for those that could not be updated, when all were tried.
    """
    _each(
        names,
        places,
        log,
        "update",
        lambda plugin: _update(plugin, places, log),
        lambda n: f"Updated plugin: {n}\n",
        say,
    )


def _update(plugin: Plugin, places: Places, log: Log) -> None:
    folder = os.path.realpath(plugin.folder)
    if not os.path.isdir(os.path.join(folder, ".git")):
        log("WARN", "cannot get information about plugin source", location=folder, error="Cannot detect VCS")
        raise PluginError("cannot get information about plugin source")
    git.update(folder, places.environ)
    if not os.path.exists(os.path.join(folder, FILE)):
        raise PluginError("plugin metadata (plugin.yaml) missing")
    run_hook(load_folder(plugin.folder), "update", places.environ)


def uninstall(names: list[str], places: Places, say: Say, log: Log) -> None:
    """Remove plugins.

    Raises:
        PluginError: for those that could not be removed, when all were tried.
    """
    _each(
        names,
        places,
        log,
        "uninstall",
        lambda plugin: _uninstall(plugin, places),
        lambda n: f"Uninstalled plugin: {n}\n",
        say,
    )


def _uninstall(plugin: Plugin, places: Places) -> None:
    from contextlib import suppress
    from shutil import rmtree

    try:
        if os.path.islink(plugin.folder):
            os.unlink(plugin.folder)
        else:
            rmtree(plugin.folder)
    except OSError as error:
        raise PluginError(str(error)) from error
    if plugin.version:
        name = os.path.join(places.plugins, f"{plugin.name}-{plugin.version}.tgz")
        for path in (name, f"{name}.prov"):
            with suppress(OSError):  # helm: an archive that stays is no failure
                os.unlink(path)
    run_hook(plugin, "delete", places.environ)


def _each(
    names: list[str],
    places: Places,
    log: Log,
    verb: str,
    act: Callable[[Plugin], None],
    done: Callable[[str], str],
    say: Say,
) -> None:
    known = {plugin.name: plugin for plugin in find(places.plugins, log)}
    problems: list[str] = []
    for name in names:
        if name not in known:
            problems.append(f"plugin: {name} not found")
            continue
        try:
            act(known[name])
        except SteerError as error:
            problems.append(f"failed to {verb} plugin {name}, got error ({error})")
        else:
            say(done(name))
    if problems:
        raise PluginError("\n".join(problems))


class PackageOptions(Record):
    """How a plugin is packaged; ``ask`` is asked for the passphrase of the key that signs."""

    destination: str = "."
    sign: bool = True
    key: str = ""
    keyring: str = ""
    ask: Callable[[str], str] | None = None
    time: float | None = None


def package(folder: str, options: PackageOptions, say: Say) -> None:
    """Write the archive of the plugin in ``folder``, and its provenance.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.files import write_aside

    if not os.path.exists(folder):
        raise PluginError(f"stat {folder}: no such file or directory")
    if not os.path.isdir(folder):
        raise PluginError("plugin package only supports directories, not tarballs")
    try:
        plugin = load_folder(folder)
    except PluginError as error:
        raise PluginError(f"invalid plugin directory: {error}") from error
    signer = None
    if options.sign:
        from steersman.provenance.sign import Signer

        try:
            signer = Signer(options.keyring, options.key, options.ask or (lambda _name: ""))
        except ChartError as error:
            is_keyring = str(error).startswith(("open ", "openpgp: invalid data: tag", "reading ", "more than"))
            raise PluginError(f"error reading from keyring: {error}" if is_keyring else str(error)) from error
    else:
        say("WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.\n")
    name = f"{plugin.name}-{plugin.version}.tgz"
    path = os.path.normpath(os.path.join(options.destination, name))
    try:
        data = archive.pack(folder, plugin.name, time=options.time)
        write_aside(path, data)
    except (PluginError, OSError) as error:
        raise PluginError(f"failed to create plugin tarball: {error}") from error
    if signer is not None:
        from steersman.plugin.signing import metadata_yaml

        write_aside(f"{path}.prov", signer.clear_sign(data, name, metadata_yaml(plugin)))
        say(f"Successfully signed. Signature written to: {path}.prov\n")
    say(f"Successfully packaged plugin and saved it to: {path}\n")


def verify(path: str, keyring: str) -> Verification:
    """Return who signed the plugin's archive at ``path``.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.provenance.keyring import load_keyring
    from steersman.provenance.verify import verify_with

    if not os.path.exists(path):
        raise PluginError(f"stat {path}: no such file or directory")
    if os.path.isdir(path):
        raise PluginError("directory verification not supported - only plugin tarballs can be verified")
    if os.path.splitext(path)[1] not in (".gz", ".tgz"):
        raise PluginError("plugin file must be a gzipped tarball (.tar.gz or .tgz)")
    provenance = f"{path}.prov"
    if not os.path.exists(provenance):
        reason = f"stat {provenance}: no such file or directory"
        raise PluginError(f"could not find provenance file {provenance}: {reason}")
    data = _read(path, "failed to read plugin file: ")
    return verify_with(
        load_keyring(keyring), data, _read(provenance, "failed to read provenance file: "), os.path.basename(path)
    )
