"""``plugin.yaml``, of Helm 4 and legacy, to one value. Answers to ``Metadata`` of Helm's ``internal/plugin``."""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.goquote import quote
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLI, GETTER, POSTRENDERER = "cli/v1", "getter/v1", "postrenderer/v1"
SUBPROCESS, EXTISM = "subprocess", "extism/v1"
FILE = "plugin.yaml"
_TYPES: dict[str, tuple[str, ...]] = {
    CLI: ("usage", "shortHelp", "longHelp", "ignoreFlags"),
    GETTER: ("protocols",),
    POSTRENDERER: (),
    "test/v1": (),
}
_FIELDS = ("apiVersion", "name", "type", "runtime", "version", "sourceURL", "config", "runtimeConfig")


class PluginError(SteerError):
    """A plugin that cannot be read, found, installed or run."""


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
    from steersman.plugin.fields import check_keys, check_types, shown
    from steersman.yamlio import YamlError, load_integers

    try:
        read = load_integers(data)
        tree = {} if read is None else read
        if not isinstance(tree, dict):
            raise PluginError(
                f"yaml: unmarshal errors:\n  line 1: cannot unmarshal {shown(tree)} into plugin.apiVersion"
            )
        check_keys(data)
        check_types({"apiVersion": tree.get("apiVersion")}, data)
    except (YamlError, PluginError) as error:
        raise PluginError(f"failed to peek {FILE} API version: {error}") from error
    if not data.strip():
        raise PluginError(f"failed to peek {FILE} API version: EOF")
    check_types(tree, data)
    version = tree.get("apiVersion")
    if version in (None, ""):
        return _legacy(tree, folder)
    if version == "v1":
        return _current(tree, folder, data)
    raise PluginError(f"invalid plugin apiVersion: {quote(str(version))}")


def _is_name(name: str) -> bool:
    return bool(name) and name.isascii() and all(c.isalnum() or c in "_-" for c in name)


def _is_version(text: str) -> bool:
    from steersman.semver import Version

    try:
        Version.parse_strict(text)
    except ValueError:
        return False
    return True


def _text(tree: dict[str, Any], key: str) -> str:
    value = tree.get(key)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value if isinstance(value, str) else str(value)


def _current(tree: dict[str, Any], folder: str, data: bytes) -> Plugin:
    _check_fields(tree, _FIELDS, data, "plugin.MetadataV1")
    name, version = _text(tree, "name"), _text(tree, "version")
    kind, runtime = _text(tree, "type"), _text(tree, "runtime")
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
    if kind not in _TYPES:
        raise PluginError(f"{wrong}unknown plugin type {quote(kind)}")
    config = _table(tree, "config")
    for key in config:
        if key not in _TYPES[kind]:
            owner = {CLI: "CLIV1", GETTER: "GetterV1", POSTRENDERER: "PostRendererV1"}.get(kind, "TestV1")
            line = sorted(config).index(key) + 1
            raise PluginError(
                f"{wrong}yaml: unmarshal errors:\n  line {line}: field {key} not found in type schema.Config{owner}"
            )
    if runtime not in (SUBPROCESS, EXTISM):
        raise PluginError(f"{wrong}unsupported plugin runtime type: {quote(runtime)}")
    runtime_config = _table(tree, "runtimeConfig")
    schemes = tuple(str(s) for s in config.get("protocols") or ())
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
        source_url=_text(tree, "sourceURL"),
        usage=_text(config, "usage"),
        short_help=_text(config, "shortHelp"),
        long_help=_text(config, "longHelp"),
        ignore_flags=config.get("ignoreFlags") is True,
        commands=_commands(runtime_config.get("platformCommand")),
        hooks={k: _commands(v) for k, v in _table(runtime_config, "platformHooks").items()},
        protocols=tuple(
            Protocols(tuple(str(s) for s in p.get("protocols") or ()), _commands(p.get("platformCommand")))
            for p in runtime_config.get("protocolCommands") or ()
            if isinstance(p, dict)
        ),
        schemes=schemes,
        # helm: only legacy plugins' hooks are expanded (test_a_folder_is_installed_listed_run_and_removed)
        expand_hook_args=False,
        runtime_config=runtime_config,
    )


def _check_fields(tree: dict[str, Any], known: tuple[str, ...], data: bytes, owner: str) -> None:
    unknown = [str(key) for key in tree if key not in known]
    if not unknown:
        return
    lines = data.decode("utf-8", "replace").split("\n")
    rows = []
    for key in unknown:
        at = next((i for i, line in enumerate(lines, 1) if line.lstrip("{ \"'").startswith(key)), 1)
        rows.append(f"\n  line {at}: field {key} not found in type {owner}")
    raise PluginError("yaml: unmarshal errors:" + "".join(rows))


def _table(tree: dict[str, Any], key: str) -> dict[str, Any]:
    value = tree.get(key)
    return value if isinstance(value, dict) else {}


def _commands(value: Any) -> tuple[Command, ...]:
    return tuple(
        Command(_text(c, "os"), _text(c, "arch"), _text(c, "command"), tuple(str(a) for a in c.get("args") or ()))
        for c in (value if isinstance(value, list) else ())
        if isinstance(c, dict)
    )


def _legacy(tree: dict[str, Any], folder: str) -> Plugin:
    name, version = _text(tree, "name"), _text(tree, "version")
    if not _is_name(name):
        raise PluginError(f"invalid plugin name {quote(name)}: must contain only a-z, A-Z, 0-9, _ and -")
    if version and not _is_version(version):
        raise PluginError(f"invalid plugin version {quote(version)}: must be valid semver")
    commands = _commands(tree.get("platformCommand"))
    if commands and _text(tree, "command"):
        raise PluginError("both platformCommand and command are set")
    hooks = {k: _commands(v) for k, v in _table(tree, "platformHooks").items()}
    shell_hooks = _table(tree, "hooks")
    if hooks and shell_hooks:
        raise PluginError("both platformHooks and hooks are set")
    if not commands and _text(tree, "command"):
        commands = (Command(command=_text(tree, "command")),)
    is_shell = not hooks and bool(shell_hooks)
    if is_shell:
        hooks = {k: (Command(command="sh", args=("-c", str(v))),) for k, v in shell_hooks.items()}
    downloaders = _downloaders(tree)
    return Plugin(
        folder,
        name,
        version,
        GETTER if downloaders else CLI,
        api_version="legacy",
        short_help=_printable(_text(tree, "usage")),
        long_help=_text(tree, "description"),
        ignore_flags=tree.get("ignoreFlags") is True,
        commands=commands,
        hooks=hooks,
        protocols=downloaders,
        schemes=tuple(s for d in downloaders for s in d.schemes),
        expand_hook_args=not is_shell,
    )


def _downloaders(tree: dict[str, Any]) -> tuple[Protocols, ...]:
    out = []
    for i, one in enumerate(tree.get("downloaders") or ()):
        one = one if isinstance(one, dict) else {}
        schemes = tuple(str(s) if s is not None else "" for s in one.get("protocols") or ())
        if not _text(one, "command"):
            raise PluginError(f"downloader {i} has empty command")
        if not schemes:
            raise PluginError(f"downloader {i} has no protocols")
        if "" in schemes:
            raise PluginError(f"downloader {i} has empty protocol at index {schemes.index('')}")
        out.append(Protocols(schemes, (Command(command=_text(one, "command")),)))
    return tuple(out)


def _printable(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable())
