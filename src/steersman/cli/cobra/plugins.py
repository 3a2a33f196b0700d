"""Plugins on the command line: their commands, what flags they leave to Helm, and their settings."""

from __future__ import annotations

from steersman.cli.cobra.early_flags import early_flags
from steersman.plugin.errors import PluginError
from steersman.plugin.load import find
from steersman.plugin.model import CLI, Plugin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.plugin.python import Command as PythonCommand

# the flags whose values a plugin finds in its environment; Helm takes them out of its arguments
_VALUE_FLAGS = (
    "--kube-context",
    "--namespace",
    "-n",
    "--kubeconfig",
    "--kube-apiserver",
    "--kube-token",
    "--kube-as-user",
    "--kube-as-group",
    "--kube-ca-file",
    "--registry-config",
    "--repository-cache",
    "--repository-config",
    "--kube-insecure-skip-tls-verify",
    "--kube-tls-server-name",
)


def load_commands(ctx: Context) -> list[Plugin]:
    """Return the plugins that are commands; those of a name that is taken are logged and left out, as in Helm."""
    from steersman.cli.tables.commands import COMMANDS, OWN_COMMANDS

    settings = ctx.settings
    if settings.plugins_disabled:
        return []
    try:
        found = find(settings.plugins, ctx.log, kind=CLI)
    except PluginError as error:
        ctx.log("ERROR", "failed to load plugins", error=error)
        return []
    taken = {path for path in COMMANDS if path not in OWN_COMMANDS or ctx.program != "helm"} | {"help"}
    out: list[Plugin] = []
    for plugin in found:
        if plugin.command in taken:
            ctx.log("ERROR", "failed to load plugins: name conflicts", name=plugin.command)
            return out
        taken.add(plugin.command)
        out.append(plugin)
    return out


def named(plugins: list[Plugin], word: str) -> Plugin | None:
    """Return the plugin whose command is ``word``."""
    return next((plugin for plugin in plugins if plugin.command == word), None)


def run(ctx: Context, plugin: Plugin, arguments: list[str]) -> int:
    """Run a plugin's command and return its exit code.

    Raises:
        SteerError: when it cannot be run, or fails.
    """
    from steersman.plugin.run import PluginFailed, run_command

    left = take_flags(ctx, arguments)
    ctx.out.flush()
    try:
        run_command(plugin, [] if plugin.ignore_flags else left, environment(ctx))
    except PluginFailed as error:
        ctx.out.flush()
        ctx.err.write(f"Error: {error}\n")
        return error.exit_code
    return 0


def run_python(ctx: Context, command: PythonCommand, arguments: list[str]) -> int:
    """Run a command that an installed Python package brings, and return its exit code."""
    left = take_flags(ctx, arguments)
    ctx.out.flush()
    return command(left, environment(ctx)) or 0


def environment(ctx: Context) -> dict[str, str]:
    """Return the environment that plugins get: the process's, with the settings."""
    from steersman.cli.variables import variables

    return {**ctx.environment, **variables(ctx)}


def take_flags(ctx: Context, arguments: list[str]) -> list[str]:
    """Put global flags into the settings and return the arguments that are the plugin's own."""
    from steersman.cli.cobra.command_line import with_flags

    known: list[str] = []
    left: list[str] = []
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        at += 1
        if argument == "--debug" or argument.startswith(tuple(f"{flag}=" for flag in _VALUE_FLAGS)):
            known.append(argument)
        elif argument in _VALUE_FLAGS:
            known += arguments[at - 1 : at + 1]
            at += 1
        else:
            left.append(argument)
    # helm: what is read early stays, so a list has its items twice (test_global_flags_reach_a_plugin)
    flags = early_flags(arguments)
    flags.parse(known)
    ctx.settings = with_flags(ctx.settings, flags)
    return left


def summary(plugin: Plugin) -> str:
    """Return the line that help and completion show."""
    return plugin.short_help or f'the "{plugin.name}" plugin'


def summaries(plugins: list[Plugin]) -> tuple[tuple[str, str], ...]:
    """Return the commands of plugins, each with its line."""
    return tuple((plugin.command, summary(plugin)) for plugin in plugins)
