"""Running plugins: commands, getters, post-renderers and hooks, as programs of their own.

Answers to the ``subprocess`` runtime of Helm's ``internal/plugin``. The environment is given; nothing here
reads the process's.
"""

from __future__ import annotations

import os

from steersman.go.errno import errno_text
from steersman.go.quote import quote
from steersman.plugin import wasm
from steersman.plugin.errors import PluginError
from steersman.plugin.model import EXTISM, Command, Plugin
from steersman.runtime.programs import find_program, run_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import CompletedProcess


class PluginFailed(PluginError):
    """A plugin that ended with an exit code other than 0."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_command(plugin: Plugin, arguments: list[str], environ: Mapping[str, str]) -> None:
    """Run a command-line plugin with the process's own streams.

    Raises:
        PluginError: when there is nothing to run.
        PluginFailed: when it ends with an exit code other than 0.
    """
    if plugin.runtime == EXTISM:
        wasm.run_command(plugin, arguments)
        return
    env = _environment(plugin, environ)
    line = _prepared(plugin.commands, arguments, env, expand=True, wrong="failed to prepare plugin command: ")
    _run(line, env, plugin)


def run_post_renderer(plugin: Plugin, arguments: list[str], text: str, environ: Mapping[str, str]) -> str:
    """Return what a post-renderer makes of manifests.

    Raises:
        PluginError: with Helm's message.
    """
    wrong = f"failed to invoke post-renderer plugin {quote(plugin.name)}: "
    try:
        if plugin.runtime == EXTISM:
            rendered = wasm.run_post_renderer(plugin, arguments, text)
        else:
            env = _environment(plugin, environ)
            line = _prepared(plugin.commands, arguments, env, expand=True, wrong="failed to prepare plugin command: ")
            done = _run(line, env, plugin, stdin=text.encode("utf-8", "surrogateescape"), quiet=True)
            rendered = done.stdout.decode("utf-8", "surrogateescape")
    except PluginError as error:
        raise PluginError(f"{wrong}{error}", hint=error.hint) from error
    if not rendered.strip():
        raise PluginError(f"post-renderer {quote(plugin.name)} produced empty output")
    return rendered


def run_getter(
    plugin: Plugin,
    url: str,
    environ: Mapping[str, str],
    *,
    username: str = "",
    password: str = "",
    pass_credentials: bool = False,
    cert_file: str = "",
    key_file: str = "",
    ca_file: str = "",
) -> bytes:
    """Return what a getter fetches from ``url``.

    Raises:
        PluginError: with Helm's message.
    """
    scheme = url.partition("://")[0]
    if plugin.runtime == EXTISM:
        options: dict[str, str | bool] = {"URL": url, "CertFile": cert_file, "KeyFile": key_file, "CAFile": ca_file}
        options |= {"Username": username, "Password": password, "PassCredentialsAll": pass_credentials}
        return wasm.run_getter(plugin, url, options)
    own = next((p for p in plugin.protocols if scheme in p.schemes), None)
    if own is None:
        raise PluginError(f"no downloader found for protocol {quote(scheme)}")
    env = _environment(plugin, environ) | {
        "HELM_PLUGIN_USERNAME": username,
        "HELM_PLUGIN_PASSWORD": password,
        "HELM_PLUGIN_PASS_CREDENTIALS_ALL": "true" if pass_credentials else "false",
    }
    wrong = f"failed to prepare commands for protocol {quote(scheme)}: "
    line = _prepared(own.commands, [cert_file, key_file, ca_file, url], env, expand=False, wrong=wrong)
    # helm: a getter's program is always one of the plugin's own
    line[0] = os.path.normpath(f"{plugin.folder}/{line[0]}")
    return _run(line, env, plugin, capture=True).stdout


def run_hook(plugin: Plugin, event: str, environ: Mapping[str, str]) -> None:
    """Run what a plugin wants to be run at ``event``.

    Raises:
        PluginError: when that fails.
    """
    commands = plugin.hooks.get(event, ())
    if not commands:
        return
    env = _environment(plugin, environ)
    line = _prepared(commands, [], env, expand=plugin.expand_hook_args, wrong="")
    try:
        _run(line, env, plugin, is_asked=False)
    except PluginFailed as error:
        raise PluginError(f"plugin {event} hook for {quote(plugin.name)} exited with error") from error


def _environment(plugin: Plugin, environ: Mapping[str, str]) -> dict[str, str]:
    return {**environ, "HELM_PLUGIN_NAME": plugin.name, "HELM_PLUGIN_DIR": plugin.folder}


def _run(
    line: list[str],
    env: dict[str, str],
    plugin: Plugin,
    *,
    stdin: bytes | None = None,
    capture: bool = False,
    quiet: bool = False,
    is_asked: bool = True,
) -> CompletedProcess[bytes]:
    import subprocess

    program = find_program(line[0], env)
    if program is None:
        raise PluginError(f"exec: {quote(line[0])}: executable file not found in $PATH")
    pipe = subprocess.PIPE if capture or quiet else None
    try:
        done = run_program(
            line,
            executable=program,
            env=env,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None and (capture or not is_asked) else None,
            stdout=pipe,
            stderr=subprocess.PIPE if quiet else None,
        )
    except OSError as error:
        raise PluginError(f"fork/exec {program}: {errno_text(error)}") from error
    if done.returncode:
        code = done.returncode if done.returncode > 0 else 255  # go: -1 for one that a signal ended
        raise PluginFailed(f"plugin {quote(plugin.name)} exited with error", code)
    return done


def _prepared(
    commands: tuple[Command, ...], extra: list[str], env: Mapping[str, str], *, expand: bool, wrong: str
) -> list[str]:
    """Return the program and its arguments for this platform."""
    chosen = _for_platform(commands)
    words = chosen.command.split(" ") if chosen is not None else [""]
    if not words[0] or chosen is None:
        raise PluginError(f"{wrong}no plugin command is applicable")
    rest = [*words[1:], *chosen.args]
    return [expanded(words[0], env), *((expanded(w, env) for w in rest) if expand else rest), *extra]


def _for_platform(commands: tuple[Command, ...]) -> Command | None:
    """Return the command for this system and processor, else for this system, else for any."""
    import platform

    system = platform.system().lower()
    machine = platform.machine().lower()
    arch = {"x86_64": "amd64", "aarch64": "arm64", "i686": "386", "armv7l": "arm"}.get(machine, machine)
    found: Command | None = None
    is_for_system = False
    for command in commands:
        if command.os.lower() == system and command.arch.lower() == arch:
            return command
        if (command.os and command.os.lower() != system) or command.arch:
            continue
        if not is_for_system and command.os:
            found, is_for_system = command, True
        elif found is None:
            found = command
    return found


def expanded(text: str, env: Mapping[str, str]) -> str:
    """Replace ``$NAME`` and ``${NAME}``, as Go's ``os.Expand`` does."""
    if "$" not in text:
        return text
    import re

    def value(match: re.Match[str]) -> str:
        return env.get(match.group(1) or match.group(3) or "", "")

    # go: a brace that has no name or no end is eaten (test_what_a_plugin_gets)
    return re.sub(r"\$(?:\{([^}]+)\}|(\{\}?)|([*#$@!?0-9-]|[A-Za-z_][A-Za-z0-9_]*))", value, text)
