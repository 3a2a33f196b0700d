"""The structs that Helm reads a plugin.yaml into: their names in Go, and of their fields names and shapes."""

from __future__ import annotations

TABLE = "map[string]interface {}"
_COMMANDS = "[]plugin.PlatformCommand"
_STRING, _STRINGS = "string", "[]string"

STRUCTS: dict[str, dict[str, str]] = {
    "plugin.apiVersion": {"apiVersion": _STRING},
    "plugin.MetadataV1": {
        **dict.fromkeys(("apiVersion", "name", "type", "runtime", "version", "sourceURL"), _STRING),
        **dict.fromkeys(("config", "runtimeConfig"), TABLE),
    },
    "plugin.MetadataLegacy": {
        **dict.fromkeys(("name", "version", "usage", "description", "command"), _STRING),
        "platformCommand": _COMMANDS,
        "ignoreFlags": "bool",
        "platformHooks": "plugin.PlatformHooks",
        "hooks": "plugin.Hooks",
        "downloaders": "[]plugin.Downloaders",
    },
    "plugin.PlatformCommand": {**dict.fromkeys(("os", "arch", "command"), _STRING), "args": _STRINGS},
    "plugin.Downloaders": {"protocols": _STRINGS, "command": _STRING},
    "schema.ConfigCLIV1": {**dict.fromkeys(("usage", "shortHelp", "longHelp"), _STRING), "ignoreFlags": "bool"},
    "schema.ConfigGetterV1": {"protocols": _STRINGS},
    "schema.ConfigPostRendererV1": {},
    "schema.ConfigTestV1": {},
    "plugin.RuntimeConfigSubprocess": {
        "platformCommand": _COMMANDS,
        "platformHooks": "plugin.PlatformHooks",
        "protocolCommands": "[]plugin.SubprocessProtocolCommand",
    },
    "plugin.SubprocessProtocolCommand": {"protocols": _STRINGS, "platformCommand": _COMMANDS},
    "plugin.RuntimeConfigExtismV1": {
        "memory": "plugin.RuntimeConfigExtismV1Memory",
        "config": "map[string]string",
        "allowedHosts": _STRINGS,
        "fileSystem": "plugin.RuntimeConfigExtismV1FileSystem",
        "timeout": "uint64",
        "hostFunctions": _STRINGS,
        "entryFuncName": _STRING,
    },
    "plugin.RuntimeConfigExtismV1Memory": {
        "maxPages": "uint32",
        "maxHttpResponseBytes": "int64",
        "maxVarBytes": "int64",
    },
    "plugin.RuntimeConfigExtismV1FileSystem": {"createTempDir": "bool"},
}
