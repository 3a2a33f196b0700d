"""Plugins on the command line: their commands, their place in help and completion, and their settings."""

from __future__ import annotations

import os

from steersman.errors import SteerError
from steersman.plugin.load import find
from steersman.plugin.model import CLI, Plugin, PluginError

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
_COMPLETION = "plugin.complete"

_LONGEST = 20  # characters of a directive


def load_commands(ctx: Context) -> list[Plugin]:
    """Return the plugins that are commands; those of a name that is taken are logged and left out, as in Helm."""
    from steersman.cli.table import COMMANDS, OWN_COMMANDS

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

    left = _take_flags(ctx, arguments)
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
    left = _take_flags(ctx, arguments)
    ctx.out.flush()
    return command(left, environment(ctx)) or 0


def environment(ctx: Context) -> dict[str, str]:
    """Return the environment that plugins get: the process's, with the settings."""
    from steersman.cli.commands.env import variables

    return {**ctx.environment, **variables(ctx)}


def _take_flags(ctx: Context, arguments: list[str]) -> list[str]:
    """Put global flags into the settings and return the arguments that are the plugin's own."""
    from steersman.cli.flags import Flags
    from steersman.cli.main import with_flags
    from steersman.cli.table import GLOBAL_FLAGS

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
    flags = Flags(GLOBAL_FLAGS, {})
    flags.parse(known)
    ctx.settings = with_flags(ctx.settings, flags)
    return left


def help_text(plugin: Plugin, program: str, globals_: str) -> str:
    """Return the help of a plugin's command; ``globals_`` are the lines of the global flags."""
    about = plugin.long_help or plugin.short_help or f'the "{plugin.name}" plugin'
    usage = plugin.usage or plugin.name
    return (
        f"{about.rstrip()}\n\nUsage:\n  {program} {usage} [flags]\n\n"
        f"Flags:\n  -h, --help   help for {plugin.command}\n\nGlobal Flags:\n{globals_}\n"
    )


def summary(plugin: Plugin) -> str:
    """Return the line that help and completion show."""
    return plugin.short_help or f'the "{plugin.name}" plugin'


# completion


def complete(ctx: Context, plugin: Plugin, before: list[str], word: str) -> tuple[list[str], int]:
    """Return candidates for ``word``, the one after ``before``, and the directive to the shell.

    ``completion.yaml`` says what is fixed, the program ``plugin.complete`` the rest.
    """
    tree = _static(plugin)
    path: list[str] = []
    rest = list(before)
    while rest and (child := _child(tree, rest[0])) is not None:
        tree = child
        path.append(rest.pop(0))
    if word.startswith("-"):
        return _flag_names(tree, word, rest), 4
    commands = [str(c.get("name")) for c in _list(tree, "commands") if isinstance(c, dict) and c.get("name")]
    fixed = [str(a) for a in _list(tree, "validArgs")]
    shown = [c for c in [*sorted(commands), *([] if rest else fixed)] if c.startswith(word)]
    if "commands" in tree and tree["commands"] is not None:
        return shown, 4
    if shown:
        return shown, 4
    return _dynamic(ctx, plugin, path, rest, word)


def _static(plugin: Plugin) -> dict[str, object]:
    from steersman.yamlio import load

    try:
        with open(os.path.join(plugin.folder, "completion.yaml"), "rb") as file:
            tree = load(file.read(1024 * 1024))
    except (OSError, SteerError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _list(tree: dict[str, object], key: str) -> list[object]:
    value = tree.get(key)
    return value if isinstance(value, list) else []


def _child(tree: dict[str, object], name: str) -> dict[str, object] | None:
    return next((c for c in _list(tree, "commands") if isinstance(c, dict) and c.get("name") == name), None)


def _flag_names(tree: dict[str, object], word: str, given: list[str]) -> list[str]:
    names = [str(f) for f in _list(tree, "flags")]
    shown = [f"-{n}" if len(n) == 1 else f"--{n}" for n in sorted(names)]
    return [n for n in shown if n.startswith(word) and n not in given]


def _dynamic(ctx: Context, plugin: Plugin, path: list[str], rest: list[str], word: str) -> tuple[list[str], int]:
    import subprocess

    program = os.path.join(plugin.folder, _COMPLETION)
    arguments = list(path)
    left = _take_flags(ctx, rest)
    if not plugin.ignore_flags:
        arguments += [*left, word]
    env = {**environment(ctx), "HELM_PLUGIN_NAME": plugin.name, "HELM_PLUGIN_DIR": plugin.folder}
    try:
        done = subprocess.run([program, *arguments], env=env, capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        return [], 0
    if done.returncode:
        return [], 0
    lines = [line for line in done.stdout.decode("utf-8", "replace").split("\n") if line]
    directive = 0
    if lines and lines[-1][:1] == ":" and lines[-1].isascii() and lines[-1][1:].isdigit() and len(lines[-1]) < _LONGEST:
        directive = int(lines.pop()[1:])
    return lines, directive
