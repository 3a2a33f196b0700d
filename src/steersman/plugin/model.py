"""``plugin.yaml``, of Helm 4 and legacy, to one value. Answers to ``Metadata`` of Helm's ``internal/plugin``."""

from __future__ import annotations

from steersman.go.quote import quote
from steersman.plugin.errors import PluginError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLI, GETTER, POSTRENDERER = "cli/v1", "getter/v1", "postrenderer/v1"
SUBPROCESS, EXTISM = "subprocess", "extism/v1"
FILE = "plugin.yaml"
_CONFIGS = {
    CLI: "schema.ConfigCLIV1",
    GETTER: "schema.ConfigGetterV1",
    POSTRENDERER: "schema.ConfigPostRendererV1",
    "test/v1": "schema.ConfigTestV1",
}
_RUNTIMES = {SUBPROCESS: "plugin.RuntimeConfigSubprocess", EXTISM: "plugin.RuntimeConfigExtismV1"}


class Command(Record):
    """A program for a platform; no ``os`` or ``arch`` is any."""

    os: str = ""
    arch: str = ""
    command: str = ""
    args: tuple[str, ...] = ()


class Protocols(Record):
    """The commands that fetch URLs of some schemes."""

    schemes: tuple[str, ...]
    commands: tuple[Command, ...]


class Plugin(Record):
    """A plugin.

    Attributes:
        folder: where it is.
        api_version: ``v1``, or ``legacy``.
        config, runtime_config: as they stand in the file (``{}`` for legacy ones).
        hooks: commands by event (``install``, ``update``, ``delete``).
        expand_hook_args: whether ``$NAME`` in hooks' arguments is ours to replace, not the shell's.
    """

    folder: str
    name: str
    version: str
    type: str
    api_version: str = "v1"
    runtime: str = SUBPROCESS
    source_url: str = ""
    usage: str = ""
    short_help: str = ""
    long_help: str = ""
    ignore_flags: bool = False
    commands: tuple[Command, ...] = ()
    hooks: dict[str, tuple[Command, ...]] = {}  # noqa: RUF012  (never changed)
    protocols: tuple[Protocols, ...] = ()
    schemes: tuple[str, ...] = ()
    expand_hook_args: bool = True
    runtime_config: dict[str, Any] = {}  # noqa: RUF012

    @property
    def command(self) -> str:
        """The word that runs a command-line plugin."""
        # go: cobra takes the words apart at blanks only (test_usages_with_odd_blanks)
        return (self.usage or self.name).partition(" ")[0]


def parse(data: bytes, folder: str = "") -> Plugin:
    """Return the plugin that the text of a plugin.yaml says.

    Raises:
        PluginError: with Helm's message.
    """
    from steersman.plugin.decode import decode
    from steersman.yamlio.errors import YamlError

    try:
        version = decode(data, "plugin.apiVersion").get("apiVersion", "")
    except (YamlError, PluginError) as error:
        raise PluginError(f"failed to peek {FILE} API version: {error}") from error
    if version not in ("", "v1"):
        raise PluginError(f"invalid plugin apiVersion: {quote(version)}")
    try:
        if version:
            return _current(decode(data, "plugin.MetadataV1", only_known=True), folder)
        return _legacy(decode(data, "plugin.MetadataLegacy"), folder)
    except YamlError as error:
        raise PluginError(str(error)) from error


def _is_name(name: str) -> bool:
    return bool(name) and name.isascii() and all(c.isalnum() or c in "_-" for c in name)


def _is_version(text: str) -> bool:
    from steersman.semver import Version

    try:
        Version.parse_strict(text)
    except ValueError:
        return False
    return True


def _current(tree: dict[str, Any], folder: str) -> Plugin:
    name, version = tree.get("name", ""), tree.get("version", "")
    kind, runtime = tree.get("type", ""), tree.get("runtime", "")
    if not _is_name(name):
        raise PluginError("invalid plugin `name`")
    if not version:
        raise PluginError("plugin `version` is required")
    if not _is_version(version):
        raise PluginError(f"invalid plugin `version` {quote(version)}: must be valid semver")
    if not kind:
        raise PluginError("`type` missing")
    if not runtime:
        raise PluginError("`runtime` missing")
    wrong = "failed to convert MetadataV1 to Metadata: "
    if kind not in _CONFIGS:
        raise PluginError(f"{wrong}unknown plugin type {quote(kind)}")
    try:
        config = _again(tree.get("config"), _CONFIGS[kind], only_known=True)
    except PluginError as error:
        raise PluginError(f"{wrong}{error}") from error
    if runtime not in _RUNTIMES:
        raise PluginError(f"{wrong}unsupported plugin runtime type: {quote(runtime)}")
    try:
        runtime_config = _again(tree.get("runtimeConfig"), _RUNTIMES[runtime])
    except PluginError as error:
        raise PluginError(f"{wrong}failed to unmarshal runtimeConfig for {runtime} runtime: {error}") from error
    schemes = tuple(config.get("protocols") or ())
    if kind == GETTER:
        if not schemes:
            raise PluginError("config validation failed: getter has no protocols")
        if "" in schemes:
            raise PluginError(f"config validation failed: getter has empty protocol at index {schemes.index('')}")
    return Plugin(
        folder,
        name,
        version,
        kind,
        runtime=runtime,
        source_url=tree.get("sourceURL", ""),
        usage=config.get("usage", ""),
        short_help=config.get("shortHelp", ""),
        long_help=config.get("longHelp", ""),
        ignore_flags=config.get("ignoreFlags", False),
        commands=_commands(runtime_config.get("platformCommand")),
        hooks=_hooks(runtime_config.get("platformHooks")),
        protocols=tuple(
            Protocols(tuple(one.get("protocols") or ()), _commands(one.get("platformCommand")))
            for one in runtime_config.get("protocolCommands") or ()
        ),
        schemes=schemes,
        # helm: only legacy plugins' hooks are expanded (test_a_folder_is_installed_listed_run_and_removed)
        expand_hook_args=False,
        runtime_config=runtime_config,
    )


def _again(table: dict[str, Any] | None, shape: str, *, only_known: bool = False) -> dict[str, Any]:
    """Return the fields of a table that was read without a shape: by way of YAML, whose lines are in Helm's errors."""
    from steersman.plugin.decode import decode
    from steersman.yamlio.emit import emit_v3

    if not table:
        return {}
    return decode(emit_v3(table).encode("utf-8", "surrogateescape"), shape, only_known=only_known)


def _commands(items: list[dict[str, Any]] | None) -> tuple[Command, ...]:
    return tuple(
        Command(c.get("os", ""), c.get("arch", ""), c.get("command", ""), tuple(c.get("args") or ()))
        for c in items or ()
    )


def _hooks(table: dict[str, Any] | None) -> dict[str, tuple[Command, ...]]:
    return {event: _commands(commands) for event, commands in (table or {}).items()}


def _legacy(tree: dict[str, Any], folder: str) -> Plugin:
    name, version, command = tree.get("name", ""), tree.get("version", ""), tree.get("command", "")
    if not _is_name(name):
        raise PluginError(f"invalid plugin name {quote(name)}: must contain only a-z, A-Z, 0-9, _ and -")
    if version and not _is_version(version):
        raise PluginError(f"invalid plugin version {quote(version)}: must be valid semver")
    commands = _commands(tree.get("platformCommand"))
    if commands and command:
        raise PluginError("both platformCommand and command are set")
    hooks = _hooks(tree.get("platformHooks"))
    shell_hooks: dict[str, str] = tree.get("hooks") or {}
    if hooks and shell_hooks:
        raise PluginError("both platformHooks and hooks are set")
    if not commands and command:
        commands = (Command(command=command),)
    is_shell = not hooks and bool(shell_hooks)
    if is_shell:
        hooks = {event: (Command(command="sh", args=("-c", line)),) for event, line in shell_hooks.items()}
    downloaders = _downloaders(tree)
    return Plugin(
        folder,
        name,
        version,
        GETTER if downloaders else CLI,
        api_version="legacy",
        short_help=_printable(tree.get("usage", "")),
        long_help=tree.get("description", ""),
        ignore_flags=tree.get("ignoreFlags", False),
        commands=commands,
        hooks=hooks,
        protocols=downloaders,
        schemes=tuple(s for d in downloaders for s in d.schemes),
        expand_hook_args=not is_shell,
    )


def _downloaders(tree: dict[str, Any]) -> tuple[Protocols, ...]:
    out = []
    for i, one in enumerate(tree.get("downloaders") or ()):
        schemes, command = tuple(one.get("protocols") or ()), one.get("command", "")
        if not command:
            raise PluginError(f"downloader {i} has empty command")
        if not schemes:
            raise PluginError(f"downloader {i} has no protocols")
        if "" in schemes:
            raise PluginError(f"downloader {i} has empty protocol at index {schemes.index('')}")
        out.append(Protocols(schemes, (Command(command=command),)))
    return tuple(out)


def _printable(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable())
