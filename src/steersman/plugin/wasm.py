"""Running plugins that are WebAssembly modules, in Extism's runtime (the extra ``wasm``).

Answers to the ``extism/v1`` runtime of Helm's ``internal/plugin``: a message in JSON in, one out. A module reaches no
file and no host but those that ``plugin.yaml`` allows.
"""

from __future__ import annotations

import os

from steersman.go.quote import quote
from steersman.plugin.errors import PluginError
from steersman.plugin.model import Plugin
from steersman.runtime.process import export_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MODULE = "plugin.wasm"
_ENTRY = "helm_plugin_main"
# helm: every option is in the message, in this order, also those that it never sets (test_what_a_module_is_asked)
_OPTIONS: dict[str, str | bool | int] = {
    "URL": "",
    "CertFile": "",
    "KeyFile": "",
    "CAFile": "",
    "UNTar": False,
    "InsecureSkipVerifyTLS": False,
    "PlainHTTP": False,
    "AcceptHeader": "",
    "Username": "",
    "Password": "",
    "PassCredentialsAll": False,
    "UserAgent": "",
    "Version": "",
    "Timeout": 0,
}


def check_module(plugin: Plugin) -> None:
    """Raise where the plugin's folder has no module.

    Raises:
        PluginError: with Helm's message.
    """
    path = os.path.join(plugin.folder, MODULE)
    if not os.path.exists(path):
        raise PluginError(f"wasm binary missing for extism/v1 plugin: {quote(path)}")


def run_command(plugin: Plugin, arguments: list[str]) -> None:
    """Run a command-line plugin; what it prints goes to the process's own streams.

    Raises:
        PluginError: when there is no runtime, or the module fails.
    """
    # the runtime asks for this before it lets a module print
    export_variable("EXTISM_ENABLE_WASI_OUTPUT", "1")
    _call(plugin, {"extraArgs": arguments})


def run_getter(plugin: Plugin, url: str, options: dict[str, str | bool]) -> bytes:
    """Return what a getter fetches from ``url``; ``options`` are named as in Go, and those left out are zero.

    Raises:
        PluginError: when there is no runtime, or the module fails.
    """
    import binascii

    answer = _call(plugin, {"href": url, "protocol": url.partition("://")[0], "options": {**_OPTIONS, **options}})
    try:
        return binascii.a2b_base64(str(answer.get("data") or ""), strict_mode=True)
    except binascii.Error as error:
        raise PluginError(f"failed to json marshal plugin output message: {error}") from error


def run_post_renderer(plugin: Plugin, arguments: list[str], text: str) -> str:
    """Return what a post-renderer makes of manifests: both are texts in the messages, under ``manifests``.

    Raises:
        PluginError: when there is no runtime, or the module fails.
    """
    # helm: 4.3.1 hands such a module no manifests at all
    return str(_call(plugin, {"manifests": text, "extraArgs": arguments}).get("manifests") or "")


def _call(plugin: Plugin, message: dict[str, Any]) -> dict[str, Any]:
    from importlib import import_module

    from steersman.go.errors import JSONError
    from steersman.go.json import loads

    try:
        extism: Any = import_module("extism")  # it has no types
    except ImportError as error:
        raise PluginError(
            f"plugin {quote(plugin.name)} is a WebAssembly module, which needs the Extism runtime",
            hint="Install it with the extra: pip install 'steersman[wasm]'",
        ) from error
    check_module(plugin)
    entry = str(plugin.runtime_config.get("entryFuncName") or _ENTRY)
    with _Folder(plugin) as folder:
        try:
            module = extism.Plugin(_manifest(plugin, folder), wasi=True)
            data = module.call(entry, _struct(message))
        except extism.Error as error:
            raise PluginError(f"plugin error: {error}") from error
    try:
        tree = loads(data.decode("utf-8", "replace")) if data else {}
    except JSONError as error:
        raise PluginError(f"failed to json marshal plugin output message: {error}") from error
    return tree if isinstance(tree, dict) else {}


def _struct(value: Any) -> str:
    """Return the JSON of a Go struct: its fields in their order."""
    from steersman.go.json import dumps, quote

    if not isinstance(value, dict):
        return dumps(value)
    return "{" + ",".join(f"{quote(name)}:{_struct(field)}" for name, field in value.items()) + "}"


class _Folder:
    """A folder of its own for a run, where the plugin asks for one."""

    def __init__(self, plugin: Plugin) -> None:
        system = plugin.runtime_config.get("fileSystem")
        self._is_wanted = isinstance(system, dict) and system.get("createTempDir") is True
        self._path = ""

    def __enter__(self) -> str:
        if self._is_wanted:
            from tempfile import mkdtemp

            self._path = mkdtemp(prefix="helm-plugin-")
        return self._path

    def __exit__(self, *_exc: object) -> None:
        if self._path:
            from shutil import rmtree

            rmtree(self._path, ignore_errors=True)


def _manifest(plugin: Plugin, folder: str) -> dict[str, Any]:
    config = plugin.runtime_config
    memory = config.get("memory")
    hosts = config.get("allowedHosts")
    values = config.get("config")
    manifest: dict[str, Any] = {
        "wasm": [{"path": os.path.join(plugin.folder, MODULE)}],
        "memory": dict(_limits(memory if isinstance(memory, dict) else {})),
        "config": {str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {},
        "allowed_hosts": [str(h) for h in hosts] if isinstance(hosts, list) else [],
        "allowed_paths": {folder: "/tmp"} if folder else {},
    }
    timeout = config.get("timeout")
    if isinstance(timeout, int | float) and timeout > 0:
        manifest["timeout_ms"] = int(timeout)
    return manifest


def _limits(memory: dict[str, Any]) -> Iterator[tuple[str, int]]:
    names = {"maxPages": "max_pages", "maxHttpResponseBytes": "max_http_response_bytes", "maxVarBytes": "max_var_bytes"}
    for ours, theirs in names.items():
        value = memory.get(ours)
        if isinstance(value, int | float) and value > 0:
            yield theirs, int(value)
