"""Plugins on this disk. Answers to ``loader.go`` of Helm's ``internal/plugin``."""

from __future__ import annotations

import os

from steersman.go.errno import read_error
from steersman.go.quote import quote
from steersman.plugin.errors import PluginError
from steersman.plugin.model import EXTISM, FILE, Plugin, parse
from steersman.sprig.paths import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Log = Callable[..., None]

_MAX_BYTES = 1024 * 1024  # of a plugin.yaml


def load_folder(folder: str) -> Plugin:
    """Return the plugin in a folder.

    Raises:
        PluginError: with Helm's message.
    """
    path = clean(os.path.join(folder, FILE))
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES)
    except OSError as error:
        raise PluginError(f"failed to read plugin at {quote(path)}: {read_error(path, error)}") from error
    try:
        plugin = parse(data, folder)
    except PluginError as error:
        raise PluginError(f"failed to load plugin {quote(folder)}: {error}") from error
    if plugin.runtime == EXTISM:
        from steersman.plugin.wasm import check_module

        check_module(plugin)
    return plugin


def find(places: str, log: Log, *, name: str = "", kind: str = "") -> list[Plugin]:
    """Return the plugins below the folders in ``places`` (separated as in ``PATH``), of a name or kind where given.

    A plugin that cannot be loaded is logged and left out.

    Raises:
        PluginError: when two have one name.
    """
    out: list[Plugin] = []
    for place in places.split(os.pathsep):
        if not place:
            continue
        loaded: list[Plugin] = []
        for folder in _folders(place):
            try:
                plugin = load_folder(folder)
            except PluginError as error:
                path = os.path.join(folder, FILE)
                log("WARN", "failed to load plugin (ignoring)", plugin_yaml=path, error=error)
                continue
            loaded.append(plugin)
        _check_names(loaded)
        out += [one for one in loaded if name in ("", one.name) and kind in ("", one.type)]
    return out


def _check_names(plugins: list[Plugin]) -> None:
    known: dict[str, str] = {}
    for plugin in plugins:
        if plugin.name in known:
            raise PluginError(
                f"two plugins claim the name {quote(plugin.name)} at {quote(known[plugin.name])} "
                f"and {quote(plugin.folder)}"
            )
        known[plugin.name] = plugin.folder


def _folders(place: str) -> list[str]:
    try:
        names = sorted(os.listdir(place))
    except OSError:
        return []
    folders = [os.path.join(place, name) for name in names]
    return [folder for folder in folders if os.path.exists(os.path.join(folder, FILE))]
