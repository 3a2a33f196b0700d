"""``plugin install|update|uninstall|package|verify``: plugins from folders, archives, git, HTTP and registries.

Answers to Helm's ``internal/plugin/installer``. A plugin is assembled next to its folder, and then renamed.
"""

from __future__ import annotations

import os

from steersman.action.plugins.source import Folder, InstallOptions, Places, Source, make_folder, read_file, source_of
from steersman.errors import ChartError, SteerError
from steersman.go.errno import errno_text, stat_error
from steersman.plugin import archive, git
from steersman.plugin.errors import PluginError
from steersman.plugin.load import find, load_folder
from steersman.plugin.model import FILE, Plugin
from steersman.plugin.run import run_hook
from steersman.record import Record
from steersman.runtime.files import remove_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.provenance.sign import Signer
    from steersman.provenance.verify import Verification

    Say = Callable[[str], object]
    Log = Callable[..., None]


def install(source: str, options: InstallOptions) -> Plugin:
    """Install the plugin at ``source`` and return it.

    Raises:
        SteerError: with Helm's message.
    """
    from_where = source_of(source, options)
    verify = options.verify
    if isinstance(from_where, Folder):
        verify = False
        options.say("Installing plugin from local directory (development mode)\n")
    elif not verify:
        options.say("WARNING: Skipping plugin signature verification\n")
    elif not from_where.can_verify:
        raise PluginError("plugin source does not support verification. Use --verify=false to skip verification")
    if verify:
        options.say("Verifying plugin signature...\n")
    target = from_where.target()
    make_folder(os.path.dirname(target))
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
    return plugin


def _verified(source: Source, keyring: str) -> Verification:
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
    # helm: where a plugin is follows from where it came from (test_a_remote_that_changed)
    place = os.path.dirname(plugin.folder)
    path = os.path.join(place, os.path.basename(git.remote(folder, places.environ).rstrip("/")))
    if not os.path.exists(path):
        log("WARN", "plugin does not exist", path=path, error=f"stat {path}: no such file or directory")
        raise PluginError("plugin does not exist")
    git.update(folder, places.environ, is_ours=not os.path.islink(plugin.folder))
    if not os.path.exists(os.path.join(folder, FILE)):
        raise PluginError("plugin metadata (plugin.yaml) missing")
    run_hook(load_folder(path), "update", places.environ)


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

    try:
        if os.path.islink(plugin.folder):
            os.unlink(plugin.folder)
        elif os.path.lexists(plugin.folder):  # helm: one that is named twice is removed twice
            problem = remove_tree(plugin.folder)
            if problem is not None:
                raise problem
    except OSError as error:
        raise PluginError(f"unlinkat {error.filename}: {errno_text(error)}") from error
    if plugin.version:
        name = os.path.join(places.plugins, f"{plugin.name}-{plugin.version}.tgz")
        for path in (name, f"{name}.prov"):
            with suppress(OSError):  # helm: an archive that stays is not a failure
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
    details: list[str] = []
    for name in names:
        if name not in known:
            problems.append(f"plugin: {name} not found")
            continue
        try:
            act(known[name])
        except SteerError as error:
            problems.append(f"failed to {verb} plugin {name}, got error ({error})")
            details += filter(None, (error.detail, error.hint))
        else:
            say(done(name))
    if problems:
        raise PluginError("\n".join(problems), detail="\n".join(details))


class PackageOptions(Record):
    """Options for packaging a plugin; ``ask`` returns the passphrase of the signing key."""

    destination: str = "."
    sign: bool = True
    key: str = ""
    keyring: str = ""
    ask: Callable[[str, bool], str] | None = None
    time: float | None = None


def package(folder: str, options: PackageOptions, say: Say) -> tuple[Plugin, str]:
    """Write the archive of the plugin in ``folder``, and its provenance; return the plugin and the archive's path.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.runtime.files import write_aside

    missing = stat_error(folder)
    if missing:
        raise PluginError(missing)
    if not os.path.isdir(folder):
        raise PluginError("plugin package only supports directories, not tarballs")
    try:
        plugin = load_folder(folder)
    except PluginError as error:
        raise PluginError(f"invalid plugin directory: {error}") from error
    if not options.destination:
        raise PluginError("mkdir : no such file or directory")
    make_folder(options.destination)
    signer = None
    if options.sign:
        signer = _signer(options)
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
    return plugin, path


def _signer(options: PackageOptions) -> Signer:
    from steersman.provenance.keyring import find_signer, load_keyring
    from steersman.provenance.sign import Signer

    try:
        ring = load_keyring(options.keyring)
        # helm: an empty name matches no key, though it is part of every name (test_keys_of_plugins)
        key = find_signer(ring, options.key) if options.key else None
    except ChartError as error:
        raise PluginError(f"error reading from keyring: {error}") from error
    return Signer(key, options.ask or _no_passphrase)


def verify(path: str, keyring: str) -> Verification:
    """Return who signed the plugin's archive at ``path``.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.provenance.keyring import load_keyring
    from steersman.provenance.verify import verify_with

    missing = stat_error(path)
    if missing:
        raise PluginError(missing)
    if os.path.isdir(path):
        raise PluginError("directory verification not supported - only plugin tarballs can be verified")
    if os.path.splitext(path)[1] not in (".gz", ".tgz"):
        raise PluginError("plugin file must be a gzipped tarball (.tar.gz or .tgz)")
    provenance = f"{path}.prov"
    missing = stat_error(provenance)
    if missing:
        raise PluginError(f"could not find provenance file {provenance}: {missing}")
    data = read_file(path, "failed to read plugin file: ")
    return verify_with(
        load_keyring(keyring), data, read_file(provenance, "failed to read provenance file: "), os.path.basename(path)
    )


def _no_passphrase(_name: str, _is_locked: bool) -> str:
    return ""
